//! The HTTP client by which AWS and identity providers are reached: HTTP/1.1,
//! which all of them speak, and TLS by rustls, with what the machine trusts.
//!
//! The SDK brings one of its own for each service. It speaks HTTP/2 and to
//! proxies too, which was a tenth of every binary, and each reads the machine's
//! certificates again. This one is the same two libraries, hyper and rustls, with
//! one pool and one set of certificates for whatever shares it.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::{Connect, HttpConnector as Tcp, capture_connection};
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::aws_lc_rs;

/// For how long a connection may be in the making before another address is
/// tried. TLS is no part of it: who calls sets a deadline for all of a request.
const CONNECT: Duration = Duration::from_secs(1);

/// The client. A clone is another handle to the same connections.
#[derive(Clone, Debug)]
pub struct Connector(SharedHttpConnector);

#[derive(Debug)]
struct Pool<C>(Client<C, SdkBody>);

impl Connector {
    /// A client that trusts what the machine trusts. Plain HTTP it speaks for the
    /// local stack's sake: AWS's own addresses are all HTTPS.
    ///
    /// # Errors
    /// If the machine has no certificates to trust.
    pub fn new() -> io::Result<Self> {
        let tls = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(aws_lc_rs::default_provider())?
            .https_or_http()
            .enable_http1();
        let mut tcp = tcp();
        tcp.enforce_http(false);
        Ok(Self::over(tls.wrap_connector(tcp)))
    }

    /// A client for services on this machine, by plain HTTP alone.
    #[must_use]
    pub fn plain() -> Self {
        Self::over(tcp())
    }

    fn over(connections: impl Connect + Clone + fmt::Debug + Send + Sync + 'static) -> Self {
        let pool = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(connections);
        Self(SharedHttpConnector::new(Pool(pool)))
    }
}

fn tcp() -> Tcp {
    let mut tcp = Tcp::new();
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT));
    tcp
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.0.call(request)
    }
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.clone()
    }
}

impl<C: Connect + Clone + fmt::Debug + Send + Sync + 'static> HttpConnector for Pool<C> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        let used = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            // After a transient failure the SDK asks for the connection, so as not to try it again.
            capture.set_connection_retriever(move || {
                let used = used.clone();
                used.connection_metadata().as_ref()?;
                let poison = move || {
                    if let Some(connection) = used.connection_metadata().as_ref() {
                        connection.poison();
                    }
                };
                Some(
                    ConnectionMetadata::builder()
                        .proxied(false)
                        .poison_fn(poison)
                        .build(),
                )
            });
        }
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async move {
            let response = answer.await.map_err(failure)?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// What failed, as the SDK's retries want it told: whatever happened between us
/// and the service may go better next time.
fn failure(error: legacy::Error) -> ConnectorError {
    let mut cause: Option<&dyn Error> = Some(&error);
    let mut timed_out = false;
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        timed_out |= io.is_some_and(|io| io.kind() == io::ErrorKind::TimedOut);
        cause = error.source();
    }
    if timed_out {
        ConnectorError::timeout(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}
