//! Vendors.

use axum::body::Bytes;
use axum::http::{Method, Request};
use serde_json::json;

use super::{Family, auth};
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Person, request};

/// The family.
pub static FAMILY: Family = Family {
    name: "vendor",
    operations: &[&REGISTER, &SIGN_IN],
};

static REGISTER: Operation = Operation::new("register a vendor", |person, _| {
    Box::pin(async move { Ok(Ready::new(&person, registering(&person)?)) })
})
.hashing();

static SIGN_IN: Operation = Operation::new("sign in as a vendor", |person, stage| {
    Box::pin(async move {
        stage.done(&person, registering(&person)?).await?;
        let body = json!({ "email": person.email, "password": auth::PASSWORD });
        let request = request(Method::POST, "/vendor/login", None, &body)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(3)
.write_units(6)
.hashing();

fn registering(person: &Person) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "name": "Bench", "email": person.email, "password": auth::PASSWORD });
    request(Method::POST, "/vendor/register_vendor", None, &body)
}
