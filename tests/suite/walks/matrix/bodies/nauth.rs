//! nauth: sign-in, challenges, sessions, passwords, history.

use flows::{AccountRef, RequestMeta};
use serde_json::json;

use crate::auth::PASSWORD;
use crate::auth::second_factor::shown;
use crate::nauth::{NEXT_PASSWORD, sign_up};
use tests::Answer;

use crate::walks::matrix::cell::{Cell, Row, Somebody, row};

pub const ROWS: &[Row] = &[
    row!("POST /nauth/signup", cell => {
        cell.json(json!({ "email": cell.address(), "password": PASSWORD })).await
    }),
    row!("POST /nauth/login", cell => {
        let somebody = cell.with_password().await;
        cell.json(json!({ "identifier": somebody.address, "password": somebody.holds })).await
    }),
    row!("POST /nauth/refresh", cell => {
        let kept = cell.renewable().await;
        let answer = cell.json(json!({ "refreshToken": kept.holds })).await;
        if let Some(next) = answer.body["refreshToken"].as_str() {
            let holds = next.to_owned();
            cell.keep("refresh", Somebody { holds, ..kept });
        }
        answer
    }),
    row!("POST /nauth/respond-challenge", cell => {
        let session = signed_up(cell).await;
        let code = cell.world.code(&cell.address());
        cell.json(json!({ "session": session, "type": "VERIFY_EMAIL", "code": code })).await
    }),
    row!("POST /nauth/challenge/resend", cell => {
        // A code that may be sent again is a minute old, and no cell can wait for it: what
        // counts is that no caller is told more than another.
        cell.json(json!({ "session": "5f7fa959-01f3-4d74-8cbb-e3fd71307623" })).await
    }),
    row!("POST /nauth/challenge/setup-data", cell => {
        cell.json(json!({ "session": signed_up(cell).await, "method": "totp" })).await
    }),
    row!("POST /nauth/challenge/challenge-data", cell => {
        cell.json(json!({ "session": signed_up(cell).await, "method": "email" })).await
    }),
    row!("GET /nauth/mfa/status", cell => cell.plain().await),
    row!("GET /nauth/mfa/available-methods", cell => cell.plain().await),
    row!("GET /nauth/mfa/devices", cell => cell.plain().await),
    row!("POST /nauth/mfa/setup-data", cell => cell.json(json!({ "methodName": "totp" })).await),
    row!("POST /nauth/mfa/setup-data", "mailbox", anew, cell => {
        cell.json(json!({ "methodName": "email" })).await
    }),
    row!("POST /nauth/mfa/verify-setup", anew, cell => {
        let begun = json!({ "methodName": "totp" });
        let begun = cell.client().post("/nauth/mfa/setup-data", &begun).await;
        let secret = begun.body["setupData"]["secret"].as_str();
        let code = secret.map_or_else(|| "123456".to_owned(), |secret| shown(cell.world, secret));
        cell.json(json!({ "methodName": "totp", "setupData": { "code": code } })).await
    }),
    row!("DELETE /nauth/mfa/method/{method}", anew, cell => {
        cell.at(&[("method", "totp")]).json(json!({})).await
    }),
    row!("POST /nauth/mfa/preferred-method", cell => {
        cell.json(json!({ "methodType": "totp" })).await
    }),
    row!("POST /nauth/mfa/backup-codes/generate", anew, cell => cell.json(json!({})).await),
    row!("GET /nauth/logout", anew, cell => cell.plain().await),
    row!("POST /nauth/logout/all", anew, cell => cell.json(json!({})).await),
    row!("GET /nauth/sessions", cell => cell.plain().await),
    row!("DELETE /nauth/sessions/{sessionId}", anew, cell => {
        let own = cell.client().get("/nauth/sessions").await;
        let own = own.body["sessions"][0]["sessionId"].as_str().unwrap_or("1").to_owned();
        cell.at(&[("sessionId", &own)]).plain().await
    }),
    row!("POST /nauth/trust-device", anew, cell => cell.json(json!({})).await),
    row!("GET /nauth/is-trusted-device", cell => cell.plain().await),
    row!("GET /nauth/profile", cell => cell.plain().await),
    row!("PUT /nauth/profile", "name", cell => cell.json(json!({ "firstName": cell.name() })).await),
    row!("PUT /nauth/profile", "address", cell => cell.json(json!({ "email": cell.address() })).await),
    row!("PUT /nauth/profile", "number", cell => cell.json(json!({ "phone": cell.phone() })).await),
    row!("POST /nauth/change-password", anew, cell => {
        let own = cell.client().get("/nauth/profile").await;
        let old = if own.body["hasPasswordHash"] == json!(true) { PASSWORD } else { "" };
        cell.json(json!({ "oldPassword": old, "newPassword": NEXT_PASSWORD })).await
    }),
    row!("POST /nauth/request-password-change", anew, cell => cell.json(json!({})).await),
    row!("GET /nauth/audit/history", cell => cell.plain().await),
    row!("POST /nauth/forgot-password", cell => {
        cell.json(json!({ "identifier": cell.with_password().await.address })).await
    }),
    row!("POST /nauth/forgot-password/confirm", cell => confirm(cell).await),
    row!("POST /nauth/admin/reset-password/confirm", cell => confirm_admins(cell).await),
    row!("POST /nauth/reset-password/confirm", cell => confirm_admins(cell).await),
    row!("GET /nauth/social/{provider}/redirect", cell => {
        cell.at(&[("provider", "google")]).plain().await
    }),
    row!("GET /nauth/social/{provider}/callback", cell => {
        let back = crate::nauth::social::way_back(&cell.stranger(), &cell.address()).await;
        cell.goes_out().await.get(&back).await
    }),
    row!("POST /nauth/social/{provider}/callback", cell => {
        let back = crate::nauth::social::way_back(&cell.stranger(), &cell.address()).await;
        let (path, query) = back.split_once('?').expect("a query");
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let fields: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        cell.goes_out().await.form(path, &fields).await
    }),
    row!("POST /nauth/social/exchange", cell => {
        let token = crate::nauth::social::exchange_token(&cell.stranger(), &cell.address()).await;
        cell.json(json!({ "exchangeToken": token })).await
    }),
    row!("POST /nauth/social/{provider}/verify", cell => {
        let person = local::social::Person::new(&cell.address());
        let token = cell.world.social.token_of(domain::provider::Provider::Google, &person);
        let body = json!({ "provider": "google", "idToken": token.expect("a token") });
        cell.at(&[("provider", "google")]).json(body).await
    }),
    row!("GET /nauth/social/linked", cell => cell.plain().await),
    row!("POST /nauth/social/link", cell => {
        let state = "5f7fa959-01f3-4d74-8cbb-e3fd71307623";
        cell.json(json!({ "provider": "google", "code": "x", "state": state })).await
    }),
    row!("POST /nauth/social/unlink", cell => cell.json(json!({ "provider": "google" })).await),
    row!("GET /nauth/social/can-set-password", cell => cell.plain().await),
    row!("POST /nauth/social/set-password", anew, cell => {
        cell.json(json!({ "password": NEXT_PASSWORD })).await
    }),
    row!("POST /nauth/token/validate", cell => {
        cell.json(json!({ "accessToken": cell.bystander().await.holds })).await
    }),
];

