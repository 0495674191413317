//! By which way the tokens of a request travel.
//!
//! | of a request | tokens travel |
//! |---|---|
//! | by a mobile twin | in bodies |
//! | with a bearer, or a refresh token in its body, and no cookie of a session | in bodies |
//! | with a cookie of a session and no bearer | in cookies |
//! | with both | in bodies: a program chose to send the bearer |
//! | with neither, from an app's origin | in bodies |
//! | with neither, from any other origin, or with another cookie of ours | in cookies |
//! | with nothing of all that | in bodies: it is no browser |
//!
//! That is the hybrid mode. In the others one way is the only one, and what comes by the
//! other is refused with a code that says so.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use domain::origin::OriginKind;
use domain::session::Delivery;
use domain::trusted_device::DeviceToken;
use domain::{AuthFailure, Error};
use flows::{DeliveryMode, Postern};

use super::cookies::{self, ACCESS, CSRF, DEVICE, OLD_DEVICE, REFRESH, cookie};
use super::twin::Twin;
use crate::extract::caller::bearer;

/// What a request brings that says how its tokens travel.
#[derive(Clone, Debug)]
pub struct Channel {
    mode: DeliveryMode,
    twin: bool,
    bearer: Option<String>,
    access: Option<String>,
    refresh: Option<String>,
    csrf: Option<String>,
    csrf_header: Option<String>,
    device: Option<String>,
    device_header: Option<String>,
    other_cookie: bool,
    origin: Option<Option<OriginKind>>,
}

impl FromRequestParts<Postern> for Channel {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, postern: &Postern) -> Result<Self, Infallible> {
        let headers = &parts.headers;
        let text = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let origin = text(ORIGIN.as_str());
        Ok(Self {
            mode: postern.settings().nauth.delivery,
            twin: parts.extensions.get::<Twin>().is_some_and(|twin| twin.0),
            bearer: bearer(parts).map(str::to_owned),
            access: cookie(headers, ACCESS),
            refresh: cookie(headers, REFRESH),
            csrf: cookie(headers, CSRF),
            csrf_header: text("x-csrf-token"),
            device: cookie(headers, DEVICE).or_else(|| cookie(headers, OLD_DEVICE)),
            device_header: text("x-device-token"),
            other_cookie: cookies::any(headers),
            origin: origin.map(|origin| postern.origin_kind(&origin)),
        })
    }
}

const NO_COOKIES: Error = Error::Unauthenticated(AuthFailure::OtherDelivery(Delivery::Cookies));
const NO_BEARER: Error = Error::Unauthenticated(AuthFailure::OtherDelivery(Delivery::Body));

impl Channel {
    /// How the tokens of a request travel that needs none.
    ///
    /// # Errors
    /// [`AuthFailure::OtherDelivery`] for the mobile twin where there are only cookies.
    pub fn open(&self) -> Result<Delivery, Error> {
        match self.mode {
            DeliveryMode::Json => Ok(Delivery::Body),
            DeliveryMode::Cookies if self.twin => Err(NO_BEARER),
            DeliveryMode::Cookies => Ok(Delivery::Cookies),
            DeliveryMode::Hybrid => Ok(self.hybrid(false)),
        }
    }

    /// How the tokens of a sign-in travel that a browser leaves for, as far as the request
    /// says. A browser that follows a link names no origin, so one without cookies of ours
    /// looks like a program; the request that fetches the outcome knows better.
    ///
    /// # Errors
    /// As [`Channel::open`].
    pub fn at_departure(&self) -> Result<Option<Delivery>, Error> {
        let says_nothing = !self.twin
            && self.bearer.is_none()
            && !self.has_session_cookie()
            && !self.other_cookie
            && self.origin.is_none();
        match self.mode {
            DeliveryMode::Hybrid if says_nothing => Ok(None),
            DeliveryMode::Json | DeliveryMode::Cookies | DeliveryMode::Hybrid => {
                self.open().map(Some)
            }
        }
    }

    fn has_session_cookie(&self) -> bool {
        self.access.is_some() || self.refresh.is_some()
    }

    fn hybrid(&self, token_in_body: bool) -> Delivery {
        let cookie = self.has_session_cookie();
        if self.twin || self.bearer.is_some() || (token_in_body && !cookie) {
            return Delivery::Body;
        }
        match self.origin {
            _ if cookie => Delivery::Cookies,
            Some(Some(OriginKind::Native)) => Delivery::Body,
            Some(_) => Delivery::Cookies,
            None if self.other_cookie => Delivery::Cookies,
            None => Delivery::Body,
        }
    }

    /// Refuses what came by a way that is not served here.
    fn admitted(&self, token_in_body: bool) -> Result<(), Error> {
        let by_body = self.bearer.is_some() || token_in_body;
        match self.mode {
            DeliveryMode::Json if self.has_session_cookie() => Err(NO_COOKIES),
            DeliveryMode::Cookies if by_body || self.twin => Err(NO_BEARER),
            DeliveryMode::Hybrid if self.twin && self.has_session_cookie() => Err(NO_COOKIES),
            DeliveryMode::Json | DeliveryMode::Cookies | DeliveryMode::Hybrid => Ok(()),
        }
    }

