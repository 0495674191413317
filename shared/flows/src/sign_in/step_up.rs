//! Second factors for a contract that has one authenticator, and asks for it again
//! while a user is signed in (cashless), on the same authenticators as in all contracts.
//!
//! One route takes a code for two things. A code of the authenticator that is being set up
//! puts that in force, in place of the one before; a code of the one in force is a
//! step-up (RFC 9470): the session says from then on when its factor was last shown.
//! Either rotates the session to give it new tokens, since its old ones say less.

use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::email_code::NOTICE_AT;
use domain::factors::{FactorFailure, Factors};
use domain::limit::cashless::{ADMIN_PROFILES, MFA_SETUPS};
use domain::{AuthFailure, Error, UnixTime};

use crate::factors::attempts::Guess;
use crate::factors::change::FactorChange;
use crate::{
    AdminSession, MAX_ROUNDS, Postern, ProvenSession, RequestMeta, SetUp, Signed, Tokens, contended,
};

/// What a right code does.
struct Shown {
    after: Factors,
    kind: EventKind,
}

impl Postern {
    /// The account of an administrator who looks at it.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network.
    pub async fn own_admin_profile(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
    ) -> Result<User, Error> {
        self.limit_by_network(&ADMIN_PROFILES, meta).await?;
        Ok(admin.signed().user.clone())
    }

    /// Whether the signed-in administrator showed a second factor lately.
    ///
    /// # Errors
    /// [`FactorFailure::NotRecent`] if not.
    pub fn showed_factor_lately(&self, admin: &AdminSession, now: UnixTime) -> Result<(), Error> {
        let window = self.settings().mfa_fresh;
        if admin.signed().session.showed_factor_within(window, now) {
            Ok(())
        } else {
            Err(FactorFailure::NotRecent.into())
        }
    }

    /// Makes an authenticator that waits for its first code, in place of any that
    /// waited before. The one in force stays so until then.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network.
    pub async fn set_up_mfa(
        &self,
        meta: &RequestMeta,
        session: &ProvenSession,
    ) -> Result<SetUp, Error> {
        self.limit_by_network(&MFA_SETUPS, meta).await?;
        self.begin_set_up(meta, session, "Authenticator", Factors::with_only)
            .await
    }

    /// Takes a code of the signed-in user, for whichever of the two it is good. The
    /// session's tokens from now on.
    ///
    /// # Errors
    /// [`FactorFailure::NotEnabled`] if there is no authenticator to take a code of;
    /// [`FactorFailure::WrongCode`] also for a step that was used;
    /// [`Error::StaleSignIn`] for one that is being set up; [`Error::TooMany`] by network
    /// or account; [`Error::Unauthenticated`] if the session was ended meanwhile.
    pub async fn show_factor(
        &self,
        meta: &RequestMeta,
        admin: AdminSession,
        typed: &str,
    ) -> Result<Tokens, Error> {
        let mut signed = admin.signed().clone();
        let Guess { mut factors, nth } = self.factors_to_guess(meta, &signed).await?;
        for _ in 0..MAX_ROUNDS {
            let Some(shown) = self.shown(meta, &signed, &factors, typed)? else {
                let user = &signed.user;
                return Err(self
                    .wrong_factor(meta, user, None, nth == NOTICE_AT)
                    .await?);
            };
            let Signed { user, session } = signed;
            let changed = user.with_factors(&factors, &shown.after, meta.now);
            let lives = self.settings().lives.of(session.contract, session.delivery);
            let next = session.stepped_up(changed.session_epoch, meta.now, lives);
            let change = FactorChange::from(shown.after);
            let events = change.events(shown.kind, &factors);
            let added = shown.kind == EventKind::FactorAdded;
            let transaction =
                self.store()
                    .transaction()
                    .save_factors(user.sub, &change.factors, factors.rev)?;
            let transaction = if added {
                transaction.edit_user(&changed, &user)?
            } else {
                transaction.check_user(&user)?
            };
            let transaction = transaction.step_up_session(&session, &next)?;
            let told = self.audit_events(transaction, &user, &events, Some(session.id), meta)?;
            if self.commit(told).await?.is_none() {
                let tell = async {
                    if added {
                        self.notify(&changed, &Letter::FactorAdded, meta).await;
                    }
                };
                tokio::join!(self.reset_session_attempts(session.id), tell);
                let user = if added { changed } else { user };
                return self.tokens(user, next, meta.now);
            }
            let (found, again) = tokio::join!(
                self.store().session_and_user(user.sub, session.id),
                self.store().factors(user.sub),
            );
            // Another refresh, or another write of the account or its factors, was first.
            signed = found?
                .filter(|(session, user)| session.is_alive(user, self.moment(meta.now)))
                .map(|(session, user)| Signed { user, session })
                .ok_or(Error::Unauthenticated(AuthFailure::BadToken))?;
            factors = again?;
        }
        Err(contended())
    }

    /// What the code does, or `None` if it is wrong.
    fn shown(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        factors: &Factors,
        typed: &str,
    ) -> Result<Option<Shown>, Error> {
        let user = &signed.user;
        let pending = factors.newest_pending(meta.now);
        if pending.is_none() && !factors.any_active() {
            return Err(FactorFailure::NotEnabled.into());
        }
        if let Some((id, step)) = self.step_of(user.sub, pending.into_iter(), typed, meta)? {
            // Putting a factor in force needs more than showing one.
            ProvenSession::of_signed(signed.clone(), meta.now)?;
            return Ok(Some(Shown {
                after: factors.replaced(id, step, meta.now),
                kind: EventKind::FactorAdded,
            }));
        }
        let used = self.with_code_used(user.sub, factors, typed, meta)?;
        Ok(used.map(|after| Shown {
            after,
            kind: EventKind::SecondFactorPassed,
        }))
    }
}
