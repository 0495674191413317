use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::post;
use http::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::{bind, router, serve};
use crate::gateway::{Function, Gateway};
use crate::template::Template;

const TEMPLATE: &str = "
Resources:
  Count:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/count
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: { IntegrationUri: !GetAtt Count.Arn }
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: { RouteKey: POST /count, Target: !Sub 'integrations/${Integration}' }
";

#[tokio::test]
async fn bodies_pass_and_too_large_ones_are_refused_to_a_client_that_hears_it() {
    let count = async |body: Bytes| body.len().to_string();
    let function = Function::new("count", Router::new().route("/count", post(count)));
    let template = Template::parse(TEMPLATE, "stack").unwrap();
    let gateway = Gateway::new(&template, vec![function]).unwrap();
    let listener = bind(0, "a test").await.unwrap();
    let url = format!("http://{}/count", listener.local_addr().unwrap());
    tokio::spawn(serve(
        listener,
        router(Arc::new(gateway)),
        std::future::pending(),
    ));

    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    for (size, status) in [
        (1_000, StatusCode::OK),
        (6_291_457, StatusCode::PAYLOAD_TOO_LARGE),
        (20_000_000, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let request = Request::post(&url).header("content-type", "text/plain");
        let request = request.body(Body::from(vec![b'x'; size])).unwrap();
        let response = client.request(request).await.unwrap();
        assert_eq!(response.status(), status, "{size}");
    }
}

#[tokio::test]
async fn a_busy_port_is_named_with_who_wanted_it() {
    let taken = bind(0, "a test").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = bind(port, "the inbox page").await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "port {port}, which the inbox page wants, is in use; end what has it, \
             or move the whole stack with --port-base (as in --port-base 9100)"
        )
    );
}
