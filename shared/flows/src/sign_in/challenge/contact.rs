//! The code that was mailed or texted, which proves an address or a number (nauth).
//!
//! An answer with a code is counted, on the challenge and on the code, before anything is
//! compared. What is used up refuses the right code, too.

use crypto::derive::constant_time_eq;
use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::limit::nauth::{VERIFICATIONS_PER_ACCOUNT, VERIFICATIONS_PER_NETWORK};
use domain::sign_in::ChallengeFailure;
use domain::username::LoginName;
use domain::{Contact, Error};
use store::Step;

use super::answer::{Answering, COMPLETED};
use super::code::{destination, tried_code};
use crate::{MAX_ROUNDS, Postern, RequestMeta, SignIn, contended};

impl Postern {
    /// Counts the answer, and compares the code with what was sent.
    pub(super) async fn prove_contact(
        &self,
        answering: &Answering<'_>,
        typed: &str,
    ) -> Result<SignIn, Error> {
        let Answering {
            meta, challenge, ..
        } = *answering;
        let who = challenge.sub.to_string();
        let (by_network, by_account, attempt, code, user) = tokio::join!(
            self.limit_by_network(&VERIFICATIONS_PER_NETWORK, meta),
            self.store().hit(&VERIFICATIONS_PER_ACCOUNT, &who, meta.now),
            self.store().count_attempt(challenge.id, challenge.attempts),
            self.store()
                .count_code_try(challenge.sub, challenge.kind, meta.now),
            self.challenged_user(meta, challenge),
        );
        if attempt?.is_none() {
            return Err(self.takes_no_answer(challenge).await?);
        }
        let user = user?;
        match by_network {
            Err(Error::TooMany(_)) => return Err(ChallengeFailure::NoCodeAttempts.into()),
            by_network => by_network?,
        }
        if by_account?.is_err() {
            return Err(ChallengeFailure::NoCodeAttempts.into());
        }
        let sent = tried_code(code?, challenge, COMPLETED)?.ok_or(COMPLETED)?;
        let contact = destination(&user, challenge.kind, meta.now)
            .filter(|contact| sent.is_good_for(&self.destination_digest(&user, contact), meta.now))
            .ok_or(ChallengeFailure::CodeExpired)?;
        let right = self.code_of_nonce(&user, &contact, &sent.nonce)?;
        if !constant_time_eq(&right, typed) {
            let kind = match contact {
                Contact::Email(_) => EventKind::EmailVerificationFailed,
                Contact::Phone(_) => EventKind::PhoneVerificationFailed,
            };
            let event = |kind| self.challenge_event(&user, kind, challenge.id, meta);
            let (refused, wrong) = (event(kind)?, event(EventKind::ChallengeAnswerWrong)?);
            tokio::try_join!(
                self.store().append_audit(&refused),
                self.store().append_audit(&wrong),
            )?;
            return Err(ChallengeFailure::WrongCode.into());
        }
        // A right code was no guess, whatever else is in its way.
        let (signed_in, taken_back) = tokio::join!(
            self.write_proof(answering, user, &contact, &sent.nonce),
            self.store()
                .take_back(&VERIFICATIONS_PER_ACCOUNT, &who, meta.now),
        );
        taken_back?;
        signed_in
    }

    /// Writes that `contact` is proven, and goes on. Starts over when another edit of the
    /// account came between. An account that moves to an address replaces one that only
    /// signed up for it: the reader of the mail has the better claim.
    async fn write_proof(
        &self,
        answering: &Answering<'_>,
        mut user: User,
        contact: &Contact,
        nonce: &str,
    ) -> Result<SignIn, Error> {
        let Answering {
            meta, challenge, ..
        } = *answering;
        let mut in_the_way: Option<User> = None;
        for _ in 0..MAX_ROUNDS {
            let moves =
                matches!(contact, Contact::Email(address) if user.email.as_ref() != Some(address));
            // Somebody else has proven the address meanwhile: the move is off, and the
            // sign-in, which does not depend on it, goes on.
            let is_off = in_the_way.as_ref().is_some_and(|user| !user.is_unclaimed());
            let replaced = in_the_way.as_ref().filter(|_| !is_off);
            let moves = moves && !is_off;
            let changed = match is_off {
                true => User {
                    rev: user.rev + 1,
                    pending_email: None,
                    ..user.clone()
                },
                false => proven(&user, contact, meta),
            };
            let kind = match (contact, moves) {
                _ if is_off => EventKind::EmailVerificationFailed,
                (Contact::Email(_), false) => EventKind::EmailProven,
                (Contact::Email(_), true) => EventKind::EmailChanged,
                (Contact::Phone(_), _) => EventKind::PhoneProven,
            };
            let event = self.challenge_event(&user, kind, challenge.id, meta)?;
            let spending = self
                .spend_answered(&user, challenge, meta)?
                .spend_sent_code(user.sub, challenge.kind, nonce)?;
            let spending = match replaced {
                None => spending.swap_names(&user, &changed)?,
                Some(other) => {
                    let event = self.user_event(other, EventKind::AccountDeleted, None, meta)?;
                    let ended = self.remove_belongings(spending, other).await?;
                    ended
                        .swap_names_replacing(&user, &changed, other)?
                        .audit(&event)?
                }
            };
            let spending = spending.audit(&event)?;
            let spending = self.audit_rights(spending, &user, &changed, meta)?;
            let proof = answering.proof();
            let advanced = self.advance(&proof, spending, &user, changed);
            match advanced.await? {
                Ok(signed_in) => {
                    if moves && user.email_verified {
                        self.notify(&user, &Letter::AddressChanged, meta).await;
                    }
                    if let Some(other) = replaced {
                        self.remove_pictures(other).await;
                    }
                    return Ok(signed_in);
                }
                Err(Step::SpendChallenge | Step::SpendCode) => return Err(COMPLETED),
                Err(_) => {}
            }
            in_the_way = match moves || is_off {
                true => self.other_holder(contact, user.sub).await?,
                false => {
                    let name = LoginName::of_contact(contact);
                    self.say_what_is_taken([name], Some(user.sub)).await?;
                    None
                }
            };
            user = self.challenged_user(meta, challenge).await?;
        }
        Err(contended())
    }
}

/// `user` with `contact` proven, and moved there if it is another address. Within the
/// challenge that a sign-in opened the account keeps what it has: whoever answers it has
/// proven to be its owner, too.
fn proven(user: &User, contact: &Contact, meta: &RequestMeta) -> User {
    let next = User {
        rev: user.rev + 1,
        ..user.clone()
    };
    match contact {
        Contact::Email(address) => next.moved_by_bearer(address, meta.now),
        Contact::Phone(_) => next.proven_by_bearer(contact, meta.now),
    }
}
