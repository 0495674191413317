//! Notices that could not be sent: they wait at the account and go with its next code or
//! sign-in.
//!
//! A notice says that a credential was changed. Dropping it when a budget is used up or
//! SES is away would let an intruder change factors in silence. So it is kept, sealed,
//! until the account asks for a code or signs in by any way, whichever comes first:
//! people who have a password ask for no codes. Whose sign-in it is does not matter, as
//! the letters go to the owner.
//!
//! They go once everything else is decided and written, a few at a time. Whatever fails
//! then is logged and waits on. Accounts without any read nothing for it: their row says
//! so.

use delivery::Letter;
use domain::account::User;
use domain::{Error, platform};
use store::WaitingNotice;
use uuid::Uuid;

use crate::postage::Purpose;
use crate::{Postern, RequestMeta, broken, letters};

/// Waiting notices that go at once: each takes a call of SES, and somebody is
/// waiting for the answer.
const AT_ONCE: usize = 3;

impl Postern {
    /// Keeps a notice that could not be sent because of `why`.
    pub(crate) async fn keep_notice(&self, user: &User, letter: &Letter, why: &Error) {
        letters::not_sent(why);
        if let Err(error) = self.write_notice(user, letter).await {
            letters::not_sent(&error);
        }
    }

    async fn write_notice(&self, user: &User, letter: &Letter) -> Result<(), Error> {
        let id = platform::uuid(self.entropy());
        let plain = serde_json::json!(letter).to_string();
        let sealed = self
            .ring()
            .seal_text(&context(user, id), plain.as_bytes(), self.entropy());
        let letter = sealed.map_err(broken)?;
        let notice = WaitingNotice { id, letter };
        Ok(self.store().keep_notice(user.sub, &notice).await?)
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

    async fn try_waiting(&self, meta: &RequestMeta, user: &User) -> Result<(), Error> {
        let Some(address) = &user.email else {
            return Ok(());
        };
        let waiting = self.store().waiting_notices(user.sub).await?;
        let all = waiting.len() <= AT_ONCE;
        for notice in waiting.into_iter().take(AT_ONCE) {
            let postage = self
                .postage(meta, Purpose::Notice { account: user }, address)
                .await?;
            // Taken before it is sent: of several requests at once one sends it.
            if !self.store().take_notice(user.sub, &notice).await? {
                return Ok(());
            }
            let opened = self
                .ring()
                .open_text(&context(user, notice.id), &notice.letter)
                .map_err(broken)?;
            let Ok(letter) = serde_json::from_slice::<Letter>(&opened) else {
                continue;
            };
            let sent = self.post(postage, address, &letter, &user.language, meta.now);
            if let Err(error) = sent.await {
                self.write_notice(user, &letter).await?;
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
