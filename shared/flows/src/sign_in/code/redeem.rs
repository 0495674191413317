//! Signing in with a code by mail or text message: what the right one buys.
//!
//! One transaction spends the code and makes what it buys: an account with its
//! claims and its first session; a session; or the wait for a second factor. A
//! code that two requests found right is spent by one of them.

use domain::account::User;
use domain::email_code::NetworkKind;
use domain::sign_in::Amr;
use domain::{Contact, Contract, Error};
use store::{Step, Transaction};

use crate::sign_in::Proof;
use crate::{MAX_ROUNDS, Postern, RequestMeta, SignIn, contended};

/// A guess that turned out right, and all that is needed to act on it.
pub(crate) struct RightGuess<'a> {
    pub(crate) meta: &'a RequestMeta,
    pub(crate) contract: Contract,
    pub(crate) address: &'a Contact,
    /// What the row of the code is found by.
    pub(crate) digest: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) network_kind: NetworkKind,
    pub(crate) source: &'a str,
    /// The bearer that came with the code, if one did.
    pub(crate) bearer: Option<&'a str>,
}

impl<'a> RightGuess<'a> {
    fn proof(&self) -> Proof<'a> {
        let amr = match self.address {
            Contact::Email(_) => Amr::Otp,
            Contact::Phone(_) => Amr::Sms,
        };
        Proof::new(self.meta, self.contract, vec![amr])
    }
}

impl Postern {
    /// Spends the code for what it buys. Starts over when another edit of the
    /// account came between; gives up when another request spent the code.
    pub(crate) async fn spend(
        &self,
        guess: &RightGuess<'_>,
        mut user: Option<User>,
    ) -> Result<SignIn, Error> {
        // A guess that was forgotten since it was counted cannot be taken back.
        let mut take_back = true;
        for _ in 0..MAX_ROUNDS {
            let outcome = match &user {
                None => self.create(guess, take_back).await?,
                Some(user) => self.redeem_code(guess, user, take_back).await?,
            };
            match outcome {
                Ok(signed_in) => return Ok(signed_in),
                Err(Step::SpendCode) if take_back && self.is_good(guess).await? => {
                    take_back = false;
                }
                Err(Step::SpendCode) => {
                    // The digits were right and another request was faster: no wrong guess.
                    self.store()
                        .refund_guess(guess.digest, guess.network_kind, guess.meta.now)
                        .await?;
                    return Err(Error::WrongCode);
                }
                Err(_) => {}
            }
            user = match self.store().contact_holder(guess.address).await? {
                Some(sub) => self.store().user(sub).await?,
                None => None,
            };
            if !self.may_sign_in(user.as_ref(), guess.network_kind) {
                return Err(Error::WrongCode);
            }
        }
        Err(contended())
    }

    /// The first code of an address or number to come back: account, claims and session,
    /// or the step that refused.
    async fn create(
        &self,
        guess: &RightGuess<'_>,
        take_back: bool,
    ) -> Result<Result<SignIn, Step>, Error> {
        let user = self.new_account(Some(guess.address), guess.source, guess.meta)?;
        self.sign_up(&guess.proof(), self.spending(guess, take_back)?, user)
            .await
    }

    /// A code of an account that exists: its session, or the wait for its second
    /// factor, or the step that refused. The first proof of its address ends
    /// whatever was set up before by a user who never proved it, unless it comes with
    /// a bearer of the account: then the same user proves it now.
    async fn redeem_code(
        &self,
        guess: &RightGuess<'_>,
        user: &User,
        take_back: bool,
    ) -> Result<Result<SignIn, Step>, Error> {
        let mut spending = self.spending(guess, take_back)?;
        let mut entered = self.seen(user, guess.meta);
        let own = match user.ever_proved(guess.address) {
            true => None,
            false => Some(self.own_session(guess.meta, guess.bearer, user).await?),
        };
        match own {
            // What an administrator called unproven is proven again: this is no first proof.
            None if user.has_proven(guess.address) => {}
            None => entered = entered.proven_by_bearer(guess.address, guess.meta.now),
            Some(Some(session)) => {
                entered = entered.proven_by_bearer(guess.address, guess.meta.now);
                if entered.session_epoch != user.session_epoch {
                    spending = spending.carry_session(&session, entered.session_epoch)?;
                }
            }
            Some(None) => {
                spending = self.revoke_credentials(spending, user).await?;
                entered = entered.first_proven_by(guess.address, guess.meta.now);
                if user.phone_verified {
                    spending = spending.swap_names(user, &entered)?;
                }
                entered.networks = vec![self.network_mark(Some(user.sub), guess.meta)];
            }
        }
        spending = self.audit_rights(spending, user, &entered, guess.meta)?;
        self.sign_in(&guess.proof(), spending, user, entered).await
    }

    /// Whether the code is still there to be spent.
    async fn is_good(&self, guess: &RightGuess<'_>) -> Result<bool, Error> {
        let found = self
            .store()
            .code_and_holder(guess.address, guess.digest)
            .await?;
        let row = found.ledger;
        Ok(row.is_some_and(|row| row.is_good(guess.nonce, guess.meta.now)))
    }

    fn spending(&self, guess: &RightGuess<'_>, take_back: bool) -> Result<Transaction<'_>, Error> {
        let RightGuess {
            meta,
            digest,
            nonce,
            network_kind,
            ..
        } = *guess;
        let transaction = self.store().transaction();
        Ok(transaction.spend_code(digest, nonce, network_kind, take_back, meta.now)?)
    }
}
