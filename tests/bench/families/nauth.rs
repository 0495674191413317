//! nauth: sign-up, challenges, passwords, sessions, one's own history.

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::Family;
use super::auth::PASSWORD;
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Person, Tokens, request, text};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "nauth",
    operations: &[
        &SIGN_UP,
        &PROVE,
        &SIGN_IN,
        &WRONG_PASSWORD,
        &REFRESH,
        &READ_PROFILE,
        &EDIT_PROFILE,
        &BEGIN_FACTOR,
        &LIST_SESSIONS,
        &READ_HISTORY,
        &SIGN_OUT,
    ],
};

static SIGN_UP: Operation = Operation::new("sign up", |person, _| {
    Box::pin(async move {
        let ready = Ready::new(&person, signing_up(&person)?);
        Ok(ready.expecting(StatusCode::CREATED))
    })
})
.round_trips(6)
.hashing();

static PROVE: Operation = Operation::new("prove the address, and sign in", |person, stage| {
    Box::pin(async move {
        let request = proving(&person, stage).await?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(3);

static SIGN_IN: Operation = Operation::new("sign in to nauth", |person, stage| {
    Box::pin(async move {
        sign_in(&person, stage).await?;
        Ok(Ready::new(&person, login(&person, PASSWORD)?))
    })
})
.round_trips(3)
.write_units(6)
.hashing();

static WRONG_PASSWORD: Operation = Operation::new("a wrong password for nauth", |person, stage| {
    Box::pin(async move {
        sign_in(&person, stage).await?;
        let request = login(&person, "a wrong guess")?;
        Ok(Ready::new(&person, request).expecting(StatusCode::UNAUTHORIZED))
    })
})
.round_trips(3)
.hashing();

static REFRESH: Operation = Operation::new("refresh a session of nauth", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        tokens.let_an_hour_pass(&stage.outside).await?;
        let body = json!({ "refreshToken": tokens.refresh });
        let request = request(Method::POST, "/nauth/refresh", None, &body)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(2)
.write_units(4);

static READ_PROFILE: Operation = Operation::new("read the profile of nauth", |person, stage| {
    Box::pin(async move { reading(&person, stage, "/nauth/profile").await })
})
.round_trips(1);

static EDIT_PROFILE: Operation = Operation::new("edit the profile of nauth", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let body = json!({ "firstName": "Ada", "metadata": { "plan": "large" } });
        let request = tokens.bearing(Method::PUT, "/nauth/profile", &body)?;
        Ok(Ready::new(&person, request))
    })
});

static BEGIN_FACTOR: Operation = Operation::new("begin to set up a factor", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let body = json!({ "methodName": "totp" });
        let request = tokens.bearing(Method::POST, "/nauth/mfa/setup-data", &body)?;
        Ok(Ready::new(&person, request))
    })
});

static LIST_SESSIONS: Operation = Operation::new("list sessions of nauth", |person, stage| {
    Box::pin(async move { reading(&person, stage, "/nauth/sessions").await })
});

static READ_HISTORY: Operation = Operation::new("read one's own history", |person, stage| {
    Box::pin(async move { reading(&person, stage, "/nauth/audit/history").await })
})
.round_trips(3);

static SIGN_OUT: Operation = Operation::new("sign out of nauth", |person, stage| {
    Box::pin(async move { reading(&person, stage, "/nauth/logout").await })
});

async fn reading(person: &Person, stage: &Stage, path: &str) -> Result<Ready, Failure> {
    let tokens = sign_in(person, stage).await?;
    let request = tokens.bearing(Method::GET, path, &Value::Null)?;
    Ok(Ready::new(person, request))
}

fn signing_up(person: &Person) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "email": person.email, "password": PASSWORD });
    request(Method::POST, "/nauth/signup", None, &body)
}

fn login(person: &Person, password: &str) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "identifier": person.email, "password": password });
    request(Method::POST, "/nauth/login", None, &body)
}

/// Signs up, and makes the request that proves the address.
async fn proving(person: &Person, stage: &Stage) -> Result<Request<Bytes>, Failure> {
    let asked = stage
        .expecting(person, signing_up(person)?, StatusCode::CREATED)
        .await?;
    let letters = stage.outside.inbox.messages(Some(&person.email));
    let letter = letters.first().ok_or("no letter came")?;
    let mut words = letter
        .text
        .split(|character: char| !character.is_ascii_digit());
    let code = words.find(|word| word.len() == 6);
    let body = json!({
        "session": text(&asked.body, "session")?,
        "type": "VERIFY_EMAIL",
        "code": code.ok_or("the letter holds no code")?,
    });
    request(Method::POST, "/nauth/respond-challenge", None, &body)
}

/// Signs up, proves the address and signs in once more, so that nothing is new.
async fn sign_in(person: &Person, stage: &Stage) -> Result<Tokens, Failure> {
    let proof = proving(person, stage).await?;
    stage.done(person, proof).await?;
    let done = stage.done(person, login(person, PASSWORD)?).await?;
    Ok(Tokens {
        access: text(&done.body, "accessToken")?.to_owned(),
        refresh: text(&done.body, "refreshToken")?.to_owned(),
    })
}
