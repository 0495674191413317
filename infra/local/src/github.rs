//! A GitHub on this machine, for signing in through it without leaving.
//!
//! It speaks GitHub's web application flow as an app sees it, odd corners
//! included: a refused code is a 200 with an `error` in it, answers are a form
//! unless JSON is asked for, `/user` names an address without saying whether it
//! is verified. A code is good once, for ten minutes, for the app, redirect URI
//! and PKCE challenge that it was made for. Instead of signing in, a person says
//! on its page who they are; a login is the same person every time.
//!
//! [`page`] is the browser's side, with a small site that signs in through it.

mod exchange;
pub mod page;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crypto::{SystemEntropy, derive};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::clock::Clock;

/// The id of the one app that is registered here.
pub const CLIENT_ID: &str = "postern-local";
/// Its secret, which is none, since it stands here.
pub const CLIENT_SECRET: &str = "local-secret-of-the-test-github";

/// How long a code is good.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// The provider. A clone is another handle to the same one.
#[derive(Clone)]
pub struct GitHub(Arc<Inner>);

struct Inner {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    codes: HashMap<String, Grant>,
    tokens: HashMap<String, Person>,
}

/// What an app asks for by sending a browser here.
#[derive(Clone, Debug, Deserialize)]
pub struct Request {
    /// The app.
    pub client_id: String,
    /// Where to go back to.
    pub redirect_uri: String,
    /// What to bring back.
    #[serde(default)]
    pub state: String,
    /// The S256 challenge of PKCE.
    #[serde(default)]
    pub code_challenge: String,
}

/// A person at this provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// The login. Two with the same login are the same person.
    pub login: String,
    /// The name to show.
    #[serde(default)]
    pub name: String,
    /// The primary address.
    pub email: String,
    /// Whether that address was proven: a box that is ticked or not sent.
    #[serde(default)]
    pub verified: Option<String>,
    /// Where their picture is; without it they have the one that all share here.
    #[serde(default)]
    pub picture: Option<String>,
}

struct Grant {
    request: Request,
    person: Person,
    ends_at: Timestamp,
}

impl Person {
    /// A person with a verified address.
    #[must_use]
    pub fn new(login: &str, email: &str) -> Self {
        Self {
            login: login.to_owned(),
            name: "Ada King Lovelace".to_owned(),
            email: email.to_owned(),
            verified: Some("on".to_owned()),
            picture: None,
        }
    }

    /// The number that never changes: made from the login (FNV-1a).
    #[must_use]
    pub fn id(&self) -> u32 {
        let login = self.login.to_lowercase();
        login.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
    }
}

impl Request {
    /// Reads the URL that an app sends a browser to.
    #[must_use]
    pub fn of(authorization_url: &str) -> Option<Self> {
        let url = url::Url::parse(authorization_url).ok()?;
        let value = |name: &str| {
            let pair = url.query_pairs().find(|(key, _)| key == name);
            pair.map(|(_, value)| value.into_owned())
        };
        Some(Self {
            client_id: value("client_id")?,
            redirect_uri: value("redirect_uri")?,
            state: value("state").unwrap_or_default(),
            code_challenge: value("code_challenge").unwrap_or_default(),
        })
    }

    /// The way back, with something to bring.
    fn back(&self, name: &str, value: &str) -> Option<String> {
        let mut url = url::Url::parse(&self.redirect_uri).ok()?;
        url.query_pairs_mut()
            .append_pair(name, value)
            .append_pair("state", &self.state);
        Some(url.into())
    }
}

impl GitHub {
    /// A provider that has seen no sign-in yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            clock,
            state: Mutex::default(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// `person` says yes to `request`: the code that the app gets.
    #[must_use]
    pub fn approve(&self, request: Request, person: Person) -> String {
        let code = derive::fresh_token(&SystemEntropy);
        let grant = Grant {
            request,
            person,
            ends_at: self.now() + CODE_LIFETIME,
        };
        self.state().codes.insert(code.clone(), grant);
        code
    }

    /// The access tokens given out so far, for tests that look where they went.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        self.state().tokens.keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests;
