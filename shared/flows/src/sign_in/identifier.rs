//! Signing in by an address, a username or a number, with a password (nauth).
//!
//! The contract's lock-out ([`crate::sign_in::lockout`]) stands beside the rules of all
//! guesses ([`domain::password::guesses`]); whichever is stricter answers.

use domain::password::Password;
use domain::pos::Capacity;
use domain::recaptcha::PageAction;
use domain::session::Delivery;
use domain::username::LoginName;
use domain::{Contract, Error};

use crate::sign_in::password::{PasswordPolicy, SignInAs};
use crate::{Postern, RequestMeta, SignIn, SignInDevice};

impl Postern {
    /// Signs in the user who is called `name`, as far as that goes. Whoever has to show a
    /// reCAPTCHA does so before anything is counted, or attempts of an account could be
    /// used up without one.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for any pair that will not do; [`Error::Closed`] after the right
    /// password of an account that is locked, out of use or blocked by its risk; [`Error::TooMany`] by network,
    /// or while the account is locked out or the name rests after wrong tries;
    /// [`Error::Recaptcha`].
    pub async fn sign_in_by_identifier(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
        delivery: Delivery,
        device: SignInDevice,
        recaptcha_token: Option<&str>,
    ) -> Result<SignIn, Error> {
        self.ask_recaptcha(delivery, PageAction::SignIn, recaptcha_token)
            .await?;
        let (capacity, policy) = (Capacity::Anybody, PasswordPolicy::NAUTH);
        let digest = device.token.map(|token| self.device_digest(token));
        let read = async |sub| self.known_circumstances(meta, sub, digest).await;
        let shown = self.show_password_reading(meta, name, typed, (capacity, policy), read);
        let (tried, user, known) = shown.await?;
        // On the heap, as what follows is deep enough without it.
        let judged = Box::pin(self.judge(meta, &user, delivery, known));
        let judgement = match judged.await {
            Ok(judgement) => judgement,
            Err(error) => {
                // The password was right all the same.
                self.record_success(meta, tried, &user).await;
                return Err(error);
            }
        };
        let sign_in = SignInAs {
            contract: Contract::Nauth,
            capacity,
            delivery,
            device,
            judgement,
        };
        self.complete_by_password(meta, sign_in, tried, user).await
    }
}
