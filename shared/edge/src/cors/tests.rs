use axum::Router;
use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL};
use axum::http::{HeaderMap, Request as HttpRequest};
use axum::routing::{get, post};
use domain::Error;
use tower::ServiceExt as _;

use super::*;
use crate::Refusal;
use crate::dialect::{fastapi, with_dialect};

const APP: &str = "https://app.example.com";

/// A family with an answer, one for caches, one that says what it varies by, a refusal,
/// and an error that no dialect has rendered.
fn family() -> Router {
    let vars = |name: &str| match name {
        "POSTERN_ISSUER" => Some("https://id.example.com".to_owned()),
        "POSTERN_ALLOWED_ORIGINS" => Some(format!("{APP},,")),
        _ => None,
    };
    let refusal = async || Refusal::from(Error::Unavailable("no table".to_owned()));
    let routes = Router::<AllowedOrigins>::new()
        .route("/answer", post(async || "here"))
        .route("/varied", get(async || ([(VARY, "accept")], "here")))
        .route("/refusal", get(refusal));
    let bare = Router::new().route("/bare", get(async || StatusCode::INTERNAL_SERVER_ERROR));
    crate::function(
        with_dialect(&fastapi::FastApi, routes).merge(bare),
        &fastapi::FastApi,
        AllowedOrigins::from_vars(vars).unwrap(),
    )
}

async fn ask(request: axum::http::request::Builder) -> Response {
    let request = request.body(Body::empty()).unwrap();
    family().oneshot(request).await.unwrap()
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    HttpRequest::builder().method(method).uri(path)
}

fn preflight(path: &str, origin: &str) -> axum::http::request::Builder {
    request("OPTIONS", path)
        .header(ORIGIN, origin)
        .header(ACCESS_CONTROL_REQUEST_METHOD, "PATCH")
}

/// The headers of CORS, without the beginning that all have.
fn said(headers: &HeaderMap) -> Vec<String> {
    let mut said: Vec<String> = headers
        .iter()
        .filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix("access-control-")?;
            Some(format!("{name}: {}", value.to_str().unwrap()))
        })
        .collect();
    said.sort();
    said
}

fn varies_by(headers: &HeaderMap) -> Vec<&str> {
    let lines = headers.get_all(VARY).iter();
    lines.map(|line| line.to_str().unwrap()).collect()
}

/// Each kind of answer, and the status that it has.
const ANSWERS: [(&str, &str, u16); 6] = [
    ("POST", "/answer", 200),
    ("GET", "/answer", 405),
    ("GET", "/varied/", 200),
    ("GET", "/refusal", 503),
    ("GET", "/bare", 500),
    ("GET", "/nowhere", 404),
];

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_read_every_answer() {
    for origin in [APP, "https://id.example.com"] {
        for (method, path, status) in ANSWERS {
            let answer = ask(request(method, path).header(ORIGIN, origin)).await;
            assert_eq!(answer.status(), status, "{path}");
            let expected = [
                "allow-credentials: true".to_owned(),
                format!("allow-origin: {origin}"),
                "expose-headers: retry-after,www-authenticate,link".to_owned(),
            ];
            assert_eq!(said(answer.headers()), expected, "{method} {path}");
            assert!(varies_by(answer.headers()).contains(&"Origin"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_none() {
    for origin in [
        "https://app.example.com.evil",
        "https://app.example.com:8443",
        "http://app.example.com",
        "https://APP.example.com",
        "https://app.example.com,https://id.example.com",
        "null",
        "*",
        "",
    ] {
        for (method, path, status) in ANSWERS {
            let answer = ask(request(method, path).header(ORIGIN, origin)).await;
            assert_eq!(answer.status(), status, "{path}");
            assert!(said(answer.headers()).is_empty(), "{origin} {path}");
            assert!(varies_by(answer.headers()).contains(&"Origin"), "{path}");
        }
        let asked = ask(preflight("/answer", origin)).await;
        assert_eq!(asked.status(), StatusCode::NO_CONTENT);
        assert!(said(asked.headers()).is_empty(), "{origin}");
        assert_eq!(varies_by(asked.headers()), ["Origin"]);
    }
    let beyond_ascii = HeaderValue::from_bytes("https://Zoë.example".as_bytes()).unwrap();
    let answer = ask(request("POST", "/answer").header(ORIGIN, beyond_ascii)).await;
    assert!(said(answer.headers()).is_empty());
}

/// Else a cache would give a page the answer that it keeps for others.
#[tokio::test]
async fn an_answer_that_nobody_asked_from_a_page_varies_too() {
    for (method, path, _) in ANSWERS {
        let answer = ask(request(method, path)).await;
        assert!(said(answer.headers()).is_empty(), "{path}");
        assert!(varies_by(answer.headers()).contains(&"Origin"), "{path}");
    }
    let answer = ask(request("GET", "/varied")).await;
    assert_eq!(varies_by(answer.headers()), ["accept", "Origin"]);
}

#[tokio::test]
async fn a_preflight_request_is_answered_on_any_path() {
    for path in ["/answer", "/refusal", "/nowhere", "//cfg//nowhere", "/"] {
        let asked = ask(preflight(path, APP)).await;
        assert_eq!(asked.status(), StatusCode::NO_CONTENT, "{path}");
        assert_eq!(
            said(asked.headers()),
            [
                "allow-credentials: true",
                "allow-headers: authorization,content-type,accept,accept-language,x-api-key,\
                 x-timezone,x-client-time,x-auth-retry,x-csrf-token,x-device-token,dpop",
                "allow-methods: GET,POST,PUT,PATCH,DELETE",
                "allow-origin: https://app.example.com",
                "max-age: 7200",
            ],
            "{path}"
        );
        assert_eq!(varies_by(asked.headers()), ["Origin"], "{path}");
        assert_eq!(asked.headers()[CACHE_CONTROL], "no-store", "{path}");
    }
}

#[tokio::test]
async fn another_options_request_asks_which_methods_a_path_has() {
    let asked = ask(request("OPTIONS", "/answer").header(ORIGIN, APP)).await;
    assert_eq!(asked.status(), StatusCode::NO_CONTENT);
    assert_eq!(asked.headers()[ALLOW], "POST");
    assert!(said(asked.headers()).contains(&format!("allow-origin: {APP}")));
    let asked = ask(request("OPTIONS", "/nowhere")).await;
    assert_eq!(asked.status(), StatusCode::NOT_FOUND);
}
