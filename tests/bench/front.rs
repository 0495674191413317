//! What stands before a service: a socket with or without TLS, which notes each
//! call, when it came and went and what it consumed.

use std::net::Ipv4Addr;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::capacity::{self, Units};
use crate::meter::{Call, Meter, Service};
use crate::tape::{Asked, Tape};
use crate::tls::{Authority, Open, Secured};
use crate::{Failure, now};

/// More than any call or answer of ours.
pub const LARGEST: usize = 1024 * 1024;

/// Serves a router, and says where.
pub async fn open(
    router: Router,
    authority: Option<&Authority>,
    meter: &Meter,
) -> Result<String, Failure> {
    let (listener, url) = reserve(authority).await?;
    serve(listener, router, authority, meter)?;
    Ok(url)
}

/// A socket, and where it is: for what has to know that before it is served.
pub async fn reserve(authority: Option<&Authority>) -> Result<(TcpListener, String), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    let scheme = if authority.is_some() { "https" } else { "http" };
    // By name, as on AWS: looking it up is part of connecting.
    Ok((listener, format!("{scheme}://localhost:{port}")))
}

/// Serves a router at a socket.
pub fn serve(
    listener: TcpListener,
    router: Router,
    authority: Option<&Authority>,
    meter: &Meter,
) -> Result<(), Failure> {
    if let Some(authority) = authority {
        let listener = Secured::new(listener, authority, meter)?;
        tokio::spawn(async move { axum::serve(listener, router).await });
    } else {
        let listener = Open::new(listener, meter);
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    Ok(())
}

/// What meters the calls of one service.
#[derive(Clone)]
struct Front {
    service: Service,
    meter: Meter,
    tape: Tape,
}

/// A service whose calls are noted, and whose answers may come from a tape.
pub fn metered(router: Router, service: Service, meter: &Meter, tape: &Tape) -> Router {
    let front = Front {
        service,
        meter: meter.clone(),
        tape: tape.clone(),
    };
    router.layer(from_fn_with_state(front, note))
}

async fn note(State(front): State<Front>, request: Request, next: Next) -> Response {
    let unread = |error: axum::Error| (StatusCode::BAD_REQUEST, error.to_string()).into_response();
    let (head, body) = request.into_parts();
    let body = match to_bytes(body, LARGEST).await {
        Ok(body) => body,
        Err(error) => return unread(error),
    };
    let begun = now();
    let operation = operation(&head.uri, &head.headers, &body);
    let on_tape = Asked::of(front.service, &operation, &body);
    if let Some(answer) = front.tape.answer(&on_tape) {
        return answer;
    }
    let mut asked = Value::Null;
    let mut request = Request::from_parts(head, Body::from(body.clone()));
    if front.service == Service::DynamoDb {
        asked = serde_json::from_slice(&body).unwrap_or_default();
        capacity::ask(&mut asked);
        request.headers_mut().remove(header::CONTENT_LENGTH);
        *request.body_mut() = Body::from(asked.to_string());
    }
    tokio::time::sleep(front.meter.delay(front.service)).await;
    let mut response = next.run(request).await;
    let mut units = Units::default();
    if front.service == Service::DynamoDb {
        let body = match to_bytes(std::mem::take(response.body_mut()), LARGEST).await {
            Ok(body) => body,
            Err(error) => return unread(error),
        };
        let mut answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        units = capacity::taken(&operation, &asked, &mut answer);
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove("x-amz-crc32");
        *response.body_mut() = Body::from(answer.to_string());
    }
    if front.tape.is_recording() {
        let body = match to_bytes(std::mem::take(response.body_mut()), LARGEST).await {
            Ok(body) => body,
            Err(error) => return unread(error),
        };
        let (status, headers) = (response.status(), response.headers());
        front.tape.add(on_tape, status, headers, &body);
        *response.body_mut() = Body::from(body);
    }
    front.meter.add(Call {
        service: front.service,
        operation,
        begun,
        ended: now(),
        units,
    });
    response
}

/// What is called: the end of a JSON protocol's target, or a form's action, or
/// what the path is.
fn operation(uri: &Uri, headers: &HeaderMap, body: &Bytes) -> String {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    if let Some((_, operation)) = target.and_then(|target| target.rsplit_once('.')) {
        return operation.to_owned();
    }
    let form = String::from_utf8_lossy(body);
    let action = form
        .split('&')
        .find_map(|field| field.strip_prefix("Action="));
    action.unwrap_or(uri.path()).to_owned()
}
