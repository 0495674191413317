//! Sending letters, within what the whole stack may send in a day.

use delivery::{Language, Letter};
use domain::limit::{Quota, mails_per_day};
use domain::{EmailAddress, Error, UnixTime};
use serde_json::Value;

use crate::{Postern, event};

/// The one key that the stack's mail budget is counted under.
const STACK: &str = "stack";

impl Postern {
    /// Sends a letter that the request exists for.
    ///
    /// # Errors
    /// [`Error::TooMany`] once the day's budget is used up (an alarm watches for
    /// the line logged here), [`Error::Undeliverable`] if SES does not take it.
    pub(crate) async fn send(
        &self,
        to: &EmailAddress,
        letter: &Letter,
        language: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        let limit = mails_per_day(self.settings().mail_daily_budget);
        if let Err(exceeded) = self.store().hit(&limit, STACK, now).await? {
            event::log(
                "mail_budget_exhausted",
                [("budget", Value::from(limit.budget))],
            );
            return Err(Error::TooMany(domain::limit::Exceeded {
                quota: Quota::Stack,
                ..exceeded
            }));
        }
        self.0
            .courier
            .mail(to, letter, Language::of(language))
            .await
            .map_err(|error| {
                event::log(
                    "delivery_failed",
                    [("reason", Value::from(error.to_string()))],
                );
                Error::from(error)
            })
    }

    /// Sends a letter that only tells: the request has done its work, and does
    /// not fail because the news of it cannot be sent. The log says so instead.
    pub(crate) async fn notify(
        &self,
        to: &EmailAddress,
        letter: &Letter,
        language: &str,
        now: UnixTime,
    ) {
        if let Err(error) = self.send(to, letter, language, now).await {
            event::log("notice_not_sent", [("reason", Value::from(error.name()))]);
        }
    }
}
