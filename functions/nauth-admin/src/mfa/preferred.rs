//! `POST /nauth/admin/mfa/preferred-method`: which kind of factor an account is asked for
//! first.

use axum::Json;
use axum::extract::State;
use domain::account::Factor;
use edge::nauth::factors::factor;
use edge::nauth::{AdminMember, BodyRefused, NotAdmin, PreferredFactor};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which kind of factor, of which account.
#[derive(Debug, ToSchema)]
#[schema(as = AdminSetPreferredMethodDTO, rename_all = "camelCase")]
pub struct Asked {
    /// `totp`, `sms`, `email` or `passkey`.
    #[schema(value_type = String)]
    method_type: Factor,
    /// The account.
    #[schema(value_type = String)]
    sub: Uuid,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let method_type = factor(fields, "methodType");
        let sub = fields.text("sub").uuid();
        Ok(Self {
            method_type: method_type?,
            sub: sub?,
        })
    }
}

/// Say which kind of factor an account's sign-ins ask for first.
///
/// # Errors
/// A caller who is no administrator, a malformed body, an account that there is not, or a
/// kind that it has not set up.
#[utoipa::path(
    post, path = "/nauth/admin/mfa/preferred-method", operation_id = "nauth_admin_mfa_preferred_method", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = PreferredFactor, description = "It is asked for first"),
        BodyRefused, NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    Body(asked): Body<Asked>,
) -> Reply<PreferredFactor> {
    postern
        .prefer_factor_of(&meta, &admin, asked.sub, asked.method_type)
        .await?;
    Ok(Json(PreferredFactor::SET))
}
