//! Administrators: people's accounts, and what is provided for an event.

use axum::http::Method;
use serde_json::{Value, json};

use super::{Family, auth};
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Person, Tokens};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "admin",
    operations: &[&LIST_USERS, &LOCK, &CREATE_EVENT, &REGISTER_DEVICE],
};

static LIST_USERS: Operation = Operation::new("list a page of users", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let request = tokens.bearing(Method::GET, "/admin/users?limit=50", &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static LOCK: Operation = Operation::new("lock an account", |person, stage| {
    Box::pin(async move {
        let somebody = stage.person();
        auth::sign_in(&somebody, stage).await?;
        let tokens = sign_in(&person, stage).await?;
        let body = json!({ "email": somebody.email });
        let request = tokens.bearing(Method::POST, "/admin/lock", &body)?;
        Ok(Ready::new(&person, request))
    })
});

static CREATE_EVENT: Operation = Operation::new("create an event", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let body = json!({ "name": "Summer" });
        let request = tokens.bearing(Method::POST, "/admin/events", &body)?;
        Ok(Ready::new(&person, request))
    })
});

static REGISTER_DEVICE: Operation = Operation::new("register a device", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let event = create_event(&person, stage, &tokens).await?;
        let body = json!({ "dev_mac": "aa:bb:cc:00:11:22", "event_id": event, "name": "Bar 3" });
        let request = tokens.bearing(Method::POST, "/admin/devices", &body)?;
        Ok(Ready::new(&person, request))
    })
});

/// Signs in as an administrator.
pub async fn sign_in(person: &Person, stage: &Stage) -> Result<Tokens, Failure> {
    let tokens = auth::sign_in(person, stage).await?;
    tokens.become_role(&stage.outside, "admin").await?;
    Ok(tokens)
}

/// Makes an event, and says its id.
pub async fn create_event(admin: &Person, stage: &Stage, tokens: &Tokens) -> Result<u64, Failure> {
    created(
        admin,
        stage,
        tokens,
        "/admin/events",
        &json!({ "name": "Summer" }),
    )
    .await
}

/// Has something made that has an id.
pub async fn created(
    admin: &Person,
    stage: &Stage,
    tokens: &Tokens,
    path: &str,
    body: &Value,
) -> Result<u64, Failure> {
    let request = tokens.bearing(Method::POST, path, body)?;
    let done = stage.done(admin, request).await?;
    let id = done.body.get("id").and_then(Value::as_u64);
    Ok(id.ok_or("no id")?)
}
