use axum::body::Bytes;
use http::{HeaderMap, StatusCode};

use super::{answer, gateway, request, send};

fn cors_of(headers: &HeaderMap) -> Vec<String> {
    let mut cors: Vec<String> = headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("access-control-"))
        .map(|(name, value)| format!("{}: {}", &name.as_str()[15..], value.to_str().unwrap()))
        .collect();
    cors.sort();
    cors
}

const PREFLIGHT: [&str; 6] = [
    "allow-credentials: true",
    "allow-headers: authorization,dpop",
    "allow-methods: GET,POST",
    "allow-origin: https://app.example",
    "expose-headers: Retry-After",
    "max-age: 600",
];

#[tokio::test]
async fn a_preflight_is_answered_here_unless_a_route_takes_it() {
    let ask = |uri: &str, origin: &'static str| {
        request("OPTIONS", uri)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
    };
    let here = answer(ask("/only", "https://app.example"), b"").await;
    assert_eq!(here.status(), StatusCode::NO_CONTENT);
    assert_eq!(cors_of(here.headers()), PREFLIGHT);

    let there = answer(ask("/echo/x", "https://app.example"), b"").await;
    assert_eq!(there.status(), StatusCode::OK);
    assert!(there.body().starts_with(b"{"));
    assert_eq!(cors_of(there.headers()), PREFLIGHT);

    let stranger = answer(ask("/only", "https://app.example.evil"), b"").await;
    assert_eq!(stranger.status(), StatusCode::NO_CONTENT);
    assert!(cors_of(stranger.headers()).is_empty());

    let no_preflight = answer(request("OPTIONS", "/only"), b"").await;
    assert_eq!(no_preflight.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn answers_carry_the_configured_cors_headers_and_no_others() {
    let expected = [
        "allow-credentials: true",
        "allow-origin: https://app.example",
        "expose-headers: Retry-After",
    ];
    for uri in ["/echo/cookies", "/nowhere", "/echo/fail"] {
        let request = request("GET", uri).header("origin", "https://app.example");
        let response = answer(request, b"").await;
        assert_eq!(cors_of(response.headers()), expected, "{uri}");
        let response = answer(self::request("GET", uri), b"").await;
        assert!(cors_of(response.headers()).is_empty(), "{uri}");
    }
}

#[tokio::test]
async fn origins_can_be_added_for_a_machine() {
    let gateway = gateway().allow_origin("http://localhost:*");
    for (origin, allowed) in [
        ("http://localhost:5173", true),
        ("http://localhost.evil:80", false),
        ("https://localhost:5173", false),
    ] {
        let request = request("GET", "/echo/x").header("origin", origin);
        let response = send(&gateway, request.body(Bytes::new()).unwrap()).await;
        let header = response.headers().get("access-control-allow-origin");
        assert_eq!(
            header.is_some_and(|value| value == origin),
            allowed,
            "{origin}"
        );
    }
}
