use axum::extract::Request;
use axum::routing;
use lambda_http::Context;
use proptest::prelude::*;

use super::*;

fn mended(event: &Value) -> Value {
    let text = event.to_string();
    match looked_at(&serde_json::from_str(&text).unwrap(), &text).unwrap() {
        Look::Mended(mended) => serde_json::from_str(&mended).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn sound_events_are_left_alone() {
    let event = json!({
        "rawPath": "/a", "headers": { "host": "id.example.com" }, "cookies": ["a=b"], "rawQueryString": "a=%22{b}",
        "requestContext": { "domainName": "id.example.com", "stage": "$default" },
        "body": "YQ==", "isBase64Encoded": true,
    });
    let text = event.to_string();
    let look = looked_at(&serde_json::from_str(&text).unwrap(), &text);
    assert_eq!(look.unwrap(), Look::Sound);
}

/// What is no host, whether or not one of the two parsers takes it for one.
const NO_HOSTS: [&str; 16] = [
    "a:b:c",
    "id.example.com:99999",
    "999.999.999.999",
    "[::",
    "[::1",
    "a b",
    "",
    "a/b",
    "a?b",
    "a@b",
    "a:b",
    "xn--",
    "%",
    "ü.example",
    "a\u{0}",
    "a\"{b",
];

#[test]
fn no_host_and_no_scheme_breaks_the_url() {
    for host in NO_HOSTS {
        assert!(!is_sound("Host", host), "{host}");
    }
    assert!(is_sound("host", "127.0.0.1:9000") && is_sound("host", "[::1]:80"));
    assert!(!is_sound("x-forwarded-proto", "gopher://"));
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let event = json!({
        "headers": {
            "user-agent": "Zoë", "host": "a b", "accept": "*/*", "a b": "c", "x-forwarded-for": "ü, 198.51.100.7",
        },
        "requestContext": { "domainName": "a b", "stage": "a/../b" },
        "cookies": ["a=ü", "b=c"], "rawQueryString": "q=\"<ü>#", "rawPath": "/a/ ?", "body": "ü",
    });
    assert_eq!(
        mended(&event),
        json!({
            "headers": { "accept": "*/*", "x-forwarded-for": "?, 198.51.100.7" },
            "requestContext": { "domainName": null, "stage": "$default" },
            "cookies": ["b=c"], "rawQueryString": "q=%22%3C%C3%BC%3E%23",
            "rawPath": "/a/%20%3F", "body": "ü",
        })
    );
    assert_eq!(mended(&json!({}))["rawPath"], "/");
}

#[test]
fn only_base64_is_taken_for_it() {
    let is_base64 = |text: &str| is_base64(&RawValue::from_string(text.to_owned()).unwrap());
    for text in [
        "\"\"",
        "\"YQ==\"",
        "\"YWI=\"",
        "\"YWJj\"",
        "\"+\\/+\\/\"",
        "null",
    ] {
        assert!(is_base64(text), "{text}");
    }
    for text in [
        "\"YQ\"", "\"YR==\"", "\"YWJ=\"", "\"====\"", "\"==\"", "\"a===\"", "\"Y Q=\"", "\"YQ=a\"",
        "\"_-_-\"", "7", "[]",
    ] {
        assert!(!is_base64(text), "{text}");
    }
}

/// The status with which a router that reads all of a request answers `event`.
async fn status(event: &Value) -> Option<u64> {
    let router = Router::new().fallback(routing::any(|request: Request| async move {
        let whole = http_body_util::BodyExt::collect(request.into_body()).await;
        whole.map(|_| ()).map_err(|_| StatusCode::BAD_REQUEST)
    }));
    let payload = RawValue::from_string(event.to_string()).unwrap();
    let answer = answer(router, LambdaEvent::new(payload, Context::default())).await;
    let answer: Value = serde_json::from_str(answer.ok()?.get()).unwrap();
    answer["statusCode"].as_u64()
}

fn event(method: &str, host: &str, path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": { "host": host },
        "requestContext": {
            "accountId": "0", "apiId": "a", "domainName": host, "domainPrefix": "a", "requestId": "r",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "" },
            "routeKey": "$default", "stage": "$default", "time": "", "timeEpoch": 0,
        },
        "isBase64Encoded": false,
    })
}

