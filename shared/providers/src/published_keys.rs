//! The keys that an issuer signs ID tokens with.
//!
//! They are published at one address, as a JWK Set (RFC 7517) or as certificates by key id
//! (`{"<kid>": "-----BEGIN CERTIFICATE-----…"}`, Firebase's own). An answer is good for its
//! `max-age` (RFC 9111 §5.2.2.1). A key id that it does not name is asked for again, as
//! keys rotate, but once a minute at most, or an attacker who makes up key ids would have
//! us ask for each.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::UnixTime;
use domain::id_token::{LONGEST_MAX_AGE, PublishedKey, UNKNOWN_KEY_PAUSE, UNSAID_MAX_AGE};
use serde::Deserialize;

use crate::Failure;
use crate::connection::{Connection, get};

/// The keys at one address, as far as they are known.
#[derive(Debug)]
pub(crate) struct PublishedKeys {
    url: String,
    connection: Connection,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    keys: HashMap<String, PublishedKey>,
    asked_at: Option<UnixTime>,
    good_until: Option<UnixTime>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Set { keys: Vec<Jwk> },
    Certificates(HashMap<String, String>),
}

/// A key of a set; a key that is not of RSA lacks `n` and `e`.
#[derive(Deserialize)]
struct Jwk {
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl PublishedKeys {
    /// Those at `url`. Nothing is asked yet.
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            connection: Connection::default(),
            known: Mutex::default(),
        }
    }

    /// The key called `kid`, if there is one.
    ///
    /// # Errors
    /// [`Failure`], if the keys that are known are too old and there are no others.
    pub(crate) async fn key(
        &self,
        kid: &str,
        now: UnixTime,
    ) -> Result<Option<PublishedKey>, Failure> {
        if self.must_ask(kid, now) {
            self.ask(now).await?;
        }
        Ok(self.known().keys.get(kid).cloned())
    }

    fn must_ask(&self, kid: &str, now: UnixTime) -> bool {
        let mut known = self.known();
        let fresh = known.good_until.is_some_and(|until| until > now);
        if fresh && known.keys.contains_key(kid) {
            return false;
        }
        let lately = |asked_at: UnixTime| asked_at.plus(UNKNOWN_KEY_PAUSE) > now;
        if fresh && known.asked_at.is_some_and(lately) {
            return false;
        }
        known.asked_at = Some(now);
        true
    }

    async fn ask(&self, now: UnixTime) -> Result<(), Failure> {
        let request = get(&self.url, &[("accept", "application/json")])?;
        let (answer, max_age) = self.connection.ask_for_a_while::<Answer>(request).await?;
        let keys = match answer {
            Answer::Certificates(named) => named
                .into_iter()
                .map(|(kid, pem)| (kid, PublishedKey::Certificate(pem)))
                .collect(),
            Answer::Set { keys } => keys
                .into_iter()
                .filter_map(|jwk| {
                    Some((
                        jwk.kid?,
                        PublishedKey::Rsa {
                            n: jwk.n?,
                            e: jwk.e?,
                        },
                    ))
                })
                .collect(),
        };
        let max_age = max_age.unwrap_or(UNSAID_MAX_AGE).min(LONGEST_MAX_AGE);
        let mut known = self.known();
        known.keys = keys;
        known.good_until = Some(now.plus(max_age));
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
