//! Sending text messages, within what the whole stack may send in a day.

use delivery::{Language, Postage, TextMessage};
use domain::letter_budget::Share;
use domain::{Error, PhoneNumber, UnixTime};

use crate::Postern;
use crate::notify::budget::Budget;

impl Postern {
    /// Sends a text message with a code, which was counted as asked for by network and by
    /// number; `known` says whether the account knows the network.
    ///
    /// # Errors
    /// As [`Postern::reserve`]; [`Error::Undeliverable`] if SNS does not take it.
    pub(crate) async fn text(
        &self,
        to: &PhoneNumber,
        text: &TextMessage,
        language: &str,
        known: bool,
        now: UnixTime,
    ) -> Result<(), Error> {
        let share = if known { Share::Known } else { Share::Unknown };
        self.reserve(Budget::Texts, share, now).await?;
        let postage = Postage::paid();
        let courier = &self.0.courier;
        let taken = courier.text(postage, to, text, Language::of(language));
        self.sent(Budget::Texts, taken.await, now).await
    }
}
