mod events;
mod limits;

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::{any, get};
use http::{Request, Response, StatusCode};
use lambda_http::RequestExt as _;
use lambda_http::request::RequestContext;
use serde_json::{Value, json};

use super::{Function, Gateway};
use crate::clock;
use crate::template::Template;

const TEMPLATE: &str = "
Resources:
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/echo
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: { IntegrationUri: !GetAtt Echo.Arn }
  All:
    Type: AWS::ApiGatewayV2::Route
    Properties: { RouteKey: 'ANY /echo/{proxy+}', Target: !Sub 'integrations/${Integration}' }
  Only:
    Type: AWS::ApiGatewayV2::Route
    Properties: { RouteKey: GET /only, Target: !Sub 'integrations/${Integration}' }
";

/// Tells what arrived: the method, the URI, the headers and the body.
async fn echo(request: Request<Body>) -> impl IntoResponse {
    let parameters = request.path_parameters_ref();
    let proxy = parameters
        .and_then(|all| all.first("proxy"))
        .map(str::to_owned);
    let context = request.request_context_ref().map(|context| match context {
        RequestContext::ApiGatewayV2(context) => json!({
            "routeKey": context.route_key,
            "requestId": context.request_id,
            "sourceIp": context.http.source_ip,
            "userAgent": context.http.user_agent,
            "path": context.http.path,
            "stage": context.stage,
            "time": context.time,
            "timeEpoch": context.time_epoch,
            "domainName": context.domain_name,
        }),
        _ => Value::Null,
    });
    let deadline = request.lambda_context_ref().map(|context| context.deadline);
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let headers = head.headers.iter();
    let headers: serde_json::Map<_, _> = headers
        .map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())))
        .collect();
    let told = json!({
        "method": head.method.as_str(),
        "path": head.uri.path(),
        "query": head.uri.query(),
        "proxy": proxy,
        "context": context,
        "deadline": deadline,
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
        "bytes": body.len(),
    });
    axum::Json(told)
}

async fn bytes() -> impl IntoResponse {
    (
        [("content-type", "application/octet-stream")],
        vec![0_u8, 255, 1],
    )
}

async fn cookies() -> impl IntoResponse {
    let headers = AppendHeaders([
        ("set-cookie", "a=1; Path=/"),
        ("set-cookie", "b=2"),
        ("access-control-allow-origin", "https://app.example"),
    ]);
    (StatusCode::CREATED, headers)
}

async fn sleep() {
    tokio::time::sleep(Duration::from_secs(31)).await;
}

async fn fail() {
    panic!("on purpose");
}

fn gateway() -> Gateway {
    let router = Router::new()
        .route("/echo/bytes", get(bytes))
        .route("/echo/cookies", get(cookies))
        .route("/echo/sleep", get(sleep))
        .route("/echo/fail", get(fail))
        .route("/echo/large", get(async || "x".repeat(7_000_000)))
        .fallback(any(echo));
    let template = Template::parse(TEMPLATE, "stack").unwrap();
    let gateway = Gateway::new(&template, vec![Function::new("echo", router)]).unwrap();
    gateway.with_clock(clock::stopped("2026-01-02T03:04:05.678Z".parse().unwrap()))
}

fn request(method: &str, uri: &str) -> http::request::Builder {
    let request = Request::builder().method(method).uri(uri);
    request.header("host", "127.0.0.1:9000")
}

async fn send(gateway: &Gateway, request: Request<Bytes>) -> Response<Bytes> {
    gateway.handle(request, "192.0.2.7".parse().unwrap()).await
}

async fn answer(builder: http::request::Builder, body: &'static [u8]) -> Response<Bytes> {
    send(&gateway(), builder.body(Bytes::from_static(body)).unwrap()).await
}

async fn told(builder: http::request::Builder, body: &'static [u8]) -> Value {
    let response = answer(builder, body).await;
    assert_eq!(response.status(), StatusCode::OK, "{response:?}");
    serde_json::from_slice(response.body()).unwrap()
}

fn message(response: &Response<Bytes>) -> (u16, String) {
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    let message = body.get("message").and_then(Value::as_str).unwrap();
    (response.status().as_u16(), message.to_owned())
}
