//! Writing what a flow decided: all of it or nothing, and once.

use delivery::Letter;
use domain::{Error, platform};
use store::{Step, Transaction};

use crate::notify::budget::Budget;
use crate::notify::notices::NoticeRecipient;
use crate::{Postern, RequestMeta};

/// How often a flow starts over when an edit made meanwhile refuses its own. Of those who
/// write one account at the same time, one gets through in every round; so this is how many
/// may, before the last of them is told to come back later.
pub(crate) const MAX_ROUNDS: u32 = 24;

/// Other edits of the account kept coming between the flow's reading and its writing.
pub(crate) fn contended() -> Error {
    Error::Unavailable("an account stays contended".to_owned())
}

impl Postern {
    /// Writes `transaction`, or says which step refused: then nothing of it is written.
    /// The token makes it idempotent, so that a repeated call writes it once.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub(crate) async fn commit(&self, transaction: Transaction<'_>) -> Result<Option<Step>, Error> {
        let token = platform::uuid(self.entropy());
        Ok(transaction.commit(token).await?.refused())
    }

    /// Commits, and then tells `whom` if there is a letter about it. Its postage is paid
    /// meanwhile, so that it costs no trip of its own; whether it can be sent changes
    /// nothing about what was written. The step that refused, if one did.
    pub(crate) async fn commit_and_notify<'a>(
        &self,
        transaction: Transaction<'_>,
        whom: impl Into<NoticeRecipient<'a>>,
        letter: Option<Letter>,
        meta: &RequestMeta,
    ) -> Result<Option<Step>, Error> {
        let whom = whom.into();
        let Some((letter, address)) = letter.zip(whom.address()) else {
            return self.commit(transaction).await;
        };
        let (committed, postage) = tokio::join!(
            self.commit(transaction),
            self.postage(meta, whom.purpose(), address)
        );
        let happened = matches!(committed, Ok(None));
        match postage {
            Ok(postage) if happened => {
                let language = whom.language(meta);
                let sent = self.deliver(postage, address, &letter, language, meta.now);
                if let Err(error) = sent.await {
                    self.keep_notice(whom, &letter, &error).await;
                }
            }
            Ok(_) => self.unreserve(Budget::Letters, meta.now).await,
            Err(error) if happened => self.keep_notice(whom, &letter, &error).await,
            Err(_) => {}
        }
        committed
    }
}
