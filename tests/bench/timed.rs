//! Connections that note how long the other end has to wait: from the last bytes that it
//! sent to the last that are answered, the handshake of TLS included. So the work of a
//! stand-in is never taken for that of a function.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::meter::Meter;
use crate::now;

/// One connection.
pub struct Timed {
    stream: TcpStream,
    meter: Meter,
    heard: Option<Instant>,
}

impl Timed {
    /// A connection that was just accepted.
    ///
    /// # Errors
    /// If it is gone already.
    pub fn new(stream: TcpStream, meter: &Meter) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            meter: meter.clone(),
            heard: None,
        })
    }

    /// An answer may be written in parts, after session tickets of TLS: each part makes
    /// the wait longer.
    fn answered(&self) {
        if let Some(since) = self.heard {
            self.meter.waited(since, now());
        }
    }
}

impl AsyncRead for Timed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
        if into.filled().len() > before {
            self.heard = Some(now());
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Timed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
        self.answered();
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bytes))?;
        self.answered();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
