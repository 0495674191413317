//! `POST /auth/login` and `POST /token`: sign in by password, as OAuth 2 has forms
//! sent (RFC 6749 §4.3.2).
//!
//! `/auth/login` is cashless-auth's too, with a JSON body: see [`crate::login::json`].

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use domain::Contract;
use domain::password::Password;
use domain::pos::Capacity;
use domain::username::LoginName;
use edge::auth_service::Token;
use edge::fastapi::{Detail, Invalid, Limited, Unavailable};
use edge::{Fields, Form, FromFields, JsonOrForm, Meta, Rejected, Reply};
use flows::{Postern, RequestMeta};
use utoipa::ToSchema;

use crate::login::json;

/// A name and a password.
#[derive(Debug, ToSchema)]
#[schema(as = Body_login_for_access_token_auth_login_post)]
#[allow(dead_code, reason = "documented; clients send them, nothing is read")]
pub struct LoginForm {
    /// An address or a username.
    #[schema(value_type = String)]
    username: LoginName,
    /// The password.
    #[schema(value_type = String)]
    password: Password,
    /// `password`, or nothing.
    #[schema(required = false, pattern = "password")]
    grant_type: Option<String>,
    /// Ignored.
    #[schema(required = false, default = "")]
    scope: Option<String>,
    /// Ignored.
    #[schema(required = false)]
    client_id: Option<String>,
    /// Ignored.
    #[schema(required = false)]
    client_secret: Option<String>,
}

impl FromFields for LoginForm {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let grant = fields.text("grant_type").one_of(&["password"]);
        let grant_type = grant.optional();
        let username = fields.text("username").required();
        let password = fields.password("password");
        Ok(Self {
            username: LoginName::typed(&username?),
            password: password?,
            grant_type,
            scope: None,
            client_id: None,
            client_secret: None,
        })
    }
}

/// Sign in by address or username. Unknown names and wrong passwords look the
/// same. With a second factor the answer is a pending token.
///
/// # Errors
/// A malformed form, a pair that will not do, or a limit.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "login_for_access_token_auth_login_post",
    tags = ["auth-service", "auth"], security(()),
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = Token, description = "Tokens, or a pending one"),
        (status = 401, body = Detail, description = "Wrong, unknown or locked"),
        (status = 403, body = Detail, description = "The password is right, and has to be replaced first: use the password reset"),
        (status = 413, body = Detail, description = "Larger than any form of ours"),
        (status = 415, body = Detail, description = "Neither a form nor JSON"),
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many from one network, or too many wrong ones"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    asked: JsonOrForm<json::LoginRequest, LoginForm>,
) -> Response {
    match asked {
        JsonOrForm::Json(asked) => json::sign_in(&postern, &meta, asked).await.into_response(),
        JsonOrForm::Form(asked) => sign_in(&postern, &meta, asked).await.into_response(),
    }
}

async fn sign_in(postern: &Postern, meta: &RequestMeta, asked: LoginForm) -> Reply<Token> {
    let LoginForm {
        username, password, ..
    } = asked;
    let (contract, anybody) = (Contract::AuthService, Capacity::Anybody);
    let signed_in = postern
        .sign_in_by_password(meta, contract, &username, &password, anybody)
        .await?;
    Ok(Json(signed_in.into()))
}

/// The same, at the address that the contract announces for it.
///
/// # Errors
/// A malformed form, a pair that will not do, or a limit.
#[utoipa::path(
    post, path = "/token", operation_id = "login_for_access_token_token_post",
    tags = ["auth-service", "auth"], security(()),
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = Token, description = "Tokens, or a pending one"),
        (status = 401, body = Detail, description = "Wrong, unknown or locked"),
        (status = 403, body = Detail, description = "The password is right, and has to be replaced first: use the password reset"),
        (status = 413, body = Detail, description = "Larger than any form of ours"),
        (status = 415, body = Detail, description = "Not a form"),
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many from one network, or too many wrong ones"),
        Unavailable,
    )
)]
pub async fn token(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Form(asked): Form<LoginForm>,
) -> Reply<Token> {
    sign_in(&postern, &meta, asked).await
}
