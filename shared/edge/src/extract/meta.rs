//! The circumstances of a request, as a handler's argument.

mod hops;

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use domain::{Error, UnixTime, profile, time};
use flows::{Postern, RequestMeta, Settings};
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
        let meta = Self(read(parts, postern.now(), postern.settings())?);
        parts.extensions.insert(meta.clone());
        // Here, because every request comes by: tokens are made and checked after this.
        tokio::join!(
            postern.keep_keys_current(meta.0.now),
            postern.keep_secrets_current(meta.0.now),
        );
        Ok(meta)
    }
}

fn read(parts: &Parts, now: UnixTime, settings: &Settings) -> Result<RequestMeta, Error> {
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
        ip: hops::client_address(
            peer(parts)?,
            &parts.headers,
            settings.forwarded_header,
            &settings.trusted_proxies,
        ),
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
    said.and_then(hops::address)
        .ok_or_else(|| Error::Internal("the event names no source address".to_owned()))
}
