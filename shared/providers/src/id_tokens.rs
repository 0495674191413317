//! ID tokens of an issuer: the signature by its published keys, then what they say.
//!
//! A token that comes straight from the token endpoint needs no signature to be believed
//! (OpenID Connect Core §3.1.3.7), but one that an app brings does; there is one way, so
//! that none can be forgotten.

use domain::UnixTime;
use domain::id_token::{Expected, IdTokenClaims};

use crate::Failure;
use crate::published_keys::PublishedKeys;

/// An issuer of ID tokens.
#[derive(Debug)]
pub(crate) struct Issuer {
    names: Vec<String>,
    keys: PublishedKeys,
}

impl Issuer {
    /// The one of these names, whose keys are at `keys_url`.
    pub(crate) fn new(names: Vec<String>, keys_url: String) -> Self {
        Self {
            names,
            keys: PublishedKeys::new(keys_url),
        }
    }

    /// What `token` says, if it is for one of `clients` and good at `now`.
    ///
    /// # Errors
    /// [`Failure::Refused`] for any other, without a word of it: it may be a good one of
    /// someone else.
    pub(crate) async fn claims(
        &self,
        token: &str,
        clients: &[String],
        nonce: Option<&str>,
        now: UnixTime,
    ) -> Result<IdTokenClaims, Failure> {
        let refused = |why: &str| Failure::Refused(format!("the ID token {why}"));
        let kid = crypto::id_token::key_id(token).ok_or_else(|| refused("is none"))?;
        let key = self.keys.key(&kid, now).await?;
        let key = key.ok_or_else(|| refused("names no published key"))?;
        let claims = crypto::id_token::claims::<IdTokenClaims>(token, &key);
        let claims = claims.ok_or_else(|| refused("is not signed by its key"))?;
        let expected = Expected {
            issuers: &self.names,
            clients,
            nonce,
            now,
        };
        match claims.are(&expected) {
            true => Ok(claims),
            false => Err(refused("is of another issuer, client, time or nonce")),
        }
    }
}
