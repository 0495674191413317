//! The HTTP client by which AWS and identity providers are reached: HTTP/1.1,
//! which all of them speak, and TLS by rustls.
//!
//! The SDK brings one of its own for each service. It speaks HTTP/2 and to
//! proxies too, which was a tenth of every binary, and each reads the machine's
//! certificates, which was a sixth of every start. This one is the same two
//! libraries, hyper and rustls, with one pool for whatever shares it, and it
//! trusts Mozilla's list as it was at the build. Certificates of one's own, as a
//! GitHub Enterprise inside a company has them, are added by `SSL_CERT_FILE`.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
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
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// For how long a connection may be in the making before another address is
/// tried. TLS is no part of it: who calls sets a deadline for all of a request.
const CONNECT: Duration = Duration::from_secs(1);

/// The client. A clone is another handle to the same connections.
#[derive(Clone, Debug)]
pub struct Connector(SharedHttpConnector);

#[derive(Debug)]
struct Pool<C>(Client<C, SdkBody>);

impl Connector {
    /// A client that trusts what browsers trust, and what `SSL_CERT_FILE` holds.
    /// Plain HTTP it speaks for the local stack's sake: AWS's own addresses are all
    /// HTTPS.
    ///
    /// # Errors
    /// If that file cannot be read, or holds no certificate.
    pub fn new() -> io::Result<Self> {
        let own = std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty());
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(trusted(own.as_deref().map(Path::new))?)
            .with_no_client_auth();
        let tls = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
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

    /// Puts `body` at a URL, without naming what kind it is of.
    ///
    /// # Errors
    /// If nobody answers there, or not well.
    pub async fn put(&self, url: &str, body: String) -> io::Result<()> {
        let mut request = HttpRequest::empty();
        request.set_method("PUT").map_err(io::Error::other)?;
        request.set_uri(url).map_err(io::Error::other)?;
        let headers = request.headers_mut();
        headers.insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body);
        let answer = self.call(request).await.map_err(io::Error::other)?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(io::Error::other(format!("status {}", answer.status()))),
        }
    }

    fn over(connections: impl Connect + Clone + fmt::Debug + Send + Sync + 'static) -> Self {
        let pool = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(connections);
        Self(SharedHttpConnector::new(Pool(pool)))
    }
}

/// What is trusted: Mozilla's list, and the certificates in a file of PEM.
fn trusted(own: Option<&Path>) -> io::Result<RootCertStore> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let Some(path) = own else { return Ok(roots) };
    let unusable =
        |why: String| io::Error::other(format!("SSL_CERT_FILE {}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|error| unusable(error.to_string()))?;
    // A bundle of a whole system holds some that rustls has no use for.
    match roots.add_parsable_certificates(certificates) {
        (0, _) => Err(unusable("no certificate".to_owned())),
        _ => Ok(roots),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_of_ones_own_are_trusted_beside_the_others() {
        let folder = std::env::temp_dir().join(format!("postern-roots-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("own.pem");
        let everybodys = trusted(None).unwrap().len();
        assert!(everybodys > 100);
        let own = rcgen::generate_simple_self_signed(["github.example.com".to_owned()]).unwrap();
        std::fs::write(&file, own.cert.pem()).unwrap();
        assert_eq!(trusted(Some(&file)).unwrap().len(), everybodys + 1);
        for useless in ["", "no PEM", "-----BEGIN CERTIFICATE-----\n"] {
            std::fs::write(&file, useless).unwrap();
            assert!(trusted(Some(&file)).is_err(), "{useless:?}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
        let error = trusted(Some(&file)).unwrap_err().to_string();
        assert!(error.contains("own.pem"), "{error}");
    }
}
