//! `POST /nauth/admin/users/{sub}/force-password-change`: have an account's password
//! replaced.

use axum::Json;
use axum::extract::State;
use edge::nauth::{
    AdminMember, BodyRefused, CutPath, Done, NotAdmin, PasswordChangeRequired, UserBody, UserPath,
};
use edge::{Meta, Nothing, Reply};
use flows::{AccountRef, AdminAction, Postern};

/// Have an account replace its password before that opens anything again. Its sessions end.
/// Not one's own.
///
/// # Errors
/// A caller who may not, an account that there is not, or one without a password.
#[utoipa::path(
    post, path = "/nauth/admin/users/{sub}/force-password-change", operation_id = "nauth_admin_user_force_password_change",
    tags = ["nauth"], params(UserPath), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = PasswordChangeRequired, description = "It has to be replaced"),
        BodyRefused, NotAdmin, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    UserBody(sub, Nothing): UserBody<Nothing>,
) -> Reply<Done> {
    let whose = AccountRef::Sub(sub);
    postern
        .administer(&meta, &admin, &whose, AdminAction::RequirePasswordChange)
        .await?;
    Ok(Json(Done::YES))
}
