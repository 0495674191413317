//! `POST /nauth/admin/mfa/preferred-method`: which kind of factor an account is asked for
//! first.

use axum::Json;
use axum::extract::State;
use edge::nauth::{AdminMember, BodyRefused, NotAdmin, PreferredFactor};
use edge::{Body, Meta, Reply};
use flows::Postern;
use utoipa::ToSchema;

use super::FactorOf;

/// Which kind of factor, of which account.
#[derive(Debug, ToSchema)]
#[schema(as = AdminSetPreferredMethodDTO, rename_all = "camelCase")]
#[allow(dead_code, reason = "for the document")]
pub struct Described {
    /// `totp`, `sms`, `email` or `passkey`.
    method_type: String,
    /// The account.
    sub: String,
}

/// Say which kind of factor an account's sign-ins ask for first.
///
/// # Errors
/// A caller who is no administrator, a malformed body, an account that there is not, or a
/// kind that it has not set up.
#[utoipa::path(
    post, path = "/nauth/admin/mfa/preferred-method", operation_id = "nauth_admin_mfa_preferred_method", tags = ["nauth"],
    request_body = Described, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = PreferredFactor, description = "It is asked for first"),
        BodyRefused, NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    Body(asked): Body<FactorOf>,
) -> Reply<PreferredFactor> {
    postern
        .prefer_factor_of(&meta, &admin, asked.sub, asked.factor)
        .await?;
    Ok(Json(PreferredFactor::SET))
}
