//! Sending letters, each with its postage.

use delivery::{Language, Letter, Postage};
use domain::account::User;
use domain::{EmailAddress, Error, UnixTime};
use serde_json::Value;

use crate::notify::budget::Budget;
use crate::notify::postage::Purpose;
use crate::password::reset::FLOOR;
use crate::{Postern, RequestMeta, log};

impl Postern {
    /// Sends a letter that the request exists for.
    ///
    /// # Errors
    /// As [`Postern::postage`] and [`Postern::deliver`].
    pub(crate) async fn send_mail(
        &self,
        meta: &RequestMeta,
        purpose: Purpose<'_>,
        to: &EmailAddress,
        letter: &Letter,
        language: &str,
    ) -> Result<(), Error> {
        let postage = self.postage(meta, purpose, to).await?;
        self.deliver(postage, to, letter, language, meta.now).await
    }

    /// Hands SES a letter that was paid for.
    ///
    /// # Errors
    /// [`Error::Undeliverable`] if SES does not take it.
    pub(crate) async fn deliver(
        &self,
        postage: Postage,
        to: &EmailAddress,
        letter: &Letter,
        language: &str,
        now: UnixTime,
    ) -> Result<(), Error> {
        let courier = &self.0.courier;
        let taken = courier.mail(postage, to, letter, Language::of(language));
        self.sent(Budget::Letters, taken.await, now).await
    }

    /// Warns the owner of `user` of an attacker's guesses. The request is refused anyway: if
    /// the warning cannot be sent, only the log says so.
    pub(crate) async fn warn(&self, user: &User, letter: &Letter, meta: &RequestMeta) {
        if let Some(address) = &user.email {
            let account = Some(user);
            self.warn_address(account, address, letter, &user.language, meta)
                .await;
        }
    }

    /// The same for an address, which may have no account.
    pub(crate) async fn warn_address(
        &self,
        account: Option<&User>,
        to: &EmailAddress,
        letter: &Letter,
        language: &str,
        meta: &RequestMeta,
    ) {
        let purpose = Purpose::Warning { account };
        if let Err(error) = self.send_mail(meta, purpose, to, letter, language).await {
            not_sent(&error);
        }
    }

    /// Tells the owner of `user` what happened to the account. What cannot be sent now
    /// waits, see [`crate::notify::notices`].
    pub(crate) async fn notify(&self, user: &User, letter: &Letter, meta: &RequestMeta) {
        let Some(address) = &user.email else {
            return;
        };
        let purpose = Purpose::Notice { account: user };
        let sent = self.send_mail(meta, purpose, address, letter, &user.language);
        if let Err(error) = sent.await {
            self.keep_notice(user.into(), letter, &error).await;
        }
    }
}

/// Sends a warning that is `due`, in at least [`FLOOR`]: the time that a letter takes would
/// tell that there is an account to warn. Whether one is due therefore depends on counts
/// alone, which names without an account have, too.
pub(crate) async fn warn_if(due: bool, warn: impl Future<Output = ()>) {
    if due {
        tokio::join!(warn, tokio::time::sleep(FLOOR));
    }
}

/// Notes that a letter did not go out.
pub(crate) fn not_sent(error: &Error) {
    log::event("notice_not_sent", [("reason", Value::from(error.name()))]);
}
