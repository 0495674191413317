//! Signing in with a code by e-mail.
//!
//! Three round trips: what is known about the address; counting the guess (and
//! reading the account meanwhile); spending the code together with what it buys.
//! The guess is counted before it is compared, and a code that two requests
//! found right is spent by one of them. Every failure is one answer, whatever
//! its cause, and known and unknown addresses take the same steps to it.

use crypto::derive;
use delivery::{Letter, describe_device};
use domain::account::{NewUser, User, coin_username};
use domain::audit::EventKind;
use domain::email_code::{CodeLedger, LaneName};
use domain::limit::{GUESSES_PER_PLACE, OTP_VERIFIES_PER_PLACE};
use domain::place::{PlaceMark, remember};
use domain::sign_in::{Amr, NextStep, next_step};
use domain::{Contract, EmailAddress, Error, platform};
use store::{Commit, Step};
use uuid::Uuid;

use crate::{MAX_ROUNDS, Postern, RequestMeta, SignIn, contended};

/// A guess that turned out right, and all that is needed to act on it.
struct RightGuess<'a> {
    meta: &'a RequestMeta,
    contract: Contract,
    address: &'a EmailAddress,
    nonce: &'a str,
    lane: LaneName,
    source: &'a str,
}

impl Postern {
    /// Signs in whoever holds `address`, if `typed` is the code that was sent
    /// there. The first code to come back makes the account. `source` is the
    /// host of the site that asks.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for a code that is wrong, spent, expired, never
    /// sent, out of tries, or whose account is locked; [`Error::TooMany`] by
    /// place.
    pub async fn verify_code(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        address: &EmailAddress,
        typed: &str,
        source: &str,
    ) -> Result<SignIn, Error> {
        let place = meta.place().to_string();
        let (admitted, found) = tokio::join!(
            self.store().hit(&OTP_VERIFIES_PER_PLACE, &place, meta.now),
            self.store().code_and_holder(address),
        );
        admitted?.map_err(Error::TooMany)?;
        let found = found?;
        let Some((ledger, nonce)) = found
            .ledger
            .and_then(|row| row.nonce.clone().map(|nonce| (row, nonce)))
        else {
            return Err(Error::WrongCode);
        };
        let lane = ledger.lane(&self.place_mark(found.holder, meta), found.holder);
        let (user, counted, place_admitted) = tokio::join!(
            // Nobody is a reader too: an address without an account costs the same.
            self.store().user(found.holder.unwrap_or(Uuid::nil())),
            self.store()
                .count_guess(address, &nonce, lane, meta.now, &self.settings().codes),
            self.count_strange_guess(lane, &place, meta),
        );
        let user = user?;
        place_admitted?;
        let Some(counted) = counted? else {
            return self.wrong(meta, address, user.as_ref(), None).await;
        };
        let right = derive::same(&self.ring().email_code(address.as_str(), &nonce), typed);
        if !right || !self.may_sign_in(user.as_ref(), lane) {
            let notice = (!right && counted.deserves_notice(lane)).then_some(&counted);
            return self.wrong(meta, address, user.as_ref(), notice).await;
        }
        let source = if source.is_empty() {
            &counted.source
        } else {
            source
        };
        let guess = RightGuess {
            meta,
            contract,
            address,
            nonce: &nonce,
            lane,
            source,
        };
        self.spend(&guess, user).await
    }

    /// A place as the account `sub` remembers it.
    pub(crate) fn place_mark(&self, sub: Option<Uuid>, meta: &RequestMeta) -> PlaceMark {
        let owner = sub.unwrap_or(Uuid::nil());
        self.ring()
            .mark("place", owner.as_bytes(), &meta.place().to_string())
    }

    async fn count_strange_guess(
        &self,
        lane: LaneName,
        place: &str,
        meta: &RequestMeta,
    ) -> Result<(), Error> {
        match lane {
            LaneName::Known => Ok(()),
            LaneName::Strange => self
                .store()
                .hit(&GUESSES_PER_PLACE, place, meta.now)
                .await?
                .map_err(Error::TooMany),
        }
    }

    /// Whether a right code is enough: not for an account that is locked, and
    /// where the operator says so, not from a new place for one with another
    /// way in.
    fn may_sign_in(&self, user: Option<&User>, lane: LaneName) -> bool {
        let Some(user) = user else { return true };
        let code_will_do = self.settings().code_only_from_new_places
            || lane == LaneName::Known
            || user.ways_in.is_empty();
        user.is_active() && code_will_do
    }

