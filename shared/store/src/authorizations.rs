//! OpenID Connect: requests that wait for their person, codes, consents, and assertions of
//! clients that were used.

use domain::UnixTime;
use domain::account::User;
use domain::client::{Client, Consent};
use domain::oidc::code::AuthorizationCode;
use domain::oidc::request::WaitingRequest;
use domain::session::Session;
use serde::Serialize;
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{from_item, to_item};
use crate::key::{self, IS_NEW};
use crate::{Store, StoreError};

/// A session, its account, and the consent that the account gave a client.
pub type SignedIn = (Session, User, Option<Consent>);

/// That something was used: the key says what.
#[derive(Serialize)]
struct Used {
    expires_at: UnixTime,
}

impl Store {
    /// A session and its account as they are now, and with them the account's consent to
    /// `client` if one is named, in one round trip. `None` unless the first two exist.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn signed_in(
        &self,
        sub: Uuid,
        session: Uuid,
        client: Option<&str>,
    ) -> Result<Option<SignedIn>, StoreError> {
        let (session, user) = (key::session(sub, session), key::user(sub));
        let [session, user, consent] = match client {
            None => {
                let [session, user] = self.get_all([&session, &user]).await?;
                [session, user, None]
            }
            Some(client) => {
                let consent = key::consent(sub, client);
                self.get_all([&session, &user, &consent]).await?
            }
        };
        let (Some(session), Some(user)) = (session, user) else {
            return Ok(None);
        };
        let consent = consent.map(from_item).transpose()?;
        Ok(Some((from_item(session)?, from_item(user)?, consent)))
    }

    /// Keeps a request until its person has signed in or answered.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_waiting_request(
        &self,
        digest: &str,
        waiting: &WaitingRequest,
    ) -> Result<(), StoreError> {
        let key = key::authorization_request(digest);
        self.put_row(to_item(&key, waiting, Some(waiting.expires_at))?)
            .await
    }

    /// The request of this name's digest.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn waiting_request(
        &self,
        digest: &str,
    ) -> Result<Option<WaitingRequest>, StoreError> {
        self.get(&key::authorization_request(digest)).await
    }

    /// Writes a code that nobody has yet.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_authorization_code(
        &self,
        digest: &str,
        code: &AuthorizationCode,
    ) -> Result<(), StoreError> {
        let key = key::authorization_code(digest);
        self.put_row(to_item(&key, code, Some(code.expires_at))?)
            .await
    }

    /// The code of this digest.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn authorization_code(
        &self,
        digest: &str,
    ) -> Result<Option<AuthorizationCode>, StoreError> {
        self.get(&key::authorization_code(digest)).await
    }

    /// A client, and the code of this digest, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn client_and_code(
        &self,
        client: &str,
        digest: &str,
    ) -> Result<(Option<Client>, Option<AuthorizationCode>), StoreError> {
        let keys = [&key::client(client), &key::authorization_code(digest)];
        let [client, code] = self.get_all(keys).await?;
        Ok((
            client.map(from_item).transpose()?,
            code.map(from_item).transpose()?,
        ))
    }

    /// All consents of an account.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn consents(&self, sub: Uuid) -> Result<Vec<Consent>, StoreError> {
        let (pk, prefix) = key::consents(sub);
        self.in_partition(&pk, prefix).await
    }

    /// Notes that the assertion of this digest was used. Whether it was the first time.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn use_assertion(
        &self,
        digest: &str,
        expires_at: UnixTime,
    ) -> Result<bool, StoreError> {
        let item = to_item(
            &key::assertion(digest),
            &Used { expires_at },
            Some(expires_at),
        )?;
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item))
            .condition_expression(IS_NEW);
        Ok(unless_refused("PutItem", put.send().await)?.is_some())
    }

    async fn put_row(&self, item: crate::item::Item) -> Result<(), StoreError> {
        let put = self.db.put_item().table_name(&*self.table);
        let put = put.set_item(Some(item)).condition_expression(IS_NEW);
        put.send()
            .await
            .map(drop)
            .map_err(|e| StoreError::call("PutItem", &e))
    }
}
