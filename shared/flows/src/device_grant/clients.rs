//! Registering clients for the standard's own endpoints, at the command line.

use domain::Error;
use domain::device_grant::Client;

use crate::Postern;

impl Postern {
    /// Registers a public client.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the `client_id` is taken.
    pub async fn add_client(&self, id: &str, name: &str) -> Result<Client, Error> {
        let client = Client {
            id: id.to_owned(),
            name: name.to_owned(),
            created_at: self.now(),
        };
        if self.store().add_client(&client).await? {
            Ok(client)
        } else {
            Err(Error::Conflict)
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
}