#[tokio::test]
async fn no_host_keeps_an_answer_back() {
    for host in NO_HOSTS {
        assert_eq!(status(&event("GET", host, "/a")).await, Some(200), "{host}");
        let mut unnamed = event("GET", host, "/a");
        unnamed["headers"] = json!({});
        assert_eq!(status(&unnamed).await, Some(200), "{host}");
    }
    // Sound or not, the parsers need not agree on where a name is too long.
    let labels = [
        "a".repeat(300),
        "a.".repeat(150),
        format!("{}.example", "a".repeat(64)),
    ];
    for host in labels
        .iter()
        .flat_map(|host| [host.clone(), format!("{host}:80")])
    {
        assert_eq!(
            status(&event("GET", &host, "/a")).await,
            Some(200),
            "{host}"
        );
    }
}

#[tokio::test]
async fn an_event_that_is_no_request_is_answered_without_one() {
    let mut broken = event("POST", "a", "/");
    broken["isBase64Encoded"] = json!(true);
    broken["body"] = json!("no base64");
    assert_eq!(status(&broken).await, Some(400));
    let long = "/".to_owned() + &"ü".repeat(30_000);
    assert_eq!(status(&event("GET", "a", &long)).await, Some(414));
    // None of API Gateway's: an error, and no abort.
    assert_eq!(status(&json!({})).await, None);
    assert_eq!(status(&json!([])).await, None);
}

/// What an attacker writes who looks for a gap: likely pieces, in any order, and noise.
fn noise() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(vec![
            "/", "//", ":", "@", "?", "#", "%", "%00", "%zz", "[", "]", "[::1]", "..", "xn--", "a", "b.c", "443", " ", "\t", "\r\n",
            "\0", "\\", "\"", "{", "}", "|", "^", "`", "ü", "\u{200b}", "\u{ffff}", "\u{1f600}", "$default", "=", "&", "+", ";", ",",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// A value where API Gateway writes a text: a text, as a rule.
fn text() -> impl Strategy<Value = Value> {
    prop_oneof![6 => noise().prop_map(Value::from), 1 => Just(Value::Null)]
}

/// An absolute path, or any text in its place.
fn path() -> impl Strategy<Value = Value> {
    prop_oneof![
        noise().prop_map(|tail| Value::from(format!("/{tail}"))),
        text()
    ]
}

fn headers() -> impl Strategy<Value = Value> {
    let usual = [
        "host",
        "Host",
        "x-forwarded-proto",
        "x-forwarded-for",
        "forwarded",
        "content-type",
        "cookie",
        "content-length",
        "content-encoding",
        "user-agent",
        "authorization",
    ];
    let name = prop_oneof![4 => prop::sample::select(usual.to_vec()).prop_map(str::to_owned), 1 => noise()];
    prop::collection::btree_map(name, noise(), 0..6).prop_map(|headers| json!(headers))
}

prop_compose! {
    fn any_event()(
        path in path(), query in text(), headers in headers(), domain in text(), stage in text(), said in path(),
        cookies in prop::collection::vec(noise(), 0..3), body in text(), coded in any::<bool>(), address in text(),
        missing in prop::option::weighted(0.3, prop::sample::select(vec![
            "/version", "/routeKey", "/rawPath", "/rawQueryString", "/headers", "/cookies", "/body", "/isBase64Encoded",
            "/requestContext/domainName", "/requestContext/stage", "/requestContext/http/sourceIp", "/requestContext/time",
        ])),
    ) -> Value {
        let mut event = event("POST", "a", "/");
        event["rawPath"] = path;
        event["rawQueryString"] = query;
        event["headers"] = headers;
        event["cookies"] = json!(cookies);
        event["body"] = body;
        event["isBase64Encoded"] = json!(coded);
        event["requestContext"]["domainName"] = domain;
        event["requestContext"]["stage"] = stage;
        event["requestContext"]["http"]["path"] = said;
        event["requestContext"]["http"]["sourceIp"] = address;
        if let Some((place, name)) = missing.and_then(|pointer| pointer.rsplit_once('/')) {
            let place = event.pointer_mut(place).and_then(Value::as_object_mut);
            place.unwrap().remove(name);
        }
        event
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// No event ends the process, and each that API Gateway could send has an answer.
    #[test]
    fn every_event_has_an_answer(event in any_event()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        prop_assert!(runtime.block_on(status(&event)).is_some(), "{event}");
    }
}
