//! Looking at one's authenticators, and taking them out of force.

use delivery::Letter;
use domain::Error;
use domain::account::User;
use domain::audit::EventKind;
use domain::totp::{Device, FactorFailure, Factors};
use uuid::Uuid;

use crate::{FreshButFactor, Postern, RequestMeta};

impl Postern {
    /// The authenticators of `user`, oldest first: also those that
    /// wait to be confirmed, and those out of force.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn totp_devices(&self, user: &User) -> Result<Vec<Device>, Error> {
        Ok(self.store().factors(user.sub).await?.devices)
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
        session: FreshButFactor,
        id: Uuid,
        typed: Option<&str>,
    ) -> Result<(), Error> {
        let signed = session.signed().clone();
        let (sub, sid) = (signed.user.sub, signed.session.id);
        let factors = match typed {
            Some(_) => self.factors_to_guess(meta, &signed).await?,
            None => self.store().factors(sub).await?,
        };
        let device = factors.device(id).ok_or(FactorFailure::UnknownDevice)?;
        let guards = device.is_active();
        let last = guards && factors.active().count() == 1;
        if last && typed.is_none() {
            return Err(FactorFailure::CodeRequired.into());
        }
        if guards && typed.is_none() {
            session.without_code(meta.now)?;
        }
        let kind = if last {
            EventKind::SecondFactorDisabled
        } else {
            EventKind::FactorRemoved
        };
        let remove = |factors: &Factors| {
            let device = factors.device(id).ok_or(FactorFailure::UnknownDevice)?;
            // Another request may have made it the last, or put it in force, since.
            if device.is_active() && typed.is_none() && factors.active().count() == 1 {
                return Err(FactorFailure::CodeRequired.into());
            }
            if device.is_active() != guards {
                return Err(Error::StaleSignIn);
            }
            let used = match typed.filter(|_| guards) {
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
        let user = self
            .change_factors(meta, signed, factors, kind, remove)
            .await?;
        if guards {
            tokio::join!(
                async {
                    if typed.is_some() {
                        self.forgive_guesses(sid).await;
                    }
                },
                self.tell(&user, &Letter::FactorRemoved, meta),
            );
        }
        Ok(())
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
        let signed = session.signed().clone();
        let (sub, sid) = (signed.user.sub, signed.session.id);
        let factors = self.factors_to_guess(meta, &signed).await?;
        let disable = |factors: &Factors| {
            if !factors.any_active() {
                return Err(FactorFailure::NotEnabled.into());
            }
            self.with_code_used(sub, factors, typed, meta)?
                .ok_or(FactorFailure::WrongCode { left: None })?;
            Ok(factors.disabled())
        };
        let kind = EventKind::SecondFactorDisabled;
        let user = self
            .change_factors(meta, signed, factors, kind, disable)
            .await?;
        tokio::join!(
            self.forgive_guesses(sid),
            self.tell(&user, &Letter::FactorRemoved, meta),
        );
        Ok(())
    }
}
