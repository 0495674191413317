//! Showing a factor for the first time (nauth), which puts it in force.
//!
//! The answer is counted before it is compared, on the set-up and on the session.

use crypto::derive::constant_time_eq;
use delivery::Letter;
use domain::account::{Factor, User};
use domain::audit::EventKind;
use domain::factors::enrollment::{ATTEMPTS, Awaited, Enrollment};
use domain::factors::totp::TotpState;
use domain::factors::{AuthenticatorKind, FactorFailure, Factors};
use domain::sign_in::ChallengeFailure;
use domain::{Error, Part, PhoneNumber, Problem, ProblemKind};
use passkeys::NewCredential;
use store::Counted;
use uuid::Uuid;

use crate::factors::attempts::Guess;
use crate::factors::enroll::completed;
use crate::{Postern, ProvenSession, RequestMeta, Signed};

/// What is shown of a factor that is being set up.
#[derive(Clone, Debug)]
pub enum FirstProof {
    /// A code of an app, and the secret that the client has it from, if it sends that.
    Totp {
        /// The code.
        code: String,
        /// The secret in base32.
        secret: Option<String>,
    },
    /// The code that was texted, and the number that the client had it sent to.
    Sms {
        /// The code.
        code: String,
        /// The number.
        phone: Option<PhoneNumber>,
    },
    /// The code that was mailed.
    Email {
        /// The code.
        code: String,
    },
    /// What the browser tells of the passkey that it made.
    Passkey(Box<NewCredential>),
    /// Nothing, where the account has proven the number or the address.
    Ready {
        /// Which of the two.
        factor: Factor,
        /// The number of the authenticator, if the client says it.
        number: Option<u64>,
    },
}

impl FirstProof {
    /// The factor that it shows.
    #[must_use]
    pub const fn factor(&self) -> Factor {
        match self {
            Self::Totp { .. } => Factor::Totp,
            Self::Sms { .. } => Factor::Sms,
            Self::Email { .. } => Factor::Email,
            Self::Passkey(_) => Factor::Passkey,
            Self::Ready { factor, .. } => *factor,
        }
    }
}

impl Postern {
    /// Puts the factor in force that the signed-in user is setting up, called `name`. Its
    /// number.
    ///
    /// # Errors
    /// [`FactorFailure::WrongCode`]; [`ChallengeFailure::CodeExpired`] also where nothing of
    /// the kind is being set up; [`ChallengeFailure::NoCodeAttempts`]; [`Error::Invalid`]
    /// where something has to be shown and was not; [`FactorFailure::TooMany`];
    /// [`Error::Taken`]; [`Error::StaleSignIn`]; [`Error::Unproven`]; [`Error::TooMany`].
    pub async fn confirm_enrollment(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        shown: &FirstProof,
        name: Option<&str>,
    ) -> Result<u64, Error> {
        let session = ProvenSession::of_signed(signed, meta.now)?;
        let Signed { user, session: own } = session.signed().clone();
        if let FirstProof::Ready { factor, number } = shown {
            // It was put in force when it was begun.
            let factors = self.store().factors(user.sub).await?;
            let mut devices = factors.of_kind(*factor);
            let found = devices.find(|device| number.is_none_or(|number| number == device.number));
            return found.map_or_else(|| Err(nothing_shown()), |device| Ok(device.number));
        }
        let (guess, begun) = tokio::join!(
            self.factors_to_guess(meta, session.signed()),
            self.count_first_proof(user.sub, own.id, shown.factor(), meta),
        );
        let (guess, begun): (Guess, Enrollment) = (guess?, begun?);
        let shown = self.first_shown(&user, &begun, shown, meta)?;
        let confirm = |factors: &Factors| {
            let kind = shown.as_ref();
            let kind = kind.ok_or(FactorFailure::WrongCode { left: None })?;
            completed(factors, &begun, own.id, name, kind, meta.now)
        };
        let changed = self
            .change_factors(meta, session, guess, EventKind::FactorAdded, confirm)
            .await?;
        tokio::join!(
            self.reset_session_attempts(own.id),
            self.tell_of_factor(&changed.user, meta),
        );
        Ok(begun.number)
    }

