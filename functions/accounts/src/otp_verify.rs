//! `POST /cfg/accounts/otp/verify/`: sign in with a code.

use axum::Json;
use axum::extract::State;
use domain::{Contract, EmailAddress};
use edge::{Bearer, Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{Postern, SignIn};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::CodeError;
use edge::djangocfg::{BodyRefused, FieldErrors, User};

/// An address and the code that was sent there.
#[derive(Debug, ToSchema)]
pub struct OTPVerifyRequest {
    /// The e-mail address.
    #[schema(value_type = String, min_length = 1)]
    identifier: EmailAddress,
    /// Four digits.
    #[schema(min_length = 4, max_length = 4)]
    otp: String,
    /// The page that asks; its host is remembered as where the account came from.
    #[schema(value_type = String, format = Uri, required = false)]
    source_url: Option<String>,
}

impl FromFields for OTPVerifyRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let identifier = fields.text("identifier").email();
        let otp = fields.text("otp").bare().min(4).max(4).digits().required();
        let source_url = fields.text("source_url").url_host();
        Ok(Self {
            identifier: identifier?,
            otp: otp?,
            source_url,
        })
    }
}

/// Tokens and who they are for, or the second factor that is still missing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OTPVerifyResponse)]
pub struct SignedIn {
    /// Whether a second factor is asked for.
    #[schema(required = false, default = false)]
    requires_2fa: bool,
    /// The 2FA session in which to show it.
    #[schema(format = Uuid, required = false)]
    session_id: Option<String>,
    /// The refresh token.
    #[schema(required = false)]
    refresh: Option<String>,
    /// The access token.
    #[schema(required = false)]
    access: Option<String>,
    /// Who signed in.
    #[schema(required = false)]
    user: Option<User>,
    /// Whether to suggest setting up a second factor.
    #[schema(required = false)]
    should_prompt_2fa: bool,
}

/// Sign in with a code from a letter. The first one of an address makes its
/// account. Every failure looks the same.
///
/// # Errors
/// A malformed body, a code that will not do, or a limit.
#[utoipa::path(
    post, path = "/cfg/accounts/otp/verify/", operation_id = "cfg_accounts_otp_verify_create",
    tags = ["djangocfg", "cfg_accounts"], request_body = OTPVerifyRequest, security(()),
    responses(
        (status = 200, body = SignedIn, description = "Tokens, or a 2FA session"),
        (status = 400, body = FieldErrors, description = "FieldErrors"),
        (status = 401, body = CodeError, description = "Wrong, spent, expired, unknown or locked"),
        BodyRefused,
        (status = 429, body = CodeError, description = "Too many tries from one network"),
        (status = 503, body = CodeError, description = "AWS did not answer in time; Retry-After says when to try again"),
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Bearer(bearer): Bearer,
    Body(asked): Body<OTPVerifyRequest>,
) -> Reply<SignedIn> {
    let source = asked.source_url.unwrap_or_default();
    let signed_in = postern
        .verify_code(
            &meta,
            Contract::Djangocfg,
            &asked.identifier.into(),
            &asked.otp,
            &source,
            bearer.as_deref(),
        )
        .await?;
    Ok(Json(signed_in.into()))
}

impl From<SignIn> for SignedIn {
    fn from(sign_in: SignIn) -> Self {
        match sign_in {
            SignIn::Complete(tokens) => Self {
                requires_2fa: false,
                session_id: None,
                user: Some(User::from(&tokens.signed)),
                should_prompt_2fa: tokens.should_prompt_2fa,
                refresh: Some(tokens.refresh),
                access: Some(tokens.access),
            },
            SignIn::Waiting(waiting) => Self {
                requires_2fa: true,
                session_id: Some(waiting.challenge.id.to_string()),
                user: None,
                should_prompt_2fa: false,
                refresh: None,
                access: None,
            },
        }
    }
}
