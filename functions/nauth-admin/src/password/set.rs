//! `POST /nauth/admin/set-password`: give an account another password.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use edge::nauth::{BodyRefused, FreshAdminMember, NotAdmin, fields};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{GivenPassword, Postern};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which password, and what becomes of what the one before let in.
#[derive(Debug, ToSchema)]
#[schema(as = AdminSetPasswordDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The account.
    #[schema(value_type = String)]
    sub: Uuid,
    /// The next password: 8 to 128 characters.
    #[schema(value_type = String)]
    new_password: Password,
    /// Whether its owner has to replace it at the next sign-in; true, if left out.
    #[schema(value_type = bool, required = false)]
    must_change_password: bool,
    /// Whether all sessions end; true, if left out.
    #[schema(value_type = bool, required = false)]
    revoke_sessions: bool,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let sub = fields.text("sub").uuid();
        let new_password = fields::new_password(fields, "newPassword");
        let must_change = fields.flag_or_null("mustChangePassword");
        let revoke = fields.flag_or_null("revokeSessions");
        Ok(Self {
            sub: sub?,
            new_password: new_password?,
            must_change_password: must_change.unwrap_or(true),
            revoke_sessions: revoke.unwrap_or(true),
        })
    }
}

/// That it is set.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminSetPasswordResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Set {
    /// Always true.
    success: bool,
    /// Whether its owner has to replace it.
    must_change_password: bool,
    /// Sessions that were alive.
    #[schema(value_type = f64)]
    sessions_revoked: usize,
}

/// Give another user's account a password, within ten minutes of signing in.
///
/// # Errors
/// A caller who may not, a malformed body, an account that there is not, or a password that
/// will not do.
#[utoipa::path(
    post, path = "/nauth/admin/set-password", operation_id = "nauth_admin_set_password", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses((status = 200, body = Set, description = "Set"), BodyRefused, NotAdmin)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdminMember(admin): FreshAdminMember,
    Body(asked): Body<Asked>,
) -> Reply<Set> {
    let given = GivenPassword {
        password: asked.new_password,
        must_change: asked.must_change_password,
        ends_sessions: asked.revoke_sessions,
    };
    let sessions_revoked = postern
        .set_password_of(&meta, &admin, asked.sub, &given)
        .await?;
    Ok(Json(Set {
        success: true,
        must_change_password: given.must_change,
        sessions_revoked,
    }))
}
