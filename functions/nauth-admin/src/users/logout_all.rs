//! `POST /nauth/admin/users/{sub}/logout-all`: end all sessions of an account.

use axum::Json;
use axum::extract::State;
use edge::nauth::{
    AdminMember, BodyRefused, CutPath, LoggedOutEverywhere, NotAdmin, UserBody, UserPath,
};
use edge::{Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// Whether all devices are forgotten, too.
#[derive(Debug, ToSchema)]
#[schema(as = AdminLogoutAllDTO, rename_all = "camelCase")]
pub struct Asked {
    /// Not read: the path names the account.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    sub: Option<String>,
    /// Ends the trust in every device, too.
    #[schema(value_type = bool, required = false)]
    forget_devices: bool,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let forget_devices = fields.flag_or_null("forgetDevices").unwrap_or_default();
        Ok(Self {
            sub: None,
            forget_devices,
        })
    }
}

/// End every session of an account, and every sign-in of it that waits.
///
/// # Errors
/// A caller who may not, a malformed body, or an account that there is not.
#[utoipa::path(
    post, path = "/nauth/admin/users/{sub}/logout-all", operation_id = "nauth_admin_user_logout_all", tags = ["nauth"],
    params(UserPath), request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = LoggedOutEverywhere, description = "Ended"),
        BodyRefused, NotAdmin, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    UserBody(sub, asked): UserBody<Asked>,
) -> Reply<LoggedOutEverywhere> {
    let revoked_count = postern
        .end_sessions_of(&meta, &admin, sub, asked.forget_devices)
        .await?;
    Ok(Json(LoggedOutEverywhere { revoked_count }))
}