    /// Counts an answer to the set-up in the session or challenge `within`, which is one of
    /// a `factor`.
    pub(crate) async fn count_first_proof(
        &self,
        sub: Uuid,
        within: Uuid,
        factor: Factor,
        meta: &RequestMeta,
    ) -> Result<Enrollment, Error> {
        let counted = self.store().count_enrollment_try(sub, within, meta.now);
        match counted.await? {
            Counted::Taken(begun) if begun.awaits.factor() == factor => {
                self.sealed_anew(sub, begun)
            }
            Counted::Refused(Some(begun)) if begun.tries >= ATTEMPTS => {
                Err(ChallengeFailure::NoCodeAttempts.into())
            }
            Counted::Taken(_) | Counted::Refused(_) => Err(ChallengeFailure::CodeExpired.into()),
        }
    }

    /// `begun` with its secret as the version of the key ring's part in use seals it: the
    /// authenticator outlives an older one.
    fn sealed_anew(&self, sub: Uuid, begun: Enrollment) -> Result<Enrollment, Error> {
        let Awaited::Totp { secret } = &begun.awaits else {
            return Ok(begun);
        };
        let awaits = match self.secret_anew(sub, begun.id, secret)? {
            Some(secret) => Awaited::Totp { secret },
            None => return Ok(begun),
        };
        Ok(Enrollment { awaits, ..begun })
    }

    /// What is kept of the factor that `begun` awaits, now that it was shown; `None` if that is
    /// wrong. The secret and the number that count are those that were begun, whatever
    /// a client says they are.
    pub(crate) fn first_shown(
        &self,
        user: &User,
        begun: &Enrollment,
        shown: &FirstProof,
        meta: &RequestMeta,
    ) -> Result<Option<AuthenticatorKind>, Error> {
        match (&begun.awaits, shown) {
            (Awaited::Totp { secret }, FirstProof::Totp { code, secret: said }) => {
                let own = self.opened_secret(user.sub, begun.id, secret)?;
                let foreign = said
                    .as_ref()
                    .is_some_and(|said| !constant_time_eq(&own.base32(), said));
                let step = own.step_of(code, meta.now).filter(|_| !foreign);
                Ok(
                    step.map(|step| {
                        AuthenticatorKind::Totp(TotpState::shown(secret.clone(), step))
                    }),
                )
            }
            (Awaited::Sms { phone, .. }, FirstProof::Sms { code, phone: said }) => {
                let foreign = said.as_ref().is_some_and(|said| said != phone);
                let right = self.is_sent_code(user, begun, code)? && !foreign;
                Ok(begun.awaits.contact_kind().filter(|_| right))
            }
            (Awaited::Email { .. }, FirstProof::Email { code }) => {
                let right = self.is_sent_code(user, begun, code)?;
                Ok(begun.awaits.contact_kind().filter(|_| right))
            }
            (Awaited::Passkey { ceremony }, FirstProof::Passkey(made)) => {
                let made = self.made_passkey(ceremony, made)?;
                Ok(made.map(AuthenticatorKind::Passkey))
            }
            (awaits, FirstProof::Ready { .. }) if awaits.is_ready() => Ok(awaits.contact_kind()),
            (_, FirstProof::Ready { .. }) => Err(nothing_shown()),
            _ => Ok(None),
        }
    }

    fn is_sent_code(&self, user: &User, begun: &Enrollment, typed: &str) -> Result<bool, Error> {
        let Some((contact, nonce)) = begun.awaits.code() else {
            return Ok(false);
        };
        let right = self.code_of_nonce(user, &contact, nonce)?;
        Ok(constant_time_eq(&right, typed))
    }

    /// Tells `user` of a factor that is in force from now on.
    pub(crate) async fn tell_of_factor(&self, user: &User, meta: &RequestMeta) {
        self.notify(user, &Letter::FactorAdded, meta).await;
    }
}

/// The refusal of an answer without what it has to show.
fn nothing_shown() -> Error {
    Error::Invalid(vec![Problem {
        part: Part::Body,
        path: vec!["setupData".into(), "code".into()],
        kind: ProblemKind::Required,
    }])
}
