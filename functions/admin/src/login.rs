//! `POST /admin/login`: sign in as an administrator.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use domain::username::LoginName;
use edge::auth_service::Token;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use utoipa::ToSchema;

/// A name and a password.
#[derive(Debug, ToSchema)]
pub struct AdminLogin {
    /// An address or a username.
    #[schema(value_type = String)]
    email: LoginName,
    /// The password.
    #[schema(value_type = String)]
    password: Password,
}

impl FromFields for AdminLogin {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").required();
        let password = fields.password("password");
        Ok(Self {
            email: LoginName::typed(&email?),
            password: password?,
        })
    }
}

/// Sign in as an administrator. Unknown names and wrong passwords look the same, and
/// only the right password learns that it is no administrator's. With a second factor
/// the answer is a pending token, for `/auth/verify-2fa`.
///
/// # Errors
/// A malformed body, a pair that will not do, or a limit.
#[utoipa::path(
    post, path = "/admin/login", operation_id = "admin_login_admin_login_post",
    tags = ["auth-service", "admin"], request_body = AdminLogin, security(()),
    responses(
        (status = 200, body = Token, description = "Tokens, or a pending one"),
        (status = 400, body = Detail, description = "Wrong, unknown or locked"),
        (status = 403, body = Detail, description = "Not an administrator, or the password has to be replaced first"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many from one network, or too many wrong ones"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<AdminLogin>,
) -> Reply<Token> {
    let signed_in = postern
        .sign_in_administrator(&meta, &asked.email, &asked.password)
        .await?;
    Ok(Json(signed_in.into()))
}
