//! What is tried, and what need not be.

use serde_json::json;
use stand::Failure;

use super::people::{Holders, Name};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A request with a name in it.
pub struct Request {
    pub path: &'static str,
    pub media: &'static str,
    pub body: fn(&Name) -> String,
}

/// A kind of names, and what was asked for by them before.
#[derive(Clone, Copy)]
pub struct Names {
    pub holders: Holders,
    pub before: &'static [Request],
}

/// A request whose time must not tell two kinds of names apart.
pub struct Row {
    pub name: &'static str,
    pub request: Request,
    /// What goes before it, of either kind.
    pub before: &'static [Request],
    pub kinds: [Names; 2],
    /// Whether it waits for a floor of time.
    pub waits: bool,
}

const SOMEBODY: Names = Names {
    holders: Holders::Somebody,
    before: &[],
};
const NOBODY: Names = Names {
    holders: Holders::Nobody,
    before: &[],
};

const fn request(path: &'static str, body: fn(&Name) -> String) -> Request {
    let media = JSON;
    Request { path, media, body }
}

/// A row about who has an account.
const fn row(name: &'static str, request: Request, waits: bool) -> Row {
    Row {
        name,
        request,
        before: &[],
        kinds: [SOMEBODY, NOBODY],
        waits,
    }
}

const fn form_login() -> Request {
    Request {
        media: FORM,
        ..request("/auth/login", |name| {
            let name = name.email.replace('@', "%40");
            format!("username={name}&password=a-wrong-guess")
        })
    }
}

const fn token() -> Request {
    Request {
        path: "/token",
        ..form_login()
    }
}

const fn nauth_login() -> Request {
    request("/nauth/login", |name| {
        json!({ "identifier": name.email, "password": "a-wrong-guess" }).to_string()
    })
}

const fn vendor_login() -> Request {
    password("/vendor/login")
}

/// An address with a wrong password.
const fn password(path: &'static str) -> Request {
    request(path, |name| {
        json!({ "email": name.email, "password": "a-wrong-guess" }).to_string()
    })
}

/// An address alone.
const fn email(path: &'static str) -> Request {
    request(path, |name| json!({ "email": name.email }).to_string())
}

const fn ask() -> Request {
    request("/cfg/accounts/otp/request/", |name| {
        json!({ "identifier": name.email }).to_string()
    })
}

const fn guess() -> Request {
    request("/cfg/accounts/otp/verify/", |name| {
        json!({ "identifier": name.email, "otp": "0000" }).to_string()
    })
}

const fn ask_by_text() -> Request {
    request("/auth/login/phone", |name| {
        json!({ "phone": name.phone }).to_string()
    })
}

const fn guess_by_text() -> Request {
    request("/auth/login/phone/verify", |name| {
        json!({ "phone": name.phone, "code": "000000" }).to_string()
    })
}

const fn forgot() -> Request {
    request("/nauth/forgot-password", |name| {
        json!({ "identifier": name.email }).to_string()
    })
}

const fn reset_by_code(path: &'static str) -> Request {
    request(path, |name| {
        let (identifier, new) = (&name.email, "another engine no. 5");
        json!({ "identifier": identifier, "code": "000000", "newPassword": new }).to_string()
    })
}

const ASKED: [Names; 2] = [
    Names {
        holders: Holders::Somebody,
        before: &[ask()],
    },
    Names {
        holders: Holders::Nobody,
        before: &[ask()],
    },
];

/// All of them. A fifth failure is the one that an owner is told of.
pub static ROWS: &[Row] = &[
    row("`/auth/login`, a form", form_login(), false),
    row("`/auth/login`, JSON", password("/auth/login"), false),
    row("`/token`", token(), false),
    row("`/admin/login`", password("/admin/login"), false),
    row(
        "`/devices/operator-token`",
        request("/devices/operator-token", |name| {
            json!({
                "email": name.email, "password": "a-wrong-guess", "dev_type": "POS",
                "dev_mac": "00:11:22:33:44:55",
            })
            .to_string()
        }),
        false,
    ),
    row("`/nauth/login`", nauth_login(), false),
    row("`/vendor/login`", vendor_login(), false),
    Row {
        before: &[form_login(), form_login(), form_login(), form_login()],
        ..row(
            "`/auth/login`, the fifth wrong password",
            form_login(),
            true,
        )
    },
    Row {
        before: &[nauth_login(), nauth_login(), nauth_login(), nauth_login()],
        ..row(
            "`/nauth/login`, the fifth wrong password",
            nauth_login(),
            true,
        )
    },
    Row {
        before: &[
            vendor_login(),
            vendor_login(),
            vendor_login(),
            vendor_login(),
        ],
        ..row(
            "`/vendor/login`, the fifth wrong password",
            vendor_login(),
            true,
        )
    },
    row("`/cfg/accounts/otp/request/`", ask(), false),
    row(
        "`/cfg/accounts/otp/verify/`, no code asked for",
        guess(),
        false,
    ),
    Row {
        kinds: ASKED,
        ..row("`/cfg/accounts/otp/verify/`, a wrong code", guess(), false)
    },
    Row {
        kinds: [ASKED[0], SOMEBODY],
        ..row(
            "`/cfg/accounts/otp/verify/`, a code asked for or not",
            guess(),
            false,
        )
    },
    Row {
        kinds: [ASKED[1], NOBODY],
        ..row("the same without an account", guess(), false)
    },
    Row {
        kinds: ASKED,
        before: &[guess(), guess(), guess(), guess()],
        ..row(
            "`/cfg/accounts/otp/verify/`, the fifth wrong code",
            guess(),
            true,
        )
    },
    row("`/auth/login/phone`", ask_by_text(), false),
    row(
        "`/auth/login/phone/verify`, no code asked for",
        guess_by_text(),
        false,
    ),
    Row {
        before: &[ask_by_text()],
        ..row(
            "`/auth/login/phone/verify`, a wrong code",
            guess_by_text(),
            false,
        )
    },
    row(
        "`/auth/password-reset-request`",
        email("/auth/password-reset-request"),
        true,
    ),
    row(
        "`/admin/password-reset/email-send`",
        email("/admin/password-reset/email-send"),
        true,
    ),
    row(
        "`/vendor/password-reset-request`",
        email("/vendor/password-reset-request"),
        true,
    ),
    row("`/nauth/forgot-password`", forgot(), true),
    Row {
        before: &[forgot()],
        ..row(
            "`/nauth/forgot-password/confirm`, a wrong code",
            reset_by_code("/nauth/forgot-password/confirm"),
            false,
        )
    },
    row(
        "`/nauth/reset-password/confirm`",
        reset_by_code("/nauth/reset-password/confirm"),
        false,
    ),
    row(
        "`/nauth/admin/reset-password/confirm`",
        reset_by_code("/nauth/admin/reset-password/confirm"),
        false,
    ),
];

