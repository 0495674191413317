//! nauth: administration of accounts.

use serde_json::json;
use tests::Answer;

use crate::auth::PASSWORD;
use crate::nauth::NEXT_PASSWORD;
use crate::walks::matrix::cell::{Cell, Row, Somebody, row};
use crate::walks::matrix::principals::app_of;

pub const ROWS: &[Row] = &[
    row!("POST /nauth/admin/signup", cell => {
        cell.json(json!({ "email": cell.address(), "password": PASSWORD })).await
    }),
    row!("POST /nauth/admin/signup-social", cell => {
        let body = json!({
            "email": cell.address(), "provider": "google", "providerId": cell.name(),
        });
        cell.json(body).await
    }),
    row!("GET /nauth/admin/users", cell => cell.plain().await),
    row!("GET /nauth/admin/users/by-email", cell => {
        let somebody = cell.bystander().await.address;
        cell.at(&[]).query(&format!("email={somebody}")).plain().await
    }),
    row!("GET /nauth/admin/users/{sub}", cell => {
        let sub = sub(cell, &cell.bystander().await).await;
        cell.at(&[("sub", &sub)]).plain().await
    }),
    row!("PUT /nauth/admin/users/{sub}", "name", cell => {
        let sub = sub(cell, &cell.bystander().await).await;
        cell.at(&[("sub", &sub)]).json(json!({ "firstName": cell.name() })).await
    }),
    row!("PUT /nauth/admin/users/{sub}", "address", cell => {
        let sub = sub(cell, &cell.target().await).await;
        let body = json!({ "email": format!("moved{}@example.com", cell.number) });
        cell.at(&[("sub", &sub)]).json(body).await
    }),
    row!("DELETE /nauth/admin/users/{sub}", cell => {
        let sub = sub(cell, &cell.target().await).await;
        cell.at(&[("sub", &sub)]).plain().await
    }),
    row!("POST /nauth/admin/users/{sub}/disable", cell => about_a_target(cell).await),
    row!("POST /nauth/admin/users/{sub}/enable", cell => {
        let somebody = cell.target().await;
        let address = crate::auth::address(&somebody.address);
        cell.world.postern.lock_user(&address).await.expect("locked");
        let sub = sub(cell, &somebody).await;
        cell.at(&[("sub", &sub)]).json(json!({})).await
    }),
    row!("POST /nauth/admin/users/{sub}/force-password-change", cell => {
        let somebody = cell.with_password().await;
        let sub = sub(cell, &somebody).await;
        let answer = cell.at(&[("sub", &sub)]).json(json!({})).await;
        let as_before = |user: &mut domain::account::User| user.must_change_password = false;
        cell.world.set_user(&somebody.address, as_before).await;
        answer
    }),
    row!("POST /nauth/admin/users/{sub}/verified-status", "proven", cell => {
        let sub = sub(cell, &cell.target().await).await;
        cell.at(&[("sub", &sub)]).json(json!({ "isEmailVerified": true })).await
    }),
    row!("POST /nauth/admin/users/{sub}/verified-status", "not proven", cell => {
        let sub = sub(cell, &cell.target().await).await;
        cell.at(&[("sub", &sub)]).json(json!({ "isEmailVerified": false })).await
    }),
    row!("POST /nauth/admin/users/{sub}/logout-all", cell => about_a_target(cell).await),
    row!("GET /nauth/admin/users/{sub}/sessions", cell => {
        let sub = sub(cell, &cell.bystander().await).await;
        cell.at(&[("sub", &sub)]).plain().await
    }),
    row!("DELETE /nauth/admin/users/{sub}/sessions/{sessionId}", cell => {
        let member = cell.somebody().await;
        let listed = member.client().get("/nauth/sessions").await.expect(200);
        let session = listed.body["sessions"][0]["sessionId"].as_str().expect("a number");
        let sub = sub_at(cell, &cell.address()).await;
        cell.at(&[("sub", &sub), ("sessionId", session)]).plain().await
    }),
    row!("GET /nauth/admin/users/{sub}/mfa/status", cell => {
        let sub = sub(cell, &cell.bystander().await).await;
        cell.at(&[("sub", &sub)]).plain().await
    }),
    row!("POST /nauth/admin/mfa/preferred-method", cell => {
        let member = cell.somebody().await;
        app_of(cell.world, &member).await;
        let sub = sub_at(cell, &cell.address()).await;
        cell.json(json!({ "sub": sub, "methodType": "totp" })).await
    }),
    row!("POST /nauth/admin/mfa/remove-devices", cell => {
        let member = cell.somebody().await;
        app_of(cell.world, &member).await;
        let sub = sub_at(cell, &cell.address()).await;
        cell.json(json!({ "sub": sub, "methodType": "totp" })).await
    }),
    row!("POST /nauth/admin/mfa/exemption", "excused", cell => {
        let sub = sub(cell, &cell.target().await).await;
        cell.json(json!({ "sub": sub, "exempt": true })).await
    }),
    row!("POST /nauth/admin/mfa/exemption", "not excused", cell => {
        let somebody = cell.target().await;
        cell.world.set_user(&somebody.address, |user| user.mfa_exempt = true).await;
        let sub = sub(cell, &somebody).await;
        cell.json(json!({ "sub": sub, "exempt": false })).await
    }),
    row!("POST /nauth/admin/set-password", cell => {
        let somebody = cell.with_password().await;
        let password = format!("{NEXT_PASSWORD} {}", cell.id());
        let body = json!({
            "sub": sub(cell, &somebody).await, "newPassword": password, "mustChangePassword": false,
        });
        let answer = cell.json(body).await;
        if answer.status == 200 {
            let holds = password;
            cell.keep("with password", Somebody { holds, ..somebody });
        }
        answer
    }),
    row!("POST /nauth/admin/reset-password/initiate", cell => {
        let sub = sub(cell, &cell.with_password().await).await;
        cell.json(json!({ "sub": sub })).await
    }),
    row!("GET /nauth/admin/audit/history", cell => {
        let sub = sub(cell, &cell.bystander().await).await;
        cell.at(&[]).query(&format!("sub={sub}")).plain().await
    }),
];

/// A request without more than its path, about a user to act on.
async fn about_a_target(cell: &Cell<'_>) -> Answer {
    let sub = sub(cell, &cell.target().await).await;
    cell.at(&[("sub", &sub)]).json(json!({})).await
}

async fn sub(cell: &Cell<'_>, somebody: &Somebody) -> String {
    sub_at(cell, &somebody.address).await
}

async fn sub_at(cell: &Cell<'_>, address: &str) -> String {
    let address = crate::auth::address(address);
    let user = cell.world.postern.find_user(&address).await;
    user.expect("an account").sub.to_string()
}
