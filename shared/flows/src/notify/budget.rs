//! What the whole stack may send in a day: what a flood of requests can cost at most.
//!
//! Letters and texts have budgets apart: a text costs a hundred times as much, and is
//! what toll fraud is after. An alarm watches for the line logged when one is used up.
//!
//! Letters are counted from leases, because one row takes a thousand writes a second and
//! no sign-in is to wait for it: what a process leased and did not send by the day's end is
//! lost. Texts are few, and each is counted for itself.

use delivery::DeliveryError;
use domain::letter_budget::Share;
use domain::limit::{Limit, mails_per_day, texts_per_day};
use domain::{Error, UnixTime};
use serde_json::Value;

use crate::{Postern, log};

/// The one key that the budgets are counted under.
pub(crate) const STACK: &str = "stack";

/// A kind of thing that is sent.
#[derive(Clone, Copy)]
pub(crate) enum Budget {
    /// By mail.
    Letters,
    /// By telephone.
    Texts,
}

impl Budget {
    const fn used_up(self) -> &'static str {
        match self {
            Self::Letters => "mail_budget_exhausted",
            Self::Texts => "text_budget_exhausted",
        }
    }
}

impl Postern {
    fn limit_of(&self, budget: Budget) -> Limit {
        match budget {
            Budget::Letters => mails_per_day(self.settings().mail_daily_budget),
            Budget::Texts => texts_per_day(self.settings().text_daily_budget),
        }
    }

    /// Takes one out of the day's budget, as far as the `share` goes.
    ///
    /// # Errors
    /// [`Error::TooMany`] once it is used up.
    pub(crate) async fn reserve(
        &self,
        budget: Budget,
        share: Share,
        now: UnixTime,
    ) -> Result<(), Error> {
        let mut limit = self.limit_of(budget);
        limit.budget = share.of(limit.budget);
        let taken = match budget {
            Budget::Letters => self.store().take_or_lease(&limit, STACK, now).await?,
            Budget::Texts => self.store().hit(&limit, STACK, now).await?.map(drop),
        };
        taken.map_err(|exceeded| {
            log::event(budget.used_up(), [("budget", Value::from(limit.budget))]);
            Error::TooMany(exceeded)
        })
    }

    /// Gives back what was taken and not used.
    pub(crate) async fn unreserve(&self, budget: Budget, now: UnixTime) {
        let limit = self.limit_of(budget);
        match budget {
            Budget::Letters => self.store().give_back(&limit, STACK, now),
            Budget::Texts => {
                if let Err(error) = self.store().take_back(&limit, STACK, now).await {
                    let reason = Value::from(error.to_string());
                    log::event("text_not_given_back", [("reason", reason)]);
                }
            }
        }
    }

    /// What became of something for which the budget was reserved. What AWS does not
    /// take goes back into it: an outage of theirs must not become one of ours.
    ///
    /// # Errors
    /// [`Error::Undeliverable`] if AWS did not take it.
    pub(crate) async fn sent(
        &self,
        budget: Budget,
        taken: Result<(), DeliveryError>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let Err(error) = taken else {
            return Ok(());
        };
        let reason = Value::from(error.to_string());
        log::event("delivery_failed", [("reason", reason)]);
        self.unreserve(budget, now).await;
        Err(error.into())
    }
}
