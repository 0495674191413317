//! Locking an account.

use domain::Error;
use domain::account::User;
use uuid::Uuid;

use crate::{AccountRef, AdminAction, AdminSession, Postern, RequestMeta};

impl Postern {
    /// Locks an account for good, which ends its sessions. The account then, and how many
    /// sessions there were.
    ///
    /// # Errors
    /// As [`Postern::administer`].
    pub async fn lock_account(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
        reason: Option<String>,
    ) -> Result<(User, usize), Error> {
        let before = self.account(admin, sub).await?;
        let ended = self.sessions(&before, meta.now).await?.len();
        let lock = AdminAction::Lock { reason };
        let whose = AccountRef::Sub(sub);
        let locked = self.administer(meta, admin, &whose, lock).await?;
        Ok((locked, ended))
    }
}
