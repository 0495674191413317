//! Device grants in transactions: begun under both codes, answered once,
//! exchanged once.

use aws_sdk_dynamodb::types::{Put, Update};
use domain::UnixTime;
use domain::device_grant::{Approval, Grant, LIFETIME, State};

use super::{Step, Transaction};
use crate::grants::Named;
use crate::item::{attribute, number, string, to_item};
use crate::{StoreError, key};

impl Transaction<'_> {
    /// Begins a grant, named by the user code of this keyed digest. A digest whose grant
    /// is over may be taken again.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn begin_grant(self, grant: &Grant, user_code: &str) -> Result<Self, StoreError> {
        // Kept for as long again as it lived: one that is over is answered as what it is.
        let kept_until = Some(grant.expires_at.plus(LIFETIME));
        let named = Named {
            grant: grant.id.clone(),
            expires_at: grant.expires_at,
        };
        let name = Put::builder()
            .set_item(Some(to_item(
                &key::user_code(user_code),
                &named,
                kept_until,
            )?))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", number(grant.created_at.0));
        self.put(Step::NameGrant, name)?.put_new(
            Step::Begin,
            to_item(&key::grant(&grant.id), grant, kept_until)?,
        )
    }

    /// Answers a pending grant: yes with an approval, no without.
    ///
    /// # Errors
    /// As [`Transaction::begin_grant`].
    pub fn decide_grant(
        self,
        grant: &Grant,
        approval: Option<&Approval>,
        now: UnixTime,
    ) -> Result<Self, StoreError> {
        let update = Update::builder()
            .condition_expression("#state = :pending AND expires_at > :now")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", attribute(&State::Pending)?)
            .expression_attribute_values(":now", number(now.0));
        let update = match approval {
            Some(approval) => update
                .update_expression("SET #state = :state, approval = :approval")
                .expression_attribute_values(":state", attribute(&State::Approved)?)
                .expression_attribute_values(":approval", attribute(approval)?),
            None => update
                .update_expression("SET #state = :state")
                .expression_attribute_values(":state", attribute(&State::Denied)?),
        };
        self.update(Step::DecideGrant, &key::grant(&grant.id), update)
    }

    /// Spends an approved grant.
    ///
    /// # Errors
    /// As [`Transaction::begin_grant`].
    pub fn spend_grant(self, grant: &Grant, now: UnixTime) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET #state = :spent")
            .condition_expression("#state = :approved AND expires_at > :now")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":spent", attribute(&State::Spent)?)
            .expression_attribute_values(":approved", string("approved"))
            .expression_attribute_values(":now", number(now.0));
        self.update(Step::SpendGrant, &key::grant(&grant.id), update)
    }
}
