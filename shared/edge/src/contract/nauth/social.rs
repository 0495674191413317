//! A browser that comes back from a provider, sent on to its application.

use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::Error;
use flows::{SocialOutcome, SocialReturn};

use super::reply::with_cookies;
use crate::Refusal;
use crate::dialect::nest;

/// Characters of a provider's own word for why it says no, and of its sentence: they stand
/// in an address, which must not outgrow the headers of an answer.
const TOLD: (usize, usize) = (200, 500);

/// A redirect (RFC 9110 §15.4.3). Nothing keeps it, and the page that it leads to is told
/// of no other: the address may hold a token for one exchange.
#[must_use]
pub fn redirect(to: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        let error = Error::Internal("an address is no header".to_owned());
        return Refusal(error).into_response();
    };
    let headers = [
        (LOCATION, location),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (StatusCode::FOUND, headers).into_response()
}

/// The answer that sends a browser on, with what came of its sign-in: cookies, a token for
/// one exchange, or why it went no further.
#[must_use]
pub fn sent_on(back: &SocialReturn) -> Response {
    let SocialReturn { request, outcome } = back;
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let mut told: Vec<(&str, String)> = Vec::new();
    let mut tokens = None;
    match outcome {
        Ok(SocialOutcome::SignedIn(signed_in)) => tokens = Some(signed_in),
        Ok(SocialOutcome::Exchange(token)) => told.push(("exchangeToken", token.clone())),
        Ok(SocialOutcome::Linked) => {}
        Ok(SocialOutcome::Declined { error, description }) => {
            told.push(("error", cut(error, TOLD.0)));
            let description = description.as_deref();
            told.extend(description.map(|text| ("error_description", cut(text, TOLD.1))));
        }
        // A fault of ours is for the log, and the person can do nothing about it there.
        Err(error @ Error::Internal(_)) => return Refusal(error.clone()).into_response(),
        Err(error) => told.push(("error", nest::SIGN_IN.code(error).to_owned())),
    }
    let app_state = request.app_state.as_deref();
    let app_state = app_state.map(|state| ("appState", state));
    let told = told.iter().map(|(name, value)| (*name, value.as_str()));
    let pairs: Vec<(&str, &str)> = app_state.into_iter().chain(told).collect();
    let response = redirect(&request.return_to.with(&pairs));
    match tokens {
        Some(tokens) => with_cookies(response, tokens),
        None => response,
    }
}
