//! What operators do to accounts, from the command line.

use domain::account::{Role, Status, User};
use domain::audit::EventKind;
use domain::{EmailAddress, Error, platform};
use store::{Commit, DirectoryEntry};

use crate::{MAX_ROUNDS, Postern, contended};

/// A page of the directory.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its accounts, oldest first.
    pub entries: Vec<DirectoryEntry>,
    /// Where the next page goes on, if there may be one.
    pub next: Option<String>,
}

impl Postern {
    /// The account that holds `address`.
    ///
    /// # Errors
    /// [`Error::Missing`] if nobody does.
    pub async fn find_user(&self, address: &EmailAddress) -> Result<User, Error> {
        let sub = self.store().holder(address).await?.ok_or(Error::Missing)?;
        self.store().user(sub).await?.ok_or(Error::Missing)
    }

    /// Up to `limit` accounts after the cursor of an earlier page; with
    /// `matching`, those in whose address, username or phone it occurs.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn list_users(
        &self,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> Result<Page, Error> {
        let matching = matching.map(str::to_lowercase);
        let entries = self
            .store()
            .directory(after, matching.as_deref(), limit)
            .await?;
        let full = entries.len() == limit;
        let next = entries
            .last()
            .filter(|_| full)
            .map(|entry| entry.cursor.clone());
        Ok(Page { entries, next })
    }

    /// Locks an account: every session of it ends now, and no sign-in works.
    ///
    /// # Errors
    /// [`Error::Missing`] if nobody holds the address.
    pub async fn lock_user(&self, address: &EmailAddress) -> Result<User, Error> {
        self.govern(address, EventKind::AccountLocked, |user| {
            (user.status != Status::Locked).then(|| User {
                status: Status::Locked,
                ..user.clone()
            })
        })
        .await
    }

    /// Unlocks an account, and forgets the codes and passwords that were guessed at it.
    ///
    /// # Errors
    /// [`Error::Missing`] if nobody holds the address.
    pub async fn unlock_user(&self, address: &EmailAddress) -> Result<User, Error> {
        // Somebody may be kept from an address that is nobody's account yet.
        let forgot_codes = self.store().forget_guesses(&address.clone().into()).await?;
        let user = self.find_user(address).await?;
        let forgot = self.forget_passwords(&user).await? || forgot_codes;
        if forgot && user.status != Status::Locked {
            let event = self.operator_event(&user, EventKind::GuessesForgotten, self.now());
            self.store().append_audit(&event).await?;
            return Ok(user);
        }
        self.govern(address, EventKind::AccountUnlocked, |user| {
            (user.status == Status::Locked).then(|| User {
                status: Status::Active,
                ..user.clone()
            })
        })
        .await
    }

    /// Gives an account a role. Its sessions end: what they may do was decided
    /// by the old one.
    ///
    /// # Errors
    /// [`Error::Missing`] if nobody holds the address.
    pub async fn set_role(&self, address: &EmailAddress, role: Role) -> Result<User, Error> {
        self.govern(address, EventKind::RoleChanged, |user| {
            (user.role != role).then(|| User {
                role,
                ..user.clone()
            })
        })
        .await
    }

    /// Deletes an account as its owner could.
    ///
    /// # Errors
    /// [`Error::Missing`] if nobody holds the address.
    pub async fn delete_user(&self, address: &EmailAddress) -> Result<(), Error> {
        let user = self.find_user(address).await?;
        let event = self.operator_event(&user, EventKind::AccountDeleted, self.now());
        self.delete(user, event, |_| true).await
    }

    /// Makes a change that moves the account's epoch on, with its event; or
    /// nothing, when it is already so.
    async fn govern(
        &self,
        address: &EmailAddress,
        kind: EventKind,
        change: impl Fn(&User) -> Option<User>,
    ) -> Result<User, Error> {
        for _ in 0..MAX_ROUNDS {
            let user = self.find_user(address).await?;
            let Some(changed) = change(&user) else {
                return Ok(user);
            };
            let changed = User {
                rev: user.rev + 1,
                epoch: user.epoch + 1,
                ..changed
            };
            let event = self.operator_event(&user, kind, self.now());
            let transaction = self
                .store()
                .transaction()
                .edit_user(&changed, user.rev)?
                .audit(&event)?;
            if let Commit::Done = transaction.commit(platform::uuid(self.entropy())).await? {
                return Ok(changed);
            }
        }
        Err(contended())
    }
}
