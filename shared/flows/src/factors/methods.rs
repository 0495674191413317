//! The kinds of factors of an account (nauth): looking at them, preferring one, and taking
//! one out of force with all that there is of it.

use delivery::Letter;
use domain::account::{Factor, User};
use domain::audit::EventKind;
use domain::factors::{FactorFailure, Factors};
use domain::{AuthFailure, Error};
use store::{AuditEvent, Step, StoreError, Transaction};
use uuid::Uuid;

use crate::factors::attempts::Guess;
use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, WholeSession, contended};

/// What a kind left behind when it was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovedFactors {
    /// How many authenticators it had in force.
    pub devices: usize,
    /// Whether the account is without a second factor from now on.
    pub was_last: bool,
}

impl Postern {
    /// The second factors of `user`, by whichever contract they were set up.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn factors_of(&self, user: &User) -> Result<Factors, Error> {
        Ok(self.store().factors(user.sub).await?)
    }

    /// The kinds of factors that may be set up here: passkeys only where the installation says
    /// for which domain.
    #[must_use]
    pub fn available_factors(&self) -> Vec<Factor> {
        let mut kinds = Factor::ALL.to_vec();
        kinds.retain(|kind| *kind != Factor::Passkey || self.relying_party().is_some());
        kinds
    }

    /// Takes every authenticator of a kind out of force. With the last kind the backup codes
    /// go, too, and no sign-in asks for a factor any more.
    ///
    /// # Errors
    /// [`FactorFailure::UnknownDevice`] where there is none of it.
    pub async fn remove_factor(
        &self,
        meta: &RequestMeta,
        session: FreshSession,
        kind: Factor,
    ) -> Result<RemovedFactors, Error> {
        let guess = Guess::none(self.store().factors(session.user().sub).await?);
        let remove = |factors: &Factors| match factors.of_kind(kind).next() {
            Some(_) => Ok(factors.without_kind(kind)),
            None => Err(FactorFailure::UnknownDevice.into()),
        };
        let changed = self
            .change_factors(meta, session, guess, EventKind::FactorRemoved, remove)
            .await?;
        self.notify(&changed.user, &Letter::FactorRemoved, meta)
            .await;
        Ok(RemovedFactors {
            devices: changed.before.of_kind(kind).count(),
            was_last: !changed.after.any_active(),
        })
    }

    /// New backup codes in place of all old ones, for a user who showed a factor when they
    /// signed in just now. They are told once.
    ///
    /// # Errors
    /// [`FactorFailure::NotEnabled`].
    pub async fn renew_backup_codes(
        &self,
        meta: &RequestMeta,
        session: FreshSession,
    ) -> Result<Vec<String>, Error> {
        let sub = session.user().sub;
        let guess = Guess::none(self.store().factors(sub).await?);
        let (codes, digests) = self.fresh_backup_codes(sub)?;
        let renew = |factors: &Factors| match factors.any_active() {
            true => Ok(factors.with_backup_codes(digests.clone())),
            false => Err(Error::from(FactorFailure::NotEnabled)),
        };
        let kind = EventKind::BackupCodesRegenerated;
        let changed = self
            .change_factors(meta, session, guess, kind, renew)
            .await?;
        self.notify(&changed.user, &Letter::BackupCodesRenewed, meta)
            .await;
        Ok(codes)
    }

    /// Has sign-ins ask for this kind first.
    ///
    /// # Errors
    /// [`FactorFailure::UnknownDevice`] where there is none of it.
    pub async fn prefer_factor(
        &self,
        meta: &RequestMeta,
        session: &WholeSession,
        kind: Factor,
    ) -> Result<(), Error> {
        let signed = session.signed();
        let user = &signed.user;
        let event = EventKind::PreferredFactorChanged;
        let event = self.user_event(user, event, Some(signed.session.id), meta)?;
        // Not where the account was locked, deleted or given other credentials meanwhile.
        self.put_first(user.sub, kind, &event, |so_far| so_far.check_user(user))
            .await
    }

    /// Puts a kind first in the factors of the account `sub`, as long as what `who` adds
    /// holds of whoever asks.
    pub(crate) async fn put_first<'t>(
        &'t self,
        sub: Uuid,
        kind: Factor,
        event: &AuditEvent,
        who: impl Fn(Transaction<'t>) -> Result<Transaction<'t>, StoreError>,
    ) -> Result<(), Error> {
        for _ in 0..MAX_ROUNDS {
            let factors = self.store().factors(sub).await?;
            if factors.preferred() == Some(kind) {
                return Ok(());
            }
            let preferring = factors.preferring(kind);
            let preferring = preferring.ok_or(FactorFailure::UnknownDevice)?;
            let transaction = who(self.store().transaction())?
                .save_factors(sub, &preferring, factors.rev)?
                .audit(event)?;
            match self.commit(transaction).await? {
                None => return Ok(()),
                Some(Step::CheckUser) => {
                    return Err(Error::Unauthenticated(AuthFailure::Inactive));
                }
                Some(_) => {}
            }
        }
        Err(contended())
    }
}
