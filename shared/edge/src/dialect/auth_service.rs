//! What the Auth Service says differently from other FastAPI services: which
//! thing it is that was not found, and a wrong second factor as a 400.

use axum::http::StatusCode;
use axum::response::Response;
use domain::Error;
use domain::totp::FactorFailure;

use super::fastapi::{FastApi, say};
use super::{Dialect, Reading};

/// The dialect, by what its routes are about.
#[derive(Clone, Copy, Debug)]
pub struct AuthService {
    missing: &'static str,
}

/// Routes about people.
pub static USERS: AuthService = AuthService {
    missing: "User not found",
};
/// Sign-in through Firebase (cashless), while there is no project to sign in to.
pub static FIREBASE: AuthService = AuthService {
    missing: "Firebase sign-in is not configured",
};
/// Routes about sessions.
pub static SESSIONS: AuthService = AuthService {
    missing: "Session not found",
};

impl Dialect for AuthService {
    fn render(&self, error: &Error) -> Response {
        match error {
            Error::Missing => say(StatusCode::NOT_FOUND, self.missing),
            Error::SecondFactor(failure) => second_factor(*failure).map_or_else(
                || FastApi.render(error),
                |text| say(StatusCode::BAD_REQUEST, text),
            ),
            error => FastApi.render(error),
        }
    }

    fn reading(&self) -> Reading {
        FastApi.reading()
    }
}

/// Routes about vendors, on which everything is a plain refusal.
#[derive(Clone, Copy, Debug)]
pub struct Vendors;

impl Dialect for Vendors {
    fn render(&self, error: &Error) -> Response {
        let bad = StatusCode::BAD_REQUEST;
        match error {
            Error::Taken(_) => say(bad, "Vendor with this email already registered"),
            Error::WrongCode => say(bad, "Invalid credentials"),
            error => FastApi.render(error),
        }
    }
}

/// What is a plain refusal here; the rest is what it is elsewhere.
const fn second_factor(failure: FactorFailure) -> Option<&'static str> {
    match failure {
        FactorFailure::WrongCode { .. } => Some("Invalid 2FA code"),
        FactorFailure::NoTriesLeft => Some("Too many 2FA codes"),
        FactorFailure::NotEnabled | FactorFailure::NoPrimaryDevice => Some("2FA is not enabled"),
        FactorFailure::AlreadyEnabled => Some("2FA is already enabled"),
        FactorFailure::UnknownDevice
        | FactorFailure::SetupExpired
        | FactorFailure::CodeRequired
        | FactorFailure::NoSignIn
        | FactorFailure::SignInExpired => None,
    }
}
