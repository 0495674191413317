//! Notices that could not be sent: they wait at the account and go with its next code or
//! sign-in.
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
use domain::letter_budget::{NOTICES_KEPT, PLACES_KEPT};
use domain::{EmailAddress, Error, platform};
use serde::{Deserialize, Serialize};
use store::WaitingNotice;
use uuid::Uuid;

use crate::postage::Purpose;
use crate::{Postern, RequestMeta, broken, letters};

/// Waiting notices that go at once: each takes a call of SES, and somebody is
/// waiting for the answer.
const AT_ONCE: usize = 3;

/// A letter that waits, and for whom.
#[derive(Serialize, Deserialize)]
struct Waiting {
    to: EmailAddress,
    letter: Letter,
}

impl Postern {
    /// Keeps a notice to `user`, at the address that it has there, which could not be
    /// sent because of `why`.
    pub(crate) async fn keep_notice(&self, user: &User, letter: &Letter, why: &Error) {
        letters::not_sent(why);
        let Some(to) = user.email.clone() else {
            return;
        };
        let letter = letter.clone();
        if let Err(error) = self.write_notice(user, &Waiting { to, letter }).await {
            letters::not_sent(&error);
        }
    }

    async fn write_notice(&self, user: &User, waiting: &Waiting) -> Result<(), Error> {
        let id = platform::uuid(self.entropy());
        let plain = serde_json::json!(waiting).to_string();
        let sealed = self
            .ring()
            .seal_text(&context(user, id), plain.as_bytes(), self.entropy());
        let letter = sealed.map_err(broken)?;
        let notice = WaitingNotice { id, letter };
        // Sign-ins can be repeated at will: they leave room for what they lead to.
        let most = match waiting.letter {
            Letter::NewPlace { .. } => PLACES_KEPT,
            _ => NOTICES_KEPT,
        };
        Ok(self.store().keep_notice(user.sub, &notice, most).await?)
    }

    /// Sends what waits for `user`, as far as its budget goes. Nothing fails by it.
    pub(crate) async fn send_waiting(&self, meta: &RequestMeta, user: &User) {
        if !user.notices_wait {
            return;
        }
        if let Err(error) = self.try_waiting(meta, user).await {
            letters::not_sent(&error);
        }
    }

    fn opened(&self, user: &User, notice: &WaitingNotice) -> Result<Waiting, Error> {
        let context = context(user, notice.id);
        let opened = self.ring().open_text(&context, &notice.letter);
        serde_json::from_slice(&opened.map_err(broken)?)
            .map_err(|error| Error::Internal(format!("a waiting notice: {error}")))
    }

    async fn try_waiting(&self, meta: &RequestMeta, user: &User) -> Result<(), Error> {
        let notices = self.store().waiting_notices(user.sub).await?;
        let all = notices.len() <= AT_ONCE;
        for notice in notices.into_iter().take(AT_ONCE) {
            let waiting = match self.opened(user, &notice) {
                Ok(waiting) => waiting,
                // It would keep those behind it for ever.
                Err(error) => {
                    letters::not_sent(&error);
                    self.store().take_notice(user.sub, &notice).await?;
                    continue;
                }
            };
            let purpose = Purpose::Notice { account: user };
            let postage = self.postage(meta, purpose, &waiting.to).await?;
            // Taken before it is sent: of several requests at once one sends it.
            if !self.store().take_notice(user.sub, &notice).await? {
                return Ok(());
            }
            let Waiting { to, letter } = &waiting;
            let sent = self.post(postage, to, letter, &user.language, meta.now);
            if let Err(error) = sent.await {
                self.write_notice(user, &waiting).await?;
                return Err(error);
            }
        }
        if all {
            self.store().mark_notices(user.sub, false).await?;
        }
        Ok(())
    }
}

fn context(user: &User, id: Uuid) -> String {
    format!("notice#{}#{id}", user.sub)
}
