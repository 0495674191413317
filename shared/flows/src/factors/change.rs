//! Writing a change of an account's factors: the row, the account, the session that made
//! it and the events of it, together.

use domain::account::User;
use domain::audit::EventKind;
use domain::email_code::NOTICE_AT;
use domain::factors::{FactorFailure, Factors};
use domain::sign_in::ChallengeFailure;
use domain::{AuthFailure, ClaimKind, Contact, Error};
use store::{Step, Transaction};
use uuid::Uuid;

use crate::factors::attempts::Guess;
use crate::{FreshButFactor, MAX_ROUNDS, Postern, RequestMeta, Signed, contended};

/// What becomes of the factors, and with them.
pub(crate) struct FactorChange {
    /// The factors then.
    pub(crate) factors: Factors,
    /// The set-up that it completes, if it does: within which session or challenge, and of
    /// which authenticator.
    pub(crate) completes: Option<(Uuid, Uuid)>,
    /// The address or number that the set-up proves to be the account's, if it does.
    pub(crate) proves: Option<Contact>,
}

impl From<Factors> for FactorChange {
    fn from(factors: Factors) -> Self {
        Self {
            factors,
            completes: None,
            proves: None,
        }
    }
}

impl FactorChange {
    /// `user`, whose factors are as `before` says, once it is made.
    pub(crate) fn made_of(&self, user: &User, before: &Factors, meta: &RequestMeta) -> User {
        let proven = match &self.proves {
            None => user.clone(),
            Some(contact @ Contact::Email(_)) => user.proven_by_bearer(contact, meta.now),
            Some(contact @ Contact::Phone(number)) => {
                let user = user.with_phone(number.as_str());
                user.proven_by_bearer(contact, meta.now)
            }
        };
        proven.with_factors(before, &self.factors, meta.now)
    }

    /// The events of the change `kind`: also that there is a factor from now on, or none any
    /// more, and what else it proves.
    pub(crate) fn events(&self, kind: EventKind, before: &Factors) -> Vec<EventKind> {
        let mut events = vec![kind];
        let now = match (before.any_active(), self.factors.any_active()) {
            (false, true) => Some(EventKind::SecondFactorEnabled),
            (true, false) => Some(EventKind::SecondFactorDisabled),
            (false, false) | (true, true) => None,
        };
        let proof = self.proves.as_ref().map(|contact| match contact {
            Contact::Email(_) => EventKind::EmailProven,
            Contact::Phone(_) => EventKind::PhoneProven,
        });
        for event in [now, proof].into_iter().flatten() {
            if !events.contains(&event) {
                events.push(event);
            }
        }
        events
    }

    /// Adds what it writes beside the account, whose row the caller edits.
    pub(crate) fn written<'t>(
        &self,
        so_far: Transaction<'t>,
        (user, changed): (&User, &User),
        before: &Factors,
    ) -> Result<Transaction<'t>, Error> {
        let mut written = so_far.save_factors(user.sub, &self.factors, before.rev)?;
        if let Some((within, id)) = self.completes {
            written = written.spend_enrollment(user.sub, within, id)?;
        }
        if self.proves.is_some() {
            written = written.swap_names(user, changed)?;
        }
        Ok(written)
    }

    /// The refusal of a change that another request cannot have made possible again.
    pub(crate) fn refusal(&self, step: Step) -> Option<Error> {
        match (step, &self.proves) {
            // Completed, or replaced by another that was begun.
            (Step::Enrollment, _) => Some(ChallengeFailure::CodeExpired.into()),
            (Step::Create, Some(Contact::Phone(_))) => Some(Error::Taken(ClaimKind::Phone)),
            (Step::Create, Some(Contact::Email(_))) => Some(Error::Taken(ClaimKind::Email)),
            _ => None,
        }
    }
}

/// What a change of factors left behind.
pub(crate) struct ChangedFactors {
    /// The account.
    pub(crate) user: User,
    /// Its factors before.
    pub(crate) before: Factors,
    /// Its factors now.
    pub(crate) after: Factors,
}

impl Postern {
    /// Writes what `change` makes of the factors, together with the account, whose other
    /// sessions end if that puts a factor in or out of force, and the event `kind`. Starts
    /// over when another write came between.
    pub(crate) async fn change_factors<C: Into<FactorChange>>(
        &self,
        meta: &RequestMeta,
        session: impl Into<FreshButFactor>,
        guess: Guess,
        kind: EventKind,
        change: impl Fn(&Factors) -> Result<C, Error>,
    ) -> Result<ChangedFactors, Error> {
        let Signed { mut user, session } = session.into().signed().clone();
        let Guess { mut factors, nth } = guess;
        for _ in 0..MAX_ROUNDS {
            let change: FactorChange = match change(&factors) {
                Ok(change) => change.into(),
                Err(Error::SecondFactor(FactorFailure::WrongCode { left })) => {
                    return Err(self
                        .wrong_factor(meta, &user, left, nth == NOTICE_AT)
                        .await?);
                }
                Err(error) => return Err(error),
            };
            let changed = change.made_of(&user, &factors, meta);
            let transaction = change
                .written(self.store().transaction(), (&user, &changed), &factors)?
                .edit_user(&changed, &user)?;
            let transaction = match change.completes {
                Some(_) => transaction.carry_enrolled_session(&session, changed.session_epoch)?,
                None => transaction.carry_session(&session, changed.session_epoch)?,
            };
            let events = change.events(kind, &factors);
            let told = self.audit_events(transaction, &user, &events, Some(session.id), meta)?;
            match self.commit(told).await? {
                None => {
                    return Ok(ChangedFactors {
                        user: changed,
                        before: factors,
                        after: change.factors,
                    });
                }
                Some(step) => {
                    let refused = change.refusal(step);
                    if let Some(refused) = refused.or(self.outrun(&user, &change).await?) {
                        return Err(refused);
                    }
                    if step == Step::CarrySession {
                        break;
                    }
                }
            }
            let (now, found) = self.store().user_and_factors(user.sub).await?;
            match now.filter(|now| session.is_alive(now, self.moment(meta.now))) {
                Some(now) => (user, factors) = (now, found),
                None => return Err(Error::Unauthenticated(AuthFailure::BadToken)),
            }
        }
        Err(contended())
    }

    /// The refusal of a change that completes a set-up which another request of the session
    /// has completed or replaced. That one took the session into another epoch, so that this
    /// one would be told that the session is over.
    async fn outrun(&self, user: &User, change: &FactorChange) -> Result<Option<Error>, Error> {
        let Some((within, id)) = change.completes else {
            return Ok(None);
        };
        let now = self.store().enrollment(user.sub, within).await?;
        let there = now.is_some_and(|now| now.id == id);
        Ok((!there).then(|| ChallengeFailure::CodeExpired.into()))
    }

    /// Adds these events of `user` in the session `session`.
    pub(crate) fn audit_events<'t>(
        &self,
        so_far: Transaction<'t>,
        user: &User,
        kinds: &[EventKind],
        session: Option<Uuid>,
        meta: &RequestMeta,
    ) -> Result<Transaction<'t>, Error> {
        let mut told = so_far;
        for kind in kinds {
            told = told.audit(&self.user_event(user, *kind, session, meta)?)?;
        }
        Ok(told)
    }
}
