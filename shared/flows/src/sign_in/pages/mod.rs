//! Signing in on our own pages: the same proofs and steps as in every contract, for a
//! cookie instead of tokens.

pub(crate) mod step;

use domain::account::Factor;
use domain::password::Password;
use domain::pos::Capacity;
use domain::session::Delivery;
use domain::sign_in::ChallengeKind;
use domain::username::LoginName;
use domain::{Contact, Contract, Error};
use uuid::Uuid;

use crate::sign_in::challenge::code::destination;
use crate::{ChallengeAnswer, OfferedFactors, Postern, RequestMeta, SignIn};

/// How far a proof brings a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// All the way.
    In {
        /// Its new cookie.
        cookie: String,
        /// Whether the account has a password.
        has_password: bool,
    },
    /// To the challenge of this name.
    Waiting(Uuid),
}

/// What a sign-in waits for, and what its page has to say of that.
#[derive(Clone, Debug)]
pub struct AwaitedAnswer {
    /// The kind of answer.
    pub kind: ChallengeKind,
    /// What it may be, if that is a factor.
    pub offered: Option<OfferedFactors>,
    /// Where the code went that proves an address or a number.
    pub destination: Option<Contact>,
}

impl Postern {
    /// Signs a browser in with the code that was sent to `contact`, as far as that goes.
    ///
    /// # Errors
    /// As [`Postern::verify_code`].
    pub async fn sign_in_browser(
        &self,
        meta: &RequestMeta,
        contact: &Contact,
        code: &str,
    ) -> Result<Entered, Error> {
        let signed_in = self.verify_code(meta, Contract::Pages, contact, code, "", None);
        self.entered(meta, signed_in.await?).await
    }

    /// Signs a browser in by password, as far as that goes.
    ///
    /// # Errors
    /// As [`Postern::sign_in_by_password`].
    pub async fn sign_in_browser_by_password(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
    ) -> Result<Entered, Error> {
        let (contract, capacity) = (Contract::Pages, Capacity::Anybody);
        let signed_in = self.sign_in_by_password(meta, contract, name, typed, capacity);
        self.entered(meta, signed_in.await?).await
    }

    /// Goes on with a browser's sign-in that waits, as far as `answer` brings it.
    ///
    /// # Errors
    /// As [`Postern::respond`].
    pub async fn answer_browser(
        &self,
        meta: &RequestMeta,
        id: Uuid,
        answer: &ChallengeAnswer,
    ) -> Result<Entered, Error> {
        let answered = self.respond(meta, Contract::Pages, Delivery::Body, id, answer);
        let signed_in = Box::pin(answered).await?;
        self.entered(meta, signed_in).await
    }

    /// What a browser's sign-in waits for.
    ///
    /// # Errors
    /// [`domain::sign_in::ChallengeFailure`], and [`Error::Closed`] if its account was
    /// closed meanwhile.
    pub async fn awaited_answer(
        &self,
        meta: &RequestMeta,
        id: Uuid,
    ) -> Result<AwaitedAnswer, Error> {
        let challenge = self.open_challenge_of(meta, Contract::Pages, id).await?;
        let user = self.challenged_user(meta, &challenge).await?;
        Ok(AwaitedAnswer {
            kind: challenge.kind,
            offered: self.offered_factors(&user, challenge.kind).await?,
            destination: destination(&user, challenge.kind, meta.now),
        })
    }

    /// Sends a code for a browser's sign-in that waits: of this kind of factor, or the one
    /// that proves its address.
    ///
    /// # Errors
    /// As [`Postern::resend_code`] and [`Postern::send_factor_code`].
    pub async fn send_browser_code(
        &self,
        meta: &RequestMeta,
        id: Uuid,
        factor: Option<Factor>,
    ) -> Result<Contact, Error> {
        match factor {
            Some(factor) => {
                self.send_factor_code(meta, Contract::Pages, id, factor)
                    .await
            }
            None => self.resend_code(meta, Contract::Pages, id).await,
        }
    }

    async fn entered(&self, meta: &RequestMeta, signed_in: SignIn) -> Result<Entered, Error> {
        Ok(match signed_in {
            SignIn::Complete(tokens) => Entered::In {
                cookie: self.open_browser(meta, &tokens.signed).await?,
                has_password: tokens.signed.user.has_password(),
            },
            SignIn::Waiting(waiting) => Entered::Waiting(waiting.challenge.id),
        })
    }
}
