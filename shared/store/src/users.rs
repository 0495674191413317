//! Accounts and the claims that keep their names unique.

use std::collections::HashMap;

use domain::account::{Status, User};
use domain::{Contact, EmailAddress};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{Item, from_item, number, string, to_item};
use crate::key::{self, DIR_PK, DIR_SK, Key};
use crate::{Store, StoreError};

/// A claim: the account or vendor named here holds the value.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) sub: Uuid,
}

/// Where the claim on an address or a number is.
pub(crate) fn claim_on(contact: &Contact) -> Key {
    match contact {
        Contact::Email(address) => key::email_claim(address),
        Contact::Phone(number) => key::phone_claim(number),
    }
}

/// Whether the operators' directory lists an account: deleted ones leave it.
pub(crate) fn is_listed(user: &User) -> bool {
    user.status != Status::Deleted
}

/// The row of an account.
pub(crate) fn user_item(user: &User) -> Result<Item, StoreError> {
    let mut item = to_item(&key::user(user.sub), user, None)?;
    if is_listed(user) {
        let (shard, place) = key::directory(user.sub, user.created_at);
        item.insert(DIR_PK.to_owned(), string(shard));
        item.insert(DIR_SK.to_owned(), string(place));
    }
    Ok(item)
}

impl Store {
    /// The account of that name.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn user(&self, sub: Uuid) -> Result<Option<User>, StoreError> {
        self.get(&key::user(sub)).await
    }

    /// Who holds an address.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn holder(&self, address: &EmailAddress) -> Result<Option<Uuid>, StoreError> {
        let claim: Option<Claim> = self.get(&key::email_claim(address)).await?;
        Ok(claim.map(|claim| claim.sub))
    }

    /// Who holds an address or a number.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn contact_holder(&self, contact: &Contact) -> Result<Option<Uuid>, StoreError> {
        let claim: Option<Claim> = self.get(&claim_on(contact)).await?;
        Ok(claim.map(|claim| claim.sub))
    }

    /// Who has, or had, the integer id.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn holder_of_id(&self, uid: u64) -> Result<Option<Uuid>, StoreError> {
        let claim: Option<Claim> = self.get(&key::uid_claim(uid)).await?;
        Ok(claim.map(|claim| claim.sub))
    }

    /// The accounts of these names as they are now, in that order; those that are
    /// none are left out. One round trip for up to sixteen hundred of them.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn users(&self, subs: &[Uuid]) -> Result<Vec<User>, StoreError> {
        let keys: Vec<Key> = subs.iter().map(|sub| key::user(*sub)).collect();
        let items = self.get_all_of(&keys).await?.into_iter();
        let mut found: Vec<User> = items.map(from_item).collect::<Result<_, _>>()?;
        let places: HashMap<Uuid, usize> = subs.iter().copied().zip(0..).collect();
        found.sort_by_key(|user| places.get(&user.sub).copied());
        Ok(found)
    }

    /// Writes `user` if it was not edited since revision `before`. Not for an edit that
    /// deletes it or makes an administrator: those are counted in a transaction.
    /// `None` when it was written, else the row as it is now.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn save_user(&self, user: &User, before: u64) -> Result<Option<User>, StoreError> {
        let outcome = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(user_item(user)?))
            .condition_expression("rev = :before")
            .expression_attribute_values(":before", number(before))
            .send()
            .await;
        if unless_refused("PutItem", outcome)?.is_some() {
            return Ok(None);
        }
        let now = self.user(user.sub).await?;
        now.map(Some)
            .ok_or_else(|| StoreError::Corrupt("an account vanished".to_owned()))
    }
}
