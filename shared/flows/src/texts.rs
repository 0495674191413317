//! Sending text messages, within what the whole stack may send in a day.
//!
//! A budget apart from that of letters ([`crate::letters`]): a text costs a hundred
//! times as much, and is what toll fraud is after.

use delivery::{Language, TextMessage};
use domain::limit::texts_per_day;
use domain::{Error, PhoneNumber, UnixTime};
use serde_json::Value;

use crate::letters::STACK;
use crate::{Postern, event};

impl Postern {
    /// Sends a text message that the request exists for. One that SNS does not take
    /// goes back into the budget.
    ///
    /// # Errors
    /// [`Error::TooMany`] once the budget is used up; an alarm watches for the line
    /// logged then. [`Error::Undeliverable`] if SNS does not take it.
    pub(crate) async fn text(
        &self,
        to: &PhoneNumber,
        text: &TextMessage,
        language: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        let limit = texts_per_day(self.settings().text_daily_budget);
        if let Err(exceeded) = self.store().hit(&limit, STACK, now).await? {
            event::log(
                "text_budget_exhausted",
                [("budget", Value::from(limit.budget))],
            );
            return Err(Error::TooMany(exceeded));
        }
        let language = Language::of(language);
        let Err(error) = self.0.courier.text(to, text, language).await else {
            return Ok(());
        };
        let reason = Value::from(error.to_string());
        event::log("delivery_failed", [("reason", reason)]);
        if let Err(error) = self.store().take_back(&limit, STACK, now).await {
            let reason = Value::from(error.to_string());
            event::log("text_not_given_back", [("reason", reason)]);
        }
        Err(error.into())
    }
}
