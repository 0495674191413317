//! The second step of a sign-in: an authenticator's code, or a backup code.
//!
//! Three round trips: the sign-in that waits; counting the answer (and reading the
//! account meanwhile); spending the sign-in and what was shown, together with the
//! session that they buy (and forgetting wrong answers meanwhile). Answers are
//! counted before they are compared, and of several right ones at once a single
//! one is let in: the sign-in, the time step and the backup code are each used by
//! a condition on their row.

use crypto::derive::constant_time_eq;
use domain::account::{Factor, User};
use domain::audit::EventKind;
use domain::email_code::NetworkKind;
use domain::factors::{FactorFailure, Factors};
use domain::limit::SECOND_FACTORS_PER_NETWORK;
use domain::session::Delivery;
use domain::sign_in::{Amr, Challenge, ChallengeFailure, ChallengeKind, SentCode};
use domain::{AuthFailure, Contract, Error};
use passkeys::Assertion;
use store::Step;
use uuid::Uuid;

use crate::sign_in::Proof;
use crate::sign_in::attempts::Try;
use crate::sign_in::challenge::code::tried_code;
use crate::{MAX_ROUNDS, Postern, RequestMeta, SignIn, Tokens, contended};

/// What is shown as a second factor.
#[derive(Clone, Copy)]
pub enum SecondFactor<'a> {
    /// An authenticator's code.
    Totp(&'a str),
    /// A backup code.
    BackupCode(&'a str),
    /// The code that was sent for a factor of this kind (nauth).
    SentCode(Factor, &'a str),
    /// A passkey (nauth).
    Passkey(&'a Assertion),
}

/// What is shown, with the code that was sent or the ceremony that was begun, if it has to
/// answer one.
#[derive(Clone, Copy)]
struct Shown<'a> {
    factor: SecondFactor<'a>,
    sent: Option<&'a SentCode>,
    ceremony: Option<&'a str>,
}

impl<'a> SecondFactor<'a> {
    /// What a user typed into the one field for both: six digits are an
    /// authenticator's.
    pub(crate) fn typed(typed: &'a str) -> Self {
        let digits = typed.len() == 6 && typed.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            Self::Totp(typed)
        } else {
            Self::BackupCode(typed)
        }
    }
}

/// A completed sign-in.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its tokens.
    pub tokens: Tokens,
    /// How many backup codes are left.
    pub backup_codes_left: usize,
}

const NO_SIGN_IN: Error = Error::SecondFactor(FactorFailure::NoSignIn);

impl Postern {
    /// Completes the sign-in `id` with a second factor, if it is one of `contract`, which
    /// asks for nothing else.
    ///
    /// # Errors
    /// [`FactorFailure::NoSignIn`] also for one that is completed or another contract's, or
    /// whose account has moved on; [`FactorFailure::SignInExpired`],
    /// [`FactorFailure::NoTriesLeft`], [`FactorFailure::WrongCode`];
    /// [`Error::TooMany`] by network or account;
    /// [`AuthFailure::PasswordChangeRequired`] if its password has to be replaced by now.
    pub async fn answer_challenge(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        id: Uuid,
        shown: SecondFactor<'_>,
    ) -> Result<Answer, Error> {
        self.answer_plainly(meta, &[contract], id, shown).await
    }

    /// The same for contracts that take each other's sign-ins.
    pub(crate) async fn answer_plainly(
        &self,
        meta: &RequestMeta,
        contracts: &[Contract],
        id: Uuid,
        shown: SecondFactor<'_>,
    ) -> Result<Answer, Error> {
        let answered = self.answer_factor(meta, contracts, id, shown, Delivery::Body);
        match answered.await? {
            (SignIn::Complete(tokens), backup_codes_left) => Ok(Answer {
                tokens: *tokens,
                backup_codes_left,
            }),
            // These contracts have no words for anything that comes after the factor.
            (SignIn::Waiting(_), _) => Err(NO_SIGN_IN),
        }
    }

