//! `POST /admin/register`: make an administrator by the installation's key.

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

/// What the caller says of themselves, and what proves that they may.
#[derive(ToSchema)]
pub struct AdminCreate {
    /// The name to be known by, unique in any case of its letters.
    #[schema(value_type = String)]
    username: Username,
    /// Their address.
    #[schema(value_type = String)]
    email: EmailAddress,
    /// The password, 8 to 128 characters of any kind.
    #[schema(value_type = String)]
    password: Password,
    /// The key that the operator configured.
    secret_key: String,
}

impl FromFields for AdminCreate {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let username = fields.text("username").username();
        let email = fields.text("email").email();
        let password = fields.new_password("password");
        let secret_key = fields.text("secret_key").required();
        Ok(Self {
            username: username?,
            email: email?,
            password: password?,
            secret_key: secret_key?,
        })
    }
}

/// Make an account with an administrator's rights. While no key is configured, none
/// is right.
///
/// # Errors
/// A malformed body, a wrong key, a name that is taken, or a limit.
#[utoipa::path(
    post, path = "/admin/register", operation_id = "register_admin_admin_register_post",
    tags = ["auth-service", "admin"], request_body = AdminCreate, security(()),
    responses(
        (status = 200, body = UserResponse, description = "The account"),
        (status = 400, body = Detail, description = "The address or the username is taken"),
        (status = 403, body = Detail, description = "Not the key"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<AdminCreate>,
) -> Reply<UserResponse> {
    let registration = Registration {
        username: asked.username,
        email: asked.email,
        password: asked.password,
        profile_picture: String::new(),
        preferences: String::new(),
    };
    let user = postern
        .register_administrator(&meta, &asked.secret_key, registration)
        .await?;
    Ok(Json(UserResponse::with_claimed_email(user)))
}
