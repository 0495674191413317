//! What every operation is to a sign-in.
//!
//! The lists are complete: an operation that any caller may call, or whose answer may
//! hold something to call others with, stands in exactly one of them, or a test fails. A
//! new operation has to be listed here by what it is, and a new door has to be walked
//! through ([`super::doors`]).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::contract::functions;

/// Takes a first factor, and lets in a user who owes no second one.
pub const DOORS: [&str; 15] = [
    "GET /nauth/social/{provider}/callback",
    "POST /admin/login",
    "POST /auth/login",
    "POST /auth/login/firebase",
    "POST /auth/login/phone/verify",
    "POST /cfg/accounts/oauth/github/callback/",
    "POST /cfg/accounts/otp/verify/",
    "POST /devices/operator-token",
    "POST /nauth/login",
    "POST /nauth/social/exchange",
    "POST /nauth/social/{provider}/callback",
    "POST /nauth/social/{provider}/verify",
    "POST /sign-in/code",
    "POST /sign-in/password",
    "POST /token",
];

/// Takes the second factor of a sign-in that waits for it.
const SECOND_STEPS: [&str; 8] = [
    "POST /admin/mfa/verify",
    "POST /auth/verify-2fa",
    "POST /cfg/totp/verify/",
    "POST /cfg/totp/verify/backup/",
    "POST /nauth/respond-challenge",
    "POST /sign-in/factor",
    "POST /sign-in/new-password",
    "POST /sign-in/proof",
];

/// Gives what belongs to a sign-in that went through a door before: renewed
/// tokens, keys, tokens for a purpose (a profile holds one), and what a device
/// gets that was let in.
const OF_A_SIGN_IN: [&str; 27] = [
    "GET /api/auth/keys/identity/",
    "GET /api/auth/keys/management/",
    "GET /auth/sessions",
    "GET /cfg/accounts/api-key/",
    "GET /cfg/accounts/profile/",
    "GET /cfg/centrifugo/auth/token/",
    "GET /oauth/authorize",
    "GET /oauth/authorize/{request}",
    "PATCH /cfg/accounts/profile/partial/",
    "PATCH /cfg/accounts/profile/update/",
    "POST /api/auth/device/token/",
    "POST /api/auth/keys/identity/",
    "POST /api/auth/keys/management/",
    "POST /auth/refresh",
    "POST /auth/token-refresh",
    "POST /cfg/accounts/api-key/regenerate/",
    "POST /cfg/accounts/profile/avatar/",
    "POST /cfg/accounts/profile/avatar/upload/confirm/",
    "POST /cfg/accounts/token/refresh/",
    "POST /nauth/refresh",
    "POST /nauth/trust-device",
    "POST /oauth/authorize",
    "POST /oauth/authorize/{request}",
    "POST /oauth/token",
    "POST /tokens/api-key",
    "PUT /cfg/accounts/profile/partial/",
    "PUT /cfg/accounts/profile/update/",
];

/// Gives tokens of a device or a vendor: no user's, and never good where those are.
const OTHER_PRINCIPALS: [&str; 5] = [
    "POST /auth/login/device",
    "POST /devices/auth",
    "POST /devices/{device_id}/token",
    "POST /tokens/offline",
    "POST /vendor/login",
];

/// Gives nothing to call others with.
const NOTHING: [&str; 68] = [
    "GET /",
    "GET /.well-known/jwks.json",
    "GET /.well-known/oauth-authorization-server",
    "GET /.well-known/openid-configuration",
    "GET /auth/confirm",
    "GET /cfg/accounts/oauth/providers/",
    "GET /cfg/accounts/profile/avatar/{id}/",
    "GET /device",
    "GET /docs",
    "GET /health",
    "GET /nauth/social/{provider}/redirect",
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
    "POST /admin/password-reset/email-send",
    "POST /admin/password-reset/{token}",
    "POST /admin/register",
    "POST /api/auth/device/",
    "POST /auth/confirm-email",
    "POST /auth/confirm/mine",
    "POST /auth/confirm/not-mine",
    "POST /auth/login/phone",
    "POST /auth/password-reset",
    "POST /auth/password-reset-request",
    "POST /auth/register",
    "POST /cfg/accounts/oauth/github/authorize/",
    "POST /cfg/accounts/otp/request/",
    "POST /device/approve",
    "POST /device/check",
    "POST /device/deny",
    "POST /nauth/admin/reset-password/confirm",
    "POST /nauth/challenge/challenge-data",
    "POST /nauth/challenge/resend",
    "POST /nauth/challenge/setup-data",
    "POST /nauth/forgot-password",
    "POST /nauth/forgot-password/confirm",
    "POST /nauth/reset-password/confirm",
    "POST /nauth/signup",
    "POST /nauth/token/validate",
    "POST /oauth/device_authorization",
    "POST /oauth/logout",
    "POST /oauth/logout/confirm",
    "POST /password",
    "POST /password/code",
    "POST /password/new",
    "POST /sign-in",
    "POST /sign-in/factor/send",
    "POST /sign-in/proof/send",
    "POST /sign-in/send",
    "POST /sign-out",
    "POST /sign-up",
    "POST /sign-up/password",
    "POST /tokens/revoke",
    "POST /tokens/verify",
    "POST /vendor/password-reset",
    "POST /vendor/password-reset-request",
    "POST /vendor/register_vendor",
    "POST /auth/logout",
];

