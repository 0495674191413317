//! `PUT /nauth/admin/users/{sub}`: change what an account says.

use axum::Json;
use axum::extract::State;
use domain::account::Factor;
use domain::username::Username;
use domain::{EmailAddress, PhoneNumber, ProblemKind};
use edge::nauth::factors::{MfaDeviceMethod, factor_named};
use edge::nauth::{
    AdminMember, BodyRefused, Busy, CutPath, Detail, UserBody, UserPath, UserResponse, fields,
};
use edge::{Fields, FromFields, Meta, Rejected, Reply};
use flows::{AttributeEdit, Postern};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is to change; what is left out or null stays as it is.
#[derive(Debug, ToSchema)]
#[schema(as = AdminUpdateUserAttributesDTO, rename_all = "camelCase")]
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
    /// Whether an address or number that takes the place of a proven one counts as proven,
    /// too: the account moves at once.
    #[schema(value_type = bool, required = false)]
    retain_verification: Option<bool>,
    /// Not read: the path names the account.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    sub: Option<String>,
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
            sub: None,
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

/// Change what an account says. Another username, address or number only of another user's,
/// within ten minutes of signing in.
///
/// # Errors
/// A caller who may not, a malformed body, an account that there is not, or a name that is
/// taken.
#[utoipa::path(
    put, path = "/nauth/admin/users/{sub}", operation_id = "nauth_admin_user_update", tags = ["nauth"],
    params(UserPath), request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = UserResponse, description = "The account as it is now"),
        (status = 401, body = Detail, description = "Not signed in"),
        (status = 403, body = Detail, description = "No administrator, one's own account, or a sign-in that is too old"),
        BodyRefused, Busy, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    UserBody(sub, asked): UserBody<Asked>,
) -> Reply<UserResponse> {
    let retain = asked.retain_verification.unwrap_or_default();
    let edit = asked.into();
    let user = postern
        .edit_attributes_of(&meta, &admin, sub, &edit, retain)
        .await?;
    Ok(Json(UserResponse::shown(&postern, &user, meta.now).await?))
}
