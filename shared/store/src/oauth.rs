//! Sign-ins that are away at a provider, and accounts' links to providers.

use aws_sdk_dynamodb::types::ReturnValue;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::account::User;
use domain::provider::{AuthorizationRequest, Link, Profile, Provider};
use domain::{Contact, UnixTime};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{Item, from_item, number, string, to_item};
use crate::key::{self, Key};
use crate::transaction::{Step, Transaction};
use crate::users::{Claim, claim_on};
use crate::{Store, StoreError};

/// Who may be meant by what a provider says.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// The account that the provider's name is linked to.
    pub linked: Option<Uuid>,
    /// The first address or number that the provider has proven and an account holds,
    /// with that account.
    pub holder: Option<(Contact, Uuid)>,
}

/// The row of a sign-in that waits to be fetched.
#[derive(Serialize, Deserialize)]
struct KeptExchange {
    /// Empty in a row of before outcomes were sealed.
    #[serde(default)]
    sealed: String,
    expires_at: UnixTime,
}

impl Store {
    /// Writes what is kept under a random name until `expires_at`.
    async fn put_once<T: Serialize>(
        &self,
        key: &Key,
        value: &T,
        expires_at: UnixTime,
    ) -> Result<(), StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(key, value, Some(expires_at))?))
            .condition_expression("attribute_not_exists(pk)");
        // A row that is there is this one, whose answer was lost: its name is random.
        unless_refused("PutItem", put.send().await)?;
        Ok(())
    }

    /// Notes a departure under the hash of its state.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_authorization_request(
        &self,
        state: &str,
        departure: &AuthorizationRequest,
    ) -> Result<(), StoreError> {
        self.put_once(&key::oauth_state(state), departure, departure.expires_at)
            .await
    }

    /// Spends a state: the departure that it names, for the first caller in time, and
    /// `None` for every other. The row stays until its time is over.
    ///
    /// `by` is random and names the caller: a write that is tried again, because its answer
    /// was lost, meets itself and not another.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn take_authorization_request(
        &self,
        state: &str,
        by: Uuid,
        now: UnixTime,
    ) -> Result<Option<AuthorizationRequest>, StoreError> {
        self.take_once(&key::oauth_state(state), by, now).await
    }

    /// Spends what [`Store::put_once`] keeps.
    async fn take_once<T: DeserializeOwned>(
        &self,
        key: &Key,
        by: Uuid,
        now: UnixTime,
    ) -> Result<Option<T>, StoreError> {
        let update = self
            .db
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.attributes()))
            .update_expression("SET spent_by = :by")
            .condition_expression(
                "expires_at > :now AND (attribute_not_exists(spent_by) OR spent_by = :by)",
            )
            .expression_attribute_values(":by", string(by.to_string()))
            .expression_attribute_values(":now", number(now.0))
            .return_values(ReturnValue::AllNew);
        let taken = unless_refused("UpdateItem", update.send().await)?;
        let taken = taken.and_then(|answer| answer.attributes);
        taken.map(from_item).transpose()
    }

    /// Keeps the outcome of a sign-in, sealed, under the hash of the token that buys it.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_federated_exchange(
        &self,
        token: &str,
        sealed: String,
        expires_at: UnixTime,
    ) -> Result<(), StoreError> {
        let kept = KeptExchange { sealed, expires_at };
        self.put_once(&key::federated_exchange(token), &kept, expires_at)
            .await
    }

    /// Spends such a token: the outcome, for the first caller in time, and `None` for every
    /// other. `by` is as in [`Store::take_authorization_request`].
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn take_federated_exchange(
        &self,
        token: &str,
        by: Uuid,
        now: UnixTime,
    ) -> Result<Option<String>, StoreError> {
        let key = key::federated_exchange(token);
        let kept: Option<KeptExchange> = self.take_once(&key, by, now).await?;
        Ok(kept.map(|kept| kept.sealed))
    }

    /// Deletes the row of a token that is spent, and with it whom it was about. If that
    /// fails, the row goes when its time is over.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn drop_federated_exchange(&self, token: &str) -> Result<(), StoreError> {
        self.db
            .delete_item()
            .table_name(&*self.table)
            .set_key(Some(key::federated_exchange(token).attributes()))
            .send()
            .await
            .map_err(|e| StoreError::call("DeleteItem", &e))?;
        Ok(())
    }

    /// Who is linked to a provider's name, and who holds the address or the number that
    /// it has proven, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn candidates(
        &self,
        provider: Provider,
        profile: &Profile,
    ) -> Result<Candidates, StoreError> {
        let subject = key::oauth_claim(provider, &profile.subject);
        let contacts = profile.contacts();
        let keys: Vec<_> = contacts.iter().map(claim_on).collect();
        let (linked, held) = match keys.as_slice() {
            [] => (self.get(&subject).await?, Vec::new()),
            [one] => {
                let [linked, one] = self.get_all([&subject, one]).await?.map(claim);
                (linked?, vec![one?])
            }
            [one, two, ..] => {
                let [linked, one, two] = self.get_all([&subject, one, two]).await?.map(claim);
                (linked?, vec![one?, two?])
            }
        };
        let holder = contacts.into_iter().zip(held);
        let mut holder = holder.filter_map(|(contact, held)| Some((contact, held?.sub)));
        Ok(Candidates {
            linked: linked.map(|claim| claim.sub),
            holder: holder.next(),
        })
    }

    /// An account's links to all providers, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn links(&self, sub: Uuid) -> Result<Vec<Link>, StoreError> {
        let keys = Provider::ALL.map(|provider| key::link(sub, provider));
        let links = self.get_all(keys.each_ref()).await?;
        links.into_iter().flatten().map(from_item).collect()
    }

    /// An account and its links to all providers, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn user_and_links(&self, sub: Uuid) -> Result<(Option<User>, Vec<Link>), StoreError> {
        let user = key::user(sub);
        let links = Provider::ALL.map(|provider| key::link(sub, provider));
        let keys: Vec<_> = std::iter::once(&user).chain(&links).collect();
        let mut found = self.get_each(&keys).await?.into_iter();
        let user = found.next().flatten();
        let links = found.flatten().map(from_item);
        Ok((
            user.map(from_item).transpose()?,
            links.collect::<Result<_, _>>()?,
        ))
    }

    /// An account and its link to a provider, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn user_and_link(
        &self,
        sub: Uuid,
        provider: Provider,
    ) -> Result<(Option<User>, Option<Link>), StoreError> {
        let [user, link] = self
            .get_all([&key::user(sub), &key::link(sub, provider)])
            .await?;
        Ok((
            user.map(from_item).transpose()?,
            link.map(from_item).transpose()?,
        ))
    }
}

