//! What a function gets, and what becomes of its answer.

use axum::body::Bytes;
use http::{Method, Request, StatusCode, Uri};
use serde_json::Value;

use super::{TEMPLATE, answer, gateway, message, request, send, told};
use crate::gateway::Gateway;
use crate::template::Template;

#[tokio::test]
async fn a_function_gets_what_the_gateway_knows() {
    let request = request("PATCH", "/echo/a/b/?x=1&x=%20")
        .header("user-agent", "test/1")
        .header("x-forwarded-for", "203.0.113.9");
    let told = told(request, b"").await;
    assert_eq!(told["method"], "PATCH");
    assert_eq!(told["path"], "/echo/a/b/");
    assert_eq!(told["query"], "x=1&x=%20");
    assert_eq!(told["proxy"], "a/b/");
    assert_eq!(told["deadline"], 1_767_323_075_678_i64);
    let context = &told["context"];
    assert_eq!(context["routeKey"], "ANY /echo/{proxy+}");
    assert_eq!(context["sourceIp"], "192.0.2.7");
    assert_eq!(context["userAgent"], "test/1");
    assert_eq!(context["path"], "/echo/a/b/");
    assert_eq!(context["stage"], "$default");
    assert_eq!(context["time"], "02/Jan/2026:03:04:05 +0000");
    assert_eq!(context["timeEpoch"], 1_767_323_045_678_i64);
    assert_eq!(context["domainName"], "127.0.0.1");
    let headers = &told["headers"];
    assert_eq!(headers["x-forwarded-for"], "203.0.113.9, 192.0.2.7");
    assert_eq!(headers["x-forwarded-port"], "9000");
    assert_eq!(headers["x-forwarded-proto"], "http");
}

#[tokio::test]
async fn request_ids_differ_and_are_told_to_the_client() {
    let gateway = gateway();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = request("GET", "/echo/x").body(Bytes::new()).unwrap();
        let response = send(&gateway, request).await;
        let told: Value = serde_json::from_slice(response.body()).unwrap();
        let id = response.headers()["apigw-requestid"].to_str().unwrap();
        assert_eq!(told["context"]["requestId"], id);
        ids.push(id.to_owned());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn repeated_headers_are_joined_and_cookies_travel_apart() {
    let request = request("GET", "/echo/x")
        .header("x-list", "a")
        .header("X-List", "b, c")
        .header("cookie", "k=1; l=2")
        .header("cookie", "m=3")
        .header("connection", "keep-alive");
    let told = told(request, b"").await;
    assert_eq!(told["headers"]["x-list"], "a,b, c");
    assert_eq!(told["headers"]["cookie"], "k=1; l=2; m=3");
    assert_eq!(told["headers"]["connection"], Value::Null);
}

#[tokio::test]
async fn a_path_arrives_decoded_and_cut_at_a_question_mark() {
    let plain = told(request("GET", "/echo/%61%40b"), b"").await;
    assert_eq!(plain["context"]["path"], "/echo/a@b");
    let cut = told(request("GET", "/echo/a%3Fadmin=1?b=2"), b"").await;
    assert_eq!(cut["context"]["path"], "/echo/a");
    assert_eq!(cut["query"], "b=2");
}

#[tokio::test]
async fn bodies_arrive_whole_as_text_or_in_base64() {
    let post = |kind: &'static str| request("POST", "/echo/x").header("content-type", kind);
    let text = told(
        post("application/json; charset=utf-8"),
        "{\"ü\":1}".as_bytes(),
    )
    .await;
    assert_eq!(text["body"], "{\"ü\":1}");
    let form = told(post("application/x-www-form-urlencoded"), b"a=%26&b=1").await;
    assert_eq!(form["body"], "a=%26&b=1");
    assert_eq!(form["headers"]["content-length"], "9");
    let binary = told(post("application/octet-stream"), &[0, 159, 255]).await;
    assert_eq!(binary["bytes"], 3);
    let untyped = told(request("POST", "/echo/x"), b"x").await;
    assert_eq!(untyped["body"], "x");
}

#[tokio::test]
async fn an_answer_keeps_bytes_cookies_and_status() {
    let response = answer(request("GET", "/echo/bytes"), b"").await;
    assert_eq!(response.body()[..], [0, 255, 1]);
    let response = answer(request("GET", "/echo/cookies"), b"").await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1; Path=/", "b=2"]);
    let response = answer(request("HEAD", "/echo/bytes"), b"").await;
    assert_eq!(
        (response.status(), response.body().len()),
        (StatusCode::OK, 0)
    );
}

#[tokio::test]
async fn cors_is_the_functions_business() {
    let from = |method: &str, uri: &str| {
        request(method, uri)
            .header("origin", "https://app.example")
            .header("access-control-request-method", "POST")
    };
    let asked = told(from("OPTIONS", "/echo/x"), b"").await;
    assert_eq!(asked["method"], "OPTIONS");
    assert_eq!(asked["headers"]["origin"], "https://app.example");
    let allowed = "access-control-allow-origin";
    let response = answer(from("GET", "/echo/cookies"), b"").await;
    assert_eq!(response.headers()[allowed], "https://app.example");
    for (method, uri) in [
        ("OPTIONS", "/only"),
        ("GET", "/nowhere"),
        ("GET", "/echo/fail"),
    ] {
        let response = answer(from(method, uri), b"").await;
        assert_eq!(response.headers().get(allowed), None, "{uri}");
    }
}

#[tokio::test]
async fn no_route_is_404() {
    for uri in ["/", "/echo", "/only/", "/nowhere"] {
        let response = answer(request("GET", uri), b"").await;
        assert_eq!(message(&response), (404, "Not Found".to_owned()), "{uri}");
    }
    let response = answer(request("POST", "/only"), b"").await;
    assert_eq!(message(&response), (404, "Not Found".to_owned()));
}

#[test]
fn a_route_to_nowhere_is_found_at_the_start() {
    let template = Template::parse(TEMPLATE, "stack").unwrap();
    let missing = Gateway::new(&template, Vec::new()).err().unwrap();
    assert_eq!(
        missing.to_string(),
        "the template routes ANY /echo/{proxy+} to the function \"echo\", \
         which this stack does not have"
    );
}

#[tokio::test]
async fn a_request_needs_no_host() {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = Uri::from_static("/echo/x");
    let response = send(&gateway(), request).await;
    let told: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(told["headers"]["host"], "localhost");
}

/// lambda_http by itself takes no such header: the functions' own frame does.
#[tokio::test]
async fn a_header_beyond_ascii_is_left_out_and_breaks_nothing() {
    let name = http::HeaderValue::from_bytes("Zoë".as_bytes()).unwrap();
    let response = answer(request("GET", "/echo/x").header("user-agent", name), b"").await;
    let told: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(told["headers"].get("user-agent"), None);
}
