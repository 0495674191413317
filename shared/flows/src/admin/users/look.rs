//! Looking at an account.

use domain::account::User;
use domain::factors::Factors;
use domain::{EmailAddress, Error};
use store::AuditQuery;
use uuid::Uuid;

use crate::admin::accounts::not_deleted;
use crate::{AccountRef, AdminSession, HistoryPage, Postern};

impl Postern {
    /// The account that holds an address; with `only_proven`, if it has proven that.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn account_at(
        &self,
        _: &AdminSession,
        address: &EmailAddress,
        only_proven: bool,
    ) -> Result<User, Error> {
        let user = self.find(&AccountRef::Address(address.clone())).await?;
        match only_proven && !user.email_verified {
            true => Err(Error::Missing),
            false => Ok(user),
        }
    }

    /// The account of that name.
    ///
    /// # Errors
    /// [`Error::NoAccount`].
    pub async fn account(&self, _: &AdminSession, sub: Uuid) -> Result<User, Error> {
        self.find(&AccountRef::Sub(sub)).await
    }

    /// An account and its second factors.
    ///
    /// # Errors
    /// [`Error::NoAccount`].
    pub async fn account_and_factors(
        &self,
        _: &AdminSession,
        sub: Uuid,
    ) -> Result<(User, Factors), Error> {
        let (user, factors) = self.store().user_and_factors(sub).await?;
        Ok((not_deleted(user)?, factors))
    }

    /// An account and the events of it that are asked for, as [`Postern::own_history`].
    ///
    /// # Errors
    /// [`Error::NoAccount`].
    pub async fn account_history(
        &self,
        admin: &AdminSession,
        sub: Uuid,
        asked: &AuditQuery,
        offset: usize,
        limit: usize,
    ) -> Result<(User, HistoryPage), Error> {
        let user = self.account(admin, sub).await?;
        let page = self.history_page(&user, asked, offset, limit).await?;
        Ok((user, page))
    }
}
