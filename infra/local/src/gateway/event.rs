//! A request as API Gateway's payload format 2.0 describes it.

use std::collections::BTreeMap;

use base64::Engine as _;
use http::header::{CONTENT_TYPE, COOKIE, USER_AGENT};
use serde_json::{Map, Value, json};

use super::arrival::Arrival;
use crate::template::{PathParameters, Route};

/// Headers between two hops, which end at the gateway, and those that it
/// writes itself.
const NOT_PASSED_ON: [&str; 9] = [
    "connection",
    "content-length",
    "cookie",
    "expect",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
];

/// The content types whose bodies travel as text. That forms are not among
/// them was measured on AWS, as was that no content type means base64.
const TEXT_TYPES: [&str; 3] = [
    "application/json",
    "application/javascript",
    "application/xml",
];

impl Arrival {
    /// The event for the function behind `route`.
    pub(super) fn event(&self, route: &Route, parameters: PathParameters) -> Value {
        let query = self.head.uri.query().unwrap_or_default();
        let (body, is_base64) = self.body();
        let domain = self.domain();
        let mut event = json!({
            "version": "2.0",
            "routeKey": route.key(),
            "rawPath": self.path,
            "rawQueryString": query,
            "headers": self.passed_on(),
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": domain,
                "domainPrefix": domain.split('.').next(),
                "http": {
                    "method": self.head.method.as_str(),
                    "path": self.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": self.peer.to_string(),
                    "userAgent": self.header(USER_AGENT.as_str()),
                },
                "requestId": self.request_id,
                "routeKey": route.key(),
                "stage": "$default",
                "time": self.now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
                "timeEpoch": self.now.as_millisecond(),
            },
            "isBase64Encoded": is_base64,
        });
        if let Some(event) = event.as_object_mut() {
            let mut add = |name: &str, value: Value| event.insert(name.to_owned(), value);
            if let Some(cookies) = self.cookies() {
                add("cookies", cookies);
            }
            if !query.is_empty() {
                add("queryStringParameters", parameters_of(query));
            }
            if !parameters.is_empty() {
                let parameters = parameters.into_iter();
                let parameters: Map<_, _> = parameters.map(|(k, v)| (k, json!(v))).collect();
                add("pathParameters", Value::Object(parameters));
            }
            if let Some(body) = body {
                add("body", json!(body));
            }
        }
        event
    }

    /// The body as a JSON string can carry it, and whether that is base64.
    fn body(&self) -> (Option<String>, bool) {
        if self.body.is_empty() {
            return (None, false);
        }
        let kind = self.header(CONTENT_TYPE.as_str()).to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind.starts_with("text/") || TEXT_TYPES.contains(&kind) {
            let text = String::from_utf8_lossy(&self.body);
            return (Some(text.into_owned()), false);
        }
        let encoded = base64::engine::general_purpose::STANDARD.encode(&self.body);
        (Some(encoded), true)
    }

    /// The headers, each name once, with what the gateway adds.
    fn passed_on(&self) -> BTreeMap<String, String> {
        let mut headers: BTreeMap<String, String> = self
            .head
            .headers
            .keys()
            .map(|name| name.as_str())
            .filter(|name| !NOT_PASSED_ON.contains(name))
            .map(|name| (name.to_owned(), self.header(name)))
            .collect();
        let (domain, port) = (self.domain(), self.port());
        let peer = self.peer.to_string();
        let forwarded = match self.header("x-forwarded-for") {
            chain if chain.is_empty() => peer,
            chain => format!("{chain}, {peer}"),
        };
        let seconds = self.now.as_second();
        let trace = format!("Root=1-{seconds:08x}-{:024x}", self.now.as_microsecond());
        headers.entry("host".to_owned()).or_insert(domain);
        headers.entry("x-amzn-trace-id".to_owned()).or_insert(trace);
        headers.extend([
            ("content-length".to_owned(), self.body.len().to_string()),
            ("x-forwarded-for".to_owned(), forwarded),
            ("x-forwarded-port".to_owned(), port),
            ("x-forwarded-proto".to_owned(), "http".to_owned()),
        ]);
        headers
    }

    fn cookies(&self) -> Option<Value> {
        let headers = self.head.headers.get_all(COOKIE).iter();
        let cookies: Vec<String> = headers
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .flat_map(|value| {
                let cookies = value.split(';').map(|cookie| cookie.trim().to_owned());
                cookies.collect::<Vec<_>>()
            })
            .filter(|cookie| !cookie.is_empty())
            .collect();
        (!cookies.is_empty()).then(|| json!(cookies))
    }
}

/// The query's parameters, decoded; a repeated one is joined by commas.
fn parameters_of(query: &str) -> Value {
    let mut parameters = BTreeMap::<String, String>::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        parameters
            .entry(name.into_owned())
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    json!(parameters)
}
