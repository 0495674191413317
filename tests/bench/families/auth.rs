//! The Auth Service and cashless: passwords, second factors, the way back to a
//! forgotten password, sessions.

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::Family;
use crate::Failure;
use crate::authenticator::Authenticator;
use crate::operation::{Operation, Ready};
use crate::people::{Person, Tokens, form, request, text};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "auth",
    operations: &[
        &REGISTER,
        &SIGN_IN,
        &SIGN_IN_GUARDED,
        &WRONG_PASSWORD,
        &NOBODYS_PASSWORD,
        &SIGN_IN_FOR_A_ROLE,
        &SECOND_FACTOR,
        &REFRESH,
        &LOG_OUT,
        &ASK_FOR_RESET,
        &ASK_FOR_NOBODY,
        &RESET,
        &LIST_SESSIONS,
        &END_SESSION,
        &NAME_ONESELF,
    ],
};

/// The password of every person in the bench.
pub const PASSWORD: &str = "qz7-kv2x-engine";

static REGISTER: Operation = Operation::new("register", |person, _| {
    Box::pin(async move { Ok(Ready::new(&person, registering(&person)?)) })
})
.hashing();

static SIGN_IN: Operation = Operation::new("sign in by password", |person, stage| {
    Box::pin(async move {
        sign_in(&person, stage).await?;
        Ok(Ready::new(&person, login(&person, PASSWORD)?))
    })
})
.round_trips(3)
.write_units(5)
.hashing();

static SIGN_IN_GUARDED: Operation = Operation::new(
    "sign in by password, to a second factor",
    |person, stage| {
        Box::pin(async move {
            let tokens = sign_in(&person, stage).await?;
            person.guard(stage, &tokens).await?;
            Ok(Ready::new(&person, login(&person, PASSWORD)?))
        })
    },
)
.round_trips(3)
.hashing();

static WRONG_PASSWORD: Operation = Operation::new("a wrong password", |person, stage| {
    Box::pin(async move {
        sign_in(&person, stage).await?;
        let request = login(&person, "a wrong guess")?;
        Ok(Ready::new(&person, request).expecting(StatusCode::UNAUTHORIZED))
    })
})
.hashing();

static NOBODYS_PASSWORD: Operation = Operation::new("a password of nobody", |person, _| {
    Box::pin(async move {
        let request = login(&person, PASSWORD)?;
        Ok(Ready::new(&person, request).expecting(StatusCode::UNAUTHORIZED))
    })
})
.hashing();

static SIGN_IN_FOR_A_ROLE: Operation =
    Operation::new("sign in by password, for a role", |person, stage| {
        Box::pin(async move {
            let tokens = sign_in(&person, stage).await?;
            tokens.become_role(&stage.outside, "admin").await?;
            let body = json!({ "email": person.email, "password": PASSWORD, "role": "admin" });
            Ok(Ready::new(
                &person,
                request(Method::POST, "/auth/login", None, &body)?,
            ))
        })
    })
    .round_trips(3)
    .write_units(5)
    .hashing();

static SECOND_FACTOR: Operation =
    Operation::new("complete a pending token's sign-in", |person, stage| {
        Box::pin(async move {
            let tokens = sign_in(&person, stage).await?;
            let app: Authenticator = person.guard(stage, &tokens).await?;
            let done = stage.done(&person, login(&person, PASSWORD)?).await?;
            let body = json!({ "code": app.next_code() });
            let pending = Some(text(&done.body, "access_token")?);
            let request = request(Method::POST, "/auth/verify-2fa", pending, &body)?;
            Ok(Ready::new(&person, request))
        })
    })
    .round_trips(3);

static REFRESH: Operation = Operation::new("exchange a refresh token", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        tokens.let_an_hour_pass(&stage.outside).await?;
        let body = json!({ "refresh_token": tokens.refresh });
        Ok(Ready::new(
            &person,
            request(Method::POST, "/auth/token-refresh", None, &body)?,
        ))
    })
})
.round_trips(2)
.write_units(1);

static LOG_OUT: Operation = Operation::new("log out", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let body = json!({ "refresh_token": tokens.refresh });
        let request = tokens.bearing(Method::POST, "/auth/logout", &body)?;
        Ok(Ready::new(&person, request))
    })
});

static ASK_FOR_RESET: Operation = Operation::new("ask for a new password", |person, stage| {
    Box::pin(async move {
        sign_in(&person, stage).await?;
        Ok(Ready::new(&person, asking_for_reset(&person)?))
    })
})
.pausing();

static ASK_FOR_NOBODY: Operation =
    Operation::new("ask for a new password of nobody", |person, _| {
        Box::pin(async move { Ok(Ready::new(&person, asking_for_reset(&person)?)) })
    })
    .pausing();

static RESET: Operation = Operation::new("choose a new password", |person, stage| {
    Box::pin(async move {
        sign_in(&person, stage).await?;
        stage.done(&person, asking_for_reset(&person)?).await?;
        let letters = stage.outside.inbox.messages(Some(&person.email));
        let mut lines = letters.iter().flat_map(|letter| letter.text.lines());
        let token = lines.find(|line| line.len() == 43 && !line.contains(' '));
        let token = token.ok_or("no letter holds a token")?;
        let body = json!({ "token": token, "new_password": "zq8-xk3v-engine" });
        Ok(Ready::new(
            &person,
            request(Method::POST, "/auth/password-reset", None, &body)?,
        ))
    })
})
.hashing();

static LIST_SESSIONS: Operation = Operation::new("list sessions", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let request = tokens.bearing(Method::GET, SESSIONS, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static END_SESSION: Operation = Operation::new("end a session", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let listed = tokens.bearing(Method::GET, SESSIONS, &Value::Null)?;
        let listed = stage.done(&person, listed).await?;
        let id = listed.body.pointer("/0/id").cloned().unwrap_or_default();
        let path = format!("{SESSIONS}/{}", id.to_string().trim_matches('"'));
        let request = tokens.bearing(Method::DELETE, &path, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static NAME_ONESELF: Operation = Operation::new("take another username", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let body = json!({ "username": format!("{}-again", name(&person)) });
        let request = tokens.bearing(Method::PUT, "/auth/profile", &body)?;
        Ok(Ready::new(&person, request))
    })
});

const SESSIONS: &str = "/auth/sessions";

fn name(person: &Person) -> &str {
    person.email.split('@').next().unwrap_or_default()
}

fn registering(person: &Person) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "username": name(person), "email": person.email, "password": PASSWORD });
    request(Method::POST, "/auth/register", None, &body)
}

fn login(person: &Person, password: &str) -> Result<Request<Bytes>, Failure> {
    let fields = [("username", person.email.as_str()), ("password", password)];
    form("/auth/login", None, &fields)
}

fn asking_for_reset(person: &Person) -> Result<Request<Bytes>, Failure> {
    let body = json!({ "email": person.email });
    request(Method::POST, "/auth/password-reset-request", None, &body)
}

/// Registers, and signs in twice, so that the network is known and nothing is new.
pub async fn sign_in(person: &Person, stage: &Stage) -> Result<Tokens, Failure> {
    stage.done(person, registering(person)?).await?;
    stage.done(person, login(person, PASSWORD)?).await?;
    let done = stage.done(person, login(person, PASSWORD)?).await?;
    Ok(Tokens {
        access: text(&done.body, "access_token")?.to_owned(),
        refresh: text(&done.body, "refresh_token")?.to_owned(),
    })
}
