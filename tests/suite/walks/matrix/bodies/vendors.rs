//! The Auth Service's vendors.

use serde_json::json;

use crate::auth::{OTHER, PASSWORD};
use crate::vendor;
use crate::walks::matrix::cell::{Row, row};

pub const ROWS: &[Row] = &[
    row!("POST /vendor/register_vendor", cell => {
        let body = json!({ "name": "Engines", "email": cell.address(), "password": PASSWORD });
        cell.json(body).await
    }),
    row!("POST /vendor/login", cell => {
        let vendor = cell.vendor(false).await;
        cell.json(json!({ "email": vendor.address, "password": vendor::PASSWORD })).await
    }),
    row!("PUT /vendor/password", anew, cell => {
        let body = json!({ "current_password": vendor::PASSWORD, "new_password": OTHER });
        cell.json(body).await
    }),
    row!("POST /vendor/password-reset-request", cell => {
        cell.json(json!({ "email": cell.vendor(false).await.address })).await
    }),
    row!("POST /vendor/password-reset", cell => {
        let address = cell.vendor(true).await.address;
        vendor::ask(&cell.stranger(), &address).await.expect(200);
        let token = cell.token(&address);
        cell.json(json!({ "token": token, "new_password": OTHER })).await
    }),
];
