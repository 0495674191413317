//! Deleting an account.
//!
//! One transaction anonymises the row, moves its epoch on (which ends every
//! session in every contract, and every key of its agents), ends its credentials,
//! hides its picture, gives its names back and writes the event. The address stays
//! in the row sealed, so that an administrator can restore the account while no other
//! account has claimed it.

use domain::account::{Status, User};
use domain::audit::EventKind;
use domain::{AuthFailure, Error};
use store::{AuditEvent, NoticeOwner, Step, Transaction};

use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, Signed, contended};

/// What becomes of the personal data in the history of an account that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trail {
    /// It can be read, by operators.
    Kept,
    /// The key goes that it is sealed under.
    Unreadable,
}

impl Trail {
    /// `deleted`, with or without that key.
    fn of(self, deleted: User) -> User {
        match self {
            Self::Kept => deleted,
            Self::Unreadable => User {
                audit_key: String::new(),
                ..deleted
            },
        }
    }
}

impl Postern {
    /// Deletes the account of the signed-in user.
    ///
    /// # Errors
    /// [`Error::AlreadyDeleted`] if another request was first,
    /// [`Error::NeedsAnotherAdministrator`] for the last administrator, and
    /// [`Error::Unauthenticated`] if the session was ended meanwhile.
    pub async fn delete_own_account(
        &self,
        meta: &RequestMeta,
        session: FreshSession,
    ) -> Result<(), Error> {
        let Signed { user, session } = session.signed().clone();
        let event = self.user_event(&user, EventKind::AccountDeleted, None, meta)?;
        self.delete(user, event, None, Trail::Kept, |user| {
            session.is_alive(user, self.moment(meta.now))
        })
        .await
    }

    /// Deletes `user`, as long as `still` says that the caller may and the `actor`, if
    /// another user does it, still has the epoch that was read.
    pub(crate) async fn delete(
        &self,
        mut user: User,
        event: AuditEvent,
        actor: Option<&User>,
        trail: Trail,
        still: impl Fn(&User) -> bool,
    ) -> Result<(), Error> {
        for _ in 0..MAX_ROUNDS {
            if user.status == Status::Deleted {
                return Err(Error::AlreadyDeleted);
            }
            if !still(&user) {
                return Err(Error::Unauthenticated(AuthFailure::Inactive));
            }
            let deleted = trail.of(user.deleted(self.sealed_address(&user)?));
            let transaction = self.store().transaction();
            let transaction = match actor {
                Some(actor) => transaction.check_user(actor)?,
                None => transaction,
            };
            let transaction = transaction
                .edit_user(&deleted, &user)?
                .release_names(&user)?
                .audit(&event)?;
            let mut transaction = self.remove_belongings(transaction, &user).await?;
            if let Some(address) = &user.email {
                transaction =
                    transaction.remember_leaver(&self.leaver_digest(address), user.sub)?;
            }
            match self.commit(transaction).await? {
                None => {
                    self.remove_pictures(&user).await;
                    return Ok(());
                }
                Some(Step::CheckUser) => {
                    return Err(Error::Unauthenticated(AuthFailure::Inactive));
                }
                Some(Step::KeepAdministrator) => {
                    return Err(Error::NeedsAnotherAdministrator);
                }
                Some(_) => {
                    let now = self.store().user(user.sub).await?;
                    user = now.ok_or_else(|| Error::Internal("an account vanished".to_owned()))?;
                }
            }
        }
        Err(contended())
    }

    /// Adds the end of all that `user` has in rows beside its own and its names': its
    /// credentials, agents, permission to upload, history of sign-ins, notices and picture. Once it is written,
    /// [`Postern::remove_pictures`] takes the picture's files away.
    pub(crate) async fn remove_belongings<'t>(
        &self,
        so_far: Transaction<'t>,
        user: &User,
    ) -> Result<Transaction<'t>, Error> {
        let so_far = so_far
            .remove_agents(user)?
            .delete_upload(user.sub)?
            .forget_sign_in_history(user.sub)?;
        let mut transaction = self.revoke_credentials(so_far, user).await?;
        if user.notices_wait {
            transaction = transaction.delete_notices(NoticeOwner::User(user.sub))?;
        }
        if let Some(picture) = &user.picture {
            transaction = transaction.hide_picture(&self.picture_name(picture))?;
        }
        Ok(transaction)
    }
}
