//! Cashless: devices at events.

use domain::account::Role;
use serde_json::json;

use crate::walks::matrix::cell::{Row, row};

pub const ROWS: &[Row] = &[
    row!("POST /devices/auth", cell => {
        cell.world.device(cell.id(), 7, &cell.mac()).await;
        cell.json(json!({ "dev_mac": cell.mac(), "event_id": 7 })).await
    }),
    row!("POST /devices/operator-token", cell => {
        let somebody = cell.with_password().await;
        cell.appoint(&somebody.address, Role::Operator).await;
        let body = json!({
            "email": somebody.address, "password": somebody.holds, "dev_type": "POS", "dev_mac": cell.mac(),
        });
        cell.json(body).await
    }),
    // An operator takes it for themselves, others hand it out.
    row!("POST /devices/{device_id}/token", cell => {
        let device = cell.world.device(cell.id(), 7, &cell.mac()).await;
        let operator = match &cell.principal.address {
            Some(own) if cell.principal.kind.is_an_operators() => cell.uid(own).await,
            _ => cell.operator().await.id,
        };
        let operator: u64 = operator.parse().expect("a number");
        let body = json!({ "operator_id": operator });
        cell.at(&[("device_id", &device.id.to_string())]).json(body).await
    }),
];
