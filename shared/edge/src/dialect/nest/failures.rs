//! What the contract calls each way to fail: a token, an account, a code, a challenge, a
//! factor.

use axum::http::StatusCode;
use domain::account::Lock;
use domain::factors::FactorFailure;
use domain::provider::OauthFailure;
use domain::recaptcha::RecaptchaFailure;
use domain::session::Delivery;
use domain::sign_in::ChallengeFailure;
use domain::{AuthFailure, Closed, ResetCodeFailure};
use serde_json::json;

use super::{Words, millis};

pub(super) fn unauthenticated(failure: AuthFailure) -> Words {
    let (code, message) = match failure {
        AuthFailure::Missing => ("AUTH_TOKEN_INVALID", "Not signed in"),
        AuthFailure::BadToken
        | AuthFailure::ExpiredToken
        | AuthFailure::WrongTokenType
        | AuthFailure::SpentToken
        | AuthFailure::BadApiKey
        | AuthFailure::BadDevice => ("AUTH_TOKEN_INVALID", "The token is not valid"),
        AuthFailure::ReplayedToken => (
            "AUTH_TOKEN_REUSE_DETECTED",
            "The token was used before; sign in again",
        ),
        // A lock ends every session, so its token is told as any ended one's: that the
        // account is locked is for who knows its password.
        AuthFailure::EndedSession | AuthFailure::Inactive => {
            ("AUTH_SESSION_NOT_FOUND", "The session has ended")
        }
        AuthFailure::ExpiredSession => ("AUTH_SESSION_EXPIRED", "The session is over"),
        AuthFailure::OtherDelivery(Delivery::Cookies) => (
            "AUTH_COOKIES_NOT_ALLOWED",
            "Cookies are not accepted here, send the token as a bearer",
        ),
        AuthFailure::OtherDelivery(Delivery::Body) => (
            "AUTH_BEARER_NOT_ALLOWED",
            "Bearer tokens are not accepted here, tokens travel in cookies",
        ),
        AuthFailure::MissingCsrfToken => (
            "AUTH_CSRF_TOKEN_MISSING",
            "The header x-csrf-token is missing",
        ),
        AuthFailure::WrongCsrfToken => (
            "AUTH_CSRF_TOKEN_INVALID",
            "The header x-csrf-token is not the session's",
        ),
        AuthFailure::PasswordChangeRequired => (
            "AUTH_INVALID_CREDENTIALS",
            "The password has to be replaced first",
        ),
    };
    Words::new(StatusCode::UNAUTHORIZED, code, message)
}

pub(super) fn account_closed(closed: &Closed) -> Words {
    let status = StatusCode::FORBIDDEN;
    match closed {
        Closed::Deactivated => {
            Words::new(status, "AUTH_ACCOUNT_INACTIVE", "The account is not in use")
        }
        Closed::Blocked(block) => Words::new(
            StatusCode::BAD_REQUEST,
            "SIGNIN_BLOCKED_HIGH_RISK",
            "Signing in is blocked, because it looked unusual",
        )
        .with(json!({ "expiresAt": block.until.map(millis) })),
        Closed::Locked(lock) => {
            let at = lock.as_ref().map(|lock| millis(lock.at));
            let reason = lock.as_ref().and_then(|Lock { reason, .. }| reason.clone());
            Words::new(status, "AUTH_ACCOUNT_LOCKED", "The account is locked").with(json!({
                "lockReason": reason,
                "lockedAt": at,
                "lockedUntil": null,
                "isPermanent": true,
            }))
        }
    }
}

pub(super) fn reset_code(failure: ResetCodeFailure) -> Words {
    let (code, message) = match failure {
        ResetCodeFailure::Wrong => ("PASSWORD_RESET_CODE_INVALID", "The code is not valid"),
        ResetCodeFailure::Expired => ("PASSWORD_RESET_CODE_EXPIRED", "The code has expired"),
        ResetCodeFailure::NoAttempts => (
            "PASSWORD_RESET_MAX_ATTEMPTS",
            "The code takes no more tries; ask for another one",
        ),
    };
    Words::new(StatusCode::BAD_REQUEST, code, message)
}

