//! `PUT /nauth/profile`: change one's own account.

use axum::Json;
use axum::extract::State;
use edge::nauth::factors::MfaDeviceMethod;
use edge::nauth::{BodyRefused, Busy, Member, NotFresh, UserResponse, fields};
use edge::openapi::Record;
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{AttributeEdit, Postern};
use utoipa::ToSchema;

/// What is to change; what is left out or null stays as it is.
#[derive(ToSchema)]
#[schema(as = UpdateUserAttributesDTO, rename_all = "camelCase")]
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
    /// Not obeyed here: only administrators may say that an address is proven.
    #[schema(required = false)]
    retain_verification: bool,
}

/// What is to change.
#[derive(Debug)]
pub struct Asked(AttributeEdit);

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let edit = fields::attribute_edit(fields);
        let _ = fields.flag_or_null("retainVerification");
        Ok(Self(edit))
    }
}

/// Change one's own account. Another username, address or number only within ten minutes of
/// signing in, with the second factor if there is one.
///
/// # Errors
/// A malformed body, a name that is taken, or a sign-in that is too old.
#[utoipa::path(
    put, path = "/nauth/profile", operation_id = "nauth_profile_update", tags = ["nauth"],
    request_body = Described, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = UserResponse, description = "The account as it is now"),
        NotFresh, BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(Asked(edit)): Body<Asked>,
) -> Reply<UserResponse> {
    let user = postern.edit_attributes(&meta, &signed, &edit).await?;
    Ok(Json(UserResponse::shown(&postern, &user, meta.now).await?))
}
