//! `POST /nauth/admin/mfa/remove-devices`: take a kind of factor of an account out of force.

use axum::Json;
use axum::extract::State;
use domain::account::Factor;
use edge::nauth::factors::factor;
use edge::nauth::{BodyRefused, FactorsRemoved, FreshAdminMember, NotAdmin};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which kind of factor, of which account.
#[derive(Debug, ToSchema)]
#[schema(as = AdminRemoveDevicesDTO, rename_all = "camelCase")]
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

/// Take all factors of a kind of another user's account out of force, within ten minutes of
/// signing in. That account's sessions end. With the last kind, backup codes go, too.
///
/// # Errors
/// A caller who may not, a malformed body, or an account that there is not.
#[utoipa::path(
    post, path = "/nauth/admin/mfa/remove-devices", operation_id = "nauth_admin_mfa_remove_devices", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = FactorsRemoved, description = "Out of force; none, if there were none"),
        BodyRefused, NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdminMember(admin): FreshAdminMember,
    Body(asked): Body<Asked>,
) -> Reply<FactorsRemoved> {
    let removed = postern
        .remove_factor_of(&meta, &admin, asked.sub, asked.method_type)
        .await?;
    Ok(Json(removed.into()))
}
