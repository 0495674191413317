//! Signing in with a code by e-mail: what the right one buys.
//!
//! One transaction spends the code and makes what it buys: an account with its
//! claims and its first session; a session; or the wait for a second factor. A
//! code that two requests found right is spent by one of them.

use delivery::{Letter, describe_device};
use domain::account::{NewUser, User, coin_username};
use domain::audit::EventKind;
use domain::email_code::LaneName;
use domain::place::remember;
use domain::sign_in::{Amr, NextStep, next_step};
use domain::{Contract, EmailAddress, Error, platform};
use store::{Commit, Step, Transaction};

use crate::{MAX_ROUNDS, Postern, RequestMeta, SignIn, contended, letters};

/// A guess that turned out right, and all that is needed to act on it.
pub(crate) struct RightGuess<'a> {
    pub(crate) meta: &'a RequestMeta,
    pub(crate) contract: Contract,
    pub(crate) address: &'a EmailAddress,
    pub(crate) nonce: &'a str,
    pub(crate) lane: LaneName,
    pub(crate) source: &'a str,
}

impl Postern {
    /// Spends the code for what it buys. Starts over when another edit of the
    /// account came between; gives up when another request spent the code.
    pub(crate) async fn spend(
        &self,
        guess: &RightGuess<'_>,
        mut user: Option<User>,
    ) -> Result<SignIn, Error> {
        for _ in 0..MAX_ROUNDS {
            let outcome = match &user {
                None => self.create(guess).await?,
                Some(user) => self.enter(guess, user).await?,
            };
            match outcome {
                Ok(signed_in) => return Ok(signed_in),
                Err(Step::SpendCode) => {
                    // The digits were right and another request was faster: no wrong guess.
                    self.store()
                        .forgive_guess(guess.address, guess.lane)
                        .await?;
                    return Err(Error::WrongCode);
                }
                Err(_) => {}
            }
            user = match self.store().holder(guess.address).await? {
                Some(sub) => self.store().user(sub).await?,
                None => None,
            };
            if !self.may_sign_in(user.as_ref(), guess.lane) {
                return Err(Error::WrongCode);
            }
        }
        Err(contended())
    }

    /// The first code of an address to come back: account, claims and session,
    /// or the step that refused.
    async fn create(&self, guess: &RightGuess<'_>) -> Result<Result<SignIn, Step>, Error> {
        let meta = guess.meta;
        let sub = platform::uuid(self.entropy());
        let mut random = [0; 8];
        self.entropy().fill(&mut random);
        let new = NewUser {
            sub,
            uid: platform::integer_id(self.entropy()),
            username: coin_username(random),
            email: guess.address.clone(),
            language: meta.language.clone().unwrap_or_default(),
            timezone: meta.time_zone.clone().unwrap_or_default(),
            source: guess.source.to_owned(),
            place: self.place_mark(Some(sub), meta),
            audit_key: self.fresh_audit_key(sub)?,
        };
        let user = new.into_user(meta.now);
        let session = self.new_session(&user, guess.contract, vec![Amr::Otp], meta)?;
        let event = self.user_event(&user, EventKind::AccountCreated, Some(session.id), meta)?;
        let transaction = self
            .spending(guess)?
            .create_user(&user)?
            .begin_session(&session)?
            .audit(&event)?;
        Ok(
            match self
                .commit_and_tell(guess, transaction, &user, Some(Letter::Welcome))
                .await?
            {
                Some(refused) => Err(refused),
                None => Ok(SignIn::Complete(Box::new(
                    self.tokens(user, session, meta.now)?,
                ))),
            },
        )
    }

