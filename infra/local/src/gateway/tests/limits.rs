use std::time::Duration;

use axum::body::Bytes;
use http::StatusCode;

use super::{answer, gateway, message, request, send};

#[tokio::test]
async fn an_event_of_six_megabytes_is_the_largest() {
    let post = |kind: &'static str, size: usize| {
        let request = request("POST", "/echo/x").header("content-type", kind);
        request.body(Bytes::from(vec![b'a'; size])).unwrap()
    };
    let gateway = gateway();
    for (kind, size, status) in [
        ("text/plain", 6_280_000, 200),
        ("text/plain", 6_291_456, 413),
        ("application/octet-stream", 4_700_000, 200),
        ("application/octet-stream", 4_720_000, 413),
    ] {
        let response = send(&gateway, post(kind, size)).await;
        assert_eq!(response.status().as_u16(), status, "{kind} {size}");
    }
}

#[tokio::test]
async fn a_head_of_ten_kilobytes_is_the_largest() {
    // "GET /echo/x HTTP/1.1", "host", "127.0.0.1:9000", "x"
    let rest = 20 + 4 + 14 + 1;
    for (size, status) in [(10_240 - rest, 200), (10_241 - rest, 431)] {
        let request = request("GET", "/echo/x").header("x", "a".repeat(size));
        let response = answer(request, b"").await;
        assert_eq!(response.status().as_u16(), status, "{size}");
    }
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_503() {
    let mut gateway = gateway();
    assert_eq!(gateway.patience, Duration::from_secs(30));
    gateway.patience = Duration::from_millis(20);
    let request = request("GET", "/echo/sleep").body(Bytes::new()).unwrap();
    let response = send(&gateway, request).await;
    assert_eq!(message(&response), (503, "Service Unavailable".to_owned()));
}

#[tokio::test]
async fn a_function_that_fails_is_500_and_the_next_request_is_answered() {
    let gateway = gateway();
    for uri in ["/echo/fail", "/echo/large"] {
        let request = request("GET", uri).body(Bytes::new()).unwrap();
        let response = send(&gateway, request).await;
        let expected = (500, "Internal Server Error".to_owned());
        assert_eq!(message(&response), expected, "{uri}");
    }
    let request = request("GET", "/echo/x").body(Bytes::new()).unwrap();
    assert_eq!(send(&gateway, request).await.status(), StatusCode::OK);
}
