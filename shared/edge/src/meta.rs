//! The circumstances of a request, as a handler's argument.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::{Error, UnixTime, profile, time};
use flows::{Postern, RequestMeta};
use ipnet::IpNet;
use lambda_http::request::RequestContext;

use crate::Refusal;

/// When, from where and by what client. Read once; every argument of one
/// handler sees the same instant.
#[derive(Clone, Debug)]
pub struct Meta(pub RequestMeta);

impl FromRequestParts<Postern> for Meta {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Refusal> {
        if let Some(meta) = parts.extensions.get::<Self>() {
            return Ok(meta.clone());
        }
        let meta = Self(read(
            parts,
            postern.now(),
            &postern.settings().trusted_proxies,
        )?);
        parts.extensions.insert(meta.clone());
        // Here, because every request comes by: tokens are made and checked after this.
        postern.keep_keys_current(meta.0.now).await;
        Ok(meta)
    }
}

fn read(parts: &Parts, now: UnixTime, trusted: &[IpNet]) -> Result<RequestMeta, Error> {
    let text = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let time_zone = text("x-timezone").trim();
    Ok(RequestMeta {
        now,
        ip: client_address(peer(parts)?, &parts.headers, trusted),
        user_agent: text(header::USER_AGENT.as_str()).to_owned(),
        language: profile::first_language(text(header::ACCEPT_LANGUAGE.as_str())),
        time_zone: time::time_zone(time_zone),
    })
}

/// Who API Gateway says is calling.
fn peer(parts: &Parts) -> Result<IpAddr, Error> {
    let context = parts.extensions.get::<RequestContext>();
    let said = context.and_then(|context| match context {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref(),
        _ => None,
    });
    said.and_then(|address| address.parse().ok())
        .ok_or_else(|| Error::Internal("the event names no source address".to_owned()))
}

/// The client's address: the peer's, unless that is a proxy of ours; then the
/// right-most address in X-Forwarded-For that is not. Anything further left was
/// written by somebody we do not trust.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_ours = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_ours(&peer) {
        return peer;
    }
    let lines = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    let addresses = hops
        .iter()
        .rev()
        .map_while(|hop| hop.parse::<IpAddr>().ok());
    addresses
        .into_iter()
        .find(|address| !is_ours(address))
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let headers = HeaderMap::from_iter([(
            axum::http::HeaderName::from_static("x-forwarded-for"),
            forwarded.parse().unwrap(),
        )]);
        let trusted: Vec<IpNet> = trusted
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_header_is_believed_only_from_a_trusted_proxy() {
        assert_eq!(
            client("203.0.113.9", "198.51.100.1, 203.0.113.9", &[]),
            "203.0.113.9"
        );
        assert_eq!(
            client("10.0.0.1", "198.51.100.1, 10.0.0.1", &["10.0.0.1/32"]),
            "198.51.100.1"
        );
    }

    #[test]
    fn only_the_right_most_stranger_counts() {
        let trusted = ["10.0.0.0/24", "2001:db8::/32"];
        assert_eq!(
            client("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", &trusted),
            "198.51.100.1"
        );
        assert_eq!(
            client("10.0.0.1", "6.6.6.6, garbage, 10.0.0.2", &trusted),
            "10.0.0.1"
        );
        assert_eq!(
            client("2001:db8::7", "10.0.1.1, 2001:db8::8", &trusted),
            "10.0.1.1"
        );
        assert_eq!(client("10.0.0.1", "", &trusted), "10.0.0.1");
    }
}
