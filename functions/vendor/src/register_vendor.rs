//! `POST /vendor/register_vendor`: a vendor with a password.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use domain::password::Password;
use domain::vendor::{self, Vendor};
use edge::fastapi::{BodyRefused, Detail, Invalid, Limited, Unavailable};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, VendorRegistration};
use serde::Serialize;
use utoipa::ToSchema;

/// What a vendor says of itself.
#[derive(Debug, ToSchema)]
pub struct VendorCreate {
    /// What people call it, in 200 characters.
    name: String,
    /// Its address; it may be a user's, too.
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
    /// 8 to 128 characters, none of the common passwords, not made of the names
    /// above.
    #[schema(value_type = String)]
    password: Password,
    /// What it sells, in 2,000 characters.
    #[schema(required = false)]
    description: Option<String>,
    /// Where its picture is, in 500 characters.
    #[schema(required = false)]
    profile_picture: Option<String>,
    /// How it is rated.
    #[schema(required = false)]
    rating: Option<f64>,
    /// What the client keeps about it, in 1,000 characters.
    #[schema(required = false)]
    preferences: Option<String>,
}

impl FromFields for VendorCreate {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let name = fields.text("name").max(vendor::LONGEST_NAME).required();
        let email = fields.text("email").email();
        let password = fields.new_password("password");
        let description = fields.text_or_null("description").max(2000).optional();
        let profile_picture = fields.text_or_null("profile_picture").max(500).optional();
        let rating = fields.number_or_null("rating");
        let preferences = fields.text_or_null("preferences").max(1000).optional();
        Ok(Self {
            name: name?,
            email: email?,
            password: password?,
            description,
            profile_picture,
            rating,
            preferences,
        })
    }
}

/// A vendor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VendorResponse)]
pub struct Registered {
    /// The integer id.
    id: u64,
    /// What people call it.
    name: String,
    /// What it sells.
    #[schema(required = false)]
    description: Option<String>,
    /// How it is rated.
    #[schema(required = false)]
    rating: Option<f64>,
}

impl From<Vendor> for Registered {
    fn from(vendor: Vendor) -> Self {
        Self {
            id: vendor.number,
            name: vendor.name,
            description: vendor.description,
            rating: vendor.rating,
        }
    }
}

/// Make a vendor. Vendors are no users: they sign in here and nowhere else.
///
/// # Errors
/// A malformed body, an address that another vendor has, or a limit.
#[utoipa::path(
    post, path = "/vendor/register_vendor", operation_id = "register_vendor_vendor_register_vendor_post",
    tags = ["auth-service", "vendor"], request_body = VendorCreate, security(()),
    responses(
        (status = 200, body = Registered, description = "The vendor"),
        (status = 400, body = Detail, description = "Another vendor has the address"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed, or a password that will not do"),
        (status = 429, body = Limited, description = "Too many from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Body(asked): Body<VendorCreate>,
) -> Reply<Registered> {
    let registration = VendorRegistration {
        name: asked.name,
        email: asked.email,
        password: asked.password,
        description: asked.description,
        profile_picture: asked.profile_picture,
        rating: asked.rating,
        preferences: asked.preferences,
    };
    let vendor = postern.register_vendor(&meta, registration).await?;
    Ok(Json(vendor.into()))
}