    /// Goes on with the sign-in `id` of one of `contracts`, for tokens that travel by
    /// `delivery`, and says how many backup codes are left.
    pub(crate) async fn answer_factor(
        &self,
        meta: &RequestMeta,
        contracts: &[Contract],
        id: Uuid,
        shown: SecondFactor<'_>,
        delivery: Delivery,
    ) -> Result<(SignIn, usize), Error> {
        let (admitted, waiting) = tokio::join!(
            self.limit_by_network(&SECOND_FACTORS_PER_NETWORK, meta),
            self.store().challenge(id),
        );
        admitted?;
        let challenge = waiting?
            .filter(|challenge| challenge.spent_at.is_none())
            .filter(|challenge| challenge.kind == ChallengeKind::SecondFactor)
            .filter(|challenge| contracts.contains(&challenge.contract))
            .ok_or(NO_SIGN_IN)?;
        if challenge.expires_at <= meta.now {
            return Err(FactorFailure::SignInExpired.into());
        }
        // Not to be counted against the account: nothing will be compared.
        if challenge.tries >= challenge.attempts {
            return Err(FactorFailure::NoTriesLeft.into());
        }
        let (counted, at_account, known, sent) = tokio::join!(
            self.store().count_attempt(id, challenge.attempts),
            self.count_factor(meta, challenge.sub, self.network_kind_of(meta, &challenge)),
            self.store().user_and_factors(challenge.sub),
            self.count_sent_code(meta, &challenge, shown),
        );
        let tried = at_account?;
        let tries = counted?.ok_or(FactorFailure::NoTriesLeft)?;
        let left = challenge.attempts.saturating_sub(tries);
        let known = known?;
        let kind = match shown {
            SecondFactor::SentCode(kind, _) => Some(kind),
            SecondFactor::Passkey(_) => Some(Factor::Passkey),
            SecondFactor::Totp(_) | SecondFactor::BackupCode(_) => None,
        };
        let (user, factors) = &known;
        let is_of = |user: &User| challenge.is_of(user, self.moment(meta.now));
        let waits = user.as_ref().is_some_and(is_of);
        if waits && kind.is_some_and(|kind| factors.of_kind(kind).next().is_none()) {
            return Err(ChallengeFailure::NotApplicable.into());
        }
        let sent = sent?;
        let shown = Shown {
            factor: shown,
            sent: sent.as_ref(),
            ceremony: challenge.passkey_ceremony.as_deref(),
        };
        let waiting = (&challenge, delivery);
        self.complete(meta, waiting, shown, known, (tried, left))
            .await
    }

    /// Counts a try of the code that was sent for a challenge, where that is what is shown.
    async fn count_sent_code(
        &self,
        meta: &RequestMeta,
        challenge: &Challenge,
        shown: SecondFactor<'_>,
    ) -> Result<Option<SentCode>, Error> {
        let SecondFactor::SentCode(..) = shown else {
            return Ok(None);
        };
        let counted = self
            .store()
            .count_code_try(challenge.sub, challenge.kind, meta.now);
        tried_code(counted.await?, challenge, NO_SIGN_IN)
    }