/// The challenge of a sign-up with the cell's own address.
async fn signed_up(cell: &Cell<'_>) -> String {
    let made = sign_up(&cell.stranger(), &cell.address()).await;
    made.expect(201).str("session").to_owned()
}

/// A forgotten password, replaced by the code of a letter.
async fn confirm(cell: &Cell<'_>) -> Answer {
    let somebody = cell.with_password().await;
    let asked = json!({ "identifier": somebody.address });
    cell.stranger()
        .post("/nauth/forgot-password", &asked)
        .await
        .expect(200);
    let code = cell.world.code(&somebody.address);
    let password = format!("{NEXT_PASSWORD} {}", cell.id());
    let body = json!({ "identifier": somebody.address, "code": code, "newPassword": password });
    let answer = cell.json(body).await;
    if answer.status == 200 {
        let holds = password;
        cell.keep("with password", Somebody { holds, ..somebody });
    }
    answer
}

/// The same by a code that an administrator had sent.
async fn confirm_admins(cell: &Cell<'_>) -> Answer {
    let somebody = cell.with_password().await;
    let address = crate::auth::address(&somebody.address);
    let (meta, whose) = (
        RequestMeta::of_command_line(cell.world.now()),
        AccountRef::Address(address),
    );
    cell.world
        .postern
        .send_admin_reset_code(&meta, &whose)
        .await
        .unwrap();
    let code = cell.world.code(&somebody.address);
    let password = format!("{NEXT_PASSWORD} {}", cell.id());
    let body = json!({ "identifier": somebody.address, "code": code, "newPassword": password });
    let answer = cell.json(body).await;
    if answer.status == 200 {
        let holds = password;
        cell.keep("with password", Somebody { holds, ..somebody });
    }
    answer
}
