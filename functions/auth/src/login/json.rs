//! `POST /auth/login` with a JSON body: sign in by password for a role, and perhaps
//! an event (cashless). The route itself is [`crate::login::form`], which tells the two
//! bodies apart; what stands here is its other half.

use axum::Json;
use axum::extract::State;
use domain::password::Password;
use domain::pos::Capacity;
use domain::username::LoginName;
use domain::{Contract, EmailAddress};
use edge::cashless::TokenResponse;
use edge::fastapi::{Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, RequestMeta};
use utoipa::ToSchema;

/// Who signs in, and in what capacity.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// The address.
    #[schema(value_type = String)]
    email: LoginName,
    /// The password.
    #[schema(value_type = String)]
    password: Password,
    /// The event to sign in for. Operators and network managers sign in for their own
    /// if they name none.
    #[schema(required = false)]
    #[allow(dead_code, reason = "for the document")]
    event_id: Option<u64>,
    /// `admin`, `operator` or `network_manager`.
    #[schema(value_type = String, required = false, default = "admin")]
    role: Capacity,
}

impl FromFields for LoginRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").required();
        let password = fields.password("password");
        let event_id = fields.integer_or_null("event_id");
        let role = fields.text("role").optional();
        fields.deny_unknown(&["email", "password", "event_id", "role"]);
        let address = EmailAddress::parse(&email?);
        Ok(Self {
            email: address.map_or(LoginName::Nobody, LoginName::Email),
            password: password?,
            event_id,
            role: Capacity::named(role.as_deref().unwrap_or("admin"), event_id),
        })
    }
}

/// Signs in.
pub(crate) async fn sign_in(
    postern: &Postern,
    meta: &RequestMeta,
    asked: LoginRequest,
) -> Reply<TokenResponse> {
    let LoginRequest {
        email,
        password,
        role,
        ..
    } = asked;
    let signed_in = postern
        .sign_in_by_password(meta, Contract::Cashless, &email, &password, role)
        .await?;
    Ok(Json(signed_in.into()))
}

/// Sign in by password as an administrator, operator or network manager. Unknown
/// addresses, wrong passwords and capacities that one has not look the same. With a
/// second factor the answer is a pair of pending tokens.
///
/// # Errors
/// A malformed body, a pair that will not do, or a limit.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "login_auth_login_post",
    tags = ["cashless", "auth"], request_body = LoginRequest, security(()),
    responses(
        (status = 200, body = TokenResponse, description = "Tokens, or pending ones"),
        (status = 401, body = Detail, description = "Wrong, unknown, locked, or not in this capacity"),
        (status = 403, body = Detail, description = "The password is right, and has to be replaced first: use the password reset"),
        (status = 413, body = Detail, description = "Larger than any form of ours"),
        (status = 415, body = Detail, description = "Neither JSON nor a form"),
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Over 10 a minute from one network, or too many wrong ones"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<LoginRequest>,
) -> Reply<TokenResponse> {
    sign_in(&postern, &meta, asked).await
}
