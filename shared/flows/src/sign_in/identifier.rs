//! Signing in by an address, a username or a number, with a password (nauth).
//!
//! The contract locks a name out of the network that failed five times within an hour,
//! for a quarter of an hour. That stands beside the rules of all guesses
//! ([`domain::password::guesses`]); whichever is stricter answers.

use domain::limit::nauth::{FAILED_SIGN_INS, LOCKOUT};
use domain::password::Password;
use domain::pos::Capacity;
use domain::session::Delivery;
use domain::sign_in::ClientDevice;
use domain::username::LoginName;
use domain::{Contract, Error};

use crate::sign_in::password::{ClosedAccounts, SignInAs};
use crate::{Postern, RequestMeta, SignIn};

impl Postern {
    /// Signs in the user who is called `name`, as far as that goes.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for any pair that will not do; [`Error::Closed`] after the right
    /// password of an account that is locked or out of use; [`Error::TooMany`] by network,
    /// or while the name is locked out or rests after wrong tries.
    pub async fn sign_in_by_identifier(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
        delivery: Delivery,
        device: ClientDevice,
    ) -> Result<SignIn, Error> {
        let who = format!("{}#{}", self.name_digest(name), meta.network());
        if let Some(locked) = self.store().exceeded(&LOCKOUT, &who, meta.now).await? {
            return Err(Error::TooMany(locked));
        }
        let shown = self
            .show_password(
                meta,
                name,
                typed,
                Capacity::Anybody,
                ClosedAccounts::AreTold,
            )
            .await;
        let (tried, user) = match shown {
            Err(Error::WrongCode) => {
                self.count_failure(meta, &who).await?;
                return Err(Error::WrongCode);
            }
            shown => shown?,
        };
        // Its own count is no failure; with more there may be some to forget.
        if tried.counted.attempts(tried.network_kind).tries > 1 {
            self.store().clear(&FAILED_SIGN_INS, &who).await?;
        }
        let sign_in = SignInAs {
            contract: Contract::Nauth,
            capacity: Capacity::Anybody,
            delivery,
            device,
        };
        self.complete_by_password(meta, sign_in, tried, user).await
    }

    async fn count_failure(&self, meta: &RequestMeta, who: &str) -> Result<(), Error> {
        let counted = self.store().hit(&FAILED_SIGN_INS, who, meta.now).await?;
        if counted.is_ok_and(|nth| nth < FAILED_SIGN_INS.budget) {
            return Ok(());
        }
        let locked = self.store().hit(&LOCKOUT, who, meta.now).await?;
        let _ = locked;
        Ok(self.store().clear(&FAILED_SIGN_INS, who).await?)
    }
}
