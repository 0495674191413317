//! The sockets that stand for AWS: with TLS, or plain.
//!
//! Certificates come from an authority made for the run. The function trusts
//! it beside all others, as it would a company's own.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::server::TlsStream;

use crate::Failure;
use crate::meter::Meter;
use crate::timed::Timed;

/// Server certificates, and the bundle to trust them by.
#[derive(Clone)]
pub struct Authority(TlsAcceptor);

impl Authority {
    /// Makes an authority and writes the bundle.
    pub fn new(bundle: &Path) -> Result<Self, Failure> {
        let mut root = CertificateParams::new(Vec::new())?;
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_key = KeyPair::generate()?;
        std::fs::write(bundle, root.self_signed(&root_key)?.pem())?;

        let key = KeyPair::generate()?;
        let server = CertificateParams::new(vec!["localhost".to_owned()])?;
        let server = server.signed_by(&key, &Issuer::new(root, root_key))?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(
            tokio_rustls::rustls::crypto::aws_lc_rs::default_provider(),
        ))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], key.into())?;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

/// Connections without TLS.
pub struct Open {
    listener: TcpListener,
    meter: Meter,
}

impl Open {
    /// Notes on `meter` how long is waited.
    pub fn new(listener: TcpListener, meter: &Meter) -> Self {
        Self {
            listener,
            meter: meter.clone(),
        }
    }
}

impl Listener for Open {
    type Io = Timed;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            if let Ok((stream, peer)) = self.listener.accept().await
                && let Ok(stream) = Timed::new(stream, &self.meter)
            {
                return (stream, peer);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// Connections whose handshake is done. Handshakes run side by side: one slow
/// client would else hold up the next.
pub struct Secured {
    done: mpsc::Receiver<(TlsStream<Timed>, SocketAddr)>,
    address: SocketAddr,
}

impl Secured {
    /// Puts TLS on a socket, and notes on `meter` how long is waited.
    pub fn new(listener: TcpListener, authority: &Authority, meter: &Meter) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let acceptor = authority.0.clone();
        let meter = meter.clone();
        let (sender, done) = mpsc::channel(16);
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                let stream = Timed::new(stream, &meter);
                tokio::spawn(async move {
                    // A client that breaks off the handshake is not served.
                    if let Ok(stream) = stream
                        && let Ok(stream) = acceptor.accept(stream).await
                    {
                        let _ = sender.send((stream, peer)).await;
                    }
                });
            }
        });
        Ok(Self { done, address })
    }
}

impl Listener for Secured {
    type Io = TlsStream<Timed>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.done.recv().await {
            Some(connection) => connection,
            // The socket is gone: there will be no more connections.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}