pub(super) fn challenge(failure: ChallengeFailure) -> Words {
    let (code, message) = match failure {
        ChallengeFailure::Unknown => ("CHALLENGE_INVALID", "There is no such challenge"),
        ChallengeFailure::Expired => (
            "CHALLENGE_EXPIRED",
            "The challenge has expired; sign in again",
        ),
        ChallengeFailure::Completed => (
            "CHALLENGE_ALREADY_COMPLETED",
            "The challenge was answered before",
        ),
        ChallengeFailure::OtherKind => (
            "CHALLENGE_TYPE_MISMATCH",
            "The challenge waits for something else",
        ),
        ChallengeFailure::NoAttempts => (
            "CHALLENGE_MAX_ATTEMPTS",
            "The challenge takes no more answers; sign in again",
        ),
        ChallengeFailure::WrongCode => (
            "VERIFY_CODE_INVALID",
            "The code or the passkey is not right",
        ),
        ChallengeFailure::CodeExpired => (
            "VERIFY_CODE_EXPIRED",
            "The code has expired; ask for another one",
        ),
        ChallengeFailure::NoCodeAttempts => (
            "VERIFY_TOO_MANY_ATTEMPTS",
            "The code takes no more tries; ask for another one",
        ),
        ChallengeFailure::NotApplicable => (
            "VALIDATION_FAILED",
            "This challenge has nothing of the kind",
        ),
    };
    Words::new(StatusCode::BAD_REQUEST, code, message)
}

pub(super) fn recaptcha(failure: RecaptchaFailure) -> Words {
    let (code, message) = match failure {
        RecaptchaFailure::NoToken => ("RECAPTCHA_REQUIRED", "A reCAPTCHA token is required"),
        RecaptchaFailure::NotSetUp => (
            "RECAPTCHA_PROVIDER_MISSING",
            "reCAPTCHA is asked for, and not set up",
        ),
        RecaptchaFailure::BadToken => (
            "RECAPTCHA_VALIDATION_FAILED",
            "The reCAPTCHA token is not valid, or was used before",
        ),
        RecaptchaFailure::LowScore => (
            "RECAPTCHA_SCORE_TOO_LOW",
            "This looks too little like a person's request",
        ),
    };
    Words::new(StatusCode::BAD_REQUEST, code, message)
}

pub(super) fn second_factor(failure: FactorFailure) -> Words {
    let say = |text| Words::new(StatusCode::BAD_REQUEST, "VALIDATION_FAILED", text);
    let wrong = match failure {
        FactorFailure::NoSignIn => ChallengeFailure::Unknown,
        FactorFailure::SignInExpired => ChallengeFailure::Expired,
        FactorFailure::NoTriesLeft => ChallengeFailure::NoAttempts,
        FactorFailure::WrongCode { .. } => ChallengeFailure::WrongCode,
        FactorFailure::SetupExpired => ChallengeFailure::CodeExpired,
        FactorFailure::NotEnabled => return say("The account has no second factor"),
        FactorFailure::UnknownDevice | FactorFailure::NoPrimaryDevice => {
            return say("No such factor is set up");
        }
        FactorFailure::TooMany => return say("Remove a factor first, there are too many"),
        FactorFailure::AlreadyEnabled => return say("That factor is set up already"),
        FactorFailure::CodeRequired | FactorFailure::NotRecent | FactorFailure::NotAskable => {
            ChallengeFailure::NotApplicable
        }
    };
    challenge(wrong)
}

/// `linked_elsewhere` is the code for another account's name at a provider.
pub(super) fn social(failure: OauthFailure, linked_elsewhere: &'static str) -> Words {
    let bad = StatusCode::BAD_REQUEST;
    let (_, _, text) = crate::dialect::social::words(failure);
    match failure {
        OauthFailure::Disabled(_) => Words::new(bad, "SOCIAL_CONFIG_MISSING", text),
        OauthFailure::RedirectUri => Words::new(bad, "VALIDATION_FAILED", text),
        OauthFailure::State => {
            Words::new(bad, "VALIDATION_FAILED", text).with(json!({ "field": "state" }))
        }
        OauthFailure::ExchangeToken => {
            Words::new(bad, "VALIDATION_FAILED", text).with(json!({ "field": "exchangeToken" }))
        }
        OauthFailure::Refused(_) | OauthFailure::Closed(..) => {
            Words::new(bad, "SOCIAL_TOKEN_INVALID", text)
        }
        OauthFailure::Unreachable(_) => Words::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "SERVICE_UNAVAILABLE",
            text,
        ),
        OauthFailure::NoProvenAddress(_) => Words::new(bad, "SOCIAL_EMAIL_REQUIRED", text),
        OauthFailure::UnprovenHolder => Words::new(
            bad,
            "SOCIAL_ACCOUNT_EXISTS",
            "The address has an account that has not proven it; prove it there first",
        ),
        OauthFailure::OtherLink => Words::new(bad, "SOCIAL_ACCOUNT_LINKED", text),
        OauthFailure::LinkedElsewhere => Words::new(bad, linked_elsewhere, text),
        OauthFailure::NotLinked => Words::new(bad, "SOCIAL_ACCOUNT_NOT_FOUND", text),
        OauthFailure::LastWayIn => Words::new(
            bad,
            "VALIDATION_FAILED",
            "There must be another way to sign in first",
        ),
    }
}
