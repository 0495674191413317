//! `POST /nauth/admin/signup`: make an account for another person.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use edge::nauth::{BodyRefused, Detail, FreshAdminMember, NotAdmin, UserResponse, fields};
use edge::openapi::Record;
use edge::{Body, Fields, FromFields, Meta, Refusal, Rejected};
use flows::{FirstPassword, NewAccount, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// What an administrator says of an account.
#[derive(Debug, ToSchema)]
#[schema(as = AdminSignupDTO, rename_all = "camelCase")]
#[allow(dead_code, reason = "for the document")]
pub struct Described {
    /// An address of theirs.
    email: String,
    /// The password: 8 to 128 characters. Needed unless one is to be made.
    #[schema(value_type = String, required = false)]
    password: Option<String>,
    /// The name to be known by: 3 to 50 letters, digits, underscores and hyphens.
    #[schema(value_type = String, required = false)]
    username: Option<String>,
    /// Given name.
    #[schema(value_type = String, required = false)]
    first_name: Option<String>,
    /// Family name.
    #[schema(value_type = String, required = false)]
    last_name: Option<String>,
    /// A number of theirs, in E.164 form.
    #[schema(value_type = String, required = false)]
    phone: Option<String>,
    /// What the client keeps about them: at most 16 KB and five levels.
    #[schema(value_type = Record, required = false)]
    metadata: Option<Record>,
    /// Whether the address counts as proven.
    #[schema(required = false)]
    is_email_verified: bool,
    /// Whether the number counts as proven.
    #[schema(required = false)]
    is_phone_verified: bool,
    /// Whether the password has to be replaced at the first sign-in.
    #[schema(required = false)]
    must_change_password: bool,
    /// Whether to make a password, which is answered once.
    #[schema(required = false)]
    generate_password: bool,
}

/// The account to be made.
#[derive(Debug)]
pub struct Asked(NewAccount);

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let verified = fields.flag_or_null("isEmailVerified");
        let password = match fields.flag_or_null("generatePassword") {
            Some(true) => Ok(FirstPassword::Generated),
            _ => fields::new_password(fields, "password").map(FirstPassword::Chosen),
        };
        let account = super::account(fields);
        Ok(Self(NewAccount {
            email_verified: verified.unwrap_or_default(),
            password: password?,
            ..account?
        }))
    }
}

/// The account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminSignupResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// As it is now.
    user: UserResponse,
    /// Its password, if it was made: told this once.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    generated_password: Option<String>,
}

/// Make an account for another person, within ten minutes of signing in.
///
/// # Errors
/// A caller who may not, a malformed body, a weak password, or a name that is taken.
#[utoipa::path(
    post, path = "/nauth/admin/signup", operation_id = "nauth_admin_signup", tags = ["nauth"],
    request_body = Described, security(("jwtAuth" = [])),
    responses(
        (status = 201, body = Made, description = "The account"),
        (status = 409, body = Detail, description = "The address, the username or the number has an account"),
        BodyRefused, NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdminMember(admin): FreshAdminMember,
    Body(Asked(account)): Body<Asked>,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    let made = postern.sign_up_another(&meta, &admin, account).await?;
    let user = UserResponse::of(&made.user, &[], meta.now);
    let generated = made.generated.as_ref();
    let made = Made {
        user,
        generated_password: generated.map(|password| password.as_str().to_owned()),
    };
    Ok((StatusCode::CREATED, Json(made)))
}
