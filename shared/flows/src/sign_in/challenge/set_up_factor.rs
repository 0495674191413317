//! A second factor that a sign-in has to set up before there are tokens (nauth).
//!
//! What is begun belongs to the challenge, and the answer that shows it is counted on both
//! before it is compared. The sign-in has shown the factor by that.

use domain::account::User;
use domain::audit::EventKind;
use domain::factors::AuthenticatorKind;
use domain::factors::enrollment::Enrollment;
use domain::limit::SECOND_FACTORS_PER_NETWORK;
use domain::sign_in::{Amr, Challenge, ChallengeFailure, ChallengeKind};
use domain::{Contact, Error};
use store::Step;
use uuid::Uuid;

use super::answer::{Answering, COMPLETED, still_challenged};
use crate::factors::enroll::{Enrolling, completed};
use crate::sign_in::Proof;
use crate::{
    EnrollmentData, FirstProof, MAX_ROUNDS, NewFactor, Postern, RequestMeta, SignIn, contended,
};

impl Postern {
    /// Begins to set a factor up in the challenge `id`, which waits for that.
    ///
    /// # Errors
    /// [`ChallengeFailure`]; otherwise as [`Postern::enroll`].
    pub async fn challenge_setup(
        &self,
        meta: &RequestMeta,
        id: Uuid,
        wanted: &NewFactor,
    ) -> Result<EnrollmentData, Error> {
        let challenge = self.nauth_challenge(meta, id).await?;
        if challenge.kind != ChallengeKind::SetUpFactor {
            return Err(ChallengeFailure::NotApplicable.into());
        }
        let (user, factors) = self.store().user_and_factors(challenge.sub).await?;
        let user = still_challenged(user, &challenge, self.moment(meta.now))?;
        let enrolling = Enrolling {
            meta,
            user: &user,
            within: id,
            field: "method",
        };
        self.begin_enrollment(enrolling, &factors, wanted).await
    }

    /// Sends the code of the factor that is being set up in `challenge` once more, which
    /// voids the one before. Where it went.
    ///
    /// # Errors
    /// As [`Postern::resend_code`].
    pub(super) async fn resend_setup_code(
        &self,
        meta: &RequestMeta,
        challenge: &Challenge,
    ) -> Result<Contact, Error> {
        let (user, begun) = tokio::join!(
            self.challenged_user(meta, challenge),
            self.store().enrollment(challenge.sub, challenge.id),
        );
        let user = user?;
        let begun = begun?.ok_or(ChallengeFailure::NotApplicable)?;
        let code = begun.awaits.code();
        let (contact, _) = code.ok_or(ChallengeFailure::NotApplicable)?;
        let enrolling = Enrolling {
            meta,
            user: &user,
            within: challenge.id,
            field: "method",
        };
        let again = |nonce| begun.sent_again(contact.clone(), nonce, meta.now);
        self.send_first_code(enrolling, Some(&begun), &contact, again)
            .await?;
        Ok(contact)
    }

    /// Counts the answer, and compares it with what was begun.
    pub(super) async fn set_up_factor(
        &self,
        answering: &Answering<'_>,
        shown: &FirstProof,
    ) -> Result<SignIn, Error> {
        let Answering {
            meta, challenge, ..
        } = *answering;
        self.limit_by_network(&SECOND_FACTORS_PER_NETWORK, meta)
            .await?;
        let (attempt, begun, user) = tokio::join!(
            self.store().count_attempt(challenge.id, challenge.attempts),
            self.count_first_proof(challenge.sub, challenge.id, shown.factor(), meta),
            self.challenged_user(meta, challenge),
        );
        if attempt?.is_none() {
            return Err(self.takes_no_answer(challenge).await?);
        }
        let (user, begun) = (user?, begun?);
        let said = match shown {
            FirstProof::Ready { number, .. } => *number,
            _ => None,
        };
        let shown = match said.is_none_or(|number| number == begun.number) {
            true => self.first_shown(&user, &begun, shown, meta)?,
            false => None,
        };
        let Some(kind) = shown else {
            let event = |kind| self.challenge_event(&user, kind, challenge.id, meta);
            let refused = event(EventKind::SecondFactorFailed)?;
            let wrong = event(EventKind::ChallengeAnswerWrong)?;
            tokio::try_join!(
                self.store().append_audit(&refused),
                self.store().append_audit(&wrong),
            )?;
            return Err(ChallengeFailure::WrongCode.into());
        };
        self.write_factor(answering, user, &begun, &kind).await
    }

    /// Puts the factor in force, and goes on. Starts over when another edit of the account
    /// or its factors came between.
    async fn write_factor(
        &self,
        answering: &Answering<'_>,
        mut user: User,
        begun: &Enrollment,
        kind: &AuthenticatorKind,
    ) -> Result<SignIn, Error> {
        let Answering {
            meta, challenge, ..
        } = *answering;
        let mut factors = self.store().factors(user.sub).await?;
        for _ in 0..MAX_ROUNDS {
            let change = completed(&factors, begun, challenge.id, None, kind, meta.now)?;
            let changed = change.made_of(&user, &factors, meta);
            let spending = self.spend_answered(&user, challenge, meta)?;
            let spending = change.written(spending, (&user, &changed), &factors)?;
            let events = change.events(EventKind::FactorAdded, &factors);
            let spending = self.audit_events(spending, &user, &events, None, meta)?;
            let spending = self.audit_rights(spending, &user, &changed, meta)?;
            let before = answering.proof();
            let proof = Proof {
                amr: [before.amr.as_slice(), &[Amr::Mfa]].concat(),
                ..before
            };
            match self.advance(&proof, spending, &user, changed).await? {
                Ok(signed_in) => {
                    self.tell_of_factor(&user, meta).await;
                    return Ok(signed_in);
                }
                Err(Step::SpendChallenge | Step::Enrollment) => return Err(COMPLETED),
                Err(step) => {
                    if let Some(refused) = change.refusal(step) {
                        return Err(refused);
                    }
                }
            }
            let (now, found) = self.store().user_and_factors(challenge.sub).await?;
            user = still_challenged(now, challenge, self.moment(meta.now))?;
            factors = found;
        }
        Err(contended())
    }
}
