//! `POST /nauth/admin/users/{sub}/disable` and `/enable`: lock an account, and end that.

use axum::Json;
use axum::extract::State;
use edge::nauth::{
    AdminMember, BodyRefused, CutPath, NotAdmin, UserBody, UserPath, UserResponse, fields,
};
use edge::{Fields, FromFields, Meta, Nothing, Rejected, Reply};
use flows::{AccountRef, AdminAction, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// Why an account is locked.
#[derive(Debug, ToSchema)]
#[schema(as = DisableUserDTO)]
pub struct Asked {
    /// Not read: the path names the account.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    sub: Option<String>,
    /// Told to whoever knows the account's password, and kept in its history.
    #[schema(value_type = String, required = false)]
    reason: Option<String>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            sub: None,
            reason: fields::reason(fields),
        })
    }
}

/// An account that is locked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DisableUserResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Disabled {
    /// Always true.
    success: bool,
    /// The account.
    user: UserResponse,
    /// Sessions that were alive.
    #[schema(value_type = f64)]
    revoked_sessions: usize,
}

/// An account that is not locked any more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EnableUserResponseDTO)]
pub struct Enabled {
    /// Always true.
    success: bool,
    /// The account.
    user: UserResponse,
}

/// Lock an account until it is enabled: its sessions end, in every contract, and no sign-in
/// works. Not one's own.
///
/// # Errors
/// A caller who may not, a malformed body, or an account that there is not.
#[utoipa::path(
    post, path = "/nauth/admin/users/{sub}/disable", operation_id = "nauth_admin_user_disable", tags = ["nauth"],
    params(UserPath), request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Disabled, description = "Locked"),
        BodyRefused, NotAdmin, CutPath,
    )
)]
pub async fn disable(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    UserBody(sub, asked): UserBody<Asked>,
) -> Reply<Disabled> {
    let (user, revoked_sessions) = postern
        .lock_account(&meta, &admin, sub, asked.reason)
        .await?;
    Ok(Json(Disabled {
        success: true,
        user: UserResponse::shown(&postern, &user, meta.now).await?,
        revoked_sessions,
    }))
}

/// End the lock of an account, and forget what was guessed at it: the latter within ten
/// minutes of signing in, and so for an account that is not locked.
///
/// # Errors
/// A caller who may not, or an account that there is not.
#[utoipa::path(
    post, path = "/nauth/admin/users/{sub}/enable", operation_id = "nauth_admin_user_enable", tags = ["nauth"],
    params(UserPath), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Enabled, description = "Not locked"),
        BodyRefused, NotAdmin, CutPath,
    )
)]
pub async fn enable(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    UserBody(sub, Nothing): UserBody<Nothing>,
) -> Reply<Enabled> {
    let whose = AccountRef::Sub(sub);
    let user = postern
        .administer(&meta, &admin, &whose, AdminAction::Unlock)
        .await?;
    Ok(Json(Enabled {
        success: true,
        user: UserResponse::shown(&postern, &user, meta.now).await?,
    }))
}
