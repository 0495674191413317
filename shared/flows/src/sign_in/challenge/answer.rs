//! Answering a challenge (nauth).
//!
//! An answer with a code is counted, on the challenge and on the code, before anything is
//! compared. What is used up refuses the right code, too. Of several right answers at one
//! moment a single one spends the challenge; the others hear that it is done.

use crypto::derive::constant_time_eq;
use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::factors::FactorFailure;
use domain::limit::nauth::{
    NUMBERS_PER_CHALLENGE, VERIFICATIONS_PER_ACCOUNT, VERIFICATIONS_PER_NETWORK,
};
use domain::password::Password;
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use domain::session::Delivery;
use domain::sign_in::{Challenge, ChallengeFailure, ChallengeKind};
use domain::username::LoginName;
use domain::verification::TRIES;
use domain::{Contact, Contract, Error, PhoneNumber};
use store::{CodeTry, Step};
use uuid::Uuid;

use crate::password::choose::Choice;
use crate::password::reset::names;
use crate::sign_in::Proof;
use crate::sign_in::challenge::code::destination;
use crate::{MAX_ROUNDS, Postern, RequestMeta, SecondFactor, SignIn, contended};

/// What a challenge is answered with.
#[derive(Clone, Debug)]
pub enum ChallengeAnswer {
    /// The code that was mailed.
    EmailCode(String),
    /// The code that was texted.
    PhoneCode(String),
    /// The number that a code is to be texted to.
    PhoneNumber(PhoneNumber),
    /// Another password.
    NewPassword(Password),
    /// An authenticator's code.
    Totp(String),
    /// A backup code.
    BackupCode(String),
}

impl ChallengeAnswer {
    const fn kind(&self) -> ChallengeKind {
        match self {
            Self::EmailCode(_) => ChallengeKind::VerifyEmail,
            Self::PhoneCode(_) | Self::PhoneNumber(_) => ChallengeKind::VerifyPhone,
            Self::NewPassword(_) => ChallengeKind::ChangePassword,
            Self::Totp(_) | Self::BackupCode(_) => ChallengeKind::SecondFactor,
        }
    }
}

/// A challenge that is being answered, and how the tokens will travel.
struct Answering<'a> {
    meta: &'a RequestMeta,
    challenge: &'a Challenge,
    delivery: Delivery,
}

impl<'a> Answering<'a> {
    fn proof(&self) -> Proof<'a> {
        let Challenge { amr, .. } = self.challenge;
        Proof::resumed(self.meta, self.challenge, amr.clone(), self.delivery)
    }
}

const COMPLETED: Error = Error::Challenge(ChallengeFailure::Completed);

impl Postern {
    /// Goes on with the sign-in that the challenge `id` keeps waiting.
    ///
    /// # Errors
    /// [`ChallengeFailure`]; [`Error::Invalid`] for a password that will not do, which
    /// spends nothing; [`Error::Taken`] for a number or address that another account has
    /// proven; [`Error::TooMany`]; as [`Postern::answer_challenge`] for a second factor.
    pub async fn respond(
        &self,
        meta: &RequestMeta,
        delivery: Delivery,
        id: Uuid,
        answer: &ChallengeAnswer,
    ) -> Result<SignIn, Error> {
        let challenge = self.nauth_challenge(meta, id).await?;
        if challenge.kind != answer.kind() {
            return Err(ChallengeFailure::OtherKind.into());
        }
        let answering = Answering {
            meta,
            challenge: &challenge,
            delivery,
        };
        let answered = match answer {
            ChallengeAnswer::EmailCode(code) | ChallengeAnswer::PhoneCode(code) => {
                self.prove_contact(&answering, code).await
            }
            ChallengeAnswer::PhoneNumber(number) => self.collect_number(&answering, number).await,
            ChallengeAnswer::NewPassword(password) => {
                self.replace_password(&answering, password).await
            }
            ChallengeAnswer::Totp(code) => {
                let shown = SecondFactor::Totp(code);
                self.answer_waiting(meta, id, shown, delivery).await
            }
            ChallengeAnswer::BackupCode(code) => {
                let shown = SecondFactor::BackupCode(code);
                self.answer_waiting(meta, id, shown, delivery).await
            }
        };
        match answered {
            // Of right answers at one moment the first may have moved the account on.
            Err(
                Error::Challenge(ChallengeFailure::Unknown)
                | Error::SecondFactor(FactorFailure::NoSignIn),
            ) => {
                self.nauth_challenge(meta, id).await?;
                Err(ChallengeFailure::Unknown.into())
            }
            answered => answered,
        }
    }

