//! Looking at one's authenticators, and taking them out of force.

use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::factors::{Authenticator, FactorFailure, Factors};
use domain::{AuthFailure, Error};
use store::Step;
use uuid::Uuid;

use crate::factors::attempts::Guess;
use crate::{FreshButFactor, MAX_ROUNDS, Postern, RequestMeta, Signed, contended};

impl Postern {
    /// The authenticator apps of `user`, oldest first: also those that
    /// wait to be confirmed, and those out of force.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn totp_devices(&self, user: &User) -> Result<Vec<Authenticator>, Error> {
        let devices = self.store().factors(user.sub).await?.devices;
        Ok(devices.into_iter().filter(Authenticator::is_app).collect())
    }

    /// Removes the authenticator `id`. One that is not in force goes at once; the
    /// last one in force only for a code of one in force.
    ///
    /// # Errors
    /// [`FactorFailure::UnknownDevice`], [`FactorFailure::CodeRequired`],
    /// [`FactorFailure::WrongCode`]; [`Error::StaleSignIn`]; [`Error::TooMany`].
    pub async fn remove_totp_device(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        id: Uuid,
        typed: Option<&str>,
    ) -> Result<(), Error> {
        let (sub, sid) = (signed.user.sub, signed.session.id);
        let guess = match typed {
            Some(_) => self.factors_to_guess(meta, &signed).await?,
            None => Guess::none(self.store().factors(sub).await?),
        };
        let factors = &guess.factors;
        let device = app(factors, id)?;
        let guards = device.is_active();
        let last = guards && factors.active().count() == 1;
        if last && typed.is_none() {
            return Err(FactorFailure::CodeRequired.into());
        }
        if !guards {
            return self.forget_device(&signed, id).await;
        }
        let session = FreshButFactor::of(signed, meta.now)?;
        if typed.is_none() {
            session.clone().without_code(meta.now)?;
        }
        let kind = if last {
            EventKind::SecondFactorDisabled
        } else {
            EventKind::FactorRemoved
        };
        let remove = |factors: &Factors| {
            let device = app(factors, id)?;
            // Another request may have made it the last, or put it in force, since.
            if device.is_active() && typed.is_none() && factors.active().count() == 1 {
                return Err(FactorFailure::CodeRequired.into());
            }
            let used = match typed {
                Some(typed) => self
                    .with_code_used(sub, factors, typed, meta)?
                    .ok_or(FactorFailure::WrongCode { left: None })?,
                None => factors.clone(),
            };
            Ok(Factors {
                rev: factors.rev + 1,
                ..used.without(id)
            })
        };
        let changed = self
            .change_factors(meta, session, guess, kind, remove)
            .await?;
        tokio::join!(
            async {
                if typed.is_some() {
                    self.reset_session_attempts(sid).await;
                }
            },
            self.notify(&changed.user, &Letter::FactorRemoved, meta),
        );
        Ok(())
    }

    /// Forgets an authenticator that is not in force, which takes no more than being
    /// signed in.
    async fn forget_device(&self, signed: &Signed, id: Uuid) -> Result<(), Error> {
        let sub = signed.user.sub;
        for _ in 0..MAX_ROUNDS {
            let factors = self.store().factors(sub).await?;
            let device = app(&factors, id)?;
            if device.is_active() {
                // It was put in force since.
                return Err(Error::StaleSignIn);
            }
            let transaction = self
                .store()
                .transaction()
                .check_user(&signed.user)?
                .save_factors(sub, &factors.without(id), factors.rev)?;
            match self.commit(transaction).await? {
                None => return Ok(()),
                Some(Step::EditFactors) => {}
                Some(_) => return Err(Error::Unauthenticated(AuthFailure::BadToken)),
            }
        }
        Err(contended())
    }

    /// Takes every authenticator and backup code out of force, for a code of one.
    ///
    /// # Errors
    /// [`FactorFailure::NotEnabled`], [`FactorFailure::WrongCode`];
    /// [`Error::StaleSignIn`]; [`Error::TooMany`].
    pub async fn disable_totp(
        &self,
        meta: &RequestMeta,
        session: FreshButFactor,
        typed: &str,
    ) -> Result<(), Error> {
        let signed = session.signed();
        let (sub, sid) = (signed.user.sub, signed.session.id);
        let guess = self.factors_to_guess(meta, signed).await?;
        let disable = |factors: &Factors| {
            if !factors.any_active() {
                return Err(FactorFailure::NotEnabled.into());
            }
            self.with_code_used(sub, factors, typed, meta)?
                .ok_or(FactorFailure::WrongCode { left: None })?;
            Ok(factors.disabled())
        };
        let kind = EventKind::SecondFactorDisabled;
        let changed = self
            .change_factors(meta, session, guess, kind, disable)
            .await?;
        tokio::join!(
            self.reset_session_attempts(sid),
            self.notify(&changed.user, &Letter::FactorRemoved, meta),
        );
        Ok(())
    }
}

/// The app `id`: what is no app has no name in the contracts that come here.
fn app(factors: &Factors, id: Uuid) -> Result<&Authenticator, FactorFailure> {
    let device = factors.device(id).filter(|device| device.is_app());
    device.ok_or(FactorFailure::UnknownDevice)
}
