//! Cashless: devices at events.

use serde_json::json;

use crate::auth::PASSWORD;
use crate::walks::matrix::cell::{Row, row};

pub const ROWS: &[Row] = &[
    row!("POST /devices/auth", cell => {
        cell.world.device(cell.id(), 7, &cell.mac()).await;
        cell.json(json!({ "dev_mac": cell.mac(), "event_id": 7 })).await
    }),
    row!("POST /devices/operator-token", cell => {
        cell.with_password().await;
        let operator = |user: &mut domain::account::User| {
            user.role = domain::account::Role::Operator;
            user.event = Some(7);
            user.mode = Some(0);
        };
        cell.world.set_user(&cell.address(), operator).await;
        let body = json!({
            "email": cell.address(), "password": PASSWORD, "dev_type": "POS", "dev_mac": cell.mac(),
        });
        cell.json(body).await
    }),
    // An operator takes it for themselves, others hand it out.
    row!("POST /devices/{device_id}/token", cell => {
        let device = cell.world.device(cell.id(), 7, &cell.mac()).await;
        let operator = match &cell.principal.address {
            Some(own) if cell.principal.kind.is_an_operators() => own.clone(),
            _ => cell.operator().await.address,
        };
        let operator: u64 = cell.uid(&operator).await.parse().expect("a number");
        let body = json!({ "operator_id": operator });
        cell.at(&[("device_id", &device.id.to_string())]).json(body).await
    }),
];
