//! Connecting people to a realtime server, where the installation has one.

use crypto::sign_connection;
use domain::account::{Role, User};
use domain::realtime::ConnectionClaims;
use domain::secret::SecretName;
use domain::{Error, UnixTime};
use zeroize::Zeroizing;

use crate::{Caller, Postern, RequestMeta, broken};

/// How to connect, and with what.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The token to connect with.
    pub token: String,
    /// Where to connect.
    pub url: String,
    /// When the token ends.
    pub expires_at: UnixTime,
    /// What it may subscribe to.
    pub channels: Vec<String>,
}

impl Postern {
    /// A connection for the caller.
    ///
    /// # Errors
    /// [`Error::Disabled`] where there is no realtime server; [`Error::Unproven`].
    pub fn connect(&self, meta: &RequestMeta, caller: &Caller) -> Result<Connection, Error> {
        let connection = self.connection(caller.user(), caller.role(), meta.now)?;
        connection.ok_or_else(|| match &self.settings().centrifugo_url {
            Some(_) => Error::Unproven,
            None => Error::Disabled,
        })
    }

    /// A connection of `user` with the rights of `role`; none where there is no
    /// realtime server. None for an account that has proven nothing either: the realtime
    /// server would go on serving a stranger who registered with another person's address
    /// after its owner has proven it.
    pub(crate) fn connection(
        &self,
        user: &User,
        role: Role,
        now: UnixTime,
    ) -> Result<Option<Connection>, Error> {
        let url = self.settings().centrifugo_url.as_ref();
        let Some(url) = url.filter(|_| user.is_proven()) else {
            return Ok(None);
        };
        let claims = ConnectionClaims::new(user, role, now);
        Ok(Some(Connection {
            token: sign_connection(&self.realtime_secret()?, &claims).map_err(broken)?,
            url: url.clone(),
            expires_at: claims.exp,
            channels: claims.channels,
        }))
    }

    /// The secret that the realtime server checks those tokens with, for the
    /// administrator who sets it up: the one that was set, or else the ring's.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if one was set and could not be opened.
    pub fn realtime_secret(&self) -> Result<Zeroizing<String>, Error> {
        Ok(match self.secret(SecretName::Centrifugo)? {
            Some(own) => Zeroizing::clone(&own),
            None => Zeroizing::new(self.ring().realtime_secret().map_err(broken)?),
        })
    }
}
