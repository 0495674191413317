//! From a Lambda event to the router and back.
//!
//! `lambda_http` does the work, but it takes an event for sound: it makes a URL of the
//! host, the stage, the path and the query and ends the process where that is none, as it
//! does where a body is no base64; and it gives up on a request whose headers hold more
//! than visible ASCII. API Gateway passes on much of what clients write. So every part of
//! an event is checked here before it becomes a URL: what cannot be read is left out,
//! path and query are escaped, and an event that no request can be made of is refused at
//! once.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::Router;
use axum::http::{HeaderName, StatusCode, Uri};
use flows::log::{self, RequestIds};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent, Service as _};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The answer of `router` to an event, both as JSON. What every function runs,
/// on AWS, under `cargo lambda watch`, and in the local stack.
///
/// # Errors
/// When the event is none of API Gateway's (HTTP API, payload 2.0).
pub async fn answer(
    router: Router,
    event: LambdaEvent<Box<RawValue>>,
) -> Result<Box<RawValue>, lambda_http::Error> {
    let text = event.payload.get();
    let glance: Glance<'_> = serde_json::from_str(text)?;
    let context = glance.request_context.as_ref();
    let gateway = context.and_then(|context| context.request_id.as_deref());
    let ids = RequestIds {
        lambda: event.context.request_id.clone(),
        gateway: gateway.map(str::to_owned),
    };
    let request: LambdaRequest = match looked_at(&glance, text)? {
        Look::Sound => serde_json::from_str(text)?,
        Look::Mended(mended) => serde_json::from_str(&mended)?,
        Look::Hopeless(status) => return Ok(log::during(ids, async { refusal(status) }).await?),
    };
    let answering = Adapter::from(router).call(LambdaEvent::new(request, event.context));
    let answer = match log::during(ids, answering).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    Ok(serde_json::value::to_raw_value(&answer)?)
}

/// The answer to an event that is no request. No route was found, so no dialect can
/// render it, and no page gets to read it: there is no request to say whose it is.
fn refusal(status: StatusCode) -> serde_json::Result<Box<RawValue>> {
    log::event("event_refused", [("status", status.as_u16().into())]);
    let reason = status.canonical_reason().unwrap_or_default();
    serde_json::value::to_raw_value(&json!({
        "statusCode": status.as_u16(),
        "headers": { "content-type": "application/json", "cache-control": "no-store" },
        "cookies": [],
        "body": json!({ "detail": reason }).to_string(),
        "isBase64Encoded": false,
    }))
}

/// What can be done with an event.
#[derive(Debug, PartialEq, Eq)]
enum Look {
    /// It can be read as it is.
    Sound,
    /// This is it, with what could not be read taken out.
    Mended(String),
    /// It can only be answered with this status.
    Hopeless(StatusCode),
}

/// The parts of an event that clients write and `lambda_http` stumbles over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Glance<'a> {
    #[serde(borrow, default)]
    raw_path: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    raw_query_string: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    headers: Option<HashMap<Cow<'a, str>, Cow<'a, str>>>,
    #[serde(borrow, default)]
    cookies: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow, default)]
    request_context: Option<Context<'a>>,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
    #[serde(default)]
    is_base64_encoded: Option<bool>,
}

/// What stands in for a host that a client did not name, and the path's first part; and
/// what API Gateway calls the request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    #[serde(borrow, default)]
    domain_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    stage: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    request_id: Option<Cow<'a, str>>,
}

/// As many characters as path and query may have together, escaped. API Gateway
/// passes on a sixth of it; a URL of `http` ends the process at 65,535.
const LONGEST_TARGET: usize = 60_000;

fn looked_at(glance: &Glance<'_>, text: &str) -> serde_json::Result<Look> {
    if glance.is_base64_encoded == Some(true) && !glance.body.is_none_or(is_base64) {
        return Ok(Look::Hopeless(StatusCode::BAD_REQUEST));
    }
    let path = glance.raw_path.as_deref().unwrap_or_default();
    let query = glance.raw_query_string.as_deref().unwrap_or_default();
    let path_is_sound = path.starts_with('/') && path.chars().all(may_stand_in_a_path);
    let query_is_sound = query.chars().all(may_stand_in_a_query);
    let mut escaped_path = escaped(path, may_stand_in_a_path);
    if !path.starts_with('/') {
        escaped_path.insert(0, '/');
    }
    let escaped_query = escaped(query, may_stand_in_a_query);
    if escaped_path.len() + escaped_query.len() > LONGEST_TARGET {
        return Ok(Look::Hopeless(StatusCode::URI_TOO_LONG));
    }
    let context = glance.request_context.as_ref();
    let domain = context.and_then(|context| context.domain_name.as_deref());
    let stage = context.and_then(|context| context.stage.as_deref());
    let sound = path_is_sound
        && query_is_sound
        && domain.is_none_or(is_host)
        && stage.is_none_or(is_stage)
        && (glance.headers.iter().flatten()).all(|(name, value)| is_sound(name, value))
        && (glance.cookies.iter().flatten()).all(|cookie| is_visible(cookie));
    if sound {
        return Ok(Look::Sound);
    }
    let mut event: Value = serde_json::from_str(text)?;
    if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
        for (name, value) in headers.iter_mut() {
            if let (true, Some(chain)) = (names_hops(name), value.as_str()) {
                *value = Value::from(legible(chain));
            }
        }
        headers.retain(|name, value| value.as_str().is_some_and(|value| is_sound(name, value)));
    }
    if let Some(cookies) = event.get_mut("cookies").and_then(Value::as_array_mut) {
        cookies.retain(|cookie| cookie.as_str().is_some_and(is_visible));
    }
    if !domain.is_none_or(is_host) {
        mend(&mut event, "/requestContext/domainName", Value::Null);
    }
    if !stage.is_none_or(is_stage) {
        mend(&mut event, "/requestContext/stage", "$default".into());
    }
    mend(&mut event, "/rawQueryString", escaped_query.into());
    if let Some(event) = event.as_object_mut() {
        event.insert("rawPath".to_owned(), escaped_path.into());
    }
    Ok(Look::Mended(event.to_string()))
}

