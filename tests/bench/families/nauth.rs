//! nauth: sign-up, challenges, passwords, sessions, one's own history.

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::Family;
use super::auth::PASSWORD;
use super::nauth_mfa::trusting;
use crate::Failure;
use crate::authenticator::Authenticator;
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
        &SIGN_IN_TO_FACTOR,
        &SHOW_APP,
        &SHOW_BACKUP_CODE,
        &SIGN_IN_FROM_TRUSTED,
        &WRONG_PASSWORD,
        &REFRESH,
        &READ_PROFILE,
        &EDIT_PROFILE,
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
.write_units(5)
.hashing();

static SIGN_IN_TO_FACTOR: Operation =
    Operation::new("sign in to nauth, to a second factor", |person, stage| {
        Box::pin(async move {
            let tokens = sign_in(&person, stage).await?;
            person.guard(stage, &tokens).await?;
            Ok(Ready::new(&person, login(&person, PASSWORD)?))
        })
    })
    .round_trips(3)
    .hashing();

static SHOW_APP: Operation = Operation::new("complete it by an app", |person, stage| {
    Box::pin(async move {
        let (app, session) = until_factor(&person, stage).await?;
        let request = showing(&session, "totp", &app.next_code())?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(3);

static SHOW_BACKUP_CODE: Operation =
    Operation::new("complete it by a backup code", |person, stage| {
        Box::pin(async move {
            let (app, session) = until_factor(&person, stage).await?;
            let request = showing(&session, "backup", app.backup_code()?)?;
            Ok(Ready::new(&person, request))
        })
    })
    .round_trips(3);

static SIGN_IN_FROM_TRUSTED: Operation =
    Operation::new("sign in to nauth from a trusted device", |person, stage| {
        Box::pin(async move {
            let tokens = sign_in(&person, stage).await?;
            let trusted = stage.done(&person, trusting(&tokens)?).await?;
            let mut request = login(&person, PASSWORD)?;
            let token = text(&trusted.body, "deviceToken")?.parse()?;
            request.headers_mut().insert("x-device-token", token);
            Ok(Ready::new(&person, request))
        })
    })
    .round_trips(3)
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
.write_units(1);

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

/// Puts an app in force, and signs in as far as that: the session that waits.
async fn until_factor(person: &Person, stage: &Stage) -> Result<(Authenticator, String), Failure> {
    let tokens = sign_in(person, stage).await?;
    let app = person.guard(stage, &tokens).await?;
    let waits = stage.done(person, login(person, PASSWORD)?).await?;
    Ok((app, text(&waits.body, "session")?.to_owned()))
}

fn showing(session: &str, method: &str, code: &str) -> Result<Request<Bytes>, Failure> {
    let body =
        json!({ "session": session, "type": "MFA_REQUIRED", "method": method, "code": code });
    request(Method::POST, "/nauth/respond-challenge", None, &body)
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
pub(super) async fn sign_in(person: &Person, stage: &Stage) -> Result<Tokens, Failure> {
    let proof = proving(person, stage).await?;
    stage.done(person, proof).await?;
    let done = stage.done(person, login(person, PASSWORD)?).await?;
    Ok(Tokens {
        access: text(&done.body, "accessToken")?.to_owned(),
        refresh: text(&done.body, "refreshToken")?.to_owned(),
    })
}
