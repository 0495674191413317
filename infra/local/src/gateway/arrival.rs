//! A request at the gateway, with what the gateway knows about it.

use std::net::IpAddr;

use axum::body::Bytes;
use http::header::HOST;
use http::request::Parts;
use http::{Method, Request};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

/// A request, its peer, its instant and its id.
pub(super) struct Arrival {
    pub(super) head: Parts,
    pub(super) body: Bytes,
    pub(super) peer: IpAddr,
    pub(super) now: Timestamp,
    pub(super) request_id: String,
    /// The path, percent-decoded.
    pub(super) path: String,
}

impl Arrival {
    pub(super) fn new(
        request: Request<Bytes>,
        peer: IpAddr,
        now: Timestamp,
        request_id: String,
    ) -> Self {
        let (head, body) = request.into_parts();
        let path = percent_decode_str(head.uri.path()).decode_utf8_lossy();
        // The real one hands on a decoded path, cut at a question mark.
        let path = path.split('?').next().unwrap_or_default().to_owned();
        Self {
            head,
            body,
            peer,
            now,
            request_id,
            path,
        }
    }

    pub(super) fn method(&self) -> &Method {
        &self.head.method
    }

    /// The size of the request line and the headers.
    pub(super) fn head_size(&self) -> usize {
        let target = self.head.uri.path_and_query();
        let target = target.map_or(0, |target| target.as_str().len());
        let line = self.head.method.as_str().len() + target + "  HTTP/1.1".len();
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            name.as_str().len() + value.len()
        };
        line + self.head.headers.iter().map(header).sum::<usize>()
    }

    /// A header's values in one, joined by commas; empty if it is not there.
    pub(super) fn header(&self, name: &str) -> String {
        let values = self.head.headers.get_all(name).iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        values.join(",")
    }

    /// The host and, if it is named, the port that the client asked.
    fn authority(&self) -> (String, Option<String>) {
        let host = match self.header(HOST.as_str()) {
            host if host.is_empty() => self.head.uri.authority().map(ToString::to_string),
            host => Some(host),
        };
        let host = host.unwrap_or_else(|| "localhost".to_owned());
        match host.rsplit_once(':') {
            Some((domain, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (domain.to_owned(), Some(port.to_owned()))
            }
            _ => (host, None),
        }
    }

    pub(super) fn domain(&self) -> String {
        self.authority().0
    }

    pub(super) fn port(&self) -> String {
        self.authority().1.unwrap_or_else(|| "80".to_owned())
    }
}
