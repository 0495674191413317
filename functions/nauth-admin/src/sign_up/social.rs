//! `POST /nauth/admin/signup-social`: make an account for a person who signs in through a
//! provider.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use edge::nauth::{BodyRefused, Detail, FreshAdminMember, NotAdmin, UserResponse, fields};
use edge::openapi::Record;
use edge::{Body, Fields, FromFields, Meta, Refusal, Rejected};
use flows::{FirstPassword, ImportedLink, NewAccount, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// What an administrator says of an account.
#[derive(Debug, ToSchema)]
#[schema(as = AdminSignupSocialDTO, rename_all = "camelCase")]
#[allow(dead_code, reason = "for the document")]
pub struct Described {
    /// An address of theirs, which counts as proven.
    email: String,
    /// The provider that they sign in through.
    #[schema(inline)]
    provider: Named,
    /// The provider's own name for them.
    provider_id: String,
    /// The address that the provider has of them.
    #[schema(value_type = String, required = false)]
    provider_email: Option<String>,
    /// What else the provider says. Not kept.
    #[schema(value_type = Record, required = false)]
    social_metadata: Option<Record>,
    /// A password beside it: 8 to 128 characters.
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
    /// Whether the number counts as proven.
    #[schema(required = false)]
    is_phone_verified: bool,
    /// Whether the password has to be replaced at the first sign-in by it.
    #[schema(required = false)]
    must_change_password: bool,
}

/// A provider of this contract.
#[derive(ToSchema, Debug)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "for the document")]
enum Named {
    Google,
    Apple,
    Facebook,
}

/// The account to be made, and its identity at the provider.
#[derive(Debug)]
pub struct Asked(NewAccount, ImportedLink);

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let provider = fields::provider(fields);
        let subject = fields.text("providerId").min(1).max(255).required();
        let email = fields
            .text_or_null("providerEmail")
            .max(255)
            .email_if_sent();
        let password = match fields.is_given("password") {
            true => fields::new_password(fields, "password").map(FirstPassword::Chosen),
            false => Ok(FirstPassword::None),
        };
        let account = super::account(fields);
        let link = ImportedLink {
            provider: provider?,
            subject: subject?,
            email,
        };
        let account = NewAccount {
            email_verified: true,
            password: password?,
            link: Some(link.clone()),
            ..account?
        };
        Ok(Self(account, link))
    }
}

/// The account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminSignupSocialResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// As it is now.
    user: UserResponse,
    /// What it is linked to.
    #[schema(inline)]
    social_account: Linked,
}

/// An identity at a provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(rename_all = "camelCase")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Linked {
    /// The provider.
    provider: &'static str,
    /// Its own name for the person.
    provider_id: String,
    /// The address that it has of them.
    #[schema(required = true)]
    provider_email: Option<String>,
}

/// Make an account for a person who signs in through a provider, within ten minutes of
/// signing in.
///
/// # Errors
/// A caller who may not, a malformed body, a weak password, or a name that is taken here or
/// at the provider.
#[utoipa::path(
    post, path = "/nauth/admin/signup-social", operation_id = "nauth_admin_signup_social", tags = ["nauth"],
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
    Body(Asked(account, link)): Body<Asked>,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    let made = postern.sign_up_another(&meta, &admin, account).await?;
    let made = Made {
        user: UserResponse::of(&made.user, &[link.provider], meta.now),
        social_account: Linked {
            provider: link.provider.name(),
            provider_id: link.subject,
            provider_email: link.email.map(|email| email.to_string()),
        },
    };
    Ok((StatusCode::CREATED, Json(made)))
}