fn claim(item: Option<Item>) -> Result<Option<Claim>, StoreError> {
    item.map(from_item).transpose()
}

impl Transaction<'_> {
    /// Links an account: claims the provider's name and writes the link.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn link(self, sub: Uuid, link: &Link) -> Result<Self, StoreError> {
        let claim = key::oauth_claim(link.provider, &link.subject);
        self.put_new(Step::Link, to_item(&claim, &Claim { sub }, None)?)?
            .put_new(
                Step::Link,
                to_item(&key::link(sub, link.provider), link, None)?,
            )
    }

    /// Writes what a link has become, if it is still there and the same.
    ///
    /// # Errors
    /// As [`Transaction::link`].
    pub fn use_link(self, sub: Uuid, link: &Link) -> Result<Self, StoreError> {
        let item = to_item(&key::link(sub, link.provider), link, None)?;
        let put = PutBuilder::default()
            .set_item(Some(item))
            .condition_expression("subject = :subject")
            .expression_attribute_values(":subject", string(&link.subject));
        self.put(Step::Link, put)
    }

    /// Takes a link away and gives the provider's name free.
    ///
    /// # Errors
    /// As [`Transaction::link`].
    pub fn unlink(self, sub: Uuid, link: &Link) -> Result<Self, StoreError> {
        self.delete_if(
            Step::Link,
            &key::link(sub, link.provider),
            "subject",
            &link.subject,
        )?
        .delete_if(
            Step::Link,
            &key::oauth_claim(link.provider, &link.subject),
            "sub",
            &sub.to_string(),
        )
    }
}

#[cfg(test)]
mod tests {
    use domain::EmailAddress;

    use super::*;

    #[test]
    fn subjects_of_providers_do_not_meet_other_claims() {
        let claim = key::oauth_claim(Provider::Github, "42");
        assert_eq!(claim.pk, "CLAIM#oauth#github:42");
        let address = EmailAddress::parse("oauth@example.com").unwrap();
        assert_ne!(claim, key::email_claim(&address));
    }
}
