//! Signing in by an address, a username or a number, with a password (nauth).
//!
//! The contract's lock-out ([`crate::sign_in::lockout`]) stands beside the rules of all
//! guesses ([`domain::password::guesses`]); whichever is stricter answers.

use domain::password::Password;
use domain::pos::Capacity;
use domain::session::Delivery;
use domain::sign_in::ClientDevice;
use domain::username::LoginName;
use domain::{Contract, Error};

use crate::sign_in::password::{PasswordPolicy, SignInAs};
use crate::{Postern, RequestMeta, SignIn};

impl Postern {
    /// Signs in the user who is called `name`, as far as that goes.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for any pair that will not do; [`Error::Closed`] after the right
    /// password of an account that is locked or out of use; [`Error::TooMany`] by network,
    /// or while the account is locked out or the name rests after wrong tries.
    pub async fn sign_in_by_identifier(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
        delivery: Delivery,
        device: ClientDevice,
    ) -> Result<SignIn, Error> {
        let (capacity, policy) = (Capacity::Anybody, PasswordPolicy::NAUTH);
        let shown = self.show_password(meta, name, typed, capacity, policy);
        let (tried, user) = shown.await?;
        let sign_in = SignInAs {
            contract: Contract::Nauth,
            capacity,
            delivery,
            device,
        };
        self.complete_by_password(meta, sign_in, tried, user).await
    }
}
