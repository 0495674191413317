//! Identities and agents' keys: one row an account, and one a key to find it by.

use domain::account::User;
use domain::agent::{AgentKey, KeySet};
use uuid::Uuid;

use crate::item::from_item;
use crate::{Store, StoreError, key};

impl Store {
    /// An account with its identities and agents' keys, in one round trip.
    /// `None` if there is no such account.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn user_and_agents(&self, sub: Uuid) -> Result<Option<(User, KeySet)>, StoreError> {
        let [user, key_set] = self.get_all([&key::user(sub), &key::agents(sub)]).await?;
        let Some(user) = user else { return Ok(None) };
        let key_set: Option<KeySet> = key_set.map(from_item).transpose()?;
        Ok(Some((from_item(user)?, key_set.unwrap_or_default())))
    }

    /// The agent's key with this fingerprint. Its account has the last word.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn agent_key(&self, fingerprint: &str) -> Result<Option<AgentKey>, StoreError> {
        self.get(&key::agent_key(fingerprint)).await
    }
}
