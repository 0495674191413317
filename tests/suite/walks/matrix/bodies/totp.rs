//! DjangoCFG: second factors.

use serde_json::json;

use crate::walks::matrix::cell::{Row, row};

pub const ROWS: &[Row] = &[
    row!("GET /cfg/totp/devices/", cell => cell.plain().await),
    row!("DELETE /cfg/totp/devices/{id}/", anew, cell => {
        let nil = uuid::Uuid::nil().to_string();
        let app = cell.principal.app.as_ref();
        let id = app.map_or(nil.as_str(), |app| app.device.as_str());
        cell.at(&[("id", id)]).json(json!({ "code": cell.shown() })).await
    }),
    row!("GET /cfg/totp/backup-codes/", cell => cell.plain().await),
    row!("POST /cfg/totp/backup-codes/regenerate/", anew, cell => {
        cell.json(json!({ "code": cell.shown() })).await
    }),
    row!("POST /cfg/totp/disable/", anew, cell => cell.json(json!({ "code": cell.shown() })).await),
    row!("POST /cfg/totp/setup/", anew, cell => cell.json(json!({})).await),
    row!("POST /cfg/totp/setup/confirm/", anew, cell => {
        let begun = cell.set_up("POST", "/cfg/totp/setup/").await;
        let code = cell.scanned(&begun);
        let device = begun.body["device_id"].as_str();
        let device = device.map_or_else(|| uuid::Uuid::nil().to_string(), str::to_owned);
        cell.json(json!({ "device_id": device, "code": code })).await
    }),
    row!("POST /cfg/totp/verify/", cell => {
        let (session, app) = cell.waiting().await;
        let next = domain::UnixTime(cell.world.now().0 + 30);
        cell.json(json!({ "session_id": session, "code": app.code(next) })).await
    }),
    row!("POST /cfg/totp/verify/backup/", cell => {
        let (session, app) = cell.waiting().await;
        cell.json(json!({ "session_id": session, "backup_code": app.backup_codes[0] })).await
    }),
];
