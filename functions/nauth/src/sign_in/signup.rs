//! `POST /nauth/signup`: make an account and sign in, as far as that goes.

use axum::extract::State;
use axum::http::StatusCode;
use domain::account::Metadata;
use domain::password::Password;
use domain::username::Username;
use domain::{EmailAddress, PhoneNumber};
use edge::nauth::{
    AuthResponse, BodyRefused, Busy, Channel, Detail, OtherDelivery, SignedIn, fields,
};
use edge::{Body, Fields, FromFields, Meta, Refusal, Rejected};
use flows::{Postern, SignUp};
use utoipa::ToSchema;

/// What a user says of themselves to get an account.
#[derive(Debug, ToSchema)]
#[schema(as = SignupDTO, rename_all = "camelCase")]
pub struct Asked {
    /// An address of theirs.
    #[schema(value_type = String)]
    email: EmailAddress,
    /// The password to sign in by: 8 to 128 characters, not trimmed.
    #[schema(value_type = String)]
    password: Password,
    /// The name to be known by: 3 to 50 letters, digits, underscores and hyphens.
    #[schema(value_type = String, required = false)]
    username: Option<Username>,
    /// Given name.
    #[schema(value_type = String, required = false)]
    first_name: Option<String>,
    /// Family name.
    #[schema(value_type = String, required = false)]
    last_name: Option<String>,
    /// A number of theirs, in E.164 form.
    #[schema(value_type = String, required = false)]
    phone: Option<PhoneNumber>,
    /// What the client keeps about them: at most 16 KB and five levels.
    #[schema(value_type = edge::openapi::Record, required = false)]
    metadata: Metadata,
    /// What reCAPTCHA gave the page, for the action `signup`. Where the installation asks for
    /// one, it does so of pages alone: of requests whose tokens travel in cookies.
    #[schema(value_type = String, required = false)]
    recaptcha_token: Option<String>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields::email(fields);
        let password = fields::new_password(fields, "password");
        let username = fields::username_if_sent(fields);
        let first_name = fields::name_if_sent(fields, "firstName");
        let last_name = fields::name_if_sent(fields, "lastName");
        let phone = fields::phone_if_sent(fields);
        let metadata = fields::metadata(fields);
        let recaptcha_token = fields.text_or_null("recaptchaToken").max(4096).optional();
        Ok(Self {
            email: email?,
            password: password?,
            username,
            first_name,
            last_name,
            phone,
            metadata,
            recaptcha_token,
        })
    }
}

impl From<Asked> for SignUp {
    fn from(asked: Asked) -> Self {
        Self {
            email: asked.email,
            password: asked.password,
            username: asked.username,
            first_name: asked.first_name.unwrap_or_default(),
            last_name: asked.last_name.unwrap_or_default(),
            phone: asked.phone,
            metadata: asked.metadata,
            recaptcha_token: asked.recaptcha_token,
        }
    }
}

/// Make an account and sign in, as far as that goes: with tokens, or with a challenge that
/// waits for the code that was mailed. An address that nobody has proven may be signed up
/// for anew.
///
/// # Errors
/// A malformed body, a weak password, a name that is taken, a limit, or `RECAPTCHA_…`.
#[utoipa::path(
    post, path = "/nauth/signup", operation_id = "nauth_signup", tags = ["nauth"],
    request_body = Asked, security(()),
    responses(
        (status = 201, body = AuthResponse, description = "Tokens, or a challenge"),
        (status = 403, body = Detail, description = "Signing up is switched off"),
        (status = 409, body = Detail, description = "The address, the username or the number has an account"),
        BodyRefused, OtherDelivery, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    channel: Channel,
    Body(asked): Body<Asked>,
) -> Result<SignedIn, Refusal> {
    let delivery = channel.open()?;
    let sign_in = postern
        .sign_up_by_password(&meta, delivery, asked.into())
        .await?;
    let status = StatusCode::CREATED;
    Ok(SignedIn { sign_in, status })
}
