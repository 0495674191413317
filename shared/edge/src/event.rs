//! From a Lambda event to the router and back.
//!
//! `lambda_http` does the work, but it gives up on a request whose headers hold
//! more than visible ASCII or whose query holds what a URI may not, and API
//! Gateway lets clients send both. A client's header must not cost us a 500, so
//! such events are mended first: headers that cannot be read are left out, and
//! path and query are escaped.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::Router;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent, Service as _};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

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
    let request: LambdaRequest = match mended(text)? {
        Some(mended) => serde_json::from_str(&mended)?,
        None => serde_json::from_str(text)?,
    };
    let answering = Adapter::from(router).call(LambdaEvent::new(request, event.context));
    let answer = match answering.await {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    Ok(serde_json::value::to_raw_value(&answer)?)
}

/// The parts of an event that clients write and `lambda_http` stumbles over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Glance<'a> {
    #[serde(borrow, default)]
    raw_path: Cow<'a, str>,
    #[serde(borrow, default)]
    raw_query_string: Cow<'a, str>,
    #[serde(borrow, default)]
    headers: HashMap<Cow<'a, str>, Cow<'a, str>>,
    #[serde(borrow, default)]
    cookies: Vec<Cow<'a, str>>,
}

/// The event with what cannot be read taken out, or `None` if all of it can be.
fn mended(text: &str) -> serde_json::Result<Option<String>> {
    let glance: Glance<'_> = serde_json::from_str(text)?;
    let sound = glance
        .headers
        .iter()
        .all(|(name, value)| is_sound(name, value))
        && glance.cookies.iter().all(|cookie| is_visible(cookie))
        && glance.raw_path.chars().all(may_stand_in_a_path)
        && glance.raw_query_string.chars().all(may_stand_in_a_query);
    if sound {
        return Ok(None);
    }
    let mut event: Value = serde_json::from_str(text)?;
    if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|name, value| value.as_str().is_some_and(|value| is_sound(name, value)));
    }
    if let Some(cookies) = event.get_mut("cookies").and_then(Value::as_array_mut) {
        cookies.retain(|cookie| cookie.as_str().is_some_and(is_visible));
    }
    if let Some(query) = event.get_mut("rawQueryString") {
        *query = Value::from(escaped(&glance.raw_query_string, may_stand_in_a_query));
    }
    if let Some(path) = event.get_mut("rawPath") {
        *path = Value::from(escaped(&glance.raw_path, may_stand_in_a_path));
    }
    Ok(Some(event.to_string()))
}

fn is_sound(name: &str, value: &str) -> bool {
    // These two become part of a URL, which `lambda_http` takes for granted to be one.
    let fits = match name {
        _ if name.eq_ignore_ascii_case("host") => is_host(value),
        _ if name.eq_ignore_ascii_case("x-forwarded-proto") => matches!(value, "http" | "https"),
        _ => true,
    };
    fits && is_visible(value)
}

fn is_visible(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
}

/// A host, with a port perhaps, and nothing that would run on into the path.
fn is_host(value: &str) -> bool {
    let alone = !value.contains(['/', '\\', '?', '#', '@']);
    alone && url::Url::parse(&format!("https://{value}/")).is_ok()
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
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sound_events_are_left_alone() {
        let event = json!({ "headers": { "host": "id.example.com" }, "cookies": ["a=b"], "rawQueryString": "a=%22{b}" });
        assert_eq!(mended(&event.to_string()).unwrap(), None);
    }

    #[test]
    fn no_host_and_no_scheme_breaks_the_url() {
        for host in [
            "a:b:c",
            "id.example.com:99999",
            "999.999.999.999",
            "[::",
            "a b",
            "",
            "a/b",
            "a?b",
            "a@b",
            "a:b",
        ] {
            assert!(!is_sound("Host", host), "{host}");
        }
        assert!(is_sound("host", "127.0.0.1:9000") && is_sound("host", "[::1]:80"));
        assert!(!is_sound("x-forwarded-proto", "gopher://"));
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let event = json!({
            "headers": { "user-agent": "Zoë", "host": "a b", "accept": "*/*" },
            "cookies": ["a=ü", "b=c"], "rawQueryString": "q=\"<ü>#", "rawPath": "/a/ ?", "body": "ü",
        });
        let mended: Value =
            serde_json::from_str(&mended(&event.to_string()).unwrap().unwrap()).unwrap();
        assert_eq!(
            mended,
            json!({
                "headers": { "accept": "*/*" }, "cookies": ["b=c"], "rawQueryString": "q=%22%3C%C3%BC%3E%23",
                "rawPath": "/a/%20%3F", "body": "ü",
            })
        );
    }
}
