//! Ravi's devices and their keys, OAuth clients, and the page where people answer.

use serde_json::json;

use crate::walks::matrix::cell::{Row, row};
use crate::walks::matrix::principals::{APP, CLIENT, GRANT};

pub const ROWS: &[Row] = &[
    row!("POST /api/auth/device/", cell => cell.json(json!({})).await),
    row!("POST /api/auth/device/token/", cell => {
        let secret = cell.device_is_let_in(None).await;
        cell.json(json!({ "device_code": secret })).await
    }),
    row!("GET /api/auth/keys/identity/", cell => cell.plain().await),
    row!("POST /api/auth/keys/identity/", cell => {
        let nil = uuid::Uuid::nil().to_string();
        let identity = cell.principal.identity.as_ref().unwrap_or(&nil);
        cell.json(json!({ "identity_uuid": identity, "label": "cli" })).await
    }),
    row!("GET /api/auth/keys/management/", cell => cell.plain().await),
    row!("POST /api/auth/keys/management/", cell => cell.json(json!({ "label": "ci" })).await),
    row!("DELETE /api/auth/keys/{uuid}/", cell => {
        let made = cell.client().post("/api/auth/keys/management/", &json!({})).await;
        let nil = uuid::Uuid::nil().to_string();
        let key = made.body["uuid"].as_str().unwrap_or(&nil);
        cell.at(&[("uuid", key)]).plain().await
    }),
    row!("GET /api/identities/", cell => cell.plain().await),
    row!("POST /api/identities/", cell => cell.json(json!({ "name": cell.name() })).await),
    row!("POST /oauth/device_authorization", cell => cell.form(&[("client_id", CLIENT)]).await),
    row!("POST /oauth/token", cell => {
        let secret = cell.device_is_let_in(Some(CLIENT)).await;
        let asked = [
            ("grant_type", GRANT),
            ("client_id", CLIENT),
            ("device_code", secret.as_str()),
        ];
        cell.form(&asked).await
    }),
    row!("GET /oauth/authorize", cell => cell.at(&[]).query(&authorization_request()).plain().await),
    row!("POST /oauth/authorize", cell => cell.form(&[("client_id", APP)]).await),
    row!("GET /oauth/authorize/{request}", cell => cell.at(&[("request", "none")]).plain().await),
    row!("POST /oauth/authorize/{request}", cell => {
        cell.at(&[("request", "none")]).form(&[("decision", "allow")]).await
    }),
    row!("GET /oauth/userinfo", cell => cell.plain().await),
    row!("POST /oauth/userinfo", cell => cell.form(&[]).await),
    row!("GET /oauth/logout", cell => cell.plain().await),
    row!("POST /oauth/logout", cell => cell.form(&[("state", "s")]).await),
    row!("POST /oauth/logout/confirm", anew is_a_browser, cell => cell.page(&[]).await),
    row!("GET /device", cell => cell.plain().await),
    row!("POST /device/check", cell => {
        let (_, shown) = cell.device_asks(None).await;
        cell.page(&[("user_code", &shown)]).await
    }),
    row!("POST /device/approve", cell => {
        let (_, shown) = cell.device_asks(None).await;
        cell.page(&[("user_code", &shown), ("shown", &shown)]).await
    }),
    row!("POST /device/deny", cell => {
        let (_, shown) = cell.device_asks(None).await;
        cell.page(&[("user_code", &shown), ("shown", &shown)]).await
    }),
];

/// What a registered client asks a browser to bring.
fn authorization_request() -> String {
    let challenge = crate::oidc::client::CHALLENGE;
    let pairs = [
        ("client_id", APP),
        ("redirect_uri", crate::oidc::client::CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        ("prompt", "none"),
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs).finish()
}
