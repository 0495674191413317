//! nauth-social: sign-in through Google. What Google takes to answer is not ours, and is
//! left out as AWS's time is.

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, header};
use domain::provider::Provider;
use local::social;
use serde_json::{Value, json};
use url::Url;

use super::Family;
use super::nauth::sign_in;
use crate::Failure;
use crate::instance::Invocation;
use crate::operation::{Operation, Ready};
use crate::people::{Person, request};
use crate::stage::Stage;

/// The family.
pub static FAMILY: Family = Family {
    name: "nauth-social",
    operations: &[
        &DEPART,
        &RETURN,
        &EXCHANGE,
        &EXCHANGE_TO_LINK,
        &EXCHANGE_NEW,
        &LIST_LINKS,
    ],
};

static DEPART: Operation = Operation::new("set out for Google", |person, _| {
    Box::pin(async move {
        let ready = Ready::new(&person, departing()?);
        Ok(ready.expecting(StatusCode::FOUND))
    })
})
.round_trips(5);

static RETURN: Operation = Operation::new("come back from Google", |person, stage| {
    Box::pin(async move {
        let ready = Ready::new(&person, returning(&person, stage).await?);
        Ok(ready.expecting(StatusCode::FOUND))
    })
})
.round_trips(5);

static EXCHANGE: Operation = Operation::new("sign in through Google", |person, stage| {
    Box::pin(async move {
        let made = exchanging(&person, stage).await?;
        stage.done(&person, made).await?;
        Ok(Ready::new(&person, exchanging(&person, stage).await?))
    })
})
.round_trips(5);

static EXCHANGE_TO_LINK: Operation =
    Operation::new("sign in through Google, which links it", |person, stage| {
        Box::pin(async move {
            sign_in(&person, stage).await?;
            Ok(Ready::new(&person, exchanging(&person, stage).await?))
        })
    })
    .round_trips(5);

static EXCHANGE_NEW: Operation = Operation::new(
    "sign in through Google, which makes the account",
    |person, stage| {
        Box::pin(async move { Ok(Ready::new(&person, exchanging(&person, stage).await?)) })
    },
)
.round_trips(5);

static LIST_LINKS: Operation = Operation::new("list links of nauth", |person, stage| {
    Box::pin(async move {
        let tokens = sign_in(&person, stage).await?;
        let request = tokens.bearing(Method::GET, "/nauth/social/linked", &Value::Null)?;
        Ok(Ready::new(&person, request))
    })
})
.round_trips(5);

fn location(answer: &Invocation) -> Result<&str, Failure> {
    let header = answer.headers.get(header::LOCATION);
    Ok(header.ok_or("nowhere to go")?.to_str()?)
}

fn departing() -> Result<Request<Bytes>, Failure> {
    let path = "/nauth/social/google/redirect";
    request(Method::GET, path, None, &Value::Null)
}

/// Somebody has gone to Google and said yes there: the request that comes back.
async fn returning(person: &Person, stage: &Stage) -> Result<Request<Bytes>, Failure> {
    let left = departing()?;
    let left = stage.expecting(person, left, StatusCode::FOUND).await?;
    let asked = social::Request::of(location(&left)?).ok_or("no authorization URL")?;
    let state = asked.state.clone();
    let who = social::Person::new(&person.email);
    let code = stage.outside.social.approve(Provider::Google, asked, who);
    let brought = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("code", code), ("state", state)])
        .finish();
    let path = format!("/nauth/social/google/callback?{brought}");
    request(Method::GET, &path, None, &Value::Null)
}

/// The same, who has come back to the site: the request for the session.
async fn exchanging(person: &Person, stage: &Stage) -> Result<Request<Bytes>, Failure> {
    let came = returning(person, stage).await?;
    let came = stage.expecting(person, came, StatusCode::FOUND).await?;
    let url = Url::parse(location(&came)?)?;
    let mut pairs = url.query_pairs();
    let token = pairs.find(|(name, _)| name == "exchangeToken");
    let (_, token) = token.ok_or("no exchange token came")?;
    let body = json!({ "exchangeToken": token });
    request(Method::POST, "/nauth/social/exchange", None, &body)
}