/// Open operations whose answer tells that a name is taken, as their contracts have it.
const TELL: [&str; 4] = [
    "POST /admin/register",
    "POST /auth/register",
    "POST /nauth/signup",
    "POST /vendor/register_vendor",
];

/// Open operations that no name of an account is typed at: what they take is a secret, a name
/// that is one, or nothing.
const NAMELESS: [&str; 79] = [
    "GET /",
    "GET /.well-known/jwks.json",
    "GET /.well-known/oauth-authorization-server",
    "GET /.well-known/openid-configuration",
    "GET /auth/confirm",
    "GET /cfg/accounts/oauth/providers/",
    "GET /cfg/accounts/profile/avatar/00000000-0000-4000-8000-000000000000/",
    "GET /device",
    "GET /docs",
    "GET /health",
    "GET /nauth/social/{provider}/callback",
    "GET /nauth/social/{provider}/redirect",
    "GET /oauth/authorize",
    "GET /oauth/authorize/{request}",
    "GET /oauth/logout",
    "GET /openapi/{document}",
    "GET /password",
    "GET /password/new",
    "GET /password/sent",
    "GET /sign-in",
    "GET /sign-in/code",
    "GET /sign-in/next",
    "GET /sign-in/with",
    "GET /sign-out",
    "GET /sign-up",
    "GET /sign-up/password",
    "GET /style.css",
    "POST /admin/password-reset/{token}",
    "POST /api/auth/device/",
    "POST /api/auth/device/token/",
    "POST /auth/confirm-email",
    "POST /auth/confirm/mine",
    "POST /auth/confirm/not-mine",
    // A device and an event, which are no secrets and no accounts.
    "POST /auth/login/device",
    "POST /auth/login/firebase",
    "POST /auth/password-reset",
    "POST /auth/refresh",
    "POST /auth/token-refresh",
    "POST /cfg/accounts/oauth/github/authorize/",
    "POST /cfg/accounts/oauth/github/callback/",
    "POST /cfg/accounts/token/refresh/",
    "POST /cfg/totp/verify/",
    "POST /cfg/totp/verify/backup/",
    "POST /device/approve",
    "POST /device/check",
    "POST /device/deny",
    "POST /devices/auth",
    "POST /nauth/challenge/challenge-data",
    "POST /nauth/challenge/resend",
    "POST /nauth/challenge/setup-data",
    "POST /nauth/respond-challenge",
    "POST /nauth/social/exchange",
    "POST /nauth/social/{provider}/callback",
    "POST /nauth/social/{provider}/verify",
    "POST /nauth/token/validate",
    "POST /oauth/authorize",
    "POST /oauth/authorize/{request}",
    "POST /oauth/device_authorization",
    "POST /oauth/logout",
    "POST /oauth/logout/confirm",
    "POST /oauth/token",
    // The pages call the flows of codes, passwords and resets that are tried above.
    "POST /password",
    "POST /password/code",
    "POST /password/new",
    "POST /sign-in",
    "POST /sign-in/code",
    "POST /sign-in/factor",
    "POST /sign-in/factor/send",
    "POST /sign-in/new-password",
    "POST /sign-in/password",
    "POST /sign-in/proof",
    "POST /sign-in/proof/send",
    "POST /sign-in/send",
    "POST /sign-out",
    "POST /sign-up",
    "POST /sign-up/password",
    "POST /tokens/revoke",
    "POST /tokens/verify",
    "POST /vendor/password-reset",
];

/// Fails if an operation that anyone may call is in no list.
///
/// # Errors
/// That.
pub fn none_is_missing() -> Result<(), Failure> {
    let open = include_str!("../../suite/open-operations.golden.txt");
    let tried = |operation: &str| {
        let path = operation.strip_prefix("POST ");
        path.is_some_and(|path| ROWS.iter().any(|row| row.request.path == path))
    };
    let listed = |operation: &&str| TELL.contains(operation) || NAMELESS.contains(operation);
    match open.lines().find(|line| !tried(line) && !listed(line)) {
        Some(missing) => {
            Err(format!("{missing} is in no list of tests/bench/timing/rows.rs").into())
        }
        None => Ok(()),
    }
}
