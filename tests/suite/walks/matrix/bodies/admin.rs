//! Administrators' routes of the Auth Service and of cashless.

use serde_json::json;

use crate::auth::{OTHER, PASSWORD};
use crate::walks::matrix::KEY;
use crate::walks::matrix::cell::{Row, row};

pub const ROWS: &[Row] = &[
    row!("GET /admin/me", cell => cell.plain().await),
    row!("GET /admin/sensitive/ping", cell => cell.plain().await),
    row!("POST /admin/login", cell => {
        let chief = cell.chief().await;
        cell.json(json!({ "email": chief.address, "password": chief.holds })).await
    }),
    row!("POST /admin/register", cell => {
        let (name, email) = (cell.name(), cell.address());
        let body = json!({
            "username": name, "email": email, "password": PASSWORD, "secret_key": KEY,
        });
        cell.json(body).await
    }),
    row!("POST /admin/password-reset/email-send", cell => {
        cell.json(json!({ "email": cell.chief().await.address })).await
    }),
    row!("POST /admin/password-reset/{token}", cell => {
        let chief = cell.chief().await.address;
        let path = "/admin/password-reset/email-send";
        cell.stranger().post(path, &json!({ "email": chief })).await.expect(200);
        cell.at(&[("token", &cell.token(&chief))]).json(json!({ "new_password": OTHER })).await
    }),
    row!("POST /admin/mfa/setup", anew, cell => cell.json(json!({})).await),
    // The factor of a sign-in that waits, or of an app that was just set up.
    row!("POST /admin/mfa/verify", anew, cell => {
        if cell.principal.kind == crate::walks::matrix::principals::Kind::Pending {
            return cell.json(json!({ "code": cell.shown() })).await;
        }
        let begun = cell.set_up("POST", "/admin/mfa/setup").await;
        cell.json(json!({ "code": cell.scanned(&begun) })).await
    }),
    row!("GET /admin/users", cell => cell.plain().await),
    row!("PUT /admin/user/role", cell => {
        let name = cell.target().await.name;
        cell.json(json!({ "username": name, "role": "admin" })).await
    }),
    row!("PUT /admin/deactivate-user/{user_id}", cell => {
        cell.at(&[("user_id", &cell.target().await.id)]).plain().await
    }),
    row!("DELETE /admin/user/{user_id}", cell => {
        cell.at(&[("user_id", &cell.target().await.id)]).plain().await
    }),
    row!("POST /admin/lock", cell => {
        cell.json(json!({ "email": cell.target().await.address })).await
    }),
    // A kept account may be deactivated or locked already.
    row!("PUT /admin/activate-user/{user_id}", cell => {
        let somebody = cell.target().await;
        cell.world.set_user(&somebody.address, |user| user.deactivated = true).await;
        cell.at(&[("user_id", &somebody.id)]).plain().await
    }),
    row!("POST /admin/unlock", cell => {
        let somebody = cell.target().await.address;
        let address = crate::auth::address(&somebody);
        cell.world.postern.lock_user(&address).await.expect("locked");
        cell.json(json!({ "email": somebody })).await
    }),
    row!("GET /admin/events", cell => cell.plain().await),
    row!("POST /admin/events", cell => cell.json(json!({ "name": cell.name() })).await),
    row!("PATCH /admin/events/{event_id}", cell => {
        cell.world.event(cell.id()).await;
        let body = json!({ "ended": true });
        cell.at(&[("event_id", &cell.id().to_string())]).json(body).await
    }),
    row!("GET /admin/devices", cell => cell.at(&[]).query("event_id=7").plain().await),
    row!("POST /admin/devices", cell => {
        cell.json(json!({ "dev_mac": cell.mac(), "event_id": 7, "name": "Bar" })).await
    }),
    row!("PATCH /admin/devices/{device_id}", cell => {
        let device = cell.world.device(cell.id(), 7, &cell.mac()).await;
        let body = json!({ "archived": true });
        cell.at(&[("device_id", &device.id.to_string())]).json(body).await
    }),
    row!("GET /admin/operators", cell => cell.at(&[]).query("event_id=7").plain().await),
    row!("POST /admin/operators", cell => {
        cell.json(json!({ "email": cell.address(), "event_id": 7 })).await
    }),
    row!("PATCH /admin/operators/{user_id}", cell => {
        let id = cell.operator().await.id;
        cell.at(&[("user_id", &id)]).json(json!({ "role": "network_manager" })).await
    }),
    row!("DELETE /admin/operators/{user_id}", cell => {
        let id = cell.operator().await.id;
        cell.at(&[("user_id", &id)]).plain().await
    }),
    row!("POST /admin/vendor/lock", cell => {
        cell.json(json!({ "email": cell.vendor(true).await.address })).await
    }),
    row!("POST /admin/vendor/unlock", cell => {
        cell.json(json!({ "email": cell.vendor(true).await.address })).await
    }),
    row!("DELETE /admin/vendor/{vendor_id}", cell => {
        cell.at(&[("vendor_id", &cell.vendor(true).await.id)]).plain().await
    }),
];
