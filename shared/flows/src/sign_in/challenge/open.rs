//! Opening a challenge, or using the open one again (nauth and our own pages).
//!
//! A contract that uses challenges again has one of each kind for an account: a client
//! that signs in twice finds the same one, with its attempts and its code. Two sign-ins at
//! one moment write over the same row, so the second starts over and finds what the first
//! made.

use domain::account::User;
use domain::audit::EventKind;
use domain::factors::FactorFailure;
use domain::sign_in::{Challenge, ChallengeKind, OpenChallenge};
use domain::{Contact, Error, PhoneNumber};
use store::{AuditEvent, Step, Transaction};

use crate::notify::mail;
use crate::sign_in::challenge::code::CodePlan;
use crate::sign_in::{OfferedFactors, Proof, WaitingSignIn};
use crate::{Postern, RequestMeta, SignIn};

/// A challenge that is about to be opened.
pub(crate) struct Opening {
    /// What it waits for.
    kind: ChallengeKind,
    /// The one that is open, whose place it takes if it is of no use any more.
    open: Option<OpenChallenge>,
    /// What it may be answered with, if that is a factor.
    offered: Option<OfferedFactors>,
}

impl Opening {
    /// One where none is open.
    pub(crate) const fn of(kind: ChallengeKind) -> Self {
        Self {
            kind,
            open: None,
            offered: None,
        }
    }
}

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
        let mut opening = Opening::of(kind);
        self.check_askable(proof, user, kind).await?;
        if !self.sign_in_policy(proof.contract).reuses_challenges {
            return self
                .open_another(proof, so_far, user, changed, opening)
                .await;
        }
        let (open, offered) = tokio::join!(
            self.store().open_challenge(user.sub, kind),
            self.offered_factors(user, kind),
        );
        (opening.open, opening.offered) = (open?, offered?);
        let nothing_to_write = so_far.is_empty() && changed == *user;
        if let (Some(open), true) = (&opening.open, nothing_to_write)
            && let Some(challenge) = self.open_still(proof, user, open).await?
        {
            let open = open.clone();
            return self.use_again(proof, user, challenge, open, opening).await;
        }
        self.open_another(proof, so_far, user, changed, opening)
            .await
    }

    /// Refuses a sign-in through a contract that has no words for any factor of `user`, who
    /// has no backup code either to show in their place.
    async fn check_askable(
        &self,
        proof: &Proof<'_>,
        user: &User,
        kind: ChallengeKind,
    ) -> Result<(), Error> {
        let askable = self.sign_in_policy(proof.contract).factors;
        if kind != ChallengeKind::SecondFactor
            || user.factors.iter().any(|factor| askable.contains(factor))
        {
            return Ok(());
        }
        let factors = self.store().factors(user.sub).await?;
        match factors.backup_codes.is_empty() {
            true => Err(FactorFailure::NotAskable.into()),
            false => Ok(()),
        }
    }

    /// What a challenge of this kind may be answered with, if that is a factor.
    pub(crate) async fn offered_factors(
        &self,
        user: &User,
        kind: ChallengeKind,
    ) -> Result<Option<OfferedFactors>, Error> {
        if kind != ChallengeKind::SecondFactor {
            return Ok(None);
        }
        let factors = self.store().factors(user.sub).await?;
        Ok(Some(OfferedFactors::of(user, &factors)))
    }

    async fn open_another(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        changed: User,
        opening: Opening,
    ) -> Result<Result<SignIn, Step>, Error> {
        let transaction = match changed == *user {
            true => so_far.check_user(user)?,
            false => so_far.edit_user_even_last(&changed, user)?,
        };
        self.begin_waiting(proof, transaction, &changed, opening)
            .await
    }

    /// Has a sign-in of `user`, whose row `so_far` writes or holds, wait as `opening` says;
    /// or says which step refused.
    pub(crate) async fn begin_waiting(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        opening: Opening,
    ) -> Result<Result<SignIn, Step>, Error> {
        let meta = proof.meta;
        let kind = opening.kind;
        let challenge = self.new_challenge(user, proof, kind);
        let open = opening.open.as_ref();
        let sent_before = open.and_then(|open| open.code.as_ref());
        let contact = self.code_contact(user, kind, opening.offered.as_ref(), sent_before, meta);
        let plan = self.plan_code(meta, user, contact, sent_before).await?;
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
        let contact = plan.map(|plan| plan.contact);
        let contact = contact.or_else(|| own_number(user, kind));
        let waiting = self.waiting(challenge, contact, opening.offered, meta)?;
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
                && challenge.contract == proof.contract
                && challenge.is_of(user, self.moment(proof.meta.now))
                && challenge.amr == proof.amr
                && challenge.provider == proof.provider
                && challenge.circumstances.are_those_of(&proof.circumstances)
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
        opening: Opening,
    ) -> Result<Result<SignIn, Step>, Error> {
        let (meta, kind) = (proof.meta, challenge.kind);
        let opened = EventKind::of_challenge(kind);
        let event = AuditEvent {
            again: true,
            ..self.challenge_event(user, opened, challenge.id, meta)?
        };
        let sent_before = open.code.as_ref();
        let contact = self.code_contact(user, kind, opening.offered.as_ref(), sent_before, meta);
        let (plan, told) = tokio::join!(
            self.plan_code(meta, user, contact, sent_before),
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
        let contact = plan.map(|plan| plan.contact);
        let contact = contact.or_else(|| own_number(user, kind));
        let waiting = self.waiting(challenge, contact, opening.offered, meta)?;
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
        offered: Option<OfferedFactors>,
        meta: &RequestMeta,
    ) -> Result<SignIn, Error> {
        let available = match challenge.kind {
            ChallengeKind::SetUpFactor => self.available_factors(),
            _ => Vec::new(),
        };
        Ok(SignIn::Waiting(Box::new(WaitingSignIn {
            available,
            pending: self.pending_tokens(&challenge, meta.now)?,
            destination,
            offered,
            challenge,
        })))
    }
}

/// The number that a code would go to, where a factor is to be set up: a client asks for one
/// if there is none.
fn own_number(user: &User, kind: ChallengeKind) -> Option<Contact> {
    let number = (kind == ChallengeKind::SetUpFactor).then_some(user.phone.as_str());
    number.and_then(PhoneNumber::parse).map(Contact::Phone)
}