fn mend(event: &mut Value, pointer: &str, with: Value) {
    if let Some(value) = event.pointer_mut(pointer) {
        *value = with;
    }
}

/// Whether `name` is a header in which proxies list the clients that they ask for.
/// Proxies write its right end, and a client may write its left end: unreadable text
/// there must not remove the proxy's part as well, or the client would be taken for the
/// proxy.
fn names_hops(name: &str) -> bool {
    name.eq_ignore_ascii_case("x-forwarded-for") || name.eq_ignore_ascii_case("forwarded")
}

/// `chain` with a `?`, which no address holds, for every character that cannot be read.
fn legible(chain: &str) -> String {
    let legible = |c: char| {
        if c == '\t' || (' '..='~').contains(&c) {
            c
        } else {
            '?'
        }
    };
    chain.chars().map(legible).collect()
}

fn is_sound(name: &str, value: &str) -> bool {
    // These two become part of a URL, which `lambda_http` takes for granted to be one.
    let fits = match name {
        _ if name.eq_ignore_ascii_case("host") => is_host(value),
        _ if name.eq_ignore_ascii_case("x-forwarded-proto") => matches!(value, "http" | "https"),
        _ => HeaderName::try_from(name).is_ok(),
    };
    fits && is_visible(value)
}

fn is_visible(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
}

/// The longest host name there is (RFC 1035 §2.3.4), with a port.
const LONGEST_HOST: usize = 253 + 6;

/// A host, with a port perhaps, and nothing that would run on into the path. Two
/// parsers look at it on its way into a request, and they differ.
fn is_host(value: &str) -> bool {
    let alone = value.len() <= LONGEST_HOST
        && value.bytes().all(|byte| byte.is_ascii_graphic())
        && !value.contains(['/', '\\', '?', '#', '@']);
    alone
        && url::Url::parse(&format!("https://{value}/"))
            .is_ok_and(|url| Uri::try_from(url.as_str()).is_ok())
}

/// A stage, as API Gateway lets them be called.
fn is_stage(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name == "$default" || ((1..=128).contains(&name.len()) && name.bytes().all(plain))
}

/// Whether `json` is a text of base64 (RFC 4648 §4), padded, with no bits to spare,
/// as the decoder that comes after wants it. Null is nothing to decode.
fn is_base64(json: &RawValue) -> bool {
    // Nothing of base64 has to be escaped in JSON, so this is borrowed as a rule.
    let text = match serde_json::from_str::<&str>(json.get()) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => match serde_json::from_str::<Option<String>>(json.get()) {
            Ok(text) => Cow::Owned(text.unwrap_or_default()),
            Err(_) => return false,
        },
    };
    let digits = text.trim_end_matches('=');
    let spare = match text.len() - digits.len() {
        0 => 0,
        1 => 0b11,
        2 => 0b1111,
        _ => return false,
    };
    let last = digits.bytes().last().and_then(sextet);
    text.len().is_multiple_of(4)
        && digits.bytes().all(|digit| sextet(digit).is_some())
        && last.is_none_or(|last| last & spare == 0)
        && !(digits.is_empty() && spare != 0)
}

const fn sextet(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// API Gateway hands a path on decoded. What it held escaped is escaped again: a
/// URL would drop some of it, and `delete/%00` is not `delete/`.
fn may_stand_in_a_path(c: char) -> bool {
    let special = matches!(
        c,
        '"' | '<' | '>' | '#' | '?' | '\\' | '%' | '^' | '`' | '{' | '|' | '}'
    );
    c.is_ascii_graphic() && !special
}

fn may_stand_in_a_query(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '#')
}

fn escaped(raw: &str, may_stand: fn(char) -> bool) -> String {
    let mut text = String::with_capacity(raw.len());
    for c in raw.chars() {
        if may_stand(c) {
            text.push(c);
        } else {
            let mut bytes = [0; 4];
            text.extend(
                c.encode_utf8(&mut bytes)
                    .bytes()
                    .map(|byte| format!("%{byte:02X}")),
            );
        }
    }
    text
}

#[cfg(test)]
mod tests;