    /// Spends the sign-in and what was shown, and goes on with whatever is asked for by
    /// now: a sign-in that waits does not get around what was decided meanwhile. Starts
    /// over when another write of the account or its factors came between.
    async fn complete(
        &self,
        meta: &RequestMeta,
        (challenge, delivery): (&Challenge, Delivery),
        shown: Shown<'_>,
        mut known: (Option<User>, Factors),
        (tried, left): (Try, u32),
    ) -> Result<(SignIn, usize), Error> {
        let replaces_passwords = self.sign_in_policy(challenge.contract).replaces_passwords;
        for _ in 0..MAX_ROUNDS {
            let (user, factors) = known;
            let user = user
                .filter(|user| user.is_active() && challenge.is_of(user, self.moment(meta.now)))
                .ok_or(NO_SIGN_IN)?;
            let Some(used) = self.used(&user, &factors, shown, meta)? else {
                // One that another request has just used was no wrong one.
                let now = self.store().challenge(challenge.id).await?;
                if now.is_some_and(|now| now.spent_at.is_some()) {
                    return Err(NO_SIGN_IN);
                }
                let warns = tried.counted.deserves_notice(tried.network_kind);
                let wrong = self.wrong_factor(meta, &user, Some(left), warns);
                let (wrong, told) = tokio::join!(wrong, self.tell_wrong(&user, challenge, meta));
                told?;
                return Err(wrong?);
            };
            if user.must_change_password && challenge.amr.contains(&Amr::Pwd) && !replaces_passwords
            {
                let failure = AuthFailure::PasswordChangeRequired;
                return Err(Error::Unauthenticated(failure));
            }
            let passed = match shown.factor {
                SecondFactor::Totp(_) | SecondFactor::SentCode(..) | SecondFactor::Passkey(_) => {
                    EventKind::SecondFactorPassed
                }
                SecondFactor::BackupCode(_) => EventKind::BackupCodeUsed,
            };
            let event = self.challenge_event(&user, passed, challenge.id, meta)?;
            let mut transaction = self
                .spend_answered(&user, challenge, meta)?
                .save_factors(user.sub, &used, factors.rev)?
                .audit(&event)?;
            if let Some(sent) = shown.sent {
                transaction = transaction.spend_sent_code(user.sub, challenge.kind, &sent.nonce)?;
            }
            let amr = [challenge.amr.as_slice(), &[Amr::Mfa]].concat();
            let proof = Proof::resumed(meta, challenge, amr, delivery);
            let entered = self.seen(&user, meta);
            let networks = entered.networks.clone();
            match self.sign_in(&proof, transaction, &user, entered).await? {
                Ok(signed_in) => {
                    self.record_success_of(meta, tried, user.sub, &networks)
                        .await;
                    return Ok((signed_in, used.backup_codes.len()));
                }
                Err(Step::SpendChallenge | Step::SpendCode) => return Err(NO_SIGN_IN),
                Err(_) => known = self.store().user_and_factors(challenge.sub).await?,
            }
        }
        Err(contended())
    }

    /// Writes down that the answer to a challenge was wrong, where a contract lists that
    /// beside the wrong factor.
    async fn tell_wrong(
        &self,
        user: &User,
        challenge: &Challenge,
        meta: &RequestMeta,
    ) -> Result<(), Error> {
        if challenge.contract != Contract::Nauth {
            return Ok(());
        }
        let kind = EventKind::ChallengeAnswerWrong;
        let event = self.challenge_event(user, kind, challenge.id, meta)?;
        Ok(self.store().append_audit(&event).await?)
    }

    /// The count that an answer to a sign-in falls under: of known networks if the
    /// sign-in began at one and is answered there.
    fn network_kind_of(&self, meta: &RequestMeta, challenge: &Challenge) -> NetworkKind {
        let here = self.network_mark(Some(challenge.sub), meta);
        if challenge.known_network.as_ref() == Some(&here) {
            NetworkKind::Known
        } else {
            NetworkKind::Unknown
        }
    }

    /// The factors with what was shown used up, if it is right.
    fn used(
        &self,
        user: &User,
        factors: &Factors,
        shown: Shown<'_>,
        meta: &RequestMeta,
    ) -> Result<Option<Factors>, Error> {
        match shown.factor {
            SecondFactor::Totp(typed) => self.with_code_used(user.sub, factors, typed, meta),
            SecondFactor::BackupCode(typed) => {
                let digests = self.backup_code_digests(user.sub, typed)?;
                let mut used = digests.iter();
                Ok(used.find_map(|digest| factors.without_backup_code(digest)))
            }
            SecondFactor::SentCode(kind, typed) => {
                let Some(contact) = factors.destination(user, kind) else {
                    return Err(ChallengeFailure::NotApplicable.into());
                };
                let digest = self.destination_digest(user, &contact);
                let sent = shown
                    .sent
                    .filter(|sent| sent.is_good_for(&digest, meta.now));
                // None was sent for a factor of this kind.
                let sent = sent.ok_or(ChallengeFailure::CodeExpired)?;
                let right = self.code_of_nonce(user, &contact, &sent.nonce)?;
                let shown = constant_time_eq(&right, typed);
                Ok(factors.shown(kind, meta.now).filter(|_| shown))
            }
            SecondFactor::Passkey(assertion) => {
                let ceremony = shown.ceremony.ok_or(ChallengeFailure::CodeExpired)?;
                self.with_passkey_used(ceremony, factors, assertion, meta)
            }
        }
    }
}
