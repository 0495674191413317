//! Sending text messages, within what the whole stack may send in a day.

use delivery::{Language, Postage, TextMessage};
use domain::email_code::{CodeLedger, CodeRequest};
use domain::letter_budget::Share;
use domain::limit::{Exceeded, Quota};
use domain::{Contact, Error, PhoneNumber, UnixTime, phone_code};

use crate::notify::budget::Budget;
use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// Counts one text to a number by what its sign-in codes are counted by (cashless): a
    /// number rings as often whichever contract texts it.
    ///
    /// # Errors
    /// [`Error::TooMany`] by pause, hour or day.
    pub(crate) async fn admit_text(
        &self,
        meta: &RequestMeta,
        number: &PhoneNumber,
    ) -> Result<(), Error> {
        let contact = Contact::Phone(number.clone());
        let digest = self.code_digest(&contact);
        for _ in 0..MAX_ROUNDS {
            let found = self.store().code_and_holder(&contact, &digest).await?;
            let holder = match found.holder {
                Some(sub) => self.store().user(sub).await?,
                None => None,
            };
            let sub = holder.as_ref().map(|holder| holder.sub);
            let asked = CodeRequest {
                now: meta.now,
                nonce: self.code_nonce()?,
                network: self.network_mark(sub, meta),
                sub,
                networks: holder.map(|holder| holder.networks).unwrap_or_default(),
                source: String::new(),
            };
            let before = found.ledger.as_ref();
            let ledger =
                CodeLedger::message(before, asked, &phone_code::POLICY).map_err(Error::TooMany)?;
            let before = before.map(|row| row.rev);
            if self.store().save_code(&digest, &ledger, before).await? {
                return Ok(());
            }
        }
        Err(contended())
    }

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
        let postage = self.text_postage(known, now).await?;
        self.deliver_text(postage, to, text, language, now).await
    }

    /// Takes one text out of the day's budget; `known` says whether the account knows the
    /// network.
    ///
    /// # Errors
    /// As [`Postern::reserve`].
    pub(crate) async fn text_postage(&self, known: bool, now: UnixTime) -> Result<Postage, Error> {
        let share = if known { Share::Known } else { Share::Unknown };
        self.reserve(Budget::Texts, share, now).await?;
        Ok(Postage::paid())
    }

    /// Hands SNS a text that was paid for.
    ///
    /// # Errors
    /// [`Error::Undeliverable`] if SNS does not take it.
    pub(crate) async fn deliver_text(
        &self,
        postage: Postage,
        to: &PhoneNumber,
        text: &TextMessage,
        language: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        let courier = &self.0.courier;
        let taken = courier.text(postage, to, text, Language::of(language));
        self.sent(Budget::Texts, taken.await, now).await
    }
}

/// `error` as it is told of texts: which of their limits is used up says nothing to a
/// client, and that it is theirs does.
pub(crate) fn of_texts(error: Error) -> Error {
    match error {
        Error::TooMany(exceeded) => Error::TooMany(Exceeded {
            quota: Quota::Texts,
            ..exceeded
        }),
        error => error,
    }
}
