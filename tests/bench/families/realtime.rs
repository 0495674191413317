//! Tokens for a realtime server.

use axum::http::Method;
use serde_json::Value;

use super::Family;
use crate::operation::{Operation, Ready};
use crate::people::request_by_key;

/// The family.
pub static FAMILY: Family = Family {
    name: "realtime",
    operations: &[&CONNECT, &CONNECT_BY_KEY],
};

const TOKEN: &str = "/cfg/centrifugo/auth/token/";

static CONNECT: Operation = Operation::new("realtime token", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let request = tokens.bearing(Method::GET, TOKEN, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static CONNECT_BY_KEY: Operation = Operation::new("realtime token, by API key", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let key = person.new_key(stage, &tokens).await?;
        let request = request_by_key(Method::GET, TOKEN, &key, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});
