//! Registering clients at the command line, and knowing them.
//!
//! The authorization endpoint, where a browser comes by, keeps what it knows of a client for
//! [`KEPT`] seconds. What gives anything away (a code, a refresh) reads the row: a client
//! that is removed gets nothing more from that instant on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::client::{Client, ClientSecret, is_client_id};
use domain::time::MINUTE;
use domain::{Error, GrantFailure, UnixTime};

use crate::Postern;

/// Seconds for which a client is not read again.
const KEPT: u64 = MINUTE;

/// The most clients that a function keeps: an installation has a handful.
const MOST: usize = 256;

/// The clients that a running function has read lately.
#[derive(Default)]
pub(crate) struct ClientCache(Mutex<HashMap<String, (UnixTime, Arc<Client>)>>);

impl ClientCache {
    fn get(&self, id: &str, now: UnixTime) -> Option<Arc<Client>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, client) = kept.get(id)?;
        (now.seconds_since(*read_at) < KEPT && *read_at <= now).then(|| client.clone())
    }

    fn keep(&self, client: Client, now: UnixTime) -> Arc<Client> {
        let client = Arc::new(client);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(client.id.clone(), (now, client.clone()));
        client
    }
}

/// A secret that was just made, whole for the only time.
pub struct IssuedClientSecret {
    /// The secret: 43 characters.
    pub secret: String,
    /// The client that has it.
    pub client: Client,
}

impl Postern {
    /// Registers a public client of the device flow.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the `client_id` is taken.
    pub async fn add_client(&self, id: &str, name: &str) -> Result<Client, Error> {
        let client = Client::of_devices(id, name, self.now());
        self.register_client(client).await
    }

    /// Registers a client.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the `client_id` is taken.
    pub async fn register_client(&self, client: Client) -> Result<Client, Error> {
        match self.store().add_client(&client).await? {
            true => Ok(client),
            false => Err(Error::Conflict),
        }
    }

    /// Makes another secret for a client: the one before stays good until it is rotated
    /// again, so that the client can be given the new one without a gap.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such client; [`Error::Forbidden`] if it has no use
    /// for a secret; [`Error::Conflict`] if another operator was faster.
    pub async fn rotate_client_secret(&self, id: &str) -> Result<IssuedClientSecret, Error> {
        let before = self.store().client(id).await?.ok_or(Error::Missing)?;
        if !before.auth_method.takes_secret() {
            return Err(Error::Forbidden);
        }
        let secret = self.fresh_token();
        let client = before.with_secret(ClientSecret {
            digest: self.client_secret_digest(&secret),
            created_at: self.now(),
        });
        match self.store().replace_client(&before, &client).await? {
            true => Ok(IssuedClientSecret { secret, client }),
            false => Err(Error::Conflict),
        }
    }

    /// All registered clients.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn list_clients(&self) -> Result<Vec<Client>, Error> {
        Ok(self.store().clients().await?)
    }

    /// Removes a client: it begins nothing, exchanges nothing and refreshes
    /// nothing more. Access tokens that it has end within minutes by themselves.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is none of this `client_id`.
    pub async fn remove_client(&self, id: &str) -> Result<(), Error> {
        if self.store().remove_client(id).await? {
            Ok(())
        } else {
            Err(Error::Missing)
        }
    }

    /// What is kept of a client's secret. It has 256 random bits, so one keyed digest is
    /// enough, and a table dump signs no client in.
    pub(crate) fn client_secret_digest(&self, secret: &str) -> String {
        self.ring().fingerprint("client secret", secret)
    }

    /// The client of that id, as it is or was a moment ago.
    pub(crate) async fn client_of_late(
        &self,
        id: &str,
        now: UnixTime,
    ) -> Result<Arc<Client>, Error> {
        let unknown = Error::Grant(GrantFailure::UnknownClient);
        if !is_client_id(id) {
            return Err(unknown);
        }
        if let Some(client) = self.client_cache().get(id, now) {
            return Ok(client);
        }
        let client = self.store().client(id).await?.ok_or(unknown)?;
        Ok(self.client_cache().keep(client, now))
    }

    /// The client of that id, as it is now.
    ///
    /// # Errors
    /// [`GrantFailure::UnknownClient`] if there is none.
    pub(crate) async fn client_now(&self, id: &str) -> Result<Client, Error> {
        let client = match is_client_id(id) {
            true => self.store().client(id).await?,
            false => None,
        };
        client.ok_or(Error::Grant(GrantFailure::UnknownClient))
    }
}
