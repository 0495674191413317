//! Deleting an account.
//!
//! One transaction anonymises the row, moves its epoch on (which ends every
//! session in every contract), gives its names back and writes the event. The
//! address stays in the row sealed, so that an operator can restore the account
//! while nobody else has claimed it.

use domain::account::{Status, User};
use domain::audit::EventKind;
use domain::{Error, platform};
use store::{AuditEvent, Commit};

use crate::{MAX_ROUNDS, Postern, RequestMeta, Signed, broken, contended};

impl Postern {
    /// Deletes the account of whoever is signed in.
    ///
    /// # Errors
    /// [`Error::AlreadyDeleted`] if another request was first.
    pub async fn delete_own_account(
        &self,
        meta: &RequestMeta,
        signed: Signed,
    ) -> Result<(), Error> {
        let event = self.user_event(&signed.user, EventKind::AccountDeleted, None, meta)?;
        self.delete(signed.user, event).await
    }

    pub(crate) async fn delete(&self, mut user: User, event: AuditEvent) -> Result<(), Error> {
        for _ in 0..MAX_ROUNDS {
            if user.status == Status::Deleted {
                return Err(Error::AlreadyDeleted);
            }
            let deleted = user.deleted(self.sealed_email(&user)?);
            let transaction = self
                .store()
                .transaction()
                .edit_user(&deleted, user.rev)?
                .release_names(&user)?
                .drop_factors(user.sub)?
                .audit(&event)?;
            match transaction.commit(platform::uuid(self.entropy())).await? {
                Commit::Done => return Ok(()),
                Commit::Refused(_) => {
                    let now = self.store().user(user.sub).await?;
                    user = now.ok_or_else(|| Error::Internal("an account vanished".to_owned()))?;
                }
            }
        }
        Err(contended())
    }

    fn sealed_email(&self, user: &User) -> Result<Option<String>, Error> {
        let Some(email) = &user.email else {
            return Ok(None);
        };
        let context = format!("deleted address#{}", user.sub);
        self.ring()
            .seal_text(&context, email.as_str().as_bytes(), self.entropy())
            .map(Some)
            .map_err(broken)
    }
}
