//! Opening a challenge, or using the open one again (nauth).
//!
//! A contract that uses challenges again has one of each kind for an account: a client
//! that signs in twice finds the same one, with its attempts and its code. Two sign-ins at
//! one moment write over the same row, so the second starts over and finds what the first
//! made.

use domain::account::User;
use domain::audit::EventKind;
use domain::sign_in::{Challenge, ChallengeKind, OpenChallenge};
use domain::{Contact, Error};
use store::{AuditEvent, Step, Transaction};

use crate::notify::mail;
use crate::sign_in::challenge::code::CodePlan;
use crate::sign_in::{Proof, WaitingSignIn};
use crate::{Postern, RequestMeta, SignIn};

impl Postern {
    /// Has a sign-in of `user`, who is then as `changed` says, wait for an answer of this
    /// `kind`; or says which step refused.
    pub(crate) async fn open_challenge(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        changed: User,
        kind: ChallengeKind,
    ) -> Result<Result<SignIn, Step>, Error> {
        if !self.sign_in_policy(proof.contract).reuses_challenges {
            return self
                .open_another(proof, so_far, user, changed, kind, None)
                .await;
        }
        let (open, backup_codes) = tokio::join!(
            self.store().open_challenge(user.sub, kind),
            self.has_backup_codes(user, kind),
        );
        let (open, backup_codes) = (open?, backup_codes?);
        let opened = self.open_or_use_again(proof, so_far, user, changed, kind, open);
        Ok(opened.await?.map(|waits| offering(waits, backup_codes)))
    }

    /// Whether the challenge may be answered with a backup code, too.
    async fn has_backup_codes(&self, user: &User, kind: ChallengeKind) -> Result<bool, Error> {
        if kind != ChallengeKind::SecondFactor {
            return Ok(false);
        }
        let factors = self.store().factors(user.sub).await?;
        Ok(!factors.backup_codes.is_empty())
    }

    async fn open_or_use_again(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        changed: User,
        kind: ChallengeKind,
        open: Option<OpenChallenge>,
    ) -> Result<Result<SignIn, Step>, Error> {
        let nothing_to_write = so_far.is_empty() && changed == *user;
        if let (Some(open), true) = (&open, nothing_to_write)
            && let Some(challenge) = self.open_still(proof, user, open).await?
        {
            return self.use_again(proof, user, challenge, open.clone()).await;
        }
        self.open_another(proof, so_far, user, changed, kind, open)
            .await
    }

    async fn open_another(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        changed: User,
        kind: ChallengeKind,
        open: Option<OpenChallenge>,
    ) -> Result<Result<SignIn, Step>, Error> {
        let transaction = match changed == *user {
            true => so_far.check_user(user)?,
            false => so_far.edit_user_even_last(&changed, user)?,
        };
        self.begin_waiting(proof, transaction, &changed, kind, open.as_ref())
            .await
    }

    /// Has a sign-in of `user`, whose row `so_far` writes or holds, wait for an answer of
    /// this `kind`, in place of the one that is `open`; or says which step refused.
    pub(crate) async fn begin_waiting(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        kind: ChallengeKind,
        open: Option<&OpenChallenge>,
    ) -> Result<Result<SignIn, Step>, Error> {
        let meta = proof.meta;
        let challenge = self.new_challenge(user, proof, kind);
        let sent_before = open.and_then(|open| open.code.as_ref());
        let plan = self.plan_code(meta, user, kind, sent_before).await?;
        let opened = EventKind::of_challenge(kind);
        let event = self.challenge_event(user, opened, challenge.id, meta)?;
        let mut transaction = so_far.begin_challenge(&challenge)?.audit(&event)?;
        if self.sign_in_policy(proof.contract).reuses_challenges {
            let opened = OpenChallenge {
                rev: open.map_or(0, |open| open.rev) + 1,
                id: challenge.id,
                expires_at: challenge.expires_at,
                code: plan.as_ref().and_then(|plan| plan.code.clone()),
            };
            let before = open.map(|open| open.rev);
            transaction = transaction.put_open_challenge(user.sub, kind, &opened, before)?;
        }
        if let Some(plan) = plan.as_ref().filter(|plan| plan.send) {
            let event = self.user_event(user, plan.requested(), None, meta)?;
            transaction = transaction.audit(&event)?;
        }
        if let Some(step) = self.commit(transaction).await? {
            return Ok(Err(step));
        }
        self.send_planned(meta, user, plan.as_ref()).await;
        let waiting = self.waiting(challenge, plan.map(|plan| plan.contact), user, meta)?;
        Ok(Ok(waiting))
    }