/// What a field is called that may hold something to call others with.
const NAMES: [&str; 11] = [
    "access",
    "accessToken",
    "access_token",
    "api_key",
    "deviceToken",
    "key",
    "management_key",
    "refreshToken",
    "refresh_token",
    "session_token",
    "token",
];

/// The rows of the page's table that is headed by `heading`: the cells of each.
fn table<'p>(page: &'p str, heading: &str) -> Vec<Vec<&'p str>> {
    let start = page.find(heading).expect("the heading");
    let lines = page[start..]
        .lines()
        .skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

#[test]
fn the_page_of_ways_in_names_every_door() {
    let page = include_str!("../../../docs/sign-in.md");
    let rows = table(page, "## Ways in");
    let named = rows.iter().map(|row| row[0].trim_matches('`'));
    let named: BTreeSet<&str> = named.collect();
    assert_eq!(named, BTreeSet::from(DOORS));
    let steps = rows.iter().flat_map(|row| row[2].split(", "));
    let steps: BTreeSet<&str> = steps.map(|step| step.trim_matches('`')).collect();
    for step in SECOND_STEPS {
        assert!(steps.contains(step), "{step}");
    }
    assert!(rows.iter().all(|row| row.len() == 4));
}

/// Every operation, with the names of all fields that its good answers may have.
fn operations() -> BTreeMap<String, BTreeSet<String>> {
    let mut operations: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (_, document) in functions() {
        let document = serde_json::to_value(document).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let name = format!("{} {path}", method.to_uppercase());
                let fields = operations.entry(name).or_default();
                let answers = operation["responses"].as_object().unwrap();
                for (_, answer) in answers.iter().filter(|(status, _)| status.starts_with('2')) {
                    collect(&document, answer, fields, 0);
                }
            }
        }
    }
    operations
}

/// The names of properties in a part of a document, references followed.
fn collect(document: &Value, part: &Value, fields: &mut BTreeSet<String>, depth: u32) {
    assert!(depth < 64, "a schema of itself: {part}");
    match part {
        Value::Object(members) => {
            if let Some(to) = members.get("$ref").and_then(Value::as_str) {
                let to = document.pointer(to.trim_start_matches('#'));
                collect(
                    document,
                    to.expect("what is referred to"),
                    fields,
                    depth + 1,
                );
            }
            if let Some(properties) = members.get("properties").and_then(Value::as_object) {
                fields.extend(properties.keys().cloned());
            }
            for member in members.values() {
                collect(document, member, fields, depth + 1);
            }
        }
        Value::Array(parts) => {
            for part in parts {
                collect(document, part, fields, depth + 1);
            }
        }
        _ => {}
    }
}

/// Operations whose answer may hold a credential, by what their documents say.
fn giving() -> BTreeSet<String> {
    let gives = |fields: &BTreeSet<String>| NAMES.iter().any(|name| fields.contains(*name));
    let operations = operations().into_iter();
    operations
        .filter(|(_, fields)| gives(fields))
        .map(|(name, _)| name)
        .collect()
}

/// Operations that are open to any caller, as the guards found them.
fn open() -> BTreeSet<String> {
    let list = include_str!("../open-operations.golden.txt").lines();
    let picture = "00000000-0000-4000-8000-000000000000";
    list.map(|line| line.replace(picture, "{id}")).collect()
}

#[test]
fn every_operation_that_may_let_somebody_in_is_in_one_list() {
    let lists: [&[&str]; 5] = [
        &DOORS,
        &SECOND_STEPS,
        &OF_A_SIGN_IN,
        &OTHER_PRINCIPALS,
        &NOTHING,
    ];
    let listed: Vec<String> = lists.concat().into_iter().map(str::to_owned).collect();
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(
        unique.len(),
        listed.len(),
        "an operation stands in two lists"
    );
    let asked_for: BTreeSet<String> = open().union(&giving()).cloned().collect();
    let unlisted: Vec<_> = asked_for.difference(&unique).collect();
    assert!(unlisted.is_empty(), "say what these are: {unlisted:#?}");
    let all: BTreeSet<String> = operations().into_keys().collect();
    let gone: Vec<_> = unique.difference(&all).collect();
    assert!(
        gone.is_empty(),
        "these are no operations any more: {gone:#?}"
    );
}
