//! What administrators do to accounts from the command line, and the list of accounts.

use domain::account::{Role, User};
use domain::{EmailAddress, Error};
use store::{DirectoryEntry, DirectoryPage, DirectoryPlace, Listed};

use crate::Postern;
use crate::admin::accounts::{AccountRef, ActedBy, ActedByFresh, AdminAction, FreshAdminAction};

/// Accounts on a page of the administrators' list at most: what one call reads.
pub const MAX_PAGE: usize = 100;

/// A page of the directory.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its accounts, oldest first.
    pub entries: Vec<DirectoryEntry>,
    /// Where the next page goes on, if there may be one.
    pub next: Option<String>,
}

/// A page of accounts.
#[derive(Clone, Debug)]
pub struct UserPage {
    /// The accounts, oldest first.
    pub users: Vec<User>,
    /// Where the next page goes on, if there may be one.
    pub next: Option<String>,
}

impl Postern {
    /// The account that holds `address`.
    ///
    /// # Errors
    /// [`Error::Missing`] if no account does.
    pub async fn find_user(&self, address: &EmailAddress) -> Result<User, Error> {
        self.find(&AccountRef::Address(address.clone())).await
    }

    /// Up to `limit` accounts after the cursor of an earlier page; with
    /// `matching`, those in whose address, username or phone it occurs. Looks on
    /// until there are as many, however long that takes.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn list_users(
        &self,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> Result<Page, Error> {
        let (entries, next) = self.listed(after, matching, limit, true).await?;
        Ok(Page { entries, next })
    }

    /// The same for administrators, with `matching` at the cost of one look: a page may
    /// be short, or empty, and have a next. The accounts are read beside the directory, which
    /// lags behind and does not hold everything that the list shows.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn browse_users(
        &self,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
    ) -> Result<UserPage, Error> {
        let limit = limit.min(MAX_PAGE);
        let (places, next) = self
            .listed::<DirectoryPlace>(after, matching, limit, false)
            .await?;
        let subs: Vec<_> = places.iter().map(|place| place.sub).collect();
        let mut users = self.store().users(&subs).await?;
        users.retain(|user| user.status != domain::account::Status::Deleted);
        Ok(UserPage { users, next })
    }

    /// A page of the directory, full if there are as many entries. With `matching`, it is
    /// filled only if that may take `long`.
    async fn listed<T: Listed>(
        &self,
        after: Option<&str>,
        matching: Option<&str>,
        limit: usize,
        long: bool,
    ) -> Result<DirectoryPage<T>, Error> {
        let mut listed = Vec::new();
        let mut next = after.map(str::to_owned);
        loop {
            let wanted = limit - listed.len();
            let (found, further) = self
                .store()
                .directory(next.as_deref(), matching, wanted)
                .await?;
            listed.extend(found);
            next = further;
            let looks_on = long || matching.is_none();
            if next.is_none() || listed.len() >= limit || !looks_on {
                return Ok((listed, next));
            }
        }
    }

    /// Locks an account: every session of it ends now, and no sign-in works.
    ///
    /// # Errors
    /// [`Error::Missing`] if no account holds the address, here and below.
    pub async fn lock_user(&self, address: &EmailAddress) -> Result<User, Error> {
        self.operate(address, AdminAction::Lock { reason: None })
            .await
    }

    /// Unlocks an account, and forgets the codes and passwords that were guessed at it.
    ///
    /// # Errors
    /// As [`Postern::lock_user`].
    pub async fn unlock_user(&self, address: &EmailAddress) -> Result<User, Error> {
        self.operate(address, AdminAction::Unlock).await
    }

    /// Takes an account out of use, apart from any lock: every session of it ends now.
    ///
    /// # Errors
    /// As [`Postern::lock_user`].
    pub async fn deactivate_user(&self, address: &EmailAddress) -> Result<User, Error> {
        self.operate(address, AdminAction::Deactivate).await
    }

    /// Puts an account back into use. A lock stays.
    ///
    /// # Errors
    /// As [`Postern::lock_user`].
    pub async fn activate_user(&self, address: &EmailAddress) -> Result<User, Error> {
        self.operate(address, AdminAction::Activate).await
    }

    /// Gives an account a role, once its address is proven. Its sessions end: what they
    /// may do was decided by the old one.
    ///
    /// # Errors
    /// As [`Postern::lock_user`]; [`Error::NeedsAnotherAdministrator`] for the last one.
    pub async fn set_role(&self, address: &EmailAddress, role: Role) -> Result<User, Error> {
        self.operate_freshly(address, FreshAdminAction::SetRole(role))
            .await
    }

    /// Has an account replace its password: its sessions end, and the password does
    /// nothing any more but let its owner be told so.
    ///
    /// # Errors
    /// As [`Postern::lock_user`].
    pub async fn require_password_change(&self, address: &EmailAddress) -> Result<User, Error> {
        self.operate(address, AdminAction::RequirePasswordChange)
            .await
    }

    /// Deletes an account as its owner could.
    ///
    /// # Errors
    /// As [`Postern::set_role`].
    pub async fn delete_user(&self, address: &EmailAddress) -> Result<(), Error> {
        self.operate_freshly(address, FreshAdminAction::Delete)
            .await
            .map(drop)
    }

    async fn operate(&self, address: &EmailAddress, act: AdminAction) -> Result<User, Error> {
        let whose = AccountRef::Address(address.clone());
        self.act_on(ActedBy::CommandLine, &whose, act).await
    }

    async fn operate_freshly(
        &self,
        address: &EmailAddress,
        act: FreshAdminAction,
    ) -> Result<User, Error> {
        let whose = AccountRef::Address(address.clone());
        self.act_freshly_on(ActedByFresh::CommandLine, &whose, act)
            .await
    }
}
