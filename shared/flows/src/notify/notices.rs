//! Notices that could not be sent: they wait at the account or vendor and go with its next
//! code or sign-in.
//!
//! A notice says that a credential was changed. Dropping it when a budget is used up or
//! SES is away would let an intruder change factors in silence. So it is kept, sealed,
//! until the account asks for a code or signs in by any way, whichever comes first:
//! people who have a password ask for no codes. Whose sign-in it is does not matter, as
//! a letter goes where it would have gone when it was written: that an address was
//! changed is told at the address before, whatever the account has by then.
//!
//! They go once everything else is decided and written, a few at a time. Whatever fails
//! then is logged and waits on. Accounts without any read nothing for it: their row says
//! so.

use delivery::Letter;
use domain::account::User;
use domain::letter_budget::{NETWORKS_KEPT, NOTICES_KEPT};
use domain::vendor::Vendor;
use domain::{EmailAddress, Error, platform};
use serde::{Deserialize, Serialize};
use store::{NoticeOwner, WaitingNotice};
use uuid::Uuid;

use crate::notify::mail;
use crate::notify::postage::Purpose;
use crate::{Postern, RequestMeta};

/// Waiting notices that one request sends: each takes a call of SES, and the caller is
/// waiting for the answer.
const AT_ONCE: usize = 3;

/// A letter that waits, and for whom.
#[derive(Serialize, Deserialize)]
struct Waiting {
    to: EmailAddress,
    letter: Letter,
}

/// Whose credentials changed: who is told, or whom it waits for.
#[derive(Clone, Copy)]
pub(crate) enum NoticeRecipient<'a> {
    /// A user.
    User(&'a User),
    /// A vendor, which has said no language: it is told in that of the request.
    Vendor(&'a Vendor),
}

impl<'a> From<&'a User> for NoticeRecipient<'a> {
    fn from(user: &'a User) -> Self {
        Self::User(user)
    }
}

impl<'a> From<&'a Vendor> for NoticeRecipient<'a> {
    fn from(vendor: &'a Vendor) -> Self {
        Self::Vendor(vendor)
    }
}

impl<'a> NoticeRecipient<'a> {
    /// Where it is told.
    pub(crate) const fn address(self) -> Option<&'a EmailAddress> {
        match self {
            Self::User(user) => user.email.as_ref(),
            Self::Vendor(vendor) => vendor.email.as_ref(),
        }
    }

    /// What the letter costs.
    pub(crate) const fn purpose(self) -> Purpose<'a> {
        match self {
            Self::User(account) => Purpose::Notice { account },
            Self::Vendor(vendor) => Purpose::VendorNotice { vendor },
        }
    }

    /// The language of the letter.
    pub(crate) fn language<'m: 'l, 'l>(self, meta: &'m RequestMeta) -> &'l str
    where
        'a: 'l,
    {
        match self {
            Self::User(user) => &user.language,
            Self::Vendor(_) => meta.language.as_deref().unwrap_or_default(),
        }
    }

    const fn owner(self) -> NoticeOwner {
        match self {
            Self::User(user) => NoticeOwner::User(user.sub),
            Self::Vendor(vendor) => NoticeOwner::Vendor(vendor.id),
        }
    }

    const fn notices_wait(self) -> bool {
        match self {
            Self::User(user) => user.notices_wait,
            Self::Vendor(vendor) => vendor.notices_wait,
        }
    }

    /// What a waiting notice is sealed for.
    fn context(self, id: Uuid) -> String {
        match self {
            Self::User(user) => format!("notice#{}#{id}", user.sub),
            Self::Vendor(vendor) => format!("notice#vendor#{}#{id}", vendor.id),
        }
    }
}

impl Postern {
    /// Keeps a notice to `whom`, at the address that it has there, which could not be
    /// sent because of `why`.
    pub(crate) async fn keep_notice(
        &self,
        whom: NoticeRecipient<'_>,
        letter: &Letter,
        why: &Error,
    ) {
        mail::not_sent(why);
        let Some(to) = whom.address().cloned() else {
            return;
        };
        let letter = letter.clone();
        if let Err(error) = self.write_notice(whom, &Waiting { to, letter }).await {
            mail::not_sent(&error);
        }
    }

    async fn write_notice(
        &self,
        whom: NoticeRecipient<'_>,
        waiting: &Waiting,
    ) -> Result<(), Error> {
        let id = platform::uuid(self.entropy());
        let plain = serde_json::json!(waiting).to_string();
        let letter = self.seal_personal(&whom.context(id), plain.as_bytes())?;
        let notice = WaitingNotice { id, letter };
        // Sign-ins can be repeated at will, so their notices leave room for others.
        let most = match waiting.letter {
            Letter::NewNetwork { .. } | Letter::UnusualSignIn { .. } => NETWORKS_KEPT,
            _ => NOTICES_KEPT,
        };
        Ok(self
            .store()
            .keep_notice(whom.owner(), &notice, most)
            .await?)
    }

    /// Sends what waits for `whom`, as far as its budget goes. A failure is only logged.
    pub(crate) async fn send_waiting<'a>(
        &self,
        meta: &RequestMeta,
        whom: impl Into<NoticeRecipient<'a>>,
    ) {
        let whom = whom.into();
        if !whom.notices_wait() {
            return;
        }
        if let Err(error) = self.try_waiting(meta, whom).await {
            mail::not_sent(&error);
        }
    }

    fn opened(&self, whom: NoticeRecipient<'_>, notice: &WaitingNotice) -> Result<Waiting, Error> {
        let opened = self.open_personal(&whom.context(notice.id), &notice.letter);
        serde_json::from_slice(&opened?)
            .map_err(|error| Error::Internal(format!("a waiting notice: {error}")))
    }

    async fn try_waiting(
        &self,
        meta: &RequestMeta,
        whom: NoticeRecipient<'_>,
    ) -> Result<(), Error> {
        let notices = self.store().waiting_notices(whom.owner()).await?;
        let all = notices.len() <= AT_ONCE;
        for notice in notices.into_iter().take(AT_ONCE) {
            let waiting = match self.opened(whom, &notice) {
                Ok(waiting) => waiting,
                // Dropped, or it would keep back those behind it for ever.
                Err(error) => {
                    mail::not_sent(&error);
                    self.store().take_notice(whom.owner(), &notice).await?;
                    continue;
                }
            };
            let postage = self.postage(meta, whom.purpose(), &waiting.to).await?;
            // Taken before it is sent: of several requests at once one sends it.
            if !self.store().take_notice(whom.owner(), &notice).await? {
                return Ok(());
            }
            let Waiting { to, letter } = &waiting;
            let sent = self.deliver(postage, to, letter, whom.language(meta), meta.now);
            if let Err(error) = sent.await {
                self.write_notice(whom, &waiting).await?;
                return Err(error);
            }
        }
        if all {
            self.store().set_notices_wait(whom.owner(), false).await?;
        }
        Ok(())
    }
}
