//! `PUT /auth/profile`: change one's own username, address or password.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use domain::password::Password;
use domain::username::Username;
use edge::auth_service::UserResponse;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, NotSignedIn};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{AccountEdit, Postern};
use utoipa::ToSchema;

/// What is to change; what is left out or null stays as it is.
#[derive(Debug, ToSchema)]
pub struct UserUpdate {
    /// Another username.
    #[schema(value_type = Option<String>, required = false)]
    username: Option<Username>,
    /// Another address. A proven one stays until the new one is proven.
    #[schema(value_type = Option<String>, required = false)]
    email: Option<EmailAddress>,
    /// Another password. Every other session ends.
    #[schema(value_type = Option<String>, required = false)]
    password: Option<Password>,
    /// One's own role. Another one is refused.
    #[schema(required = false)]
    role: Option<String>,
}

impl FromFields for UserUpdate {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            username: fields.text_or_null("username").username_if_sent(),
            email: fields.text_or_null("email").email_if_sent(),
            password: fields.new_password_if_sent("password"),
            role: fields.text_or_null("role").max(64).optional(),
        })
    }
}

impl From<UserUpdate> for AccountEdit {
    fn from(asked: UserUpdate) -> Self {
        Self {
            username: asked.username,
            email: asked.email,
            password: asked.password,
            role: asked.role,
        }
    }
}

/// Change one's own account. Address and password only within ten minutes of
/// signing in, with the second factor if there is one.
///
/// # Errors
/// A malformed body, a name that is taken, or a sign-in that is too old.
#[utoipa::path(
    put, path = "/auth/profile", operation_id = "update_profile_auth_profile_put",
    tags = ["auth-service", "auth"], request_body = UserUpdate, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = UserResponse, description = "The account as it is now"),
        (status = 400, body = Detail, description = "The address or the username is taken"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Another role, or the sign-in is too old"),
        (status = 409, body = Detail, description = "Another request changed the password first"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed, or a password that will not do"),
        (status = 429, body = Limited, description = "Too many changes"),
        (status = 503, body = Detail, description = "The letter was not taken, or AWS did not answer in time"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    edge::User(signed): edge::User,
    Body(asked): Body<UserUpdate>,
) -> Reply<UserResponse> {
    let user = postern.edit_account(&meta, signed, asked.into()).await?;
    Ok(Json(user.into()))
}
