//! The Auth Service, and cashless' sign-ins.

use serde_json::json;

use crate::auth::{OTHER, PASSWORD, ask_for_reset, firebase, phone};
use crate::walks::matrix::cell::{Cell, Row, row};

const FORM: [(&str, &str); 1] = [("password", PASSWORD)];

pub const ROWS: &[Row] = &[
    row!("GET /", cell => cell.plain().await),
    row!("GET /protected", cell => cell.plain().await),
    row!("POST /token", cell => typed(cell).await),
    row!("POST /auth/login", "form", cell => typed(cell).await),
    row!("POST /auth/login", "JSON", cell => {
        cell.with_password().await;
        cell.json(json!({ "email": cell.address(), "password": PASSWORD })).await
    }),
    row!("POST /auth/login/device", cell => {
        let device = cell.world.device(cell.id(), 7, &cell.mac()).await;
        let operator = cell.operator().await;
        let id = cell.uid(&operator.address).await.parse::<u64>().expect("a number");
        let path = format!("/devices/{}/token", device.id);
        let taken = operator.client().post(&path, &json!({ "operator_id": id })).await;
        taken.expect(200);
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
            None => cell.somebody().await.refresh,
        };
        cell.json(json!({ "refresh_token": refresh })).await
    }),
    row!("POST /auth/refresh", cell => renewed(cell).await),
    row!("POST /auth/token-refresh", cell => renewed(cell).await),
    row!("POST /auth/register", cell => {
        let (name, email) = (cell.name(), cell.address());
        cell.json(json!({ "username": name, "email": email, "password": PASSWORD })).await
    }),
    // Whoever has not proven the address shows the token of their own letter.
    row!("POST /auth/confirm-email", anew, cell => {
        let token = match &cell.principal.address {
            Some(address) if cell.principal.kind.is_unproven() => {
                crate::auth::letter_token(cell.world, address)
            }
            _ => {
                cell.registered().await;
                cell.token()
            }
        };
        cell.json(json!({ "token": token })).await
    }),
    row!("POST /auth/password-reset-request", cell => {
        cell.somebody().await;
        cell.json(json!({ "email": cell.address() })).await
    }),
    row!("POST /auth/password-reset", cell => {
        cell.with_password().await;
        ask_for_reset(&cell.stranger(), &cell.address()).await.expect(200);
        cell.json(json!({ "token": cell.token(), "new_password": OTHER })).await
    }),
    row!("PUT /auth/profile", "password", anew, cell => cell.json(json!({ "password": OTHER })).await),
    row!("PUT /auth/profile", "email", anew, cell => {
        cell.json(json!({ "email": cell.address() })).await
    }),
    row!("PUT /auth/profile", "username", anew, cell => {
        cell.json(json!({ "username": cell.name() })).await
    }),
    row!("PUT /auth/profile", "role", anew, cell => cell.json(json!({ "role": "admin" })).await),
    row!("GET /auth/sessions", cell => cell.plain().await),
    // The session of the account that began last: the one of its owner.
    row!("DELETE /auth/sessions/{session_id}", anew, cell => {
        let listed = cell.owner().await.get("/auth/sessions").await.expect(200);
        let last = listed.body.as_array().and_then(|list| list.last());
        let id = last.expect("a session")["id"].to_string();
        cell.at(&[("session_id", &id)]).plain().await
    }),
    row!("GET /auth/verify-user/{username}", cell => {
        cell.at(&[("username", &cell.principal.name)]).plain().await
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
        let chief = cell.world.admin(&cell.address()).await;
        let id = chief.service(&["orders"]).await.id.to_string();
        cell.at(&[("key_id", &id)]).plain().await
    }),
    row!("POST /tokens/introspect", cell => {
        let token = cell.somebody().await.access;
        cell.form(&[("token", &token)]).await
    }),
    row!("POST /tokens/offline", cell => cell.json(json!({ "event_id": 7 })).await),
    row!("POST /tokens/revoke", cell => {
        let token = cell.somebody().await.refresh;
        cell.form(&[("token", &token)]).await
    }),
    row!("POST /tokens/verify", cell => {
        let token = cell.somebody().await.access;
        cell.json(json!({ "token": token })).await
    }),
];

async fn typed<'c>(cell: &'c Cell<'c>) -> tests::Answer {
    cell.with_password().await;
    let name = cell.address();
    cell.form(&[&FORM[..], &[("username", &name)]].concat())
        .await
}

async fn renewed<'c>(cell: &'c Cell<'c>) -> tests::Answer {
    let somebody = cell.somebody().await;
    cell.json(json!({ "refresh_token": somebody.refresh }))
        .await
}