    /// Writes down a failure, tells the person if it is time to, and answers.
    async fn wrong(
        &self,
        meta: &RequestMeta,
        address: &EmailAddress,
        user: Option<&User>,
        notice: Option<&CodeLedger>,
    ) -> Result<SignIn, Error> {
        let event = match user {
            Some(user) => self.user_event(user, EventKind::SignInFailed, None, meta)?,
            None => self.address_event(address, EventKind::SignInFailed, meta.now),
        };
        let tell = async {
            if notice.is_some() {
                let language = user.map(|user| user.language.as_str()).unwrap_or_default();
                self.notify(address, &Letter::WrongGuesses, language, meta.now)
                    .await;
            }
        };
        let (written, ()) = tokio::join!(self.store().append_audit(&event), tell);
        written?;
        Err(Error::WrongCode)
    }

    /// Spends the code for what it buys. Starts over when another edit of the
    /// account came between; gives up when another request spent the code.
    async fn spend(&self, guess: &RightGuess<'_>, mut user: Option<User>) -> Result<SignIn, Error> {
        for _ in 0..MAX_ROUNDS {
            let refused = match &user {
                None => match self.create(guess).await? {
                    Ok(signed_in) => return Ok(signed_in),
                    Err(step) => step,
                },
                Some(user) => match self.enter(guess, user).await? {
                    Ok(signed_in) => return Ok(signed_in),
                    Err(step) => step,
                },
            };
            if refused == Step::SpendCode {
                return Err(Error::WrongCode);
            }
            let holder = self.store().holder(guess.address).await?;
            user = match holder {
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
            .store()
            .transaction()
            .spend_code(guess.address, guess.nonce, guess.lane, meta.now)?
            .create_user(&user)?
            .begin_session(&session)?
            .audit(&event)?;
        if let Commit::Refused(refusal) = transaction.commit(platform::uuid(self.entropy())).await?
        {
            return Ok(Err(refusal.step));
        }
        self.settle(guess, &user, Some(&Letter::Welcome)).await;
        Ok(Ok(SignIn::Complete(Box::new(
            self.tokens(user, session, meta.now)?,
        ))))
    }

    /// A code of an account that exists: its session, or the wait for its second
    /// factor, or the step that refused.
    async fn enter(
        &self,
        guess: &RightGuess<'_>,
        user: &User,
    ) -> Result<Result<SignIn, Step>, Error> {
        let meta = guess.meta;
        let spending = self.store().transaction().spend_code(
            guess.address,
            guess.nonce,
            guess.lane,
            meta.now,
        )?;
        let amr = vec![Amr::Otp];
        let entered = self.entered(user, meta);
        if next_step(&entered, &amr) == NextStep::SecondFactor {
            let challenge = self.new_challenge(user, guess.contract, amr, meta.now);
            let event = self.user_event(user, EventKind::SecondFactorRequired, None, meta)?;
            let transaction = spending
                .check_user(user)?
                .begin_challenge(&challenge)?
                .audit(&event)?;
            return Ok(
                match transaction.commit(platform::uuid(self.entropy())).await? {
                    Commit::Refused(refusal) => Err(refusal.step),
                    Commit::Done => {
                        self.settle(guess, user, None).await;
                        Ok(SignIn::SecondFactor {
                            challenge: challenge.id,
                        })
                    }
                },
            );
        }
        let session = self.new_session(&entered, guess.contract, amr, meta)?;
        let event = self.user_event(&entered, EventKind::SignIn, Some(session.id), meta)?;
        let transaction = spending
            .edit_user(&entered, user.rev)?
            .begin_session(&session)?
            .audit(&event)?;
        let transaction = if user.email_verified {
            transaction
        } else {
            transaction.drop_factors(user.sub)?
        };
        if let Commit::Refused(refusal) = transaction.commit(platform::uuid(self.entropy())).await?
        {
            return Ok(Err(refusal.step));
        }
        let letter = (!user.places.contains(&self.place_mark(Some(user.sub), meta)))
            .then(|| new_place(meta));
        self.settle(guess, &entered, letter.as_ref()).await;
        Ok(Ok(SignIn::Complete(Box::new(
            self.tokens(entered, session, meta.now)?,
        ))))
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
        }
        entered
    }

    /// After a success: the guess was no guess, and the person is told. Neither
    /// can fail the sign-in, which has happened.
    async fn settle(&self, guess: &RightGuess<'_>, user: &User, letter: Option<&Letter>) {
        let place = guess.meta.place().to_string();
        let take_back = async {
            if guess.lane == LaneName::Strange
                && let Err(error) = self
                    .store()
                    .take_back(&GUESSES_PER_PLACE, &place, guess.meta.now)
                    .await
            {
                crate::event::log(
                    "guess_not_taken_back",
                    [("reason", error.to_string().into())],
                );
            }
        };
        let tell = async {
            if let Some(letter) = letter {
                self.notify(guess.address, letter, &user.language, guess.meta.now)
                    .await;
            }
        };
        tokio::join!(take_back, tell);
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
