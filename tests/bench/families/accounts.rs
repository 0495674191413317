//! Sign-in by e-mail code, refresh, the profile, the API key; and what every
//! function pays before it does anything: the router, and the check of a token.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Family;
use crate::operation::{Operation, Ready};
use crate::people::request;

/// The family.
pub static FAMILY: Family = Family {
    name: "accounts",
    operations: &[
        &NOTHING,
        &FORGED_TOKEN,
        &REQUEST_CODE,
        &VERIFY_CODE,
        &VERIFY_ELSEWHERE,
        &VERIFY_NEW,
        &VERIFY_GUARDED,
        &REFRESH_SOON,
        &REFRESH,
        &READ_PROFILE,
        &EDIT_PROFILE,
        &DELETE,
        &FIRST_KEY,
        &READ_KEY,
        &NEW_KEY,
        &TEST_KEY,
    ],
};

const PROFILE: &str = "/cfg/accounts/profile/";
const KEY: &str = "/cfg/accounts/api-key/";

/// A path that no route serves: what the Lambda runtime and the router cost.
pub static NOTHING: Operation = Operation::new("unknown path", |person, _| {
    Box::pin(async move {
        let request = request(Method::GET, "/cfg/accounts/nothing/", None, &Value::Null)?;
        Ok(Ready::new(&person, request).expecting(StatusCode::NOT_FOUND))
    })
});

/// A token with a wrong signature: that, and a signature check.
pub static FORGED_TOKEN: Operation = Operation::new("forged token", |person, stage| {
    Box::pin(async move {
        let forged = person.sign_in(stage).await?.forged();
        let request = forged.bearing(Method::GET, PROFILE, &Value::Null)?;
        Ok(Ready::new(&person, request).expecting(StatusCode::UNAUTHORIZED))
    })
});

/// Asking for a code, for an account.
pub static REQUEST_CODE: Operation = Operation::new("request a code", |person, stage| {
    Box::pin(async move {
        person.sign_in(stage).await?;
        Ok(Ready::new(&person, person.asking()?))
    })
});

/// Signing in with a code, from a network that the account knows.
pub static VERIFY_CODE: Operation = Operation::new("sign in by code", |person, stage| {
    Box::pin(async move {
        person.sign_in(stage).await?;
        let code = person.ask(stage).await?;
        Ok(Ready::new(&person, person.showing(&code)?))
    })
})
.round_trips(3)
.write_units(8);

static VERIFY_ELSEWHERE: Operation =
    Operation::new("sign in by code, from a new network", |person, stage| {
        Box::pin(async move {
            person.sign_in(stage).await?;
            let person = person.elsewhere();
            let code = person.ask(stage).await?;
            Ok(Ready::new(&person, person.showing(&code)?))
        })
    })
    .round_trips(3);

static VERIFY_NEW: Operation = Operation::new(
    "sign in by code, which makes the account",
    |person, stage| {
        Box::pin(async move {
            let code = person.ask(stage).await?;
            Ok(Ready::new(&person, person.showing(&code)?))
        })
    },
)
.round_trips(3);

/// The first step of a sign-in that asks for a second factor.
pub static VERIFY_GUARDED: Operation =
    Operation::new("sign in by code, to a second factor", |person, stage| {
        Box::pin(async move {
            let tokens = person.sign_in(stage).await?;
            person.guard(stage, &tokens).await?;
            let code = person.ask(stage).await?;
            Ok(Ready::new(&person, person.showing(&code)?))
        })
    })
    .round_trips(3);

static REFRESH_SOON: Operation = Operation::new("refresh within 5 min", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let tokens = person.refresh(stage, &tokens).await?;
        Ok(Ready::new(&person, tokens.refreshing()?))
    })
})
.round_trips(2)
.write_units(1);

/// As a client does whose access token has run out.
static REFRESH: Operation = Operation::new("refresh later", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let tokens = person.refresh(stage, &tokens).await?;
        tokens.let_an_hour_pass(&stage.outside).await?;
        Ok(Ready::new(&person, tokens.refreshing()?))
    })
})
.round_trips(2)
.write_units(1);

static READ_PROFILE: Operation = Operation::new("read the profile", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let request = tokens.bearing(Method::GET, PROFILE, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static EDIT_PROFILE: Operation = Operation::new("edit the profile", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let edit = json!({ "first_name": "Ada", "last_name": "Lovelace", "company": "Analytical Engines" });
        let request = tokens.bearing(Method::PATCH, "/cfg/accounts/profile/update/", &edit)?;
        Ok(Ready::new(&person, request))
    })
});

static DELETE: Operation = Operation::new("delete the account", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let path = "/cfg/accounts/profile/delete/";
        let request = tokens.bearing(Method::POST, path, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static FIRST_KEY: Operation = Operation::new("first look at the API key", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let request = tokens.bearing(Method::GET, KEY, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static READ_KEY: Operation = Operation::new("look at the API key", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        person.new_key(stage, &tokens).await?;
        let request = tokens.bearing(Method::GET, KEY, &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
});

static NEW_KEY: Operation = Operation::new("regenerate the API key", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        person.new_key(stage, &tokens).await?;
        Ok(Ready::new(&person, tokens.regenerating()?))
    })
});

static TEST_KEY: Operation = Operation::new("test an API key", |person, stage| {
    Box::pin(async move {
        let tokens = person.sign_in(stage).await?;
        let key = person.new_key(stage, &tokens).await?;
        let path = "/cfg/accounts/api-key/test/";
        let request = tokens.bearing(Method::POST, path, &json!({ "key": key }))?;
        Ok(Ready::new(&person, request))
    })
});
