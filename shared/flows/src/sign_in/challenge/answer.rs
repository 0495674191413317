//! Answering a challenge (nauth and our own pages).
//!
//! Of several right answers at one moment a single one spends the challenge; the others hear
//! that it is done.

use domain::account::{Factor, User};
use domain::audit::EventKind;
use domain::factors::FactorFailure;
use domain::password::Password;
use domain::session::{Delivery, Moment};
use domain::sign_in::{Challenge, ChallengeFailure, ChallengeKind};
use domain::{Contract, Error, PhoneNumber};
use passkeys::Assertion;
use store::Transaction;
use uuid::Uuid;

use crate::sign_in::Proof;
use crate::{FirstProof, Postern, RequestMeta, SecondFactor, SignIn};

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
    /// The code that was sent for a factor of this kind.
    SentCode(Factor, String),
    /// A passkey.
    Passkey(Box<Assertion>),
    /// What shows a factor that is being set up.
    NewFactor(FirstProof),
}

impl ChallengeAnswer {
    /// What a user typed into the one field for an authenticator's code and for a backup
    /// code.
    #[must_use]
    pub fn of_app_or_backup(typed: &str) -> Self {
        match SecondFactor::typed(typed) {
            SecondFactor::Totp(code) => Self::Totp(code.to_owned()),
            _ => Self::BackupCode(typed.to_owned()),
        }
    }

    const fn kind(&self) -> ChallengeKind {
        match self {
            Self::EmailCode(_) => ChallengeKind::VerifyEmail,
            Self::PhoneCode(_) | Self::PhoneNumber(_) => ChallengeKind::VerifyPhone,
            Self::NewPassword(_) => ChallengeKind::ChangePassword,
            Self::Totp(_) | Self::BackupCode(_) | Self::SentCode(..) | Self::Passkey(_) => {
                ChallengeKind::SecondFactor
            }
            Self::NewFactor(_) => ChallengeKind::SetUpFactor,
        }
    }
}

/// A challenge that is being answered, and how the tokens will travel.
pub(super) struct Answering<'a> {
    pub(super) meta: &'a RequestMeta,
    pub(super) challenge: &'a Challenge,
    delivery: Delivery,
}

impl<'a> Answering<'a> {
    pub(super) fn proof(&self) -> Proof<'a> {
        let Challenge { amr, .. } = self.challenge;
        Proof::resumed(self.meta, self.challenge, amr.clone(), self.delivery)
    }
}

/// Another right answer came first.
pub(super) const COMPLETED: Error = Error::Challenge(ChallengeFailure::Completed);

impl Postern {
    /// Goes on with the sign-in that the challenge `id` of `contract` keeps waiting.
    ///
    /// # Errors
    /// [`ChallengeFailure`]; [`Error::Invalid`] for a password that will not do, which
    /// spends nothing; [`Error::Taken`] for a number or address that another account has
    /// proven; [`Error::TooMany`]; as [`Postern::answer_challenge`] for a second factor.
    pub async fn respond(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        delivery: Delivery,
        id: Uuid,
        answer: &ChallengeAnswer,
    ) -> Result<SignIn, Error> {
        let challenge = self.open_challenge_of(meta, contract, id).await?;
        if challenge.kind != answer.kind() {
            return Err(ChallengeFailure::OtherKind.into());
        }
        let answering = Answering {
            meta,
            challenge: &challenge,
            delivery,
        };
        // Each on the heap: this future would be as large as the largest of them, and the
        // stack of a thread is not made for that.
        let answered = match answer {
            ChallengeAnswer::EmailCode(code) | ChallengeAnswer::PhoneCode(code) => {
                Box::pin(self.prove_contact(&answering, code)).await
            }
            ChallengeAnswer::PhoneNumber(number) => {
                Box::pin(self.collect_number(&answering, number)).await
            }
            ChallengeAnswer::NewPassword(password) => {
                Box::pin(self.replace_password(&answering, password)).await
            }
            ChallengeAnswer::NewFactor(shown) => {
                Box::pin(self.set_up_factor(&answering, shown)).await
            }
            ChallengeAnswer::Totp(code) => {
                let shown = SecondFactor::Totp(code);
                self.answer_waiting(&answering, shown).await
            }
            ChallengeAnswer::BackupCode(code) => {
                let shown = SecondFactor::BackupCode(code);
                self.answer_waiting(&answering, shown).await
            }
            ChallengeAnswer::SentCode(factor, code) => {
                let shown = SecondFactor::SentCode(*factor, code);
                self.answer_waiting(&answering, shown).await
            }
            ChallengeAnswer::Passkey(assertion) => {
                let shown = SecondFactor::Passkey(assertion);
                self.answer_waiting(&answering, shown).await
            }
        };
        match answered {
            // Of right answers at one moment the first may have moved the account on.
            Err(
                Error::Challenge(ChallengeFailure::Unknown)
                | Error::SecondFactor(FactorFailure::NoSignIn),
            ) => {
                let challenge = self.open_challenge_of(meta, contract, id).await?;
                // Nor is it the challenge's fault if the account was closed meanwhile.
                self.challenged_user(meta, &challenge).await?;
                Err(ChallengeFailure::Unknown.into())
            }
            answered => answered,
        }
    }

    /// Why `challenge` takes no answer any more: another right one came first, or all were
    /// used up.
    pub(super) async fn takes_no_answer(&self, challenge: &Challenge) -> Result<Error, Error> {
        let now = self.store().challenge(challenge.id).await?;
        let done = now.is_some_and(|now| now.spent_at.is_some());
        Ok(match done {
            true => COMPLETED,
            false => ChallengeFailure::NoAttempts.into(),
        })
    }

    async fn answer_waiting(
        &self,
        answering: &Answering<'_>,
        shown: SecondFactor<'_>,
    ) -> Result<SignIn, Error> {
        let Answering {
            meta,
            challenge,
            delivery,
        } = *answering;
        let contracts = [challenge.contract];
        let answered = self.answer_factor(meta, &contracts, challenge.id, shown, delivery);
        let (signed_in, _) = Box::pin(answered).await?;
        Ok(signed_in)
    }

    /// Begins with what any right answer writes: the challenge is spent, and that is told.
    pub(crate) fn spend_answered(
        &self,
        user: &User,
        challenge: &Challenge,
        meta: &RequestMeta,
    ) -> Result<Transaction<'_>, Error> {
        let transaction = self.store().transaction();
        let spent = transaction.spend_challenge(challenge.id, meta.now)?;
        if challenge.contract != Contract::Nauth {
            return Ok(spent);
        }
        let kind = EventKind::ChallengeCompleted;
        let event = self.challenge_event(user, kind, challenge.id, meta)?;
        Ok(spent.audit(&event)?)
    }

    /// The account whose sign-in waits, as long as nothing has ended that.
    pub(crate) async fn challenged_user(
        &self,
        meta: &RequestMeta,
        challenge: &Challenge,
    ) -> Result<User, Error> {
        let user = self.store().user(challenge.sub).await?;
        still_challenged(user, challenge, self.moment(meta.now))
    }
}

/// `user`, as long as the sign-in that `challenge` keeps waiting may go on.
pub(super) fn still_challenged(
    user: Option<User>,
    challenge: &Challenge,
    at: Moment,
) -> Result<User, Error> {
    let user = user.ok_or(ChallengeFailure::Unknown)?;
    // Whoever has the challenge has shown a password or a provider's word.
    if let Some(closed) = user.closed() {
        return Err(Error::Closed(closed));
    }
    if !challenge.is_of(&user, at) {
        return Err(ChallengeFailure::Unknown.into());
    }
    Ok(user)
}
