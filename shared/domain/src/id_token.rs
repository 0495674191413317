//! What an ID token must say (OpenID Connect Core §2, §3.1.3.7).
//!
//! `crypto::id_token` checks that its issuer signed it; here it is read as a statement
//! about a person: by whom, for whom, until when. A token that was made for another
//! client says who somebody is, and says it to someone else.

use serde::{Deserialize, Deserializer};

use crate::provider::{Profile, picture, short_name, short_part};
use crate::{EmailAddress, UnixTime};

/// Seconds by which an issuer's clock may be ahead of ours.
pub const SKEW: u64 = 60;

/// Seconds for which keys are kept if their answer does not say.
pub const UNSAID_MAX_AGE: u64 = 300;

/// Seconds for which keys are kept at most, whatever the answer says.
pub const LONGEST_MAX_AGE: u64 = 24 * 3600;

/// Seconds between two requests for a key that the last answer did not name.
pub const UNKNOWN_KEY_PAUSE: u64 = 60;

/// A key that tokens are verified with, as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishedKey {
    /// An X.509 certificate in PEM.
    Certificate(String),
    /// Modulus and exponent of an RSA key, as a JWK has them (RFC 7518 §6.3.1).
    Rsa {
        /// The modulus.
        n: String,
        /// The exponent.
        e: String,
    },
}

/// What is expected of a token.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The names of its issuer: Google has two.
    pub issuers: &'a [String],
    /// Our client ids with the issuer, of which the token is for one.
    pub clients: &'a [String],
    /// What it was asked to repeat, if it was.
    pub nonce: Option<&'a str>,
    /// The instant.
    pub now: UnixTime,
}

/// The claims of a token whose signature is good.
#[derive(Clone, Debug, Deserialize)]
pub struct IdTokenClaims {
    iss: String,
    #[serde(deserialize_with = "one_or_many")]
    aud: Vec<String>,
    sub: String,
    iat: UnixTime,
    exp: UnixTime,
    nbf: Option<UnixTime>,
    auth_time: Option<UnixTime>,
    nonce: Option<String>,
    email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    email_verified: Option<bool>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    picture: Option<String>,
}

/// A single audience may stand without a list around it.
fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Audience::deserialize(from)? {
        Audience::One(one) => vec![one],
        Audience::Many(many) => many,
    })
}

/// Apple writes `"true"` as a string at times. What is neither is no yes.
fn truth<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Flag(bool),
        Word(String),
    }
    Ok(match Option::<Said>::deserialize(from)? {
        None => None,
        Some(Said::Flag(flag)) => Some(flag),
        Some(Said::Word(word)) => Some(word == "true"),
    })
}

impl IdTokenClaims {
    /// Whether it is what was expected. All of its audiences have to be ours: what another
    /// client may be shown, another client may have been shown.
    #[must_use]
    pub fn are(&self, expected: &Expected<'_>) -> bool {
        let Expected {
            issuers,
            clients,
            nonce,
            now,
        } = expected;
        let soon = now.plus(SKEW);
        issuers.contains(&self.iss)
            && !self.aud.is_empty()
            && self.aud.iter().all(|audience| clients.contains(audience))
            && (1..=255).contains(&self.sub.len())
            && self.iat <= soon
            && self.nbf.is_none_or(|since| since <= soon)
            && self.exp > *now
            && nonce.is_none_or(|nonce| self.nonce.as_deref() == Some(nonce))
    }

    /// When it was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.iat
    }

    /// When the person proved to the issuer who they are, as far as it says: a token may be
    /// made anew for an older sign-in.
    #[must_use]
    pub fn proven_at(&self) -> UnixTime {
        self.auth_time.unwrap_or(self.iat)
    }

    /// What it says of the person: an address only if the issuer has proven it.
    /// `unsaid_is_proven` for an issuer that names none that it has not.
    #[must_use]
    pub fn profile(&self, unsaid_is_proven: bool) -> Profile {
        let is_proven = self.email_verified.unwrap_or(unsaid_is_proven);
        let email = self.email.as_deref().filter(|_| is_proven);
        let name = self.name.as_deref().unwrap_or_default();
        let part = |part: &Option<String>| short_part(part.as_deref().unwrap_or_default());
        let parts = (part(&self.given_name), part(&self.family_name));
        let (first_name, last_name) = match parts.0.is_empty() && parts.1.is_empty() {
            true => short_name(name),
            false => parts,
        };
        Profile {
            subject: self.sub.clone(),
            username: name.chars().take(100).collect(),
            email: email.and_then(EmailAddress::parse),
            phone: None,
            first_name,
            last_name,
            picture: picture::shown(self.picture.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn claims(change: Value) -> IdTokenClaims {
        let mut all = json!({
            "iss": "https://id.example.com", "aud": "web", "sub": "u1", "nonce": "n",
            "iat": NOW.0 - 5, "exp": NOW.0 + 3595,
            "email": "Ada@example.com", "email_verified": true, "name": "Ada King Lovelace",
        });
        for (name, value) in change.as_object().unwrap() {
            all[name] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    fn good(change: Value) -> bool {
        let issuers = ["https://id.example.com".to_owned()];
        let clients = ["web".to_owned(), "phone".to_owned()];
        claims(change).are(&Expected {
            issuers: &issuers,
            clients: &clients,
            nonce: Some("n"),
            now: NOW,
        })
    }

    #[test]
    fn a_token_is_from_one_issuer_for_our_clients_and_its_time() {
        for fine in [
            json!({}),
            json!({ "aud": "phone" }),
            json!({ "aud": ["web", "phone"] }),
            json!({ "iat": NOW.0 + 60 }),
        ] {
            assert!(good(fine.clone()), "{fine}");
        }
        for wrong in [
            json!({ "iss": "https://id.example.com/" }),
            json!({ "aud": "other" }),
            json!({ "aud": ["web", "other"] }),
            json!({ "aud": [] }),
            json!({ "sub": "" }),
            json!({ "sub": "u".repeat(256) }),
            json!({ "exp": NOW.0 }),
            json!({ "iat": NOW.0 + 61 }),
            json!({ "nbf": NOW.0 + 61 }),
            json!({ "nonce": "m" }),
            json!({ "nonce": null }),
        ] {
            assert!(!good(wrong.clone()), "{wrong}");
        }
    }

    #[test]
    fn only_a_proven_address_counts() {
        let email = |said: Value, unsaid| claims(said).profile(unsaid).email.is_some();
        assert!(email(json!({}), false));
        assert!(email(json!({ "email_verified": "true" }), false));
        for unproven in [json!(false), json!("false"), json!("yes")] {
            let said = json!({ "email_verified": unproven });
            assert!(!email(said.clone(), false) && !email(said, true));
        }
        let unsaid = json!({ "email_verified": null });
        assert!(!email(unsaid.clone(), false) && email(unsaid, true));
    }

    #[test]
    fn names_are_the_parts_that_are_said_or_those_of_the_whole() {
        let names = |said: Value| {
            let profile = claims(said).profile(false);
            (profile.first_name, profile.last_name)
        };
        let whole = names(json!({}));
        assert_eq!(whole, ("Ada".to_owned(), "King Lovelace".to_owned()));
        let parts = names(json!({ "given_name": "Ada King", "family_name": " " }));
        assert_eq!(parts, ("Ada King".to_owned(), String::new()));
        assert_eq!(claims(json!({})).proven_at(), UnixTime(NOW.0 - 5));
        assert_eq!(claims(json!({ "auth_time": 7 })).proven_at(), UnixTime(7));
    }
}
