//! Letting devices in: what the device asks, what the page does, what comes of it.

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::Family;
use super::pages::Browser;
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Person, request, text};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "device-grant",
    operations: &[
        &START,
        &POLL,
        &SHOW_PAGE,
        &NAME_DEVICE,
        &APPROVE,
        &EXCHANGE,
        &LIST_IDENTITIES,
        &MAKE_KEY,
    ],
};

static START: Operation = Operation::new("a device asks", |person, _| {
    Box::pin(async move { Ok(Ready::new(&person, starting()?)) })
});

static POLL: Operation = Operation::new("a device polls in vain", |person, stage| {
    Box::pin(async move {
        let asking = stage.done(&person, starting()?).await?.body;
        Ok(Ready::new(&person, polling(&asking)?).expecting(StatusCode::BAD_REQUEST))
    })
});

static SHOW_PAGE: Operation = Operation::new("open the page", |person, _| {
    Box::pin(async move {
        let opening = Browser::opening("/device", None)?;
        Ok(Ready::new(&person, opening).expecting(StatusCode::SEE_OTHER))
    })
})
.round_trips(0);

static NAME_DEVICE: Operation = Operation::new("name the device", |person, stage| {
    Box::pin(async move {
        let browser = Browser::signed_in(&person, stage, "/device").await?;
        let asking = stage.done(&person, starting()?).await?.body;
        let fields = [("user_code", text(&asking, "user_code")?)];
        let request = browser.filling("/device/check", &fields)?;
        Ok(Ready::new(&person, request))
    })
});

static APPROVE: Operation = Operation::new("let the device in", |person, stage| {
    Box::pin(async move {
        let asking = stage.done(&person, starting()?).await?.body;
        let request = approving(&person, stage, &asking).await?;
        Ok(Ready::new(&person, request))
    })
});

static EXCHANGE: Operation = Operation::new("the device gets its keys", |person, stage| {
    Box::pin(async move {
        let asking = let_in(&person, stage).await?;
        Ok(Ready::new(&person, polling(&asking)?))
    })
});

static LIST_IDENTITIES: Operation = Operation::new("list identities, by key", |person, stage| {
    Box::pin(async move {
        let key = manager(&person, stage).await?;
        let request = request(Method::GET, "/api/identities/", Some(&key), &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static MAKE_KEY: Operation = Operation::new("make a key for an agent", |person, stage| {
    Box::pin(async move {
        let key = manager(&person, stage).await?;
        let path = "/api/auth/keys/management/";
        let body = json!({ "label": "bench" });
        let request = request(Method::POST, path, Some(&key), &body)?;
        Ok(Ready::new(&person, request).expecting(StatusCode::CREATED))
    })
});

fn starting() -> Result<Request<Bytes>, Failure> {
    request(Method::POST, "/api/auth/device/", None, &json!({}))
}

fn polling(asking: &Value) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "device_code": text(asking, "device_code")? });
    request(Method::POST, "/api/auth/device/token/", None, &body)
}

async fn approving(
    person: &Person,
    stage: &Stage,
    asking: &Value,
) -> Result<Request<Bytes>, Failure> {
    let browser = Browser::signed_in(person, stage, "/device").await?;
    let code = text(asking, "user_code")?;
    browser.filling("/device/approve", &[("user_code", code), ("shown", code)])
}

/// What a device got when it asked, after a person has let it in.
async fn let_in(person: &Person, stage: &Stage) -> Result<Value, Failure> {
    let asking = stage.done(person, starting()?).await?.body;
    let request = approving(person, stage, &asking).await?;
    stage.done(person, request).await?;
    Ok(asking)
}

/// The management key of a device that was let in.
async fn manager(person: &Person, stage: &Stage) -> Result<String, Failure> {
    let asking = let_in(person, stage).await?;
    let done = stage.done(person, polling(&asking)?).await?;
    text(&done.body, "management_key").map(str::to_owned)
}
