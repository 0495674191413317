//! Authorization codes (RFC 6749 §4.1.2): what a browser brings a client, and what it buys.
//!
//! A code is 256 random bits, of which the table has the digest. Its row says everything
//! that the exchange is held to, so that a code which was taken on its way buys nothing:
//! the client, the redirect URI, and the challenge to which only the client has the
//! verifier. It is spent by a condition on its row, in the transaction that writes the
//! session; the row stays, and says which session that was: a code that is shown twice was
//! in two hands, and one of them is an attacker's, so that session ends (RFC 6749 §4.1.2).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UnixTime;
use crate::client::Client;
use crate::oidc::request::AuthorizationRequest;
use crate::oidc::scope::{self, Scopes};
use crate::time::DAY;
use crate::token::{Audience, userinfo_audience};

/// Seconds for which a code is good.
pub const LIFETIME: u64 = 60;

/// Seconds for which its row is kept, so that a second use is known for one.
pub const KEPT: u64 = DAY;

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// The client that may exchange it.
    pub client: String,
    /// The redirect URI that it went to.
    pub redirect_uri: String,
    /// The challenge of the request.
    pub code_challenge: String,
    /// What the ID token repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// What was agreed to.
    pub scopes: Scopes,
    /// The APIs that were named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The account.
    pub sub: Uuid,
    /// The sign-in in the browser.
    pub sign_in: Uuid,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
    /// The session that it bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bought: Option<Uuid>,
}

impl AuthorizationCode {
    /// The code for `request` of the account `sub`, in its sign-in.
    #[must_use]
    pub fn new(request: &AuthorizationRequest, sub: Uuid, sign_in: Uuid, now: UnixTime) -> Self {
        Self {
            client: request.client.clone(),
            redirect_uri: request.reply_to.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
            nonce: request.nonce.clone(),
            scopes: request.scopes.clone(),
            resources: request.resources.clone(),
            sub,
            sign_in,
            created_at: now,
            expires_at: now.plus(LIFETIME),
            bought: None,
        }
    }

    /// Whether it is `client`'s to exchange, and not that of one that had the id before.
    #[must_use]
    pub fn is_of(&self, client: &Client) -> bool {
        self.client == client.id && client.created_at <= self.created_at
    }
}

/// Whether a text may be a code verifier (RFC 7636 §4.1).
#[must_use]
pub fn is_verifier(text: &str) -> bool {
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(sound)
}

/// What a client was let do in a person's name: kept with the session that a code bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// What was agreed to.
    pub scopes: Scopes,
    /// The APIs that it may call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The sign-in in the browser that it came from, which is the `sid` that the client
    /// knows.
    pub sign_in: Uuid,
    /// The consent that it rests on, if it needed one: it ends with that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Uuid>,
    /// The sector in which the client knows the person, if it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
}

impl Authorization {
    /// For whom its access tokens are: the APIs that were named, and with them the userinfo
    /// endpoint; or, where none was named, ours: the whole or the userinfo endpoint alone, as
    /// far as the scopes go. So a token with which a client may read a name opens no account,
    /// wherever it is shown, and an API opens none with a token that it was shown.
    #[must_use]
    pub fn audience(&self, issuer: &str) -> Audience {
        let mut names = self.resources.clone();
        if names.is_empty() && self.scopes.have(scope::ACCOUNT) {
            names.push(issuer.to_owned());
        } else if names.is_empty() || self.scopes.have(scope::OPENID) {
            names.push(userinfo_audience(issuer));
        }
        Audience::of(names)
    }

    /// The same with less, as a refresh may ask for (RFC 6749 §6, RFC 8707 §2.2).
    #[must_use]
    pub fn narrowed(&self, scopes: Option<&Scopes>, resources: &[String]) -> Option<Self> {
        let scopes = scopes.unwrap_or(&self.scopes);
        let within = scopes.are_within(&self.scopes)
            && !scopes.is_empty()
            && resources.iter().all(|one| self.resources.contains(one));
        within.then(|| Self {
            scopes: scopes.clone(),
            resources: match resources.is_empty() {
                true => self.resources.clone(),
                false => resources.to_vec(),
            },
            ..self.clone()
        })
    }

    /// Whether `consent`, as it stands now, still carries it.
    #[must_use]
    pub fn rests_on(&self, consent: Option<Uuid>) -> bool {
        self.consent.is_none() || self.consent == consent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_is_long_enough_to_be_a_secret() {
        assert!(is_verifier(&"a".repeat(43)) && is_verifier(&"~".repeat(128)));
        for bad in [
            String::new(),
            "a".repeat(42),
            "a".repeat(129),
            "\u{e4}".repeat(43),
        ] {
            assert!(!is_verifier(&bad), "{bad}");
        }
    }
}
