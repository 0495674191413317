//! Second factors for a contract that has one authenticator and one code for
//! everything (Auth Service), on the same authenticators as in all contracts.
//!
//! Its clients never see a secret: they ask for the code in force and send it back
//! to switch the factor on. So a user who has just signed in is told the code of a
//! secret that is not in force yet, together with the secret itself: only a user who
//! puts that into an app has a real second factor.

use delivery::Letter;
use domain::Error;
use domain::audit::EventKind;
use domain::factors::{FactorFailure, Factors};

use crate::factors::attempts::Guess;
use crate::factors::setup::may_set_up;
use crate::{FreshSession, Postern, RequestMeta, Signed};

/// The first code of an authenticator that is not in force yet.
#[derive(Debug)]
pub struct FirstCode {
    /// The code in force.
    pub code: String,
    /// The secret in base32.
    pub secret: String,
    /// The secret as an address for apps to read.
    pub uri: String,
}

impl Postern {
    /// The code in force of the authenticator that the signed-in user is setting up;
    /// makes one if there is none.
    ///
    /// # Errors
    /// [`FactorFailure::AlreadyEnabled`]; [`Error::StaleSignIn`]; [`Error::Unproven`].
    pub async fn first_code(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
    ) -> Result<FirstCode, Error> {
        let session = may_set_up(signed.clone(), meta)?;
        let sub = signed.user.sub;
        let factors = self.store().factors(sub).await?;
        let waiting = factors.newest_pending(meta.now);
        let waiting = waiting.map(|device| self.totp_secret(sub, device));
        let secret = match waiting.transpose()?.flatten() {
            Some(secret) => secret,
            None => {
                let made = self.new_authenticator(meta, &session, "Authenticator", Factors::with);
                made.await?.1
            }
        };
        Ok(FirstCode {
            code: secret.code(meta.now),
            secret: secret.base32(),
            uri: self.totp_uri(&secret, &signed.user)?,
        })
    }

    /// Puts the authenticator that is being set up in force, by a code of it. The
    /// backup codes, told this once.
    ///
    /// # Errors
    /// [`FactorFailure::WrongCode`] also if none is being set up;
    /// [`FactorFailure::AlreadyEnabled`]; [`Error::TooMany`].
    pub async fn enable_totp(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        typed: &str,
    ) -> Result<Vec<String>, Error> {
        if !signed.user.factors.is_empty() {
            return Err(FactorFailure::AlreadyEnabled.into());
        }
        let factors = self.store().factors(signed.user.sub).await?;
        let device = factors
            .newest_pending(meta.now)
            .ok_or(FactorFailure::WrongCode { left: None })?;
        let device = device.id;
        self.confirm_totp(meta, signed, device, typed).await
    }

    /// Takes every authenticator and backup code out of force for a user who
    /// showed the factor when they signed in just now.
    ///
    /// # Errors
    /// [`FactorFailure::NotEnabled`].
    pub async fn disable_totp_freshly(
        &self,
        meta: &RequestMeta,
        session: FreshSession,
    ) -> Result<(), Error> {
        let signed = session.signed();
        if signed.user.factors.is_empty() {
            return Err(FactorFailure::NotEnabled.into());
        }
        let guess = Guess::none(self.store().factors(signed.user.sub).await?);
        let disable = |factors: &Factors| {
            if !factors.any_active() {
                return Err(FactorFailure::NotEnabled.into());
            }
            Ok(factors.disabled())
        };
        let kind = EventKind::SecondFactorDisabled;
        let changed = self
            .change_factors(meta, session, guess, kind, disable)
            .await?;
        self.notify(&changed.user, &Letter::FactorRemoved, meta)
            .await;
        Ok(())
    }
}
