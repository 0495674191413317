//! `POST /nauth/respond-challenge`: answer what a sign-in waits for.

use axum::extract::State;
use axum::http::StatusCode;
use domain::account::Factor;
use domain::sign_in::ChallengeKind;
use domain::{Contract, ProblemKind};
use edge::nauth::factors::{assertion, factor_named, named_proof};
use edge::nauth::{
    AuthResponse, BodyRefused, Busy, Channel, Detail, OtherDelivery, SignedIn, challenge_name,
    fields,
};
use edge::{Body, Fields, FromFields, Meta, Refusal, Rejected};
use flows::{ChallengeAnswer, Postern};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// The answer, and to which challenge.
#[derive(Debug, ToSchema)]
#[schema(as = RespondChallengeDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The challenge's name.
    #[schema(value_type = String)]
    session: Uuid,
    /// What it waits for.
    #[schema(rename = "type", value_type = ChallengeType)]
    answer: ChallengeAnswer,
    /// The code: for `VERIFY_EMAIL`, `VERIFY_PHONE` and `MFA_REQUIRED`.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    code: Option<String>,
    /// The number that a code is to be sent to: for `VERIFY_PHONE`, first.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    phone: Option<String>,
    /// Another password: for `FORCE_CHANGE_PASSWORD`.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    new_password: Option<String>,
    /// The factor that is shown: for `MFA_REQUIRED`.
    #[schema(value_type = MfaMethodType, required = false)]
    #[allow(dead_code, reason = "for the document")]
    method: Option<String>,
    /// A passkey's assertion.
    #[schema(value_type = edge::openapi::Record, required = false)]
    #[allow(dead_code, reason = "for the document")]
    credential: Option<Map<String, Value>>,
    /// What sets a factor up.
    #[schema(value_type = edge::openapi::Record, required = false)]
    #[allow(dead_code, reason = "for the document")]
    setup_data: Option<Map<String, Value>>,
}

/// What a challenge waits for.
#[derive(ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(dead_code, missing_docs, reason = "for the document")]
pub enum ChallengeType {
    VerifyEmail,
    VerifyPhone,
    MfaRequired,
    ForceChangePassword,
    MfaSetupRequired,
}

/// A kind of second factor.
#[derive(ToSchema)]
#[schema(as = MFAMethodType, rename_all = "lowercase")]
#[allow(dead_code, missing_docs, reason = "for the document")]
pub enum MfaMethodType {
    Sms,
    Email,
    Totp,
    Passkey,
    Backup,
}

/// What is shown as a second factor.
enum Method {
    Factor(Factor),
    Backup,
}

impl Method {
    fn named(name: &str) -> Option<Self> {
        match name {
            "backup" => Some(Self::Backup),
            name => factor_named(name).map(Self::Factor),
        }
    }
}

/// What a client says that it answers.
fn answerable(name: &str) -> Option<ChallengeKind> {
    let mut kinds = ChallengeKind::ALL.into_iter();
    kinds.find(|kind| challenge_name(*kind) == name)
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let session = fields.text("session").uuid();
        let kind = fields
            .text("type")
            .parsed(ProblemKind::NotAChoice, answerable);
        let answer = kind.and_then(|kind| answer(fields, kind));
        Ok(Self {
            session: session?,
            answer: answer?,
            code: None,
            phone: None,
            new_password: None,
            method: None,
            credential: None,
            setup_data: None,
        })
    }
}

fn answer(fields: &mut Fields, kind: ChallengeKind) -> Result<ChallengeAnswer, Rejected> {
    match kind {
        ChallengeKind::VerifyEmail => code(fields).map(ChallengeAnswer::EmailCode),
        ChallengeKind::VerifyPhone if fields.is_given("phone") => {
            fields::phone(fields).map(ChallengeAnswer::PhoneNumber)
        }
        ChallengeKind::VerifyPhone => code(fields).map(ChallengeAnswer::PhoneCode),
        ChallengeKind::ChangePassword => {
            fields::new_password(fields, "newPassword").map(ChallengeAnswer::NewPassword)
        }
        ChallengeKind::SetUpFactor => named_proof(fields, "method").map(ChallengeAnswer::NewFactor),
        ChallengeKind::SecondFactor => {
            let method = fields.text("method").lower();
            let method = method.parsed(ProblemKind::NotAChoice, Method::named);
            Ok(match method {
                Ok(Method::Factor(Factor::Passkey)) => ChallengeAnswer::Passkey(assertion(fields)?),
                Ok(Method::Backup) => ChallengeAnswer::BackupCode(code(fields)?),
                Ok(Method::Factor(Factor::Totp)) => ChallengeAnswer::Totp(code(fields)?),
                Ok(Method::Factor(sent @ (Factor::Sms | Factor::Email))) => {
                    ChallengeAnswer::SentCode(sent, code(fields)?)
                }
                // The code is looked at all the same: every problem is told at once.
                Err(rejected) => {
                    let _ = code(fields);
                    return Err(rejected);
                }
            })
        }
    }
}

/// A code of 4 to 10 letters and digits, as it was pasted.
fn code(fields: &mut Fields) -> Result<String, Rejected> {
    fields.text("code").code().min(4).max(10).required()
}

/// Answer what a sign-in waits for. The answer is the next step: tokens, or another
/// challenge.
///
/// # Errors
/// A malformed body, a wrong answer, or a challenge that takes none.
#[utoipa::path(
    post, path = "/nauth/respond-challenge", operation_id = "nauth_respond_challenge", tags = ["nauth"],
    request_body = Asked, security(()),
    responses(
        (status = 200, body = AuthResponse, description = "Tokens, or the next challenge"),
        (status = 403, body = Detail, description = "The account is locked or not in use"),
        (status = 409, body = Detail, description = "Another account has proven the number or the address"),
        BodyRefused, OtherDelivery, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    channel: Channel,
    Body(asked): Body<Asked>,
) -> Result<SignedIn, Refusal> {
    let delivery = channel.open()?;
    let sign_in = postern
        .respond(
            &meta,
            Contract::Nauth,
            delivery,
            asked.session,
            &asked.answer,
        )
        .await?;
    let status = StatusCode::OK;
    Ok(SignedIn { sign_in, status })
}
