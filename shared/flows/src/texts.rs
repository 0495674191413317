//! Sending text messages, within what the whole stack may send in a day.

use delivery::{Language, TextMessage};
use domain::{Error, PhoneNumber, UnixTime};

use crate::Postern;
use crate::budget::Budget;

impl Postern {
    /// Sends a text message that the request exists for.
    ///
    /// # Errors
    /// As [`Postern::reserve`]; [`Error::Undeliverable`] if SNS does not take it.
    pub(crate) async fn text(
        &self,
        to: &PhoneNumber,
        text: &TextMessage,
        language: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        self.reserve(Budget::Texts, now).await?;
        let taken = self.0.courier.text(to, text, Language::of(language));
        self.sent(Budget::Texts, taken.await, now).await
    }
}
