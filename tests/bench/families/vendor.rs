//! Vendors.

use axum::body::Bytes;
use axum::http::{Method, Request};
use serde_json::json;

use super::{Family, auth};
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Person, request, text};

/// The family.
pub static FAMILY: Family = Family {
    name: "vendor",
    operations: &[&REGISTER, &SIGN_IN, &CHANGE, &ASK, &RESET],
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
.write_units(8)
.hashing();

static CHANGE: Operation = Operation::new("change a vendor's password", |person, stage| {
    Box::pin(async move {
        stage.done(&person, registering(&person)?).await?;
        let body = json!({ "email": person.email, "password": auth::PASSWORD });
        let login = request(Method::POST, "/vendor/login", None, &body)?;
        let done = stage.done(&person, login).await?;
        let token = text(&done.body, "access_token")?;
        let body = json!({ "current_password": auth::PASSWORD, "new_password": ANOTHER });
        let request = request(Method::PUT, "/vendor/password", Some(token), &body)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(4)
.hashing();

static ASK: Operation = Operation::new("ask for a vendor's new password", |person, stage| {
    Box::pin(async move {
        stage.done(&person, registering(&person)?).await?;
        Ok(Ready::new(&person, asking(&person)?))
    })
})
.round_trips(4)
.pausing();

static RESET: Operation = Operation::new("choose a vendor's new password", |person, stage| {
    Box::pin(async move {
        stage.done(&person, registering(&person)?).await?;
        stage.done(&person, asking(&person)?).await?;
        let letters = stage.outside.inbox.messages(Some(&person.email));
        let mut lines = letters.iter().flat_map(|letter| letter.text.lines());
        let token = lines.find(|line| line.len() == 43 && !line.contains(' '));
        let token = token.ok_or("no letter holds a token")?;
        let body = json!({ "token": token, "new_password": ANOTHER });
        let request = request(Method::POST, "/vendor/password-reset", None, &body)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(4)
.hashing();

const ANOTHER: &str = "zq8-xk3v-engine";

fn asking(person: &Person) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "email": person.email });
    request(Method::POST, "/vendor/password-reset-request", None, &body)
}

fn registering(person: &Person) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "name": "Bench", "email": person.email, "password": auth::PASSWORD });
    request(Method::POST, "/vendor/register_vendor", None, &body)
}
