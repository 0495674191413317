//! Sign-in through GitHub. What GitHub takes to answer is not ours, and is left
//! out as AWS's time is.

use axum::body::Bytes;
use axum::http::{Method, Request};
use local::github;
use serde_json::{Value, json};

use super::Family;
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Person, Tokens, request, text};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "oauth",
    operations: &[
        &LIST_PROVIDERS,
        &DEPART,
        &RETURN,
        &RETURN_TO_LINK,
        &RETURN_NEW,
        &LIST_CONNECTIONS,
        &DISCONNECT,
    ],
};

static LIST_PROVIDERS: Operation = Operation::new("list providers", |person, _| {
    Box::pin(async move {
        let path = "/cfg/accounts/oauth/providers/";
        Ok(Ready::new(
            &person,
            request(Method::GET, path, None, &Value::Null)?,
        ))
    })
});

/// Setting out for GitHub.
pub static DEPART: Operation = Operation::new("set out for GitHub", |person, _| {
    Box::pin(async move { Ok(Ready::new(&person, departing()?)) })
});

/// Coming back to an account that is connected.
pub static RETURN: Operation = Operation::new("sign in through GitHub", |person, stage| {
    Box::pin(async move {
        sign_in(&person, stage).await?;
        Ok(Ready::new(&person, returning(&person, stage).await?))
    })
});

static RETURN_TO_LINK: Operation = Operation::new(
    "sign in through GitHub, which connects it",
    |person, stage| {
        Box::pin(async move {
            person.sign_in(stage).await?;
            Ok(Ready::new(&person, returning(&person, stage).await?))
        })
    },
);

static RETURN_NEW: Operation = Operation::new(
    "sign in through GitHub, which makes the account",
    |person, stage| {
        Box::pin(async move { Ok(Ready::new(&person, returning(&person, stage).await?)) })
    },
);

static LIST_CONNECTIONS: Operation = Operation::new("list connections", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let path = "/cfg/accounts/oauth/connections/";
        let request = tokens.bearing(Method::GET, path, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static DISCONNECT: Operation = Operation::new("disconnect GitHub", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let path = "/cfg/accounts/oauth/disconnect/";
        let request = tokens.bearing(Method::POST, path, &json!({ "provider": "github" }))?;
        Ok(Ready::new(&person, request))
    })
});

fn departing() -> Result<Request<Bytes>, Failure> {
    let path = "/cfg/accounts/oauth/github/authorize/";
    request(Method::POST, path, None, &json!({}))
}

/// A person has gone to GitHub and said yes there: the request that comes back.
async fn returning(person: &Person, stage: &Stage) -> Result<Request<Bytes>, Failure> {
    let done = stage.done(person, departing()?).await?;
    let url = text(&done.body, "authorization_url")?;
    let asked = github::Request::of(url).ok_or("no authorization URL")?;
    let (login, _) = person.email.split_once('@').ok_or("no address")?;
    let who = github::Person::new(login, &person.email);
    let code = stage.outside.github.approve(asked, who);
    let body = json!({ "code": code, "state": text(&done.body, "state")? });
    request(
        Method::POST,
        "/cfg/accounts/oauth/github/callback/",
        None,
        &body,
    )
}

/// Signs in through GitHub, which makes the account.
async fn sign_in(person: &Person, stage: &Stage) -> Result<Tokens, Failure> {
    let request = returning(person, stage).await?;
    let done = stage.done(person, request).await?;
    Tokens::of(&done.body)
}