    /// The challenge that `open` names, if a sign-in by the same proof may go on with it.
    async fn open_still(
        &self,
        proof: &Proof<'_>,
        user: &User,
        open: &OpenChallenge,
    ) -> Result<Option<Challenge>, Error> {
        if open.expires_at <= proof.meta.now {
            return Ok(None);
        }
        let challenge = self.store().challenge(open.id).await?;
        Ok(challenge.filter(|challenge| {
            challenge.is_open(proof.meta.now)
                && challenge.is_of(user, self.moment(proof.meta.now))
                && challenge.amr == proof.amr
                && challenge.provider == proof.provider
        }))
    }

    /// Goes on with an open challenge. Its code is sent once more if the pause since the
    /// last one is over; the sign-in is never refused for it.
    async fn use_again(
        &self,
        proof: &Proof<'_>,
        user: &User,
        challenge: Challenge,
        open: OpenChallenge,
    ) -> Result<Result<SignIn, Step>, Error> {
        let (meta, kind) = (proof.meta, challenge.kind);
        let opened = EventKind::of_challenge(kind);
        let event = AuditEvent {
            again: true,
            ..self.challenge_event(user, opened, challenge.id, meta)?
        };
        let (plan, told) = tokio::join!(
            self.plan_code(meta, user, kind, open.code.as_ref()),
            self.store().append_audit(&event),
        );
        told?;
        let plan = plan?;
        if let Some(plan) = plan.as_ref().filter(|plan| plan.send) {
            let resent = open.with_code(plan.code.clone());
            let event = self.user_event(user, plan.requested(), None, meta)?;
            let transaction = self
                .store()
                .transaction()
                .put_open_challenge(user.sub, kind, &resent, Some(open.rev))?
                .audit(&event)?;
            if let Some(step) = self.commit(transaction).await? {
                return Ok(Err(step));
            }
            self.send_planned(meta, user, Some(plan)).await;
        }
        let waiting = self.waiting(challenge, plan.map(|plan| plan.contact), user, meta)?;
        Ok(Ok(waiting))
    }

    /// Sends the code of a plan that says so, and counts it: only now, since a sign-in
    /// that another one overtook has sent nothing. The sign-in is answered all the same: a
    /// client that waits for the code asks for it again.
    pub(crate) async fn send_planned(
        &self,
        meta: &RequestMeta,
        user: &User,
        plan: Option<&CodePlan>,
    ) {
        let Some(plan) = plan.filter(|plan| plan.send) else {
            return;
        };
        let sent = match self.count_code(meta, user, &plan.contact).await {
            Ok(()) => self.send_code(meta, user, plan).await,
            refused => refused,
        };
        if let Err(error) = sent {
            mail::not_sent(&error);
        }
    }

    /// The answer of a sign-in that waits.
    pub(crate) fn waiting(
        &self,
        challenge: Challenge,
        destination: Option<Contact>,
        user: &User,
        meta: &RequestMeta,
    ) -> Result<SignIn, Error> {
        Ok(SignIn::Waiting(Box::new(WaitingSignIn {
            pending: self.pending_tokens(&challenge, meta.now)?,
            destination,
            factors: user.factors.clone(),
            backup_codes: false,
            challenge,
        })))
    }
}

/// `signed_in`, which may also be answered with backup codes if there are any.
fn offering(signed_in: SignIn, backup_codes: bool) -> SignIn {
    match signed_in {
        SignIn::Waiting(waiting) => SignIn::Waiting(Box::new(WaitingSignIn {
            backup_codes,
            ..*waiting
        })),
        complete @ SignIn::Complete(_) => complete,
    }
}
