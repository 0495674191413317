//! Second factors: setting them up, showing them, doing without.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Family;
use crate::Failure;
use crate::authenticator::{Authenticator, CONFIRM, SET_UP};
use crate::operation::{Operation, Ready};
use crate::people::{Person, Tokens, request};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "totp",
    operations: &[
        &SET_UP_APP,
        &CONFIRM_APP,
        &VERIFY,
        &VERIFY_BACKUP,
        &LIST_DEVICES,
        &COUNT_CODES,
        &NEW_CODES,
        &REMOVE_DEVICE,
        &DISABLE,
    ],
};

static SET_UP_APP: Operation = Operation::new("set up an authenticator", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let request = tokens.bearing(Method::POST, SET_UP, &json!({}))?;
        Ok(Ready::new(&person, request))
    })
});

static CONFIRM_APP: Operation = Operation::new("confirm an authenticator", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let app = Authenticator::set_up(&person, stage, &tokens).await?;
        let request = tokens.bearing(Method::POST, CONFIRM, &app.confirmation())?;
        Ok(Ready::new(&person, request))
    })
});

/// Completing a sign-in with an app's code.
pub static VERIFY: Operation = Operation::new("sign in by authenticator", |person, stage| {
    Box::pin(async move {
        let (app, session) = first_factor(&person, stage).await?;
        let body = json!({ "session_id": session, "code": app.next_code() });
        let request = request(Method::POST, "/cfg/totp/verify/", None, &body)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(3);

static VERIFY_BACKUP: Operation = Operation::new("sign in by backup code", |person, stage| {
    Box::pin(async move {
        let (app, session) = first_factor(&person, stage).await?;
        let body = json!({ "session_id": session, "backup_code": app.backup_code()? });
        let request = request(Method::POST, "/cfg/totp/verify/backup/", None, &body)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(3);

static LIST_DEVICES: Operation = Operation::new("list authenticators", |person, stage| {
    Box::pin(async move {
        let (_, tokens) = guarded(&person, stage).await?;
        let request = tokens.bearing(Method::GET, "/cfg/totp/devices/", &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static COUNT_CODES: Operation = Operation::new("count backup codes", |person, stage| {
    Box::pin(async move {
        let (_, tokens) = guarded(&person, stage).await?;
        let request = tokens.bearing(Method::GET, "/cfg/totp/backup-codes/", &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static NEW_CODES: Operation = Operation::new("regenerate backup codes", |person, stage| {
    Box::pin(showing(person, stage, "/cfg/totp/backup-codes/regenerate/"))
});

static REMOVE_DEVICE: Operation = Operation::new("remove an authenticator", |person, stage| {
    Box::pin(async move {
        let (app, tokens) = guarded(&person, stage).await?;
        let path = format!("/cfg/totp/devices/{}/", app.device);
        let request = tokens.bearing(Method::DELETE, &path, &json!({ "code": app.next_code() }))?;
        Ok(Ready::new(&person, request).expecting(StatusCode::NO_CONTENT))
    })
});

static DISABLE: Operation = Operation::new("do without a second factor", |person, stage| {
    Box::pin(showing(person, stage, "/cfg/totp/disable/"))
});

/// A person who signed in and put an app in force.
async fn guarded(person: &Person, stage: &Stage) -> Result<(Authenticator, Tokens), Failure> {
    let tokens = person.sign_in(stage).await?;
    let app = person.guard(stage, &tokens).await?;
    Ok((app, tokens))
}

/// The same, who then signs in anew as far as the second factor: the 2FA session.
async fn first_factor(person: &Person, stage: &Stage) -> Result<(Authenticator, Value), Failure> {
    let (app, _) = guarded(person, stage).await?;
    let code = person.ask(stage).await?;
    let done = stage.done(person, person.showing(&code)?).await?;
    let session = done.body.get("session_id").cloned();
    Ok((app, session.ok_or("no second factor was asked for")?))
}

/// What takes no more than a fresh sign-in and a code.
async fn showing(person: Person, stage: &Stage, path: &str) -> Result<Ready, Failure> {
    let (app, tokens) = guarded(&person, stage).await?;
    let request = tokens.bearing(Method::POST, path, &json!({ "code": app.next_code() }))?;
    Ok(Ready::new(&person, request))
}
