//! The Auth Service, and cashless' sign-ins.

use serde_json::json;

use crate::auth::{OTHER, PASSWORD, ask_for_reset, firebase, phone};
use crate::walks::matrix::cell::{Cell, Row, Somebody, row};

pub const ROWS: &[Row] = &[
    row!("GET /", cell => cell.plain().await),
    row!("GET /protected", cell => cell.plain().await),
    row!("POST /token", cell => typed(cell).await),
    row!("POST /auth/login", "form", cell => typed(cell).await),
    row!("POST /auth/login", "JSON", cell => {
        let chief = cell.chief().await;
        let body = json!({ "email": chief.address, "password": chief.holds, "role": "admin" });
        cell.json(body).await
    }),
    row!("POST /auth/login/device", cell => {
        let device = cell.world.device(cell.id(), 7, &cell.mac()).await;
        let operator = cell.operator().await;
        let id: u64 = operator.id.parse().expect("a number");
        let path = format!("/devices/{}/token", device.id);
        let bearer = cell.stranger().bearing(&operator.holds);
        bearer.post(&path, &json!({ "operator_id": id })).await.expect(200);
        cell.json(json!({ "dev_mac": cell.mac(), "event_id": 7 })).await
    }),
    row!("POST /auth/login/firebase", cell => {
        let said = json!({ "sub": cell.name(), "email": cell.address(), "email_verified": true });
        cell.json(json!({ "id_token": firebase::token(cell.world, &said) })).await
    }),
    row!("POST /auth/login/phone", cell => cell.json(json!({ "phone": cell.phone() })).await),
    row!("POST /auth/login/phone/verify", cell => {
        phone::ask(&cell.stranger(), &cell.phone()).await.expect(200);
        let code = cell.world.texted_code(&cell.phone());
        cell.json(json!({ "phone": cell.phone(), "code": code })).await
    }),
    row!("POST /auth/logout", anew, cell => {
        let refresh = match &cell.principal.refresh {
            Some(token) => token.clone(),
            None => cell.renewable().await.holds,
        };
        cell.json(json!({ "refresh_token": refresh })).await
    }),
    row!("POST /auth/refresh", cell => cell.renewing("refresh_token").await),
    row!("POST /auth/token-refresh", cell => cell.renewing("refresh_token").await),
    row!("POST /auth/register", cell => {
        let (name, email) = (cell.name(), cell.address());
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        let answer = cell.json(body).await.expect(200);
        let address = cell.address();
        cell.keep("registered", Somebody { address, ..Somebody::default() });
        answer
    }),
    // A principal that has not proven the address shows the token of its own letter.
    row!("POST /auth/confirm-email", anew is_unproven, cell => {
        cell.json(json!({ "token": cell.unproven_letter().await })).await
    }),
    // The token of another address, which the owner asked to move to.
    row!("POST /auth/confirm-email", "moving", anew, cell => {
        let (owner, address) = cell.mover().await;
        let change = json!({ "email": address });
        owner.send("PUT", "/auth/profile", &change).await.expect(200);
        cell.json(json!({ "token": cell.token(&address) })).await
    }),
    row!("GET /auth/confirm", cell => {
        let letter = cell.unproven_letter().await;
        cell.at(&[]).query(&format!("token={letter}")).plain().await
    }),
    row!("POST /auth/confirm/mine", anew is_unproven, cell => {
        let letter = cell.unproven_letter().await;
        let typed = [("letter", letter.as_str()), ("password", PASSWORD)];
        cell.page_at(&format!("/auth/confirm?token={letter}"), &typed).await
    }),
    row!("POST /auth/confirm/not-mine", anew is_unproven, cell => {
        let letter = cell.unproven_letter().await;
        let page = format!("/auth/confirm?token={letter}");
        cell.page_at(&page, &[("letter", &letter)]).await
    }),
    row!("POST /auth/password-reset-request", cell => {
        cell.json(json!({ "email": cell.with_password().await.address })).await
    }),
    row!("POST /auth/password-reset", cell => {
        let somebody = cell.with_password().await;
        ask_for_reset(&cell.stranger(), &somebody.address).await.expect(200);
        let token = cell.token(&somebody.address);
        let answer = cell.json(json!({ "token": token, "new_password": OTHER })).await;
        cell.keep("with password", Somebody { holds: OTHER.to_owned(), ..somebody });
        answer
    }),
    row!("PUT /auth/profile", "password", anew, cell => cell.json(json!({ "password": OTHER })).await),
    row!("PUT /auth/profile", "email", anew, cell => {
        cell.json(json!({ "email": cell.address() })).await
    }),
    row!("PUT /auth/profile", "username", anew, cell => {
        cell.json(json!({ "username": cell.name() })).await
    }),
    // An account cannot give itself another role; its own role is no change.
    row!("PUT /auth/profile", "role", anew, cell => cell.json(json!({ "role": "admin" })).await),
    row!("GET /auth/sessions", cell => cell.plain().await),
    // The session of the account that began last: the one of its owner.
    row!("DELETE /auth/sessions/{session_id}", anew, cell => {
        let listed = cell.owner().await.get("/auth/sessions").await;
        let last = listed.body.as_array().and_then(|list| list.last());
        let id = last.map_or_else(|| "1".to_owned(), |session| session["id"].to_string());
        cell.at(&[("session_id", &id)]).plain().await
    }),
    row!("GET /auth/verify-user/{username}", cell => {
        cell.at(&[("username", &cell.own_name().await)]).plain().await
    }),
    row!("GET /auth/generate-2fa-code", anew, cell => cell.plain().await),
    row!("POST /auth/enable-2fa", anew, cell => {
        let begun = cell.set_up("GET", "/auth/generate-2fa-code").await;
        cell.json(json!({ "code": cell.scanned(&begun) })).await
    }),
    row!("POST /auth/verify-2fa", anew, cell => cell.json(json!({ "code": cell.shown() })).await),
    row!("GET /auth/test-2fa", cell => cell.plain().await),
    row!("POST /auth/disable-2fa", anew, cell => cell.plain().await),
    row!("POST /tokens/api-key", cell => {
        cell.json(json!({ "event_id": 7, "name": cell.name(), "scopes": ["orders"] })).await
    }),
    row!("DELETE /tokens/api-key/{key_id}", cell => {
        cell.at(&[("key_id", &cell.service().await.id)]).plain().await
    }),
    row!("POST /tokens/introspect", cell => {
        let token = cell.bystander().await.holds;
        cell.form(&[("token", &token)]).await
    }),
    row!("POST /tokens/offline", cell => cell.json(json!({ "event_id": 7 })).await),
    row!("POST /tokens/revoke", cell => {
        let token = cell.ending().await.holds;
        cell.form(&[("token", &token)]).await
    }),
    row!("POST /tokens/verify", cell => {
        let token = cell.bystander().await.holds;
        cell.json(json!({ "token": token })).await
    }),
];

async fn typed<'c>(cell: &'c Cell<'c>) -> tests::Answer {
    let somebody = cell.with_password().await;
    let typed = [
        ("username", somebody.address.as_str()),
        ("password", &somebody.holds),
    ];
    cell.form(&typed).await
}
