//! Sending letters, within what the whole stack may send in a day.

use delivery::{Language, Letter};
use domain::account::User;
use domain::{EmailAddress, Error, UnixTime};
use serde_json::Value;

use crate::budget::Budget;
use crate::{Postern, RequestMeta, event};

impl Postern {
    /// Sends a letter that the request exists for.
    ///
    /// # Errors
    /// As [`Postern::reserve`] and [`Postern::post`].
    pub(crate) async fn send(
        &self,
        to: &EmailAddress,
        letter: &Letter,
        language: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        self.reserve(Budget::Letters, now).await?;
        self.post(to, letter, language, now).await
    }

    /// Sends a letter for which the budget was reserved.
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
        let taken = self.0.courier.mail(to, letter, Language::of(language));
        self.sent(Budget::Letters, taken.await, now).await
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
}

/// Notes that the news of something that has happened did not go out.
pub(crate) fn not_sent(error: &Error) {
    event::log("notice_not_sent", [("reason", Value::from(error.name()))]);
}
