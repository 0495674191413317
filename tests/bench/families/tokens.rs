//! What other services ask: whether a token is good, and by which keys.

use axum::body::Bytes;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use super::{Family, admin};
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Person, form, request, text};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "tokens",
    operations: &[
        &VERIFY,
        &VERIFY_FORGED,
        &VERIFY_SERVICE_KEY,
        &INTROSPECT,
        &REVOKE,
        &MAKE_KEY,
        &KEYS,
        &DISCOVERY,
    ],
};

static VERIFY: Operation = Operation::new("verify an access token", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        lease(&person, stage, &tokens.access).await?;
        Ok(Ready::new(&person, verifying(&tokens.access)?))
    })
})
.round_trips(1)
.write_units(0);

static VERIFY_FORGED: Operation = Operation::new("verify a forged token", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        lease(&person, stage, &tokens.access).await?;
        Ok(Ready::new(&person, verifying(&tokens.forged().access)?))
    })
});

static VERIFY_SERVICE_KEY: Operation =
    Operation::new("verify a service's API key", |person, stage| {
        Box::pin(async move {
            let key = service_key(&person, stage).await?;
            lease(&person, stage, &key).await?;
            Ok(Ready::new(&person, verifying(&key)?))
        })
    })
    .round_trips(1)
    .write_units(0);

static INTROSPECT: Operation = Operation::new("introspect a token", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let admin = stage.person();
        let key = service_key(&admin, stage).await?;
        let fields = [("token", tokens.access.as_str())];
        let mut request = form("/tokens/introspect", None, &fields)?;
        let bearer = format!("Bearer {key}").parse()?;
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        Ok(Ready::new(&person, request))
    })
});

static REVOKE: Operation = Operation::new("revoke a refresh token", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let fields = [("token", tokens.refresh.as_str())];
        Ok(Ready::new(&person, form("/tokens/revoke", None, &fields)?))
    })
});

static MAKE_KEY: Operation = Operation::new("make an API key for a service", |person, stage| {
    Box::pin(async move { Ok(Ready::new(&person, making(&person, stage).await?)) })
});

static KEYS: Operation = Operation::new("read the public keys", |person, _| {
    Box::pin(async move {
        let path = "/.well-known/jwks.json";
        Ok(Ready::new(
            &person,
            request(Method::GET, path, None, &Value::Null)?,
        ))
    })
})
.round_trips(0);

static DISCOVERY: Operation = Operation::new("discover", |person, _| {
    Box::pin(async move {
        let path = "/.well-known/openid-configuration";
        Ok(Ready::new(
            &person,
            request(Method::GET, path, None, &Value::Null)?,
        ))
    })
})
.round_trips(0);

/// Asks often enough that the next question comes out of a block of the budget
/// that is leased already: blocks are of one, two, four, and so on.
async fn lease(person: &Person, stage: &Stage, token: &str) -> Result<(), Failure> {
    for _ in 0..2 {
        stage.done(person, verifying(token)?).await?;
    }
    Ok(())
}

fn verifying(token: &str) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "token": token });
    request(Method::POST, "/tokens/verify", None, &body)
}

/// The request of an administrator for a service's key.
async fn making(person: &Person, stage: &Stage) -> Result<Request<Bytes>, Failure> {
    let tokens = admin::sign_in(person, stage).await?;
    let body = json!({ "event_id": 7, "name": "bench", "scopes": ["introspect"] });
    tokens.bearing(Method::POST, "/tokens/api-key", &body)
}

async fn service_key(admin: &Person, stage: &Stage) -> Result<String, Failure> {
    let request = making(admin, stage).await?;
    let done = stage.done(admin, request).await?;
    text(&done.body, "api_key").map(str::to_owned)
}
