//! `POST /nauth/login`: sign in by password.

use axum::extract::State;
use axum::http::StatusCode;
use domain::password::Password;
use domain::sign_in::ClientDevice;
use domain::username::LoginName;
use edge::nauth::{AuthResponse, BodyRefused, Busy, Channel, Detail, SignedIn, fields};
use edge::{Body, Fields, FromFields, Meta, Refusal, Rejected};
use flows::{Postern, SignInDevice};
use utoipa::ToSchema;

/// Who signs in, and on what.
#[derive(Debug, ToSchema)]
#[schema(as = LoginDTO, rename_all = "camelCase")]
pub struct Asked {
    /// An address, a username, or a number that is proven.
    #[schema(value_type = String)]
    identifier: LoginName,
    /// The password, not trimmed.
    #[schema(value_type = String)]
    password: Password,
    /// What the device is called.
    #[schema(value_type = String, required = false)]
    device_name: Option<String>,
    /// `mobile`, `desktop` or `tablet`.
    #[schema(inline, value_type = DeviceType, required = false)]
    device_type: Option<String>,
    /// What reCAPTCHA gave the page, for the action `login`. Where the installation asks for
    /// one, it does so of pages alone: of requests whose tokens travel in cookies.
    #[schema(value_type = String, required = false)]
    recaptcha_token: Option<String>,
}

/// What kind of device a client runs on.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "for the document")]
enum DeviceType {
    Mobile,
    Desktop,
    Tablet,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let identifier = fields::identifier(fields, "identifier");
        let password = fields.password_of("password", 1..=128);
        let device_name = fields.text_or_null("deviceName").max(255).optional();
        let device_type = fields
            .text_or_null("deviceType")
            .lower()
            .one_of(&["mobile", "desktop", "tablet"])
            .optional();
        let recaptcha_token = fields.text_or_null("recaptchaToken").max(4096).optional();
        Ok(Self {
            identifier: identifier?,
            password: password?,
            device_name,
            device_type,
            recaptcha_token,
        })
    }
}

/// Sign in by password. Unknown names, wrong passwords and accounts without one look the
/// same.
///
/// # Errors
/// A malformed body, a pair that will not do, an account that is closed, a limit, or
/// `RECAPTCHA_…`.
#[utoipa::path(
    post, path = "/nauth/login", operation_id = "nauth_login", tags = ["nauth"],
    request_body = Asked, security(()),
    responses(
        (status = 200, body = AuthResponse, description = "Tokens, or a challenge"),
        (status = 401, body = Detail, description = "Wrong or unknown, or tokens do not travel this way here"),
        (status = 403, body = Detail, description = "The password is right, and the account locked or not in use"),
        BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    channel: Channel,
    Body(asked): Body<Asked>,
) -> Result<SignedIn, Refusal> {
    let delivery = channel.open()?;
    let device = SignInDevice {
        said: ClientDevice {
            name: asked.device_name.filter(|name| !name.is_empty()),
            kind: asked.device_type,
        },
        token: channel.device(delivery),
    };
    let (name, password) = (&asked.identifier, &asked.password);
    let token = asked.recaptcha_token.as_deref();
    let sign_in = postern
        .sign_in_by_identifier(&meta, name, password, delivery, device, token)
        .await?;
    let status = StatusCode::OK;
    Ok(SignedIn { sign_in, status })
}