    async fn answer_waiting(
        &self,
        meta: &RequestMeta,
        id: Uuid,
        shown: SecondFactor<'_>,
        delivery: Delivery,
    ) -> Result<SignIn, Error> {
        let answered = self.answer_factor(meta, &[Contract::Nauth], id, shown, delivery);
        let (signed_in, _) = answered.await?;
        Ok(signed_in)
    }

    /// The account whose sign-in waits, as long as nothing has ended that.
    pub(crate) async fn challenged_user(&self, challenge: &Challenge) -> Result<User, Error> {
        let user = self.store().user(challenge.sub).await?;
        still_challenged(user, challenge)
    }

    /// Counts the answer, and compares the code with what was sent.
    async fn prove_contact(&self, answering: &Answering<'_>, typed: &str) -> Result<SignIn, Error> {
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
            self.challenged_user(challenge),
        );
        if attempt?.is_none() {
            let now = self.store().challenge(challenge.id).await?;
            let done = now.is_some_and(|now| now.spent_at.is_some());
            return Err(if done {
                COMPLETED
            } else {
                ChallengeFailure::NoAttempts.into()
            });
        }
        let user = user?;
        match by_network {
            Err(Error::TooMany(_)) => return Err(ChallengeFailure::NoCodeAttempts.into()),
            by_network => by_network?,
        }
        if by_account?.is_err() {
            return Err(ChallengeFailure::NoCodeAttempts.into());
        }
        let open = match code? {
            CodeTry::Counted(open) => open,
            CodeTry::Refused(row) => {
                // Of right answers at one moment the first takes the row along.
                if row.as_ref().is_none_or(|row| row.id != challenge.id) {
                    return Err(COMPLETED);
                }
                let used_up = row
                    .and_then(|row| row.code)
                    .is_some_and(|code| code.tries >= TRIES);
                return Err(if used_up {
                    ChallengeFailure::NoCodeAttempts.into()
                } else {
                    ChallengeFailure::CodeExpired.into()
                });
            }
        };
        let sent = open.code.filter(|_| open.id == challenge.id);
        let sent = sent.ok_or(COMPLETED)?;
        let contact = destination(&user, challenge.kind, meta.now)
            .filter(|contact| sent.is_good_for(&self.destination_digest(&user, contact), meta.now))
            .ok_or(ChallengeFailure::CodeExpired)?;
        let right = self
            .ring()
            .verification_code(user.sub, contact.as_str(), &sent.nonce);
        if !constant_time_eq(&right, typed) {
            let kind = match contact {
                Contact::Email(_) => EventKind::EmailVerificationFailed,
                Contact::Phone(_) => EventKind::PhoneVerificationFailed,
            };
            let mut event = self.user_event(&user, kind, None, meta)?;
            event.challenge = Some(challenge.id);
            self.store().append_audit(&event).await?;
            return Err(ChallengeFailure::WrongCode.into());
        }
        let signed_in = self
            .write_proof(answering, user, &contact, &sent.nonce)
            .await?;
        self.store()
            .take_back(&VERIFICATIONS_PER_ACCOUNT, &who, meta.now)
            .await?;
        Ok(signed_in)
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
            let mut event = self.user_event(&user, kind, None, meta)?;
            event.challenge = Some(challenge.id);
            let spending = self
                .store()
                .transaction()
                .spend_challenge(challenge.id, meta.now)?
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
            user = self.challenged_user(challenge).await?;
        }
        Err(contended())
    }

    /// Keeps the number that the caller names, unproven, and texts it a code: the same
    /// challenge waits for that.
    async fn collect_number(
        &self,
        answering: &Answering<'_>,
        number: &PhoneNumber,
    ) -> Result<SignIn, Error> {
        let Answering {
            meta, challenge, ..
        } = *answering;
        let contact = Contact::Phone(number.clone());
        self.check_country(&contact)?;
        let who = challenge.id.to_string();
        let named = self.store().hit(&NUMBERS_PER_CHALLENGE, &who, meta.now);
        let (named, user) = tokio::join!(named, self.challenged_user(challenge));
        named?.map_err(Error::TooMany)?;
        self.count_code(meta, &user?, &contact).await?;
        for _ in 0..MAX_ROUNDS {
            let (user, open, holder) = tokio::join!(
                self.challenged_user(challenge),
                self.store().open_challenge(challenge.sub, challenge.kind),
                self.store().contact_holder(&contact),
            );
            let user = user?;
            if holder?.is_some_and(|holder| holder != user.sub) {
                return Err(Error::Taken(domain::ClaimKind::Phone));
            }
            let open = open?
                .filter(|open| open.id == challenge.id)
                .ok_or(COMPLETED)?;
            let plan = self.another_code(meta, &user, contact.clone());
            let changed = User {
                rev: user.rev + 1,
                ..user.with_phone(number.as_str())
            };
            let opened = open.with_code(plan.code.clone());
            let event = self.user_event(&user, plan.requested(), None, meta)?;
            let transaction = self
                .store()
                .transaction()
                .edit_user(&changed, &user)?
                .swap_names(&user, &changed)?
                .put_open_challenge(user.sub, challenge.kind, &opened, Some(open.rev))?
                .audit(&event)?;
            if self.commit(transaction).await?.is_none() {
                self.send_code(meta, &changed, &plan).await?;
                return self.waiting(challenge.clone(), Some(contact), &changed, meta);
            }
        }
        Err(contended())
    }

    /// Replaces the password that has to be replaced. Every other session ends.
    async fn replace_password(
        &self,
        answering: &Answering<'_>,
        typed: &Password,
    ) -> Result<SignIn, Error> {
        let Answering {
            meta, challenge, ..
        } = *answering;
        let (admitted, found) = tokio::join!(
            // A password that will not do spends nothing, but hashing it takes its time.
            self.limit_by_network(&PASSWORDS_PER_NETWORK, meta),
            self.store().user_and_password(challenge.sub),
        );
        admitted?;
        let (user, before) = found?;
        let user = still_challenged(user, challenge)?;
        let choice = Choice {
            field: "newPassword",
            password: typed,
            names: names(&user),
            before: before.as_ref(),
        };
        let hash = self.choose_password(choice).await?;
        let credential = self.next_credential(before.as_ref(), true, hash, meta.now);
        let before = before.map(|before| before.rev);
        let mut user = user;
        for _ in 0..MAX_ROUNDS {
            let changed = User {
                rev: user.rev + 1,
                session_epoch: user.session_epoch + 1,
                ..user.with_password()
            };
            let mut event = self.user_event(&user, EventKind::PasswordReplaced, None, meta)?;
            event.challenge = Some(challenge.id);
            let spending = self
                .store()
                .transaction()
                .spend_challenge(challenge.id, meta.now)?
                .put_password(user.sub, &credential, before)?
                .audit(&event)?;
            let proof = answering.proof();
            let advanced = self.advance(&proof, spending, &user, changed);
            match advanced.await? {
                Ok(signed_in) => {
                    self.notify(&user, &Letter::PasswordChanged, meta).await;
                    return Ok(signed_in);
                }
                Err(Step::SpendChallenge | Step::EditPassword) => return Err(COMPLETED),
                Err(_) => {}
            }
            user = self.challenged_user(challenge).await?;
        }
        Err(contended())
    }
}

/// `user`, as long as the sign-in that `challenge` keeps waiting may go on.
fn still_challenged(user: Option<User>, challenge: &Challenge) -> Result<User, Error> {
    let user = user.ok_or(ChallengeFailure::Unknown)?;
    // Whoever has the challenge has shown a password or a provider's word.
    if let Some(closed) = user.closed() {
        return Err(Error::Closed(closed));
    }
    if !challenge.is_of(&user) {
        return Err(ChallengeFailure::Unknown.into());
    }
    Ok(user)
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
