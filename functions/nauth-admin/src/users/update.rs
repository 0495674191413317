//! `PUT /nauth/admin/users/{sub}`: change what an account says.

use axum::Json;
use axum::extract::State;
use edge::nauth::factors::MfaDeviceMethod;
use edge::nauth::{
    AdminMember, BodyRefused, Busy, CutPath, Detail, UserBody, UserPath, UserResponse, fields,
};
use edge::openapi::Record;
use edge::{Fields, FromFields, Meta, Rejected, Reply};
use flows::{AttributeEdit, Postern};
use utoipa::ToSchema;

/// What is to change; what is left out or null stays as it is.
#[derive(ToSchema)]
#[schema(as = AdminUpdateUserAttributesDTO, rename_all = "camelCase")]
#[allow(dead_code, reason = "for the document")]
pub struct Described {
    /// Another username.
    #[schema(required = false)]
    username: String,
    /// Given name.
    #[schema(required = false)]
    first_name: String,
    /// Family name.
    #[schema(required = false)]
    last_name: String,
    /// Another address: shown at once, and asked for its proof at the next sign-in.
    #[schema(required = false)]
    email: String,
    /// Another number, in E.164 form.
    #[schema(required = false)]
    phone: String,
    /// Merged into what is kept; a null takes a name away.
    #[schema(required = false)]
    metadata: Record,
    /// The factor that is asked for first.
    #[schema(required = false)]
    preferred_mfa_method: MfaDeviceMethod,
    /// Whether an address or number that takes the place of a proven one counts as proven,
    /// too: the account moves at once.
    #[schema(required = false)]
    retain_verification: bool,
    /// Not read: the path names the account.
    #[schema(required = false)]
    sub: String,
}

/// What is to change, and whether what is proven stays so.
#[derive(Debug)]
pub struct Asked {
    edit: AttributeEdit,
    retain: bool,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let edit = fields::attribute_edit(fields);
        let retain = fields.flag_or_null("retainVerification");
        Ok(Self {
            edit,
            retain: retain.unwrap_or_default(),
        })
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
    params(UserPath), request_body = Described, security(("jwtAuth" = [])),
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
    let user = postern
        .edit_attributes_of(&meta, &admin, sub, &asked.edit, asked.retain)
        .await?;
    Ok(Json(UserResponse::shown(&postern, &user, meta.now).await?))
}
