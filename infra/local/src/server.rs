//! Sockets for the gateway and the stack's own pages.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::response::IntoResponse as _;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use tokio::net::TcpListener;

use crate::gateway::{Gateway, LARGEST_EVENT};

/// A port that something else has.
#[derive(Debug, thiserror::Error)]
#[error(
    "port {port}, which {part} wants, {problem}; end what has it, or move the whole stack \
     with --port-base (as in --port-base 9100)"
)]
pub struct BusyPort {
    port: u16,
    part: &'static str,
    problem: String,
}

/// Takes a port of this machine for one part of the stack.
///
/// # Errors
/// When the port is in use or may not be used.
pub async fn bind(port: u16, part: &'static str) -> Result<TcpListener, BusyPort> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    listener.map_err(|error| BusyPort {
        port,
        part,
        problem: match error.kind() {
            std::io::ErrorKind::AddrInUse => "is in use".to_owned(),
            _ => format!("cannot be used ({error})"),
        },
    })
}

/// Serves a router until `shutdown` is done.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service);
    server.with_graceful_shutdown(shutdown).await
}

/// The gateway as a router, for [`serve`].
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new().fallback(answer).with_state(gateway)
}

async fn answer(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    match read(body).await {
        Ok(body) => {
            let request = Request::from_parts(head, body);
            gateway.handle(request, peer.ip()).await.map(Body::from)
        }
        // The client broke off: a part of a body is nothing to act upon.
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The body, or as much of it as shows that it is too large for an event. The
/// rest is read and dropped, so that the client gets to read the refusal.
async fn read(mut body: Body) -> Result<Bytes, axum::Error> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        if let (Ok(data), true) = (frame?.into_data(), bytes.len() <= LARGEST_EVENT) {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(Bytes::from(bytes))
}

#[cfg(test)]
mod tests;
