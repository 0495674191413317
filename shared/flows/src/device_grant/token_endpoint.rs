//! The token endpoint of registered clients: whatever grant they bring.

use domain::{Error, GrantFailure};

use crate::device_grant::exchange::Poll;
use crate::{Postern, RequestMeta, Tokens};

/// A grant that a client brings.
#[derive(Clone, Copy)]
pub enum ClientGrant<'a> {
    /// A device code (RFC 8628 §3.4).
    DeviceCode(&'a str),
    /// A refresh token (RFC 6749 §6).
    RefreshToken(&'a str),
    /// Any other type.
    Unsupported,
}

impl Postern {
    /// The tokens that `grant` buys `client`.
    ///
    /// # Errors
    /// [`Error::Grant`] says what is in the way: an unknown client, or a grant that is
    /// not this client's, not good yet or no longer; [`Error::TooMany`] by network for
    /// grants that never existed.
    pub async fn client_tokens(
        &self,
        meta: &RequestMeta,
        client: &str,
        grant: ClientGrant<'_>,
    ) -> Result<Tokens, Error> {
        match grant {
            ClientGrant::DeviceCode(device_code) => {
                let poll = Poll {
                    device_code,
                    client: Some(client),
                    wait: false,
                };
                Ok(self.exchange_device(meta, poll).await?.tokens)
            }
            ClientGrant::RefreshToken(token) => {
                let client = self.known_client(Some(client)).await?;
                self.refresh_of(meta, token, client.as_ref(), None).await
            }
            ClientGrant::Unsupported => Err(Error::Grant(GrantFailure::UnsupportedType)),
        }
    }
}
