//! `POST /nauth/forgot-password` and `/nauth/forgot-password/confirm`: the way back to a
//! forgotten password.

use axum::Json;
use axum::extract::State;
use domain::Contact;
use domain::password::Password;
use domain::password::reset_code::LIFETIME;
use domain::username::LoginName;
use domain::verification::masked_by_ends;
use edge::nauth::{BodyRefused, Busy, DeliveryMedium, fields};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, ResetCodeOf};
use serde::Serialize;
use utoipa::ToSchema;

/// Whose password is forgotten.
#[derive(Debug, ToSchema)]
#[schema(as = ForgotPasswordDTO, rename_all = "camelCase")]
pub struct Asked {
    /// An address, a username or a number.
    #[schema(value_type = String)]
    identifier: LoginName,
    /// A page that takes the code, of an origin that the installation lists; else ignored.
    #[schema(value_type = String, required = false)]
    base_url: Option<String>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let identifier = fields::identifier(fields, "identifier");
        let base_url = fields.text_or_null("baseUrl").max(2048).url();
        Ok(Self {
            identifier: identifier?,
            base_url,
        })
    }
}

/// Where a code goes, if the name is an account's: the same for one that is not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ForgotPasswordResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Always true.
    success: bool,
    /// The name that was typed, masked.
    #[schema(required = false)]
    destination: String,
    /// `email` or `sms`.
    #[schema(inline, required = false)]
    delivery_medium: DeliveryMedium,
    /// Seconds for which the code is good.
    #[schema(value_type = f64, required = false)]
    expires_in: u64,
}

fn sent(name: &LoginName) -> Sent {
    let contact = match name {
        LoginName::Email(address) | LoginName::Vendor(address) => {
            Some(Contact::Email(address.clone()))
        }
        LoginName::Phone(number) => Some(Contact::Phone(number.clone())),
        LoginName::Username(_) | LoginName::Nobody => None,
    };
    let contact = contact.as_ref();
    Sent {
        success: true,
        destination: contact.map_or_else(|| "***".to_owned(), masked_by_ends),
        delivery_medium: contact.map_or(DeliveryMedium::Email, DeliveryMedium::to),
        expires_in: LIFETIME,
    }
}

/// Have a code sent that replaces a forgotten password. It goes to a proven address or
/// number. Known and unknown names are answered alike, after at least half a second.
///
/// # Errors
/// A malformed body, or a limit.
#[utoipa::path(
    post, path = "/nauth/forgot-password", operation_id = "nauth_forgot_password", tags = ["nauth"],
    request_body = Asked, security(()),
    responses((status = 200, body = Sent, description = "Sent, if there is such an account"), BodyRefused, Busy)
)]
pub async fn request(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<Asked>,
) -> Reply<Sent> {
    let page = asked.base_url.and_then(|url| postern.listed_page(&url));
    postern
        .request_reset_code(&meta, &asked.identifier, page.as_ref())
        .await?;
    Ok(Json(sent(&asked.identifier)))
}

/// The code, and another password.
#[derive(Debug, ToSchema)]
#[schema(as = ConfirmForgotPasswordDTO, rename_all = "camelCase")]
pub struct Confirmed {
    /// The name that the code was asked for by.
    #[schema(value_type = String)]
    identifier: LoginName,
    /// Six digits.
    code: String,
    /// The next password: 8 to 128 characters.
    #[schema(value_type = String)]
    new_password: Password,
}

impl FromFields for Confirmed {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let identifier = fields::identifier(fields, "identifier");
        let code = fields::reset_code(fields, 6);
        let new_password = fields::new_password(fields, "newPassword");
        Ok(Self {
            identifier: identifier?,
            code: code?,
            new_password: new_password?,
        })
    }
}

/// That the password is replaced.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConfirmForgotPasswordResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Replaced {
    /// Always true.
    success: bool,
    /// Always false: its owner has just chosen it.
    must_change_password: bool,
}

/// Replace a forgotten password by a code. All sessions end.
///
/// # Errors
/// A malformed body, a code that will not do, or a password that will not.
#[utoipa::path(
    post, path = "/nauth/forgot-password/confirm", operation_id = "nauth_forgot_password_confirm",
    tags = ["nauth"], request_body = Confirmed, security(()),
    responses((status = 200, body = Replaced, description = "Replaced"), BodyRefused, Busy)
)]
pub async fn confirm(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<Confirmed>,
) -> Reply<Replaced> {
    let of = ResetCodeOf::Name(asked.identifier);
    postern
        .confirm_reset_code(&meta, &of, &asked.code, &asked.new_password)
        .await?;
    Ok(Json(Replaced {
        success: true,
        must_change_password: false,
    }))
}
