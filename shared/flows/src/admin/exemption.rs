//! Excusing an account from second factors.

use domain::account::User;
use domain::audit::EventKind;
use domain::{EmailAddress, Error};
use uuid::Uuid;

use crate::admin::accounts::may_go_on;
use crate::{
    AccountRef, ActedBy, AdminSession, FreshAdmin, MAX_ROUNDS, Postern, RequestMeta, contended,
};

impl Postern {
    /// Excuses an account from second factors, or takes that back, for whoever is at the
    /// command line. Its sessions live on. The account as it is then.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such account.
    pub async fn set_mfa_exemption(
        &self,
        address: &EmailAddress,
        exempt: bool,
        reason: Option<&str>,
    ) -> Result<User, Error> {
        let whose = AccountRef::Address(address.clone());
        self.excuse(ActedBy::CommandLine, &whose, exempt, reason)
            .await
    }

    /// The same for an administrator, who excuses others only, by a fresh sign-in; taking it
    /// back needs none.
    ///
    /// # Errors
    /// [`Error::NoAccount`]; [`Error::StaleSignIn`]; [`Error::NeedsAnotherAdministrator`];
    /// [`Error::Unauthenticated`] if the administrator is no longer one.
    pub async fn excuse_from_factors(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        sub: Uuid,
        exempt: bool,
        reason: Option<&str>,
    ) -> Result<User, Error> {
        if exempt {
            FreshAdmin::of(admin.clone(), meta.now)?;
        }
        let by = ActedBy::Administrator { admin, meta };
        self.excuse(by, &AccountRef::Sub(sub), exempt, reason).await
    }

    async fn excuse(
        &self,
        by: ActedBy<'_>,
        whose: &AccountRef,
        exempt: bool,
        reason: Option<&str>,
    ) -> Result<User, Error> {
        let now = by.at(self);
        let kind = match exempt {
            true => EventKind::MfaExemptionGranted,
            false => EventKind::MfaExemptionRevoked,
        };
        for _ in 0..MAX_ROUNDS {
            let user = self.find(whose).await?;
            if exempt {
                by.is_another(&user)?;
            }
            let Some(after) = user.excused(exempt, reason, now) else {
                return Ok(user);
            };
            let transaction = by
                .still(self.store().transaction(), &user)?
                .edit_user(&after, &user)?
                .audit(&self.event_because(by, &user, kind, reason)?)?;
            if may_go_on(self.commit(transaction).await?)?.is_none() {
                return Ok(after);
            }
        }
        Err(contended())
    }
}
