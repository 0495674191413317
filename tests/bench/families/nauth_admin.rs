//! nauth-admin: administrators under nauth.

use axum::http::Method;
use serde_json::{Value, json};

use super::admin::sign_in;
use super::{Family, auth};
use crate::Failure;
use crate::operation::{Operation, Ready};
use crate::people::{Person, Tokens, text};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "nauth-admin",
    operations: &[&LIST, &FIND, &SESSIONS, &FACTORS, &HISTORY, &DISABLE],
};

static LIST: Operation = Operation::new("list a page of people", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let path = "/nauth/admin/users?limit=50";
        let request = tokens.bearing(Method::GET, path, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(3);

static FIND: Operation = Operation::new("find an account by its address", |person, stage| {
    Box::pin(async move {
        let somebody = stage.person();
        auth::sign_in(&somebody, stage).await?;
        let tokens = sign_in(&person, stage).await?;
        let path = format!("/nauth/admin/users/by-email?email={}", somebody.email);
        let request = tokens.bearing(Method::GET, &path, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(3);

static SESSIONS: Operation = Operation::new("list somebody's sessions", |person, stage| {
    Box::pin(of_somebody(person, stage, "/sessions"))
})
.round_trips(3);

static FACTORS: Operation = Operation::new("look at somebody's factors", |person, stage| {
    Box::pin(of_somebody(person, stage, "/mfa/status"))
})
.round_trips(3);

static HISTORY: Operation = Operation::new("read somebody's history", |person, stage| {
    Box::pin(async move {
        let (tokens, sub) = before_somebody(&person, stage).await?;
        let path = format!("/nauth/admin/audit/history?sub={sub}&limit=20");
        let request = tokens.bearing(Method::GET, &path, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(4);

static DISABLE: Operation = Operation::new("disable an account", |person, stage| {
    Box::pin(async move {
        let (tokens, sub) = before_somebody(&person, stage).await?;
        let path = format!("/nauth/admin/users/{sub}/disable");
        let body = json!({ "reason": "stolen" });
        let request = tokens.bearing(Method::POST, &path, &body)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(5);

/// An administrator looks at what is at this path of somebody's.
async fn of_somebody(person: Person, stage: &Stage, path: &str) -> Result<Ready, Failure> {
    let (tokens, sub) = before_somebody(&person, stage).await?;
    let path = format!("/nauth/admin/users/{sub}{path}");
    let request = tokens.bearing(Method::GET, &path, &Value::Null)?;
    Ok(Ready::new(&person, request))
}

/// An administrator's tokens, and the name of somebody's account.
async fn before_somebody(person: &Person, stage: &Stage) -> Result<(Tokens, String), Failure> {
    let somebody = stage.person();
    auth::sign_in(&somebody, stage).await?;
    let tokens = sign_in(person, stage).await?;
    let path = format!("/nauth/admin/users/by-email?email={}", somebody.email);
    let found = tokens.bearing(Method::GET, &path, &Value::Null)?;
    let found = stage.done(person, found).await?;
    let sub = text(&found.body, "sub")?.to_owned();
    Ok((tokens, sub))
}