    /// A code of an account that exists: its session, or the wait for its second
    /// factor, or the step that refused.
    async fn enter(
        &self,
        guess: &RightGuess<'_>,
        user: &User,
    ) -> Result<Result<SignIn, Step>, Error> {
        let meta = guess.meta;
        let amr = vec![Amr::Otp];
        let entered = self.entered(user, meta);
        if next_step(&entered, &amr) == NextStep::SecondFactor {
            let challenge = self.new_challenge(user, guess.contract, amr, meta.now);
            let event = self.user_event(user, EventKind::SecondFactorRequired, None, meta)?;
            let transaction = self
                .spending(guess)?
                .check_user(user)?
                .begin_challenge(&challenge)?
                .audit(&event)?;
            return Ok(
                match self.commit_and_tell(guess, transaction, user, None).await? {
                    Some(refused) => Err(refused),
                    None => Ok(SignIn::SecondFactor {
                        challenge: challenge.id,
                    }),
                },
            );
        }
        let session = self.new_session(&entered, guess.contract, amr, meta)?;
        let event = self.user_event(&entered, EventKind::SignIn, Some(session.id), meta)?;
        let mut transaction = self
            .spending(guess)?
            .edit_user(&entered, user.rev)?
            .begin_session(&session)?
            .audit(&event)?;
        if entered.api_key.is_none() {
            transaction = transaction.remove_api_key(user)?;
        }
        if !user.email_verified {
            transaction = transaction.drop_factors(user.sub)?;
        }
        let is_new_place = !user.places.contains(&self.place_mark(Some(user.sub), meta));
        let letter = is_new_place.then(|| new_place(meta));
        Ok(
            match self
                .commit_and_tell(guess, transaction, &entered, letter)
                .await?
            {
                Some(refused) => Err(refused),
                None => Ok(SignIn::Complete(Box::new(
                    self.tokens(entered, session, meta.now)?,
                ))),
            },
        )
    }

    fn spending(&self, guess: &RightGuess<'_>) -> Result<Transaction<'_>, Error> {
        let transaction = self.store().transaction();
        Ok(transaction.spend_code(guess.address, guess.nonce, guess.lane, guess.meta.now)?)
    }

    /// `user` as this sign-in leaves it. The first proof of its address ends
    /// whatever was set up before by somebody who never proved it.
    pub(crate) fn entered(&self, user: &User, meta: &RequestMeta) -> User {
        let place = self.place_mark(Some(user.sub), meta);
        let mut entered = User {
            rev: user.rev + 1,
            last_login_at: Some(meta.now),
            places: remember(&user.places, &place),
            ..user.clone()
        };
        if entered.language.is_empty() {
            entered.language = meta.language.clone().unwrap_or_default();
        }
        if let Some(zone) = &meta.time_zone {
            entered.timezone.clone_from(zone);
        }
        if !user.email_verified {
            entered.email_verified = true;
            entered.epoch += 1;
            entered.factors.clear();
            entered.ways_in.clear();
            entered.api_key = None;
            entered.places = vec![place];
            entered.mfa_exempt = false;
            entered.must_change_password = false;
        }
        entered
    }

    /// Commits a sign-in, and then tells the person if there is a letter about
    /// it. The letter's budget is reserved meanwhile, so that it costs no trip of
    /// its own; whether it can be sent changes nothing about the sign-in. The
    /// step that refused, if one did.
    async fn commit_and_tell(
        &self,
        guess: &RightGuess<'_>,
        transaction: Transaction<'_>,
        user: &User,
        letter: Option<Letter>,
    ) -> Result<Option<Step>, Error> {
        let now = guess.meta.now;
        let token = platform::uuid(self.entropy());
        let Some(letter) = letter else {
            return Ok(refusing_step(transaction.commit(token).await?));
        };
        let (committed, reserved) =
            tokio::join!(transaction.commit(token), self.reserve_letter(now));
        let happened = matches!(committed, Ok(Commit::Done));
        let told = match reserved {
            Ok(()) if happened => self.post(guess.address, &letter, &user.language, now).await,
            Ok(()) => {
                self.unreserve_letter(now).await;
                Ok(())
            }
            Err(error) => Err(error),
        };
        if let Err(error) = told {
            letters::not_sent(&error);
        }
        Ok(refusing_step(committed?))
    }
}

fn refusing_step(committed: Commit) -> Option<Step> {
    match committed {
        Commit::Done => None,
        Commit::Refused(refusal) => Some(refusal.step),
    }
}

/// The letter about a sign-in from a place that the account did not know.
pub(crate) fn new_place(meta: &RequestMeta) -> Letter {
    let address = meta.ip.to_canonical();
    Letter::NewPlace {
        device: describe_device(&meta.user_agent),
        address: address.is_ipv4().then(|| address.to_string()),
        at: meta.now,
    }
}
