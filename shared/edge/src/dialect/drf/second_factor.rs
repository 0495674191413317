//! What goes wrong with second factors, in this contract's `error` and `code`.

use axum::http::StatusCode;
use axum::response::Response;
use domain::factors::FactorFailure;
use serde_json::json;

use crate::dialect::json;

/// The answer to a failure.
pub(super) fn render(failure: FactorFailure) -> Response {
    let (status, code, text) = match failure {
        FactorFailure::AlreadyEnabled => (
            StatusCode::BAD_REQUEST,
            "2FA_ALREADY_ENABLED",
            "2FA is already enabled for this account",
        ),
        FactorFailure::NotEnabled => (
            StatusCode::BAD_REQUEST,
            "2FA_NOT_ENABLED",
            "2FA is not enabled for this account",
        ),
        FactorFailure::NoPrimaryDevice => (
            StatusCode::BAD_REQUEST,
            "NO_PRIMARY_DEVICE",
            "There is no primary device to take a code from",
        ),
        FactorFailure::UnknownDevice => (
            StatusCode::NOT_FOUND,
            "DEVICE_NOT_FOUND",
            "Device not found",
        ),
        FactorFailure::SetupExpired => (
            StatusCode::BAD_REQUEST,
            "SETUP_EXPIRED",
            "The set-up has expired, please start again",
        ),
        FactorFailure::CodeRequired => (
            StatusCode::BAD_REQUEST,
            "CODE_REQUIRED",
            "A code is required to remove the last device",
        ),
        FactorFailure::WrongCode { left } => return wrong_code(left),
        FactorFailure::NoSignIn => (
            StatusCode::NOT_FOUND,
            "SESSION_NOT_FOUND",
            "2FA session not found",
        ),
        FactorFailure::SignInExpired => (
            StatusCode::BAD_REQUEST,
            "SESSION_EXPIRED",
            "The 2FA session has expired, please sign in again",
        ),
        FactorFailure::NoTriesLeft => (
            StatusCode::FORBIDDEN,
            "MAX_ATTEMPTS_EXCEEDED",
            "Too many wrong codes, please sign in again",
        ),
        FactorFailure::NotRecent => (
            StatusCode::FORBIDDEN,
            "2FA_REQUIRED",
            "Please show your second factor first",
        ),
        FactorFailure::TooMany => (
            StatusCode::BAD_REQUEST,
            "TOO_MANY_DEVICES",
            "Please remove a device first",
        ),
        FactorFailure::NotAskable => (
            StatusCode::FORBIDDEN,
            "2FA_ELSEWHERE",
            "The second factor of this account cannot be shown here",
        ),
    };
    say(status, code, text)
}

/// Postern's own: the original lets any session change factors.
pub(super) fn stale() -> Response {
    say(
        StatusCode::FORBIDDEN,
        "REAUTHENTICATION_REQUIRED",
        "Please sign in again to change how your account is protected",
    )
}

/// Postern's own: an account that has not proven its address may be a stranger's.
pub(super) fn unproven() -> Response {
    say(StatusCode::FORBIDDEN, "UNPROVEN_ADDRESS", super::UNPROVEN)
}

fn say(status: StatusCode, code: &str, text: &str) -> Response {
    json(status, json!({ "error": text, "code": code }))
}

fn wrong_code(left: Option<u32>) -> Response {
    let mut body = json!({ "error": "Invalid code", "code": "INVALID_CODE" });
    if let (Some(body), Some(left)) = (body.as_object_mut(), left) {
        body.insert("attempts_remaining".to_owned(), left.into());
    }
    json(StatusCode::BAD_REQUEST, body)
}
