//! `PUT /nauth/profile`: change one's own account.

use axum::Json;
use axum::extract::State;
use domain::account::Factor;
use domain::username::Username;
use domain::{EmailAddress, PhoneNumber, ProblemKind};
use edge::nauth::factors::{MfaDeviceMethod, factor_named};
use edge::nauth::{BodyRefused, Busy, Member, NotFresh, UserResponse, fields};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{AttributeEdit, Postern};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is to change; what is left out or null stays as it is.
#[derive(Debug, ToSchema)]
#[schema(as = UpdateUserAttributesDTO, rename_all = "camelCase")]
pub struct Asked {
    /// Another username.
    #[schema(value_type = String, required = false)]
    username: Option<Username>,
    /// Given name.
    #[schema(value_type = String, required = false)]
    first_name: Option<String>,
    /// Family name.
    #[schema(value_type = String, required = false)]
    last_name: Option<String>,
    /// Another address: shown at once, and asked for its proof at the next sign-in.
    #[schema(value_type = String, required = false)]
    email: Option<EmailAddress>,
    /// Another number, in E.164 form.
    #[schema(value_type = String, required = false)]
    phone: Option<PhoneNumber>,
    /// Merged into what is kept; a null takes a name away.
    #[schema(value_type = edge::openapi::Record, required = false)]
    metadata: Option<Map<String, Value>>,
    /// The factor that is asked for first.
    #[schema(value_type = MfaDeviceMethod, required = false)]
    preferred_mfa_method: Option<Factor>,
    /// Not obeyed here: only administrators may say that an address is proven.
    #[schema(value_type = bool, required = false)]
    #[allow(dead_code, reason = "for the document")]
    retain_verification: Option<bool>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        Ok(Self {
            username: fields::username_if_sent(fields),
            first_name: fields::name_if_sent(fields, "firstName"),
            last_name: fields::name_if_sent(fields, "lastName"),
            email: fields::email_if_sent(fields),
            phone: fields::phone_if_sent(fields),
            metadata: fields::metadata_edit_if_sent(fields),
            preferred_mfa_method: fields
                .text_or_null("preferredMfaMethod")
                .lower()
                .parsed_if_sent(ProblemKind::NotAChoice, factor_named),
            retain_verification: fields.flag_or_null("retainVerification"),
        })
    }
}

impl From<Asked> for AttributeEdit {
    fn from(asked: Asked) -> Self {
        Self {
            username: asked.username,
            first_name: asked.first_name,
            last_name: asked.last_name,
            email: asked.email,
            phone: asked.phone,
            metadata: asked.metadata,
            preferred_factor: asked.preferred_mfa_method,
        }
    }
}

/// Change one's own account. Another username, address or number only within ten minutes of
/// signing in, with the second factor if there is one.
///
/// # Errors
/// A malformed body, a name that is taken, or a sign-in that is too old.
#[utoipa::path(
    put, path = "/nauth/profile", operation_id = "nauth_profile_update", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = UserResponse, description = "The account as it is now"),
        NotFresh, BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(asked): Body<Asked>,
) -> Reply<UserResponse> {
    let user = postern
        .edit_attributes(&meta, &signed, &asked.into())
        .await?;
    Ok(Json(UserResponse::shown(&postern, &user, meta.now).await?))
}
