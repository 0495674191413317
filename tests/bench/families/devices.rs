//! POS devices, and what opens them.

use axum::http::Method;
use serde_json::json;

use super::{Family, admin, auth};
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Person, Tokens, request};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "devices",
    operations: &[&LOOK_UP, &HAND_OUT, &OPERATOR_TOKEN],
};

const MAC: &str = "aa:bb:cc:00:11:22";

static LOOK_UP: Operation = Operation::new("look a device up", |person, stage| {
    Box::pin(async move {
        let site = Site::set(stage).await?;
        let body = json!({ "dev_mac": MAC, "event_id": site.event });
        let request = request(Method::POST, "/devices/auth", None, &body)?;
        Ok(Ready::new(&person, request))
    })
});

static HAND_OUT: Operation = Operation::new("hand a device to an operator", |person, stage| {
    Box::pin(async move {
        let site = Site::set(stage).await?;
        let path = format!("/devices/{}/token", site.device);
        let body = json!({ "operator_id": site.operator });
        let request = site.admin.bearing(Method::POST, &path, &body)?;
        Ok(Ready::new(&person, request))
    })
});

static OPERATOR_TOKEN: Operation = Operation::new("a token for an operator", |person, stage| {
    Box::pin(async move {
        let site = Site::set(stage).await?;
        let body = json!({
            "email": site.email, "password": auth::PASSWORD, "dev_type": "POS", "dev_mac": MAC,
        });
        let request = request(Method::POST, "/devices/operator-token", None, &body)?;
        Ok(Ready::new(&person, request))
    })
})
.hashing();

/// An event with a device and an operator.
struct Site {
    admin: Tokens,
    event: u64,
    device: u64,
    operator: u64,
    email: String,
}

impl Site {
    async fn set(stage: &Stage) -> Result<Self, Failure> {
        let (root, somebody): (Person, Person) = (stage.person(), stage.person());
        let admin = admin::sign_in(&root, stage).await?;
        let event = admin::create_event(&root, stage, &admin).await?;
        let made = |path: &'static str, body| {
            let (root, admin) = (&root, &admin);
            async move { admin::created(root, stage, admin, path, &body).await }
        };
        let device = json!({ "dev_mac": MAC, "event_id": event, "name": "Bar 3" });
        let operator =
            json!({ "email": somebody.email, "password": auth::PASSWORD, "event_id": event });
        Ok(Self {
            device: made("/admin/devices", device).await?,
            operator: made("/admin/operators", operator).await?,
            admin,
            event,
            email: somebody.email,
        })
    }
}
