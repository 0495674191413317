//! nauth-mfa: factors of the signed-in user, and the trust in a device.

use axum::body::Bytes;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::Family;
use super::nauth::sign_in;
use crate::Failure;
use crate::authenticator::Authenticator;
use crate::operation::{Operation, Ready};
use crate::people::{Person, Tokens};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "nauth-mfa",
    operations: &[
        &BEGIN,
        &CONFIRM,
        &MAILBOX,
        &STATUS,
        &LIST,
        &PREFER,
        &NEW_CODES,
        &REMOVE,
        &TRUST,
        &IS_TRUSTED,
    ],
};

const SET_UP: &str = "/nauth/mfa/setup-data";

static BEGIN: Operation = Operation::new("begin to set up a factor", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        Ok(Ready::new(&person, beginning(&tokens, "totp")?))
    })
})
.round_trips(5);

static CONFIRM: Operation = Operation::new("confirm a factor", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let begun = stage.done(&person, beginning(&tokens, "totp")?).await?;
        let secret = begun.body.pointer("/setupData/secret");
        let secret = secret.and_then(Value::as_str).ok_or("no secret came")?;
        let code = Authenticator::of(secret)?.code_now();
        let body = json!({ "methodName": "totp", "setupData": { "code": code } });
        let request = tokens.bearing(Method::POST, "/nauth/mfa/verify-setup", &body)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(5);

static MAILBOX: Operation = Operation::new("set the mailbox up as a factor", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        Ok(Ready::new(&person, beginning(&tokens, "email")?))
    })
})
.round_trips(5);

static STATUS: Operation = Operation::new("look at one's factors", |person, stage| {
    Box::pin(async move {
        let path = "/nauth/mfa/status";
        with_mailbox(person, stage, Method::GET, path, Value::Null).await
    })
})
.round_trips(5);

static LIST: Operation = Operation::new("list factors", |person, stage| {
    Box::pin(async move {
        let path = "/nauth/mfa/devices";
        with_mailbox(person, stage, Method::GET, path, Value::Null).await
    })
})
.round_trips(5);

static PREFER: Operation = Operation::new("prefer a factor", |person, stage| {
    Box::pin(async move {
        let (path, body) = (
            "/nauth/mfa/preferred-method",
            json!({ "methodType": "email" }),
        );
        with_mailbox(person, stage, Method::POST, path, body).await
    })
})
.round_trips(5);

static NEW_CODES: Operation = Operation::new("make backup codes", |person, stage| {
    Box::pin(async move {
        let path = "/nauth/mfa/backup-codes/generate";
        with_mailbox(person, stage, Method::POST, path, json!({})).await
    })
})
.round_trips(5);

static REMOVE: Operation = Operation::new("remove the last factor", |person, stage| {
    Box::pin(async move {
        let path = "/nauth/mfa/method/email";
        with_mailbox(person, stage, Method::DELETE, path, json!({})).await
    })
})
.round_trips(5);

static TRUST: Operation = Operation::new("trust a device", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        Ok(Ready::new(&person, trusting(&tokens)?))
    })
})
.round_trips(5);

static IS_TRUSTED: Operation =
    Operation::new("ask whether a device is trusted", |person, stage| {
        Box::pin(async move {
            let tokens = sign_in(&person, stage).await?;
            let path = "/nauth/is-trusted-device";
            let request = tokens.bearing(Method::GET, path, &Value::Null)?;
            Ok(Ready::new(&person, request))
        })
    })
    .round_trips(5);

fn beginning(tokens: &Tokens, method: &str) -> Result<Request<Bytes>, Failure> {
    tokens.bearing(Method::POST, SET_UP, &json!({ "methodName": method }))
}

/// The request that has a device trusted.
pub(super) fn trusting(tokens: &Tokens) -> Result<Request<Bytes>, Failure> {
    tokens.bearing(Method::POST, "/nauth/trust-device", &json!({}))
}

/// What somebody asks whose mailbox is a factor.
async fn with_mailbox(
    person: Person,
    stage: &Stage,
    method: Method,
    path: &str,
    body: Value,
) -> Result<Ready, Failure> {
    let tokens = sign_in(&person, stage).await?;
    stage.done(&person, beginning(&tokens, "email")?).await?;
    Ok(Ready::new(&person, tokens.bearing(method, path, &body)?))
}
