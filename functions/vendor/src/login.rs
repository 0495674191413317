//! `POST /vendor/login`: sign in as a vendor.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use domain::password::Password;
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// An address and a password.
#[derive(Debug, ToSchema)]
pub struct VendorLogin {
    /// The vendor's address.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
    /// Its password.
    #[schema(value_type = String)]
    password: Password,
}

impl FromFields for VendorLogin {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields.text("email").email();
        let password = fields.password("password");
        Ok(Self {
            email: email?,
            password: password?,
        })
    }
}

/// A vendor's token.
#[derive(Serialize, ToSchema)]
#[schema(as = VendorToken)]
pub struct SignedIn {
    /// The token: `user_id` is the vendor's id, `is_admin` is false. No route of a
    /// user's takes it.
    access_token: String,
    /// `bearer`.
    token_type: &'static str,
}

/// Sign in as a vendor. Unknown addresses and wrong passwords look the same.
///
/// # Errors
/// A malformed body, a pair that will not do, or a limit.
#[utoipa::path(
    post, path = "/vendor/login", operation_id = "vendor_login_vendor_login_post",
    tags = ["auth-service", "vendor"], request_body = VendorLogin, security(()),
    responses(
        (status = 200, body = SignedIn, description = "A token"),
        (status = 400, body = Detail, description = "Wrong or unknown"),
        (status = 403, body = Detail, description = "The right one, which has to be replaced first: use the password reset"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        (status = 429, body = Limited, description = "Too many from one network, or too many wrong ones"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<VendorLogin>,
) -> Reply<SignedIn> {
    let access_token = postern
        .sign_in_vendor(&meta, asked.email, &asked.password)
        .await?;
    Ok(Json(SignedIn {
        access_token,
        token_type: "bearer",
    }))
}
