//! Who administers the installation, as one row: so that of two administrators who leave
//! at the same moment one stays.
//!
//! The row holds the names of all accounts that have an administrator's rights and may
//! be used, and of those among them that have proven an address. An account that proved
//! none may lose its rights by the first proof, which is a stranger's to make: so the
//! last proven administrator stays, however many others there are. Every write of an
//! account keeps the row ([`Transaction::edit_user`]), so no flow has to remember. It is
//! written only when an account becomes an administrator, stops being one, or proves
//! its first address.

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use domain::account::{Role, User};

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

/// The sets of the row that `user` is in.
fn sets(user: &User) -> impl Iterator<Item = &'static str> + use<> {
    let members = administers(user).then_some("members");
    let proven = (administers(user) && user.may_have_rights()).then_some("proven");
    members.into_iter().chain(proven)
}

impl Transaction<'_> {
    pub(super) fn add_administrator(self, user: &User) -> Result<Self, StoreError> {
        self.keep_administrators("ADD", sets(user).collect(), user, Last::MayGo)
    }

    pub(super) fn count_administrators(
        self,
        before: &User,
        after: &User,
        last: Last,
    ) -> Result<Self, StoreError> {
        let without = |these: &User, those: &User| -> Vec<&'static str> {
            let those: Vec<_> = sets(those).collect();
            sets(these).filter(|set| !those.contains(set)).collect()
        };
        let (joined, left) = (without(after, before), without(before, after));
        if !left.is_empty() {
            return self.keep_administrators("DELETE", left, after, last);
        }
        if !joined.is_empty() {
            return self.keep_administrators("ADD", joined, after, Last::MayGo);
        }
        Ok(self)
    }

    /// Puts the account into these sets or takes it out of them. Whoever leaves a set leaves
    /// another member in it, where the last one stays.
    fn keep_administrators(
        self,
        verb: &str,
        these: Vec<&'static str>,
        user: &User,
        last: Last,
    ) -> Result<Self, StoreError> {
        let member = AttributeValue::Ss(vec![user.sub.to_string()]);
        let each: Vec<String> = these.iter().map(|set| format!("{set} :member")).collect();
        let update = Update::builder()
            .update_expression(format!("{verb} {}", each.join(", ")))
            .expression_attribute_values(":member", member);
        // One who is not in a set became an administrator before it was kept.
        let others = |set| format!("(NOT contains({set}, :sub) OR size({set}) > :one)");
        let update = match last {
            Last::MayGo => update,
            Last::Stays => update
                .condition_expression(
                    these
                        .into_iter()
                        .map(others)
                        .collect::<Vec<_>>()
                        .join(" AND "),
                )
                .expression_attribute_values(":sub", string(user.sub))
                .expression_attribute_values(":one", number(1)),
        };
        self.update(Step::KeepAdministrator, &key::administrators(), update)
    }
}
