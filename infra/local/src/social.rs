//! Google, Apple and Facebook on this machine, for signing in through them without leaving.
//!
//! A code is good once, for ten minutes, for the client, redirect URI and PKCE challenge
//! that it was made for; what it buys is signed. Instead of signing in, a person says on a
//! page by which address they are known, and one address is the same person every time.
//! [`page`] is the browser's side, [`endpoints`] the application's.

mod endpoints;
pub mod page;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crypto::{SystemEntropy, derive};
use domain::provider::Provider;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::clock::Clock;
use crate::signing::Keys;

/// The id of the web application that is registered with each of them.
pub const CLIENT_ID: &str = "postern-local";
/// The id of the application on phones.
pub const NATIVE_CLIENT_ID: &str = "postern-local-phone";
/// The secret of the application at Google, which is none, since it stands here.
pub const GOOGLE_SECRET: &str = "local-secret-of-the-test-google";

/// The secret of the application at Facebook, which is none either.
pub const FACEBOOK_SECRET: &str = "local-secret-of-the-test-facebook";
/// The key of the application at Apple, which is none either.
pub const APPLE_KEY: &str = "\
-----BEGIN PRIVATE KEY-----\n\
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghHpXIhRo48EExcjt\n\
t/mhmiMts2gItwrPKrvpbHy8L2ShRANCAAS190hCj4rdt1W6ZMOX9Nynbl4ldKEl\n\
KDy+QRHfVkiH4PLriZ42uCdKgZckiZz/k0qbIP2ZC5p68S340VFkHZdT\n\
-----END PRIVATE KEY-----";
/// Apple's name for the developer's team.
pub const APPLE_TEAM: &str = "POSTERNDEV";
/// Apple's name for the key.
pub const APPLE_KEY_ID: &str = "LOCALKEY01";

/// How long a code is good.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// For how many seconds a token is good.
const TOKEN_LIFETIME: i64 = 3600;

/// The providers. A clone is another handle to the same ones.
#[derive(Clone)]
pub struct Social(Arc<Inner>);

struct Inner {
    clock: Clock,
    /// The address of the server, behind which each has its own.
    url: String,
    state: Mutex<State>,
}

/// What Facebook knows of an access token.
#[derive(Clone)]
struct AccessToken {
    /// The application that it was made for.
    client_id: String,
    person: Person,
    issued_at: i64,
}

#[derive(Default)]
struct State {
    keys: Keys,
    codes: HashMap<String, Grant>,
    /// Access tokens of Facebook.
    tokens: HashMap<String, AccessToken>,
    traded: u32,
}

/// What an application asks for by sending a browser to one of them.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Request {
    /// The application.
    pub client_id: String,
    /// Where to go back to.
    pub redirect_uri: String,
    /// What to bring back.
    #[serde(default)]
    pub state: String,
    /// What to repeat in the token.
    #[serde(default)]
    pub nonce: String,
    /// The S256 challenge of PKCE.
    #[serde(default)]
    pub code_challenge: String,
}

/// A person at these providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What never changes.
    pub subject: String,
    /// The address.
    pub email: String,
    /// Whether that was proven.
    pub verified: bool,
}

struct Grant {
    provider: Provider,
    request: Request,
    person: Person,
    ends_at: Timestamp,
}

impl Person {
    /// The one with this address, proven; two with the same address are the same person.
    #[must_use]
    pub fn new(email: &str) -> Self {
        let email = email.trim();
        let hash = derive::token_hash(&email.to_lowercase());
        Self {
            subject: hash.chars().take(21).collect(),
            email: email.to_owned(),
            verified: true,
        }
    }

    /// What a token says of them.
    fn claims(&self) -> Value {
        json!({
            "sub": self.subject,
            "email": self.email,
            "email_verified": self.verified,
            "name": "Ada King Lovelace",
            "given_name": "Ada",
            "family_name": "King Lovelace",
        })
    }
}

impl Request {
    /// Reads the URL that an application sends a browser to.
    #[must_use]
    pub fn of(authorization_url: &str) -> Option<Self> {
        let url = url::Url::parse(authorization_url).ok()?;
        let query = url.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let fields: Map<String, Value> = pairs
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
        serde_json::from_value(fields.into()).ok()
    }
}

impl Social {
    /// Providers behind the server at `url` that have seen no sign-in yet.
    #[must_use]
    pub fn new(clock: Clock, url: &str) -> Self {
        Self(Arc::new(Inner {
            clock,
            url: url.to_owned(),
            state: Mutex::default(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// Where `provider` is, which is also what it calls itself.
    #[must_use]
    pub fn url(&self, provider: Provider) -> String {
        format!("{}/{}", self.0.url, provider.name())
    }

    /// `person` says yes to `request` at `provider`: the code that the application gets.
    #[must_use]
    pub fn approve(&self, provider: Provider, request: Request, person: Person) -> String {
        let code = derive::fresh_token(&SystemEntropy);
        let grant = Grant {
            provider,
            request,
            person,
            ends_at: self.now() + CODE_LIFETIME,
        };
        self.state().codes.insert(code.clone(), grant);
        code
    }

    /// An ID token of `provider` for the application on phones: the usual claims, with those
    /// of `said` beside them or in their place.
    ///
    /// # Errors
    /// If the machine cannot make a key.
    pub fn token(&self, provider: Provider, said: &Value) -> Result<String, rcgen::Error> {
        let now = self.now().as_second();
        let mut claims = json!({
            "iss": self.url(provider),
            "aud": NATIVE_CLIENT_ID,
            "iat": now,
            "exp": now + TOKEN_LIFETIME,
        });
        if let (Some(claims), Some(said)) = (claims.as_object_mut(), said.as_object()) {
            claims.extend(said.clone());
        }
        self.state().keys.sign(&claims)
    }

    /// An ID token of a person at `provider`, as its software gives it to an application on
    /// a phone.
    ///
    /// # Errors
    /// If the machine cannot make a key.
    pub fn token_of(&self, provider: Provider, person: &Person) -> Result<String, rcgen::Error> {
        self.token(provider, &person.claims())
    }

    /// An access token of Facebook for the application `client_id`.
    #[must_use]
    pub fn access_token(&self, client_id: &str, person: Person) -> String {
        let token = derive::fresh_token(&SystemEntropy);
        let made = AccessToken {
            client_id: client_id.to_owned(),
            person,
            issued_at: self.now().as_second(),
        };
        self.state().tokens.insert(token.clone(), made);
        token
    }

    /// Signs with another key from now on, and forgets the one before.
    ///
    /// # Errors
    /// If the machine cannot make a key.
    pub fn rotate(&self) -> Result<(), rcgen::Error> {
        self.state().keys.rotate()
    }

    /// How many codes were traded so far.
    #[must_use]
    pub fn traded(&self) -> u32 {
        self.state().traded
    }
}
