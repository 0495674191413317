//! The documents, the page, and the sign of life.

use axum::http::Method;
use serde_json::Value;

use super::Family;
use crate::operation::{Operation, Preparing, Ready};
use crate::people::{Person, request};

/// The family.
pub static FAMILY: Family = Family {
    name: "docs",
    operations: &[&HEALTH, &DOCUMENT, &PAGE],
};

static HEALTH: Operation = Operation::new("sign of life", |person, _| get(person, "/health"));

static DOCUMENT: Operation = Operation::new("an OpenAPI document", |person, _| {
    get(person, "/openapi/djangocfg.json")
});

static PAGE: Operation = Operation::new("the page", |person, _| get(person, "/docs"));

fn get<'a>(person: Person, path: &'static str) -> Preparing<'a> {
    let request = request(Method::GET, path, None, &Value::Null);
    Box::pin(async move { Ok(Ready::new(&person, request?)) })
}
