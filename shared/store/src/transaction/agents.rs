//! Identities and agents' keys in transactions: the account's row, and the rows
//! by which its keys are found, always together.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use domain::account::User;
use domain::agent::{AgentKey, KeySet};
use uuid::Uuid;

use super::{Step, Transaction};
use crate::StoreError;
use crate::item::{number, to_item};
use crate::key::{self, Key};

impl Transaction<'_> {
    /// Writes the identities and keys of an account over the revision `before`;
    /// zero stands for none yet.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn edit_agents(self, sub: Uuid, key_set: &KeySet, before: u64) -> Result<Self, StoreError> {
        let put = Put::builder().set_item(Some(to_item(&key::agents(sub), key_set, None)?));
        let put = match before {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            rev => put
                .condition_expression("rev = :before")
                .expression_attribute_values(":before", number(rev)),
        };
        self.put(Step::EditAgents, put)
    }

    /// Lets a key be found.
    ///
    /// # Errors
    /// As [`Transaction::edit_agents`].
    pub fn register_agent_key(self, key: &AgentKey) -> Result<Self, StoreError> {
        let item = to_item(&key::agent_key(&key.fingerprint), key, None)?;
        self.put_new(Step::Create, item)
    }

    /// Ends a key.
    ///
    /// # Errors
    /// As [`Transaction::edit_agents`].
    pub fn remove_agent_key(self, key: &AgentKey) -> Result<Self, StoreError> {
        self.delete_if_there(&key::agent_key(&key.fingerprint))
    }

    /// Forgets the identities and keys of an account that is deleted. What ends
    /// the keys is its epoch; this leaves no names behind.
    ///
    /// # Errors
    /// As [`Transaction::edit_agents`].
    pub fn remove_agents(self, user: &User) -> Result<Self, StoreError> {
        self.delete_if_there(&key::agents(user.sub))
    }

    /// Removes a row, whether or not it is there.
    pub(super) fn delete_if_there(mut self, key: &Key) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key.attributes()))
            .build()
            .map_err(|_| StoreError::corrupt::<TransactWriteItem>())?;
        self.writes.push((
            Step::Release,
            TransactWriteItem::builder().delete(delete).build(),
        ));
        Ok(self)
    }
}
