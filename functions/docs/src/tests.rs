//! The family as a client meets it.

use axum::body::Body;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Request, StatusCode};
use domain::Contract;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn ask(method: &str, path: &str, held: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(held) = held {
        request = request.header(IF_NONE_MATCH, held);
    }
    let request = request.body(Body::empty()).unwrap();
    let origins = edge::AllowedOrigins::from_vars(|name| {
        (name == "POSTERN_ISSUER").then(|| "https://id.example.com".to_owned())
    });
    let function = super::function(origins.unwrap());
    let response = function.oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: head.status,
        headers: head.headers,
        body: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

#[tokio::test]
async fn every_contract_has_a_document() {
    for contract in Contract::ALL {
        let path = format!("/openapi/{}.json", contract.name());
        let answer = ask("GET", &path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers[CONTENT_TYPE], "application/json");
        assert_eq!(answer.headers[CACHE_CONTROL], "public, max-age=300");
        let document: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            document["info"]["title"],
            format!("Postern: {}", contract.title())
        );
    }
}

#[tokio::test]
async fn a_document_that_the_client_has_is_not_sent_again() {
    for path in ["/openapi/djangocfg.json", "/docs"] {
        let first = ask("GET", path, None).await;
        let etag = first.headers[ETAG].to_str().unwrap();
        let again = ask("GET", path, Some(etag)).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(again.headers[ETAG], first.headers[ETAG]);
        assert!(again.body.is_empty());
        let other = ask("GET", path, Some("\"another\"")).await;
        assert_eq!(other.body, first.body);
    }
}

#[tokio::test]
async fn what_no_contract_is_called_is_not_there() {
    for path in [
        "/openapi/nobody.json",
        "/openapi/djangocfg",
        "/openapi/%ff.json",
        "/nowhere",
    ] {
        let answer = ask("GET", path, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.body, r#"{"detail":"Not Found"}"#, "{path}");
        assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn a_sign_of_life_is_never_kept() {
    for path in ["/health", "/health/"] {
        let answer = ask("GET", path, None).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body, r#"{"status":"ok"}"#);
        assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn only_reading_is_allowed() {
    for path in ["/health", "/docs", "/openapi/ravi.json"] {
        let answer = ask("POST", path, None).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.body, r#"{"detail":"Method Not Allowed"}"#);
        assert_eq!(answer.headers[ALLOW], "GET,HEAD");
        let head = ask("HEAD", path, None).await;
        assert_eq!(
            (head.status, head.body.as_str()),
            (StatusCode::OK, ""),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_page_may_load_and_run_nothing() {
    let answer = ask("GET", "/docs", None).await;
    assert_eq!(answer.headers[CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(answer.headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    let policy = answer.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe") && !answer.body.contains("<script"));
    // The digest is that of the style as it stands in the page.
    let style = answer
        .body
        .split_once("<style>")
        .and_then(|(_, rest)| rest.split_once("</style>"));
    let digest = crate::published::digest(style.unwrap().0);
    assert!(policy.contains(&format!("'sha256-{digest}'")), "{policy}");
}
