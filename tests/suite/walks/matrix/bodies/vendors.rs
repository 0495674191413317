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
        cell.vendor().await;
        cell.json(json!({ "email": cell.address(), "password": vendor::PASSWORD })).await
    }),
    row!("PUT /vendor/password", anew, cell => {
        let body = json!({ "current_password": vendor::PASSWORD, "new_password": OTHER });
        cell.json(body).await
    }),
    row!("POST /vendor/password-reset-request", cell => {
        cell.vendor().await;
        cell.json(json!({ "email": cell.address() })).await
    }),
    row!("POST /vendor/password-reset", cell => {
        cell.vendor().await;
        vendor::ask(&cell.stranger(), &cell.address()).await.expect(200);
        cell.json(json!({ "token": cell.token(), "new_password": OTHER })).await
    }),
];
