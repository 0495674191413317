//! Several writes that happen together or not at all.
//!
//! A transaction is built from named [`Step`]s, each a write with its condition.
//! When it is refused, it says which step refused, so the flow knows what to read again.
//! Conflicts and
//! throttles are met with patience and the same client request token, so a try
//! whose answer was lost is not done twice.

mod administrators;
mod agents;
mod api_keys;
mod authorizations;
mod browsers;
mod commit;
mod deletion;
mod directory;
mod grants;
mod individually;
mod names;
mod pictures;
mod pos;
mod revocation;
mod users;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use domain::UnixTime;
use domain::account::User;
use domain::email_code::NetworkKind;
use domain::session::Session;

use crate::codes::{attempts_attribute, is_counted};
use crate::item::{Item, number, string, to_item};
use crate::key::{self, Key};
use crate::{AuditEvent, Store, StoreError};

/// The claims of an account on what it can be written to.
pub(crate) fn contact_claims(user: &User) -> impl Iterator<Item = Key> + use<> {
    let address = user.email.as_ref().map(key::email_claim);
    let number = user.proven_phone().as_ref().map(key::phone_claim);
    address.into_iter().chain(number)
}

/// A write of a transaction, by what its refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Spending a code: refused if it is spent, expired or replaced.
    SpendCode,
    /// A new account or one of its claims: refused if the name is taken.
    Create,
    /// Editing an account: refused if it was edited meanwhile.
    EditUser,
    /// Holding an account to what was read: refused if its epoch has moved on.
    CheckUser,
    /// Spending a sign-in that waited: refused if it is spent or expired.
    SpendChallenge,
    /// Writing which challenge is open: refused if another was opened meanwhile.
    OpenChallenge,
    /// Writing the code that resets a password: refused if another was made meanwhile.
    ResetCode,
    /// Writing the second factors: refused if they were written meanwhile.
    EditFactors,
    /// Completing the set-up of a factor: refused if it is completed or replaced.
    Enrollment,
    /// Putting a session or a challenge: refused if its name is taken.
    Begin,
    /// Taking a session along into a new epoch: refused if it has ended.
    CarrySession,
    /// Rotating a session: refused if another refresh was first.
    Rotate,
    /// Spending a permission to upload: refused if it is spent, expired or replaced.
    SpendUpload,
    /// Ending a session: refused if it has ended.
    End,
    /// Taking an administrator's rights or use away: refused for the last one.
    KeepAdministrator,
    /// Counting the accounts that are listed: never refused.
    CountListed,
    /// Removing a row that is there: refused if it is gone.
    Remove,
    /// Naming a device grant by its user code: refused if another live one has it.
    NameGrant,
    /// Answering a device grant: refused unless it is still pending.
    DecideGrant,
    /// Exchanging a device grant: refused unless it is approved and unspent.
    SpendGrant,
    /// Answering an authorization request: refused if it is over, or was answered.
    AnswerRequest,
    /// Exchanging an authorization code: refused if it was exchanged, or its time is over.
    SpendAuthorizationCode,
    /// Remembering a consent, or forgetting one: refused if it was changed meanwhile.
    Consent,
    /// Writing identities and agents' keys: refused if they were edited meanwhile.
    EditAgents,
    /// Giving a claim back: refused if another account holds it.
    Release,
    /// Writing a password: refused if it was changed meanwhile.
    EditPassword,
    /// Spending a token that came by mail: refused if it is spent or expired.
    SpendToken,
    /// Writing an event, a device or a vendor: refused if it was written meanwhile.
    EditRow,
    /// Listing an account at an event: never refused.
    Appoint,
    /// Trusting a device, or signing it in or out: refused if it, or the session, is not as
    /// it was read.
    TrustDevice,
    /// Writing or forgetting what is remembered of sign-ins: never refused.
    Risk,
    /// Making, using or taking away a link to a provider: refused if it is not
    /// as it was read.
    Link,
    /// Appending an audit event: never refused.
    Audit,
}

/// How a transaction ended.
#[derive(Debug)]
pub enum Commit {
    /// All of it was written.
    Done,
    /// None of it was: the condition of this step did not hold.
    Refused(Step),
}

impl Commit {
    /// The step that refused, if one did.
    #[must_use]
    pub fn refused(self) -> Option<Step> {
        match self {
            Self::Done => None,
            Self::Refused(step) => Some(step),
        }
    }
}

/// A transaction being put together.
pub struct Transaction<'a> {
    store: &'a Store,
    writes: Vec<(Step, TransactWriteItem)>,
    /// How many accounts more each shard of the directory lists by it.
    listed: BTreeMap<u8, i64>,
}

impl Store {
    /// An empty transaction.
    #[must_use]
    pub fn transaction(&self) -> Transaction<'_> {
        Transaction {
            store: self,
            writes: Vec::new(),
            listed: BTreeMap::new(),
        }
    }
}

