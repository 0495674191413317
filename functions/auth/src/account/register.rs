//! `POST /auth/register`: an account with a password.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use domain::password::Password;
use domain::username::Username;
use edge::auth_service::UserResponse;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, Registration};
use utoipa::ToSchema;

/// What the caller says of themselves.
#[derive(Debug, ToSchema)]
pub struct UserCreate {
    /// 1 to 64 characters, without spaces and `@ / \ # ? %`. Capitals make no other
    /// name.
    #[schema(value_type = String)]
    username: Username,
    /// An address of theirs.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
    /// 8 to 128 characters, none of the common passwords, not made of the names
    /// above.
    #[schema(value_type = String)]
    password: Password,
    /// Where their picture is, in 500 characters.
    #[schema(required = false)]
    profile_picture: Option<String>,
    /// What the client keeps about them, in 1,000 characters.
    #[schema(required = false)]
    preferences: Option<String>,
}

impl FromFields for UserCreate {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let username = fields.text("username").username();
        let email = fields.text("email").email();
        let password = fields.new_password("password");
        let profile_picture = fields.text_or_null("profile_picture").max(500).optional();
        let preferences = fields.text_or_null("preferences").max(1000).optional();
        Ok(Self {
            username: username?,
            email: email?,
            password: password?,
            profile_picture,
            preferences,
        })
    }
}

/// Make an account. Its address is told, and whoever proves to read its mail ends
/// everything that was set up before.
///
/// # Errors
/// A malformed body, a name that is taken, or a limit.
#[utoipa::path(
    post, path = "/auth/register", operation_id = "register_user_auth_register_post",
    tags = ["auth-service", "auth"], request_body = UserCreate, security(()),
    responses(
        (status = 200, body = UserResponse, description = "The account"),
        (status = 400, body = Detail, description = "The address or the username is taken"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed, or a password that will not do"),
        (status = 429, body = Limited, description = "Too many from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<UserCreate>,
) -> Reply<UserResponse> {
    let registration = Registration {
        username: asked.username,
        email: asked.email,
        password: asked.password,
        profile_picture: asked.profile_picture.unwrap_or_default(),
        preferences: asked.preferences.unwrap_or_default(),
    };
    let user = postern.register(&meta, registration).await?;
    Ok(Json(UserResponse::with_claimed_email(user)))
}
