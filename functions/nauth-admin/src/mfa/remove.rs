//! `POST /nauth/admin/mfa/remove-devices`: take a kind of factor of an account out of force.

use axum::Json;
use axum::extract::State;
use edge::nauth::{BodyRefused, FactorsRemoved, FreshAdminMember, NotAdmin};
use edge::{Body, Meta, Reply};
use flows::Postern;
use utoipa::ToSchema;

use super::FactorOf;

/// Which kind of factor, of which account.
#[derive(Debug, ToSchema)]
#[schema(as = AdminRemoveDevicesDTO, rename_all = "camelCase")]
#[allow(dead_code, reason = "for the document")]
pub struct Described {
    /// `totp`, `sms`, `email` or `passkey`.
    method_type: String,
    /// The account.
    sub: String,
}

/// Take all factors of a kind of another user's account out of force, within ten minutes of
/// signing in. That account's sessions end. With the last kind, backup codes go, too.
///
/// # Errors
/// A caller who may not, a malformed body, or an account that there is not.
#[utoipa::path(
    post, path = "/nauth/admin/mfa/remove-devices", operation_id = "nauth_admin_mfa_remove_devices", tags = ["nauth"],
    request_body = Described, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = FactorsRemoved, description = "Out of force; none, if there were none"),
        BodyRefused, NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdminMember(admin): FreshAdminMember,
    Body(asked): Body<FactorOf>,
) -> Reply<FactorsRemoved> {
    let removed = postern
        .remove_factor_of(&meta, &admin, asked.sub, asked.factor)
        .await?;
    Ok(Json(removed.into()))
}