impl Transaction<'_> {
    /// Spends the code of the address of `digest` that `nonce` names, and clears the tries of the count it came
    /// through. With `take_back` it takes back the guess that was right, which was
    /// counted at `now`; and is refused, with the code still good, if that guess does
    /// not count any more.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn spend_code(
        self,
        digest: &str,
        nonce: &str,
        network_kind: NetworkKind,
        take_back: bool,
        now: UnixTime,
    ) -> Result<Self, StoreError> {
        let attempts_at = attempts_attribute(network_kind);
        let (less, counted) = if take_back {
            (
                format!(", {attempts_at}.guesses.#count = {attempts_at}.guesses.#count - :one"),
                format!(" AND {}", is_counted(network_kind)),
            )
        } else {
            (String::new(), String::new())
        };
        let update = Update::builder()
            .update_expression(format!(
                "SET {attempts_at}.#tries = :none{less}, rev = rev + :one \
                 REMOVE nonce, {attempts_at}.#since, {attempts_at}.#last"
            ))
            .condition_expression(format!("nonce = :nonce AND expires_at > :now{counted}"))
            .expression_attribute_names("#tries", "tries")
            .expression_attribute_names("#since", "since")
            .expression_attribute_names("#last", "last")
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":nonce", string(nonce))
            .expression_attribute_values(":now", number(now.0));
        let update = if take_back {
            update.expression_attribute_names("#count", "count")
        } else {
            update
        };
        self.update(Step::SpendCode, &key::sign_in_code(digest), update)
    }

    /// Begins a session.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn begin_session(self, session: &Session) -> Result<Self, StoreError> {
        let key = key::session(session.sub, session.id);
        self.put_new(Step::Begin, to_item(&key, session, Some(session.ends_at))?)
    }

    /// Gives back the claims of a deleted account. Its integer id stays claimed.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn release_names(mut self, user: &User) -> Result<Self, StoreError> {
        for key in contact_claims(user) {
            self = self.delete_if(Step::Release, &key, "sub", &user.sub.to_string())?;
        }
        self.release_username(user)
    }

    /// Appends an audit event with the rest. Its name is random, so no row is there; if one
    /// were, it would not be replaced.
    ///
    /// # Errors
    /// As [`Transaction::spend_code`].
    pub fn audit(mut self, event: &AuditEvent) -> Result<Self, StoreError> {
        let put = Put::builder()
            .table_name(&*self.store.audit_table)
            .set_item(Some(event.item()?))
            .condition_expression(key::IS_NEW)
            .build()
            .map_err(|_| StoreError::corrupt::<TransactWriteItem>())?;
        self.writes
            .push((Step::Audit, TransactWriteItem::builder().put(put).build()));
        Ok(self)
    }

    /// Holds the item at `key` to a condition without writing it.
    pub(crate) fn check(
        mut self,
        step: Step,
        key: &Key,
        check: aws_sdk_dynamodb::types::builders::ConditionCheckBuilder,
    ) -> Result<Self, StoreError> {
        let check = check
            .table_name(&*self.store.table)
            .set_key(Some(key.attributes()))
            .build()
            .map_err(|_| StoreError::corrupt::<TransactWriteItem>())?;
        let write = TransactWriteItem::builder().condition_check(check).build();
        self.writes.push((step, write));
        Ok(self)
    }

    /// Deletes the item at `key` if its attribute `name` is `value`.
    pub(crate) fn delete_if(
        self,
        step: Step,
        key: &Key,
        name: &str,
        value: &str,
    ) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .condition_expression("#name = :value")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":value", string(value));
        self.push_delete(step, key, delete)
    }

    /// Deletes the item at `key`, if there is one.
    pub(crate) fn delete(self, step: Step, key: &Key) -> Result<Self, StoreError> {
        self.push_delete(step, key, Delete::builder())
    }

    pub(crate) fn push_delete(
        mut self,
        step: Step,
        key: &Key,
        delete: aws_sdk_dynamodb::types::builders::DeleteBuilder,
    ) -> Result<Self, StoreError> {
        let delete = delete
            .table_name(&*self.store.table)
            .set_key(Some(key.attributes()))
            .build()
            .map_err(|_| StoreError::corrupt::<TransactWriteItem>())?;
        self.writes
            .push((step, TransactWriteItem::builder().delete(delete).build()));
        Ok(self)
    }

    /// Whether it would write nothing yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    pub(crate) fn put_new(self, step: Step, item: Item) -> Result<Self, StoreError> {
        self.put(
            step,
            Put::builder()
                .set_item(Some(item))
                .condition_expression(key::IS_NEW),
        )
    }

    /// Writes `item` over the one of revision `before`.
    pub(crate) fn put_over(self, step: Step, item: Item, before: u64) -> Result<Self, StoreError> {
        let put = Put::builder()
            .set_item(Some(item))
            .condition_expression("rev = :before")
            .expression_attribute_values(":before", number(before));
        self.put(step, put)
    }

    pub(crate) fn put(
        mut self,
        step: Step,
        put: aws_sdk_dynamodb::types::builders::PutBuilder,
    ) -> Result<Self, StoreError> {
        let put = put
            .table_name(&*self.store.table)
            .build()
            .map_err(|_| StoreError::corrupt::<TransactWriteItem>())?;
        self.writes
            .push((step, TransactWriteItem::builder().put(put).build()));
        Ok(self)
    }

    pub(crate) fn update(
        mut self,
        step: Step,
        key: &Key,
        update: aws_sdk_dynamodb::types::builders::UpdateBuilder,
    ) -> Result<Self, StoreError> {
        let update = update
            .table_name(&*self.store.table)
            .set_key(Some(key.attributes()))
            .build()
            .map_err(|_| StoreError::corrupt::<TransactWriteItem>())?;
        self.writes
            .push((step, TransactWriteItem::builder().update(update).build()));
        Ok(self)
    }
}
