//! A client shows who it is (RFC 6749 §2.3, OpenID Connect Core §9).
//!
//! Each shows it in the way that was registered and in no other: one that could choose could
//! be talked into the weakest. What is wrong is not said, and is counted by network.

use crypto::client_assertion;
use crypto::derive::constant_time_eq;
use domain::client::{AuthMethod, Client};
use domain::limit::BAD_CLIENTS_PER_NETWORK;
use domain::{Error, GrantFailure};

use crate::{Postern, RequestMeta};

/// What a client shows of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientProof<'a> {
    /// Nothing but its id.
    Nothing,
    /// Its secret in the header.
    Basic(&'a str),
    /// Its secret in the body.
    Post(&'a str),
    /// A JWT that it signed.
    Assertion(&'a str),
    /// More than one of these, or one that cannot be read.
    Confused,
}

/// Who a client says it is, and what it shows for it.
#[derive(Clone, Copy, Debug)]
pub struct ClientCredentials<'a> {
    /// Its `client_id`.
    pub id: &'a str,
    /// The proof.
    pub proof: ClientProof<'a>,
}

/// Who signed an assertion, as it says itself: to find the client by, where the request
/// names none beside it.
#[must_use]
pub fn client_of_assertion(assertion: &str) -> Option<String> {
    client_assertion::claimed_client(assertion)
}

impl Postern {
    /// The client that shows these credentials, as it is now.
    ///
    /// # Errors
    /// [`GrantFailure::UnknownClient`], [`GrantFailure::BadClient`], or
    /// [`Error::TooMany`] by network for those.
    pub(crate) async fn authenticated_client(
        &self,
        meta: &RequestMeta,
        shown: ClientCredentials<'_>,
    ) -> Result<Client, Error> {
        let client = self.client_now(shown.id).await?;
        self.authenticate_client(meta, client, shown.proof).await
    }

    /// `client`, if it shows that it is that.
    pub(crate) async fn authenticate_client(
        &self,
        meta: &RequestMeta,
        client: Client,
        proof: ClientProof<'_>,
    ) -> Result<Client, Error> {
        let is_it = match (client.auth_method, proof) {
            (AuthMethod::None, ClientProof::Nothing) => true,
            (AuthMethod::ClientSecretBasic, ClientProof::Basic(secret))
            | (AuthMethod::ClientSecretPost, ClientProof::Post(secret)) => {
                let digest = self.client_secret_digest(secret);
                let mut own = client.secrets.iter();
                own.any(|own| constant_time_eq(&own.digest, &digest))
            }
            (AuthMethod::PrivateKeyJwt, ClientProof::Assertion(assertion)) => {
                self.is_assertion_of(meta, &client, assertion).await?
            }
            _ => false,
        };
        if is_it {
            return Ok(client);
        }
        let refused = Error::Grant(GrantFailure::BadClient);
        let limit = &BAD_CLIENTS_PER_NETWORK;
        Err(self.count_refused(limit, meta, refused).await)
    }

    /// Whether `assertion` is one of `client`'s, shown for the first time.
    async fn is_assertion_of(
        &self,
        meta: &RequestMeta,
        client: &Client,
        assertion: &str,
    ) -> Result<bool, Error> {
        let issuer = &self.settings().issuer;
        let audiences = [issuer.clone(), format!("{issuer}/oauth/token")];
        let keys = client.keys.as_deref().unwrap_or_default();
        let id = client.id.as_str();
        let read = client_assertion::check(assertion, id, keys, &audiences, meta.now);
        let Some(read) = read else { return Ok(false) };
        let name = format!("{id}#{}", read.jti);
        let digest = self.ring().fingerprint("client assertion", &name);
        Ok(self.store().use_assertion(&digest, read.expires_at).await?)
    }
}
