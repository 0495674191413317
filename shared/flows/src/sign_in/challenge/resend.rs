//! Asking for the code of a challenge once more (nauth and our own pages).

use domain::account::Factor;
use domain::limit::{Exceeded, Quota};
use domain::sign_in::{Challenge, ChallengeFailure, ChallengeKind};
use domain::{Contact, Contract, Error};
use uuid::Uuid;

use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// Sends a new code for the challenge `id` of `contract`, which voids the one before. Where it went.
    ///
    /// # Errors
    /// [`ChallengeFailure`] for a challenge that takes no answer or has no code;
    /// [`Error::TooMany`] too soon after the last one, or by destination or network;
    /// [`Error::Undeliverable`].
    pub async fn resend_code(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        id: Uuid,
    ) -> Result<Contact, Error> {
        let challenge = self.open_challenge_of(meta, contract, id).await?;
        match challenge.kind {
            ChallengeKind::SetUpFactor => self.resend_setup_code(meta, &challenge).await,
            _ => self.send_another(meta, &challenge, None).await,
        }
    }

    /// Sends a code of this kind of factor for the challenge `id`, which waits for one. Where
    /// it went.
    ///
    /// # Errors
    /// As [`Postern::resend_code`]; [`Error::Missing`] if none of the kind is set up, or
    /// nothing is sent for it.
    pub async fn send_factor_code(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        id: Uuid,
        factor: Factor,
    ) -> Result<Contact, Error> {
        let challenge = self.open_challenge_of(meta, contract, id).await?;
        if challenge.kind != ChallengeKind::SecondFactor {
            return Err(ChallengeFailure::NotApplicable.into());
        }
        self.send_another(meta, &challenge, Some(factor)).await
    }

    async fn send_another(
        &self,
        meta: &RequestMeta,
        challenge: &Challenge,
        factor: Option<Factor>,
    ) -> Result<Contact, Error> {
        let id = challenge.id;
        let pause = self.settings().nauth.resend;
        for _ in 0..MAX_ROUNDS {
            let (user, open) = tokio::join!(
                self.challenged_user(meta, challenge),
                self.store().open_challenge(challenge.sub, challenge.kind),
            );
            let user = user?;
            let open = open?
                .filter(|open| open.id == id)
                .ok_or(ChallengeFailure::Unknown)?;
            let offered = self.offered_factors(&user, challenge.kind).await?;
            let contact = match (factor, &offered) {
                (Some(factor), Some(offered)) => {
                    let own = offered.destination(factor).cloned();
                    own.ok_or(Error::Missing)?
                }
                _ => {
                    let sent = open.code.as_ref();
                    let kind = challenge.kind;
                    let kept = self.code_contact(&user, kind, offered.as_ref(), sent, meta);
                    kept.ok_or(ChallengeFailure::NotApplicable)?
                }
            };
            let digest = self.destination_digest(&user, &contact);
            if let Some(code) = &open.code
                && code.destination == digest
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

    /// The challenge `id`, if it is one of nauth's and takes an answer.
    pub(crate) async fn nauth_challenge(
        &self,
        meta: &RequestMeta,
        id: Uuid,
    ) -> Result<Challenge, Error> {
        self.open_challenge_of(meta, Contract::Nauth, id).await
    }

    /// The challenge `id`, if it is one of `contract` and takes an answer.
    pub(crate) async fn open_challenge_of(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        id: Uuid,
    ) -> Result<Challenge, Error> {
        let challenge = self.store().challenge(id).await?;
        let challenge = challenge
            .filter(|challenge| challenge.contract == contract)
            .ok_or(ChallengeFailure::Unknown)?;
        challenge.may_be_answered(meta.now)?;
        Ok(challenge)
    }
}
