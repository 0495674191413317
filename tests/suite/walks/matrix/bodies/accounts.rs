//! DjangoCFG: accounts, providers, pictures, realtime; and what is open to every caller.

use local::github::{Person, Request};
use serde_json::json;

use crate::pictures::{form, png};
use crate::walks::matrix::cell::{Cell, Row, row};

pub const ROWS: &[Row] = &[
    row!("GET /cfg/accounts/api-key/", cell => cell.plain().await),
    row!("POST /cfg/accounts/api-key/regenerate/", anew, cell => cell.json(json!({})).await),
    row!("POST /cfg/accounts/api-key/test/", cell => {
        let somebody = cell.stranger().bearing(&cell.bystander().await.holds);
        let path = "/cfg/accounts/api-key/regenerate/";
        let made = somebody.post(path, &json!({})).await.expect(200);
        cell.json(json!({ "key": made.str("key") })).await
    }),
    row!("POST /cfg/accounts/otp/request/", cell => {
        cell.json(json!({ "identifier": cell.address() })).await
    }),
    row!("POST /cfg/accounts/otp/verify/", cell => {
        cell.stranger().request_code(&cell.address()).await.expect(200);
        let code = cell.world.code(&cell.address());
        cell.json(json!({ "identifier": cell.address(), "otp": code })).await
    }),
    row!("GET /cfg/accounts/profile/", cell => cell.plain().await),
    row!("POST /cfg/accounts/profile/delete/", anew, cell => cell.plain().await),
    row!("PATCH /cfg/accounts/profile/partial/", cell => named(cell).await),
    row!("PUT /cfg/accounts/profile/partial/", cell => named(cell).await),
    row!("PATCH /cfg/accounts/profile/update/", cell => named(cell).await),
    row!("PUT /cfg/accounts/profile/update/", cell => named(cell).await),
    row!("POST /cfg/accounts/token/refresh/", cell => cell.renewing("refresh").await),
    row!("POST /cfg/accounts/profile/avatar/", cell => {
        let (media, body) = form("avatar", &png(32, 32, 255));
        cell.at(&[]).bytes(&media, &body).await
    }),
    row!("POST /cfg/accounts/profile/avatar/upload/", cell => {
        cell.json(json!({ "content_type": "image/png", "content_length": 999 })).await
    }),
    row!("POST /cfg/accounts/profile/avatar/upload/confirm/", cell => confirmed(cell).await),
    row!("GET /cfg/accounts/profile/avatar/{id}/", cell => {
        cell.at(&[("id", &cell.picture().await.id)]).plain().await
    }),
    row!("GET /cfg/accounts/oauth/connections/", cell => cell.plain().await),
    row!("POST /cfg/accounts/oauth/disconnect/", anew, cell => {
        // A principal without an account to link, or with one that is not proven, has no link.
        if let Some(address) = &cell.principal.address {
            let person = Person::new(&cell.name(), address);
            let client = cell.stranger();
            let came = crate::cfg::accounts::oauth::go(cell.world, &client, &person).await;
            if let (Some(session), Some(app)) = (came.body["session_id"].as_str(), &cell.principal.app) {
                client.backup_code(session, &app.backup_codes[2]).await;
            }
        }
        cell.json(json!({ "provider": "github" })).await
    }),
    row!("POST /cfg/accounts/oauth/github/authorize/", cell => cell.json(json!({})).await),
    row!("POST /cfg/accounts/oauth/github/callback/", cell => {
        let path = "/cfg/accounts/oauth/github/authorize/";
        let departed = cell.stranger().post(path, &json!({})).await.expect(200);
        let request = Request::of(departed.str("authorization_url")).expect("an address");
        let person = Person::new(&cell.name(), &cell.address());
        let code = cell.world.github.approve(request, person);
        cell.json(json!({ "code": code, "state": departed.str("state") })).await
    }),
    row!("GET /cfg/accounts/oauth/providers/", cell => cell.plain().await),
    row!("GET /cfg/centrifugo/auth/token/", cell => cell.plain().await),
    row!("GET /docs", cell => cell.plain().await),
    row!("GET /health", cell => cell.plain().await),
    row!("GET /openapi/{document}", cell => {
        cell.at(&[("document", "djangocfg.json")]).plain().await
    }),
    row!("GET /.well-known/oauth-authorization-server", cell => cell.plain().await),
    row!("GET /.well-known/jwks.json", cell => cell.plain().await),
    row!("GET /.well-known/openid-configuration", cell => cell.plain().await),
    row!("POST /chatbot/interact", cell => cell.json(json!({ "message": "Hello" })).await),
];

async fn named<'c>(cell: &'c Cell<'c>) -> tests::Answer {
    cell.json(json!({ "first_name": "Ada" })).await
}

/// Confirms a picture that was put where the principal, or else its owner, was told to
/// put it.
async fn confirmed<'c>(cell: &'c Cell<'c>) -> tests::Answer {
    let picture = png(32, 32, 255);
    let path = "/cfg/accounts/profile/avatar/upload/";
    let asked = json!({ "content_type": "image/png", "content_length": picture.len() });
    let mut leave = cell.client().post(path, &asked).await;
    if leave.status != 200 {
        leave = cell.owner().await.post(path, &asked).await.expect(200);
    }
    let headers = leave.body["headers"].as_object().expect("headers").iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| (name.clone(), value.as_str().expect("a text").to_owned()))
        .collect();
    let (method, url) = (leave.str("method"), leave.str("url"));
    cell.world.send_to_s3(method, url, &headers, &picture).await;
    cell.json(json!({ "upload_id": leave.str("upload_id") }))
        .await
}
