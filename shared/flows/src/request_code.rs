//! Asking for a sign-in code.
//!
//! Writes the address's code row and nothing else: an account comes only with
//! the first code that comes back. Known and unknown addresses take the same
//! round trips and get a letter each, so neither the answer nor its time tells
//! whether there is an account.

use delivery::Letter;
use domain::account::User;
use domain::email_code::{CodeLedger, CodeRequest};
use domain::limit::{OTP_REQUESTS_PER_PLACE, OTP_REQUESTS_PER_PLACE_A_DAY};
use domain::time::MINUTE;
use domain::{EmailAddress, Error, platform};
use uuid::Uuid;

use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// Sends `address` a code, the same one while it is good. `source` is the
    /// host of the site that asks.
    ///
    /// # Errors
    /// [`Error::TooMany`] by cooldown, hour, day, place or stack, and
    /// [`Error::Undeliverable`] if SES does not take the letter; then the code
    /// does not count as sent.
    pub async fn request_code(
        &self,
        meta: &RequestMeta,
        address: &EmailAddress,
        source: &str,
    ) -> Result<(), Error> {
        let place = meta.place().to_string();
        let (admitted, admitted_today, found) = tokio::join!(
            self.store().hit(&OTP_REQUESTS_PER_PLACE, &place, meta.now),
            self.store()
                .hit(&OTP_REQUESTS_PER_PLACE_A_DAY, &place, meta.now),
            self.store().code_and_holder(address),
        );
        admitted?.map_err(Error::TooMany)?;
        admitted_today?.map_err(Error::TooMany)?;
        let found = found?;
        // Nobody is a reader too: an address without an account costs the same.
        let user = self
            .store()
            .user(found.holder.unwrap_or(Uuid::nil()))
            .await?;
        let (before, ledger) = self
            .write_code(meta, address, source, user.as_ref(), found.ledger)
            .await?;
        let letter = self.letter(meta, address, user.as_ref(), &ledger);
        let language = user
            .as_ref()
            .map(|user| user.language.as_str())
            .filter(|tag| !tag.is_empty());
        let language = language.or(meta.language.as_deref()).unwrap_or_default();
        let sent = self.send(address, &letter, language, meta.now).await;
        if sent.is_err() {
            // If a guess or another request came between, its row is the better one.
            self.store()
                .save_code(address, &ledger.unsent(before.as_ref()), Some(ledger.rev))
                .await?;
        }
        sent
    }

    /// Writes the row with one more code counted. The row before, and after.
    async fn write_code(
        &self,
        meta: &RequestMeta,
        address: &EmailAddress,
        source: &str,
        user: Option<&User>,
        mut before: Option<CodeLedger>,
    ) -> Result<(Option<CodeLedger>, CodeLedger), Error> {
        for _ in 0..MAX_ROUNDS {
            let asked = CodeRequest {
                now: meta.now,
                nonce: platform::uuid(self.entropy()).simple().to_string(),
                place: self.place_mark(user.map(|user| user.sub), meta),
                sub: user.map(|user| user.sub),
                places: user.map(|user| user.places.clone()).unwrap_or_default(),
                source: source.to_owned(),
            };
            let ledger = CodeLedger::request(before.as_ref(), asked, &self.settings().codes)
                .map_err(Error::TooMany)?;
            if self
                .store()
                .save_code(address, &ledger, before.as_ref().map(|row| row.rev))
                .await?
            {
                return Ok((before, ledger));
            }
            let now = self.store().code_and_holder(address).await?.ledger;
            // Refused by our own writing, whose answer was lost on the way.
            if now.as_ref() == Some(&ledger) {
                return Ok((before, ledger));
            }
            before = now;
        }
        Err(contended())
    }

    fn letter(
        &self,
        meta: &RequestMeta,
        address: &EmailAddress,
        user: Option<&User>,
        ledger: &CodeLedger,
    ) -> Letter {
        if user.is_some_and(|user| !user.is_active()) {
            return Letter::AccountLocked;
        }
        let nonce = ledger.nonce.as_deref().unwrap_or_default();
        let left = ledger.expires_at.seconds_since(meta.now);
        Letter::SignInCode {
            code: self.ring().email_code(address.as_str(), nonce),
            minutes: (left / MINUTE).max(1),
        }
    }
}
