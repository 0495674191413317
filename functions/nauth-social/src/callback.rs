//! `GET` and `POST /nauth/social/{provider}/callback`: a browser comes back from a provider.

use axum::extract::State;
use axum::response::Response;
use edge::nauth::{BodyRefused, Busy, CutPath, Detail, sent_on};
use edge::{Fields, Form, FromFields, Meta, Query, Refusal, Rejected};
use flows::{Postern, ProviderAnswer, SocialCallback};
use utoipa::{IntoParams, ToSchema};

use crate::provider::Named;

/// What the provider adds to the address. What else it may add is not looked at.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Brought {
    /// The state that the browser left with.
    state: String,
    /// The code.
    #[param(rename = "code", value_type = String, required = false)]
    answer: ProviderAnswer,
    /// Why there is no code, in a word.
    #[param(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    error: Option<String>,
    /// Why there is no code, in a sentence.
    #[param(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    error_description: Option<String>,
}

impl FromFields for Brought {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let state = fields.text("state").min(1).max(500).required();
        let answer = answer(fields);
        Ok(Self {
            state: state?,
            answer: answer?,
            error: None,
            error_description: None,
        })
    }
}

/// A provider that does not say no brings a code.
fn answer(fields: &mut Fields) -> Result<ProviderAnswer, Rejected> {
    let error = fields.text("error").max(2000).optional();
    let description = fields.text("error_description").max(4000).optional();
    match error.filter(|error| !error.is_empty()) {
        Some(error) => Ok(ProviderAnswer::Declined { error, description }),
        None => {
            let code = fields.text("code").min(1).max(2000).required();
            code.map(ProviderAnswer::Code)
        }
    }
}

impl From<Brought> for SocialCallback {
    fn from(brought: Brought) -> Self {
        Self {
            state: brought.state,
            answer: brought.answer,
            user: None,
        }
    }
}

/// Take a browser back from a provider, and send it on to where it wanted to go: with
/// cookies, with a token for one exchange, or with the reason why it went no further.
///
/// # Errors
/// A state that is unknown or used, or a limit.
#[utoipa::path(
    get, path = "/nauth/social/{provider}/callback", operation_id = "nauth_social_callback",
    tags = ["nauth"], params(Named, Brought), security(()),
    responses(
        (status = 302, description = "To where the browser wanted to go"),
        (status = 400, body = Detail, description = "Malformed, or a state that is unknown or used"),
        Busy, CutPath,
    )
)]
pub async fn by_address(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Named(provider): Named,
    Query(brought): Query<Brought>,
) -> Result<Response, Refusal> {
    let back = postern.complete_social(&meta, provider, brought.into());
    Ok(sent_on(&back.await?))
}

/// What the provider's page posts. What else may stand in it is not looked at.
#[derive(ToSchema)]
#[schema(as = SocialCallbackFormDTO)]
pub struct Posted {
    /// The code, or why there is none, and the state.
    #[schema(rename = "state", value_type = String, required = false)]
    brought: Brought,
    /// The code.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    code: Option<String>,
    /// Why there is no code, in a word.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    error: Option<String>,
    /// Why there is no code, in a sentence.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    error_description: Option<String>,
    /// Not looked at.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    scope: Option<String>,
    /// Not looked at.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    authuser: Option<String>,
    /// Not looked at.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    hd: Option<String>,
    /// Not looked at.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    prompt: Option<String>,
    /// The user's name, as JSON, when they consent for the first time (Apple).
    #[schema(value_type = String, required = false)]
    user: Option<String>,
}

impl FromFields for Posted {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let user = fields.text("user").max(4000).optional();
        Ok(Self {
            brought: Brought::read(fields)?,
            code: None,
            error: None,
            error_description: None,
            scope: None,
            authuser: None,
            hd: None,
            prompt: None,
            user,
        })
    }
}

/// The same for a provider whose page posts its answer: Apple's.
///
/// # Errors
/// As for the other.
#[utoipa::path(
    post, path = "/nauth/social/{provider}/callback", operation_id = "nauth_social_callback_form",
    tags = ["nauth"], params(Named), security(()),
    request_body(content = Posted, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 302, description = "To where the browser wanted to go"),
        BodyRefused, Busy, CutPath,
    )
)]
pub async fn by_form(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Named(provider): Named,
    Form(posted): Form<Posted>,
) -> Result<Response, Refusal> {
    let callback = SocialCallback {
        user: posted.user,
        ..posted.brought.into()
    };
    let back = postern.complete_social(&meta, provider, callback);
    Ok(sent_on(&back.await?))
}
