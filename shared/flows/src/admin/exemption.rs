//! Excusing an account from second factors.

use domain::account::User;
use domain::audit::EventKind;
use domain::{EmailAddress, Error};

use crate::{AccountRef, MAX_ROUNDS, Postern, contended};

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
        let now = self.now();
        let kind = match exempt {
            true => EventKind::MfaExemptionGranted,
            false => EventKind::MfaExemptionRevoked,
        };
        for _ in 0..MAX_ROUNDS {
            let user = self.find(&AccountRef::Address(address.clone())).await?;
            let Some(after) = user.excused(exempt, reason, now) else {
                return Ok(user);
            };
            let transaction = self
                .store()
                .transaction()
                .edit_user(&after, &user)?
                .audit(&self.operator_event(&user, kind, now))?;
            if self.commit(transaction).await?.is_none() {
                return Ok(after);
            }
        }
        Err(contended())
    }
}
