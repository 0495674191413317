//! Sending letters, within what the whole stack may send in a day.

use delivery::{Language, Letter};
use domain::account::User;
use domain::limit::{Limit, mails_per_day};
use domain::{EmailAddress, Error, UnixTime};
use serde_json::Value;

use crate::{Postern, RequestMeta, event};

/// The one key that the stack's budgets are counted under.
pub(crate) const STACK: &str = "stack";

impl Postern {
    /// Sends a letter that the request exists for.
    ///
    /// # Errors
    /// As [`Postern::reserve_letter`] and [`Postern::post`].
    pub(crate) async fn send(
        &self,
        to: &EmailAddress,
        letter: &Letter,
        language: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        self.reserve_letter(now).await?;
        self.post(to, letter, language, now).await
    }

    /// Takes one letter out of the day's budget.
    ///
    /// # Errors
    /// [`Error::TooMany`] once it is used up; an alarm watches for the line
    /// logged then.
    pub(crate) async fn reserve_letter(&self, now: UnixTime) -> Result<(), Error> {
        let limit = self.letter_budget();
        if let Err(exceeded) = self.store().hit(&limit, STACK, now).await? {
            event::log(
                "mail_budget_exhausted",
                [("budget", Value::from(limit.budget))],
            );
            return Err(Error::TooMany(exceeded));
        }
        Ok(())
    }

    /// Sends a letter for which the budget was reserved. One that SES does not
    /// take goes back into it: an outage of theirs must not become one of ours.
    ///
    /// # Errors
    /// [`Error::Undeliverable`] if SES does not take it.
    pub(crate) async fn post(
        &self,
        to: &EmailAddress,
        letter: &Letter,
        language: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        let Err(error) = self
            .0
            .courier
            .mail(to, letter, Language::of(language))
            .await
        else {
            return Ok(());
        };
        event::log(
            "delivery_failed",
            [("reason", Value::from(error.to_string()))],
        );
        self.unreserve_letter(now).await;
        Err(error.into())
    }

    /// Gives a reserved letter back to the budget.
    pub(crate) async fn unreserve_letter(&self, now: UnixTime) {
        if let Err(error) = self
            .store()
            .take_back(&self.letter_budget(), STACK, now)
            .await
        {
            event::log(
                "letter_not_given_back",
                [("reason", Value::from(error.to_string()))],
            );
        }
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
            not_sent(&error);
        }
    }

    /// [`Postern::notify`] of whoever owns `user`.
    pub(crate) async fn tell(&self, user: &User, letter: &Letter, meta: &RequestMeta) {
        if let Some(address) = &user.email {
            self.notify(address, letter, &user.language, meta.now).await;
        }
    }

    fn letter_budget(&self) -> Limit {
        mails_per_day(self.settings().mail_daily_budget)
    }
}

/// Notes that the news of something that has happened did not go out.
pub(crate) fn not_sent(error: &Error) {
    event::log("notice_not_sent", [("reason", Value::from(error.name()))]);
}