    /// The access token of the request, and by which way it came.
    ///
    /// # Errors
    /// [`AuthFailure::OtherDelivery`]; [`AuthFailure::Missing`].
    pub(super) fn access(&self) -> Result<(Delivery, &str), Error> {
        self.admitted(false)?;
        let by_bearer = self.bearer.as_deref().map(|token| (Delivery::Body, token));
        let by_cookie = self
            .access
            .as_deref()
            .map(|token| (Delivery::Cookies, token));
        let token = by_bearer.or(by_cookie);
        token.ok_or(Error::Unauthenticated(AuthFailure::Missing))
    }

    /// The refresh token of the request, which may be `in_body`, and by which way it came.
    ///
    /// # Errors
    /// As [`Channel::access`].
    pub fn refresh<'t>(&'t self, in_body: Option<&'t str>) -> Result<(Delivery, &'t str), Error> {
        self.admitted(in_body.is_some())?;
        let delivery = match self.mode {
            DeliveryMode::Json => Delivery::Body,
            DeliveryMode::Cookies => Delivery::Cookies,
            DeliveryMode::Hybrid => self.hybrid(in_body.is_some()),
        };
        let token = match delivery {
            Delivery::Body => in_body,
            Delivery::Cookies => self.refresh.as_deref(),
        };
        let token = token.ok_or(Error::Unauthenticated(AuthFailure::Missing))?;
        Ok((delivery, token))
    }

    /// The token of a trusted device, if one came by the way that tokens travel.
    #[must_use]
    pub fn device(&self, delivery: Delivery) -> Option<DeviceToken> {
        let text = match delivery {
            Delivery::Body => self.device_header.as_deref(),
            Delivery::Cookies => self.device.as_deref(),
        };
        text.and_then(DeviceToken::parse)
    }

    /// The CSRF token as the cookie has it, and as the header shows it.
    pub(super) fn csrf(&self) -> (Option<&str>, Option<&str>) {
        (self.csrf.as_deref(), self.csrf_header.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(mode: DeliveryMode) -> Channel {
        Channel {
            mode,
            twin: false,
            bearer: None,
            access: None,
            refresh: None,
            csrf: None,
            csrf_header: None,
            device: None,
            device_header: None,
            other_cookie: false,
            origin: None,
        }
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn each_request_of_the_hybrid_mode_has_its_way() {
        let plain = nothing(DeliveryMode::Hybrid);
        let (body, cookies) = (Delivery::Body, Delivery::Cookies);
        let cookie = Channel {
            access: some("a"),
            other_cookie: true,
            ..plain.clone()
        };
        let bearer = Channel {
            bearer: some("b"),
            ..plain.clone()
        };
        let from = |kind| Channel {
            origin: Some(kind),
            ..plain.clone()
        };
        for (channel, in_body, way) in [
            (plain.clone(), false, body),
            (
                Channel {
                    twin: true,
                    ..from(Some(OriginKind::Web))
                },
                false,
                body,
            ),
            (bearer.clone(), false, body),
            (plain.clone(), true, body),
            (cookie.clone(), false, cookies),
            (cookie.clone(), true, cookies),
            (
                Channel {
                    bearer: some("b"),
                    ..cookie.clone()
                },
                false,
                body,
            ),
            (from(Some(OriginKind::Native)), false, body),
            (from(Some(OriginKind::Web)), false, cookies),
            (from(None), false, cookies),
            (
                Channel {
                    other_cookie: true,
                    ..plain.clone()
                },
                false,
                cookies,
            ),
        ] {
            assert_eq!(channel.hybrid(in_body), way, "{channel:?}");
        }
    }

    #[test]
    fn the_wrong_kind_is_refused_with_its_code() {
        let json = Channel {
            access: some("a"),
            ..nothing(DeliveryMode::Json)
        };
        assert_eq!(json.access(), Err(NO_COOKIES));
        let cookies = Channel {
            bearer: some("b"),
            ..nothing(DeliveryMode::Cookies)
        };
        assert_eq!(cookies.access(), Err(NO_BEARER));
        let twin = Channel {
            twin: true,
            ..nothing(DeliveryMode::Cookies)
        };
        assert_eq!(twin.open(), Err(NO_BEARER));
        let twin = Channel {
            twin: true,
            access: some("a"),
            ..nothing(DeliveryMode::Hybrid)
        };
        assert_eq!(twin.access(), Err(NO_COOKIES));
        assert_eq!(twin.open(), Ok(Delivery::Body));
        let none = nothing(DeliveryMode::Hybrid);
        let missing = Error::Unauthenticated(AuthFailure::Missing);
        assert_eq!(none.refresh(None), Err(missing));
        assert_eq!(none.refresh(Some("r")), Ok((Delivery::Body, "r")));
        let by_cookie = Channel {
            refresh: some("c"),
            ..none
        };
        assert_eq!(by_cookie.refresh(Some("r")), Ok((Delivery::Cookies, "c")));
    }
}
