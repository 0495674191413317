//! Asking for the code of a challenge once more (nauth).

use domain::limit::{Exceeded, Quota};
use domain::sign_in::{Challenge, ChallengeFailure, ChallengeKind};
use domain::{Contact, Contract, Error};
use uuid::Uuid;

use crate::sign_in::challenge::code::destination;
use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// Sends a new code for the challenge `id`, which voids the one before. Where it went.
    ///
    /// # Errors
    /// [`ChallengeFailure`] for a challenge that takes no answer or has no code;
    /// [`Error::TooMany`] too soon after the last one, or by destination or network;
    /// [`Error::Undeliverable`].
    pub async fn resend_code(&self, meta: &RequestMeta, id: Uuid) -> Result<Contact, Error> {
        let challenge = self.nauth_challenge(meta, id).await?;
        let pause = self.settings().nauth.resend;
        for _ in 0..MAX_ROUNDS {
            let (user, open) = tokio::join!(
                self.challenged_user(meta, &challenge),
                self.store().open_challenge(challenge.sub, challenge.kind),
            );
            let user = user?;
            let open = open?
                .filter(|open| open.id == id)
                .ok_or(ChallengeFailure::Unknown)?;
            let contact = destination(&user, challenge.kind, meta.now)
                .ok_or(ChallengeFailure::NotApplicable)?;
            if let Some(code) = &open.code
                && !code.may_be_followed(pause, meta.now)
            {
                let waited = meta.now.seconds_since(code.sent_at);
                return Err(Error::TooMany(Exceeded {
                    quota: Quota::Cooldown,
                    retry_after: pause.saturating_sub(waited).max(1),
                }));
            }
            self.count_code(meta, &user, &contact).await?;
            let plan = self.another_code(meta, &user, contact)?;
            let resent = open.with_code(plan.code.clone());
            let event = self.user_event(&user, plan.requested(), None, meta)?;
            let transaction = self
                .store()
                .transaction()
                .put_open_challenge(user.sub, challenge.kind, &resent, Some(open.rev))?
                .audit(&event)?;
            if self.commit(transaction).await?.is_none() {
                self.send_code(meta, &user, &plan).await?;
                return Ok(plan.contact);
            }
            // Another request wrote over the challenge first, and nothing was sent.
            self.uncount_code(meta, &user, &plan.contact).await?;
        }
        Err(contended())
    }

    /// Why there is nothing to set a factor up with: the challenge takes no answer, or waits
    /// for something else than that, as all of them do.
    pub async fn no_setup_data(&self, meta: &RequestMeta, id: Uuid) -> Error {
        match self.nauth_challenge(meta, id).await {
            Ok(_) => ChallengeFailure::NotApplicable.into(),
            Err(error) => error,
        }
    }

    /// Why there is nothing to show a factor with: the challenge takes no answer, or waits
    /// for a factor that needs nothing.
    pub async fn no_factor_data(&self, meta: &RequestMeta, id: Uuid) -> Error {
        match self.nauth_challenge(meta, id).await {
            Ok(challenge) if challenge.kind == ChallengeKind::SecondFactor => Error::Missing,
            Ok(_) => ChallengeFailure::NotApplicable.into(),
            Err(error) => error,
        }
    }

    /// The challenge `id`, if it is one of nauth's and takes an answer.
    pub(crate) async fn nauth_challenge(
        &self,
        meta: &RequestMeta,
        id: Uuid,
    ) -> Result<Challenge, Error> {
        let challenge = self.store().challenge(id).await?;
        let challenge = challenge
            .filter(|challenge| challenge.contract == Contract::Nauth)
            .ok_or(ChallengeFailure::Unknown)?;
        challenge.may_be_answered(meta.now)?;
        Ok(challenge)
    }
}
