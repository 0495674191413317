//! Who administers the installation, as one row: so that of two who leave at the same
//! moment one stays.
//!
//! The row holds the names of all accounts that have an administrator's rights and may
//! be used. Every write of an account keeps it ([`Transaction::edit_user`]), so no flow
//! has to remember. It is written only when somebody becomes an administrator or stops
//! being one.

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use domain::account::{Role, User};
use uuid::Uuid;

use super::{Step, Transaction};
use crate::item::{number, string};
use crate::{StoreError, key};

/// What becomes of the last administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// They stay one: the write is refused.
    Stays,
    /// They may go, too.
    MayGo,
}

/// Whether `user` can administer the installation.
pub(super) fn administers(user: &User) -> bool {
    user.role == Role::Admin && user.is_active()
}

impl Transaction<'_> {
    pub(super) fn add_administrator(self, sub: Uuid) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("ADD members :member")
            .expression_attribute_values(":member", AttributeValue::Ss(vec![sub.to_string()]));
        self.update(Step::KeepAdministrator, &key::administrators(), update)
    }

    pub(super) fn count_administrators(
        self,
        before: &User,
        after: &User,
        last: Last,
    ) -> Result<Self, StoreError> {
        match (administers(before), administers(after)) {
            (false, true) => self.add_administrator(after.sub),
            (true, false) => self.remove_administrator(after.sub, last),
            _ => Ok(self),
        }
    }

    fn remove_administrator(self, sub: Uuid, last: Last) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("DELETE members :member")
            .expression_attribute_values(":member", AttributeValue::Ss(vec![sub.to_string()]));
        let update = match last {
            Last::MayGo => update,
            // One who is not in the row became an administrator before it was kept.
            Last::Stays => update
                .condition_expression("NOT contains(members, :sub) OR size(members) > :one")
                .expression_attribute_values(":sub", string(sub))
                .expression_attribute_values(":one", number(1)),
        };
        self.update(Step::KeepAdministrator, &key::administrators(), update)
    }
}
