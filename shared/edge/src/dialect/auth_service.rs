//! What the Auth Service says differently from other FastAPI services: it names what was
//! not found; a wrong second factor and a spent token are a 400; and administrators'
//! routes answer an unknown caller with a 403.

use axum::http::StatusCode;
use axum::response::Response;
use domain::factors::FactorFailure;
use domain::{AuthFailure, Error};

use super::fastapi::{FastApi, say};
use super::{Dialect, Reading};

/// The dialect, by what its routes are about.
#[derive(Clone, Copy, Debug)]
pub struct AuthService {
    missing: &'static str,
    forbidden: &'static str,
    to: Audience,
}

/// Whom a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    Everybody,
    /// Those who are administrators already.
    Administrators,
    /// Those who say that they are, by JSON.
    Claimants,
}

/// Routes about people.
pub static USERS: AuthService = AuthService {
    missing: "User not found",
    forbidden: FORBIDDEN,
    to: Audience::Everybody,
};
/// Sign-in through Firebase (cashless), while there is no project to sign in to.
pub static FIREBASE: AuthService = AuthService {
    missing: "Firebase sign-in is not configured",
    ..USERS
};
/// Routes about sessions.
pub static SESSIONS: AuthService = AuthService {
    missing: "Session not found",
    ..USERS
};
/// Routes by which administrators govern people.
pub static ADMINISTRATORS: AuthService = AuthService {
    to: Audience::Administrators,
    ..USERS
};
/// Routes by which administrators govern vendors.
pub static VENDOR_ADMINISTRATORS: AuthService = AuthService {
    missing: "Vendor not found",
    ..ADMINISTRATORS
};
/// How administrators sign in.
pub static ADMIN_LOGIN: AuthService = AuthService {
    forbidden: "Not authorized",
    to: Audience::Claimants,
    ..USERS
};
/// How one becomes an administrator by the installation's key.
pub static ADMIN_REGISTER: AuthService = AuthService {
    forbidden: "Invalid secret key",
    to: Audience::Claimants,
    ..USERS
};

const FORBIDDEN: &str = "Not enough permissions";

impl AuthService {
    /// Every voice, for tests that walk them all.
    #[must_use]
    pub fn all() -> [(&'static str, &'static Self); 7] {
        [
            ("users", &USERS),
            ("sessions", &SESSIONS),
            ("Firebase", &FIREBASE),
            ("administrators", &ADMINISTRATORS),
            ("vendors' administrators", &VENDOR_ADMINISTRATORS),
            ("admin login", &ADMIN_LOGIN),
            ("admin register", &ADMIN_REGISTER),
        ]
    }
}

impl Dialect for AuthService {
    fn render(&self, error: &Error) -> Response {
        match error {
            Error::Missing | Error::NoAccount | Error::AlreadyDeleted => {
                say(StatusCode::NOT_FOUND, self.missing)
            }
            Error::Forbidden => say(StatusCode::FORBIDDEN, self.forbidden),
            Error::InvalidToken => say(StatusCode::BAD_REQUEST, "Invalid or expired token"),
            Error::WrongCode if self.to == Audience::Claimants => {
                say(StatusCode::BAD_REQUEST, "Invalid credentials")
            }
            // A request without a credential is asked for one (the framework's 401); a
            // credential that the route does not know is refused by the route itself.
            Error::Unauthenticated(failure)
                if self.to == Audience::Administrators && *failure != AuthFailure::Missing =>
            {
                say(StatusCode::FORBIDDEN, "Invalid token")
            }
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

/// Routes about vendors, which answer a taken address, a wrong password and a bad token
/// with a 400.
#[derive(Clone, Copy, Debug)]
pub struct Vendors;

impl Dialect for Vendors {
    fn render(&self, error: &Error) -> Response {
        let bad = StatusCode::BAD_REQUEST;
        match error {
            Error::Taken(_) => say(bad, "Vendor with this email already registered"),
            Error::WrongCode => say(bad, "Invalid credentials"),
            Error::InvalidToken => say(bad, "Invalid or expired token"),
            error => FastApi.render(error),
        }
    }
}

/// The sentence of a failure that is a 400 here; the others are answered as elsewhere.
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
        | FactorFailure::SignInExpired
        | FactorFailure::NotRecent
        | FactorFailure::TooMany
        | FactorFailure::NotAskable => None,
    }
}
