//! From a proven identity to a session and its tokens.
//!
//! Every door ends here, whatever the proof was: [`Postern::sign_up`] for
//! somebody new, [`Postern::sign_in`] for an account that exists. Each takes a
//! transaction that already holds what the proof costs (a code spent, a link
//! used) and adds what it buys, so both happen or neither.

use delivery::{Letter, describe_device};
use domain::account::{NewUser, Role, User, coin_username};
use domain::audit::EventKind;
use domain::place::{PlaceMark, remember};
use domain::session::Session;
use domain::sign_in::{Amr, CHALLENGE_LIFETIME, Challenge, NextStep, next_step};
use domain::token::{AccessClaims, RefreshClaims};
use domain::{Contract, EmailAddress, Error, UnixTime, platform};
use store::{Commit, Step, Transaction};
use uuid::Uuid;

use crate::{Postern, RequestMeta, Signed, broken};

/// How a sign-in ended.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// With tokens.
    Complete(Box<Tokens>),
    /// With a second factor still to be shown, within five minutes.
    SecondFactor {
        /// The name of the sign-in that waits for it.
        challenge: Uuid,
    },
}

/// What a completed sign-in hands out.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// Who signed in, and the session that it made.
    pub signed: Signed,
    /// Whether the client should suggest a second factor.
    pub should_prompt_2fa: bool,
}

impl Tokens {
    /// What the session may do.
    #[must_use]
    pub fn role(&self) -> Role {
        self.signed.role()
    }
}

/// A proof of identity that is about to become a sign-in.
pub(crate) struct Proof<'a> {
    pub(crate) meta: &'a RequestMeta,
    pub(crate) contract: Contract,
    pub(crate) amr: Vec<Amr>,
}

/// A sign-in that was written, and the letter that tells of it.
pub(crate) struct Entered {
    pub(crate) sign_in: SignIn,
    pub(crate) letter: Option<Letter>,
    pub(crate) language: String,
}

impl Postern {
    /// An account for whoever has just proven `address`, not yet written.
    pub(crate) fn newcomer(
        &self,
        address: &EmailAddress,
        source: &str,
        meta: &RequestMeta,
    ) -> Result<User, Error> {
        let sub = platform::uuid(self.entropy());
        let mut random = [0; 8];
        self.entropy().fill(&mut random);
        let new = NewUser {
            sub,
            uid: platform::integer_id(self.entropy()),
            username: coin_username(random),
            email: address.clone(),
            language: meta.language.clone().unwrap_or_default(),
            timezone: meta.time_zone.clone().unwrap_or_default(),
            source: source.to_owned(),
            place: self.place_mark(Some(sub), meta),
            audit_key: self.fresh_audit_key(sub)?,
        };
        Ok(new.into_user(meta.now))
    }

    /// Writes a new account and its first session, or says which step refused.
    pub(crate) async fn sign_up(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: User,
    ) -> Result<Result<Entered, Step>, Error> {
        let meta = proof.meta;
        let session = self.new_session(&user, proof.contract, proof.amr.clone(), meta)?;
        let event = self.user_event(&user, EventKind::AccountCreated, Some(session.id), meta)?;
        let transaction = so_far
            .create_user(&user)?
            .begin_session(&session)?
            .audit(&event)?;
        if let Commit::Refused(refusal) = transaction.commit(platform::uuid(self.entropy())).await?
        {
            return Ok(Err(refusal.step));
        }
        Ok(Ok(Entered {
            language: user.language.clone(),
            letter: Some(Letter::Welcome),
            sign_in: SignIn::Complete(Box::new(self.tokens(user, session, meta.now)?)),
        }))
    }

    /// Writes the session of `user`, who is then as `entered` says, or the wait
    /// for the second factor, or says which step refused.
    pub(crate) async fn sign_in(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        entered: User,
    ) -> Result<Result<Entered, Step>, Error> {
        let meta = proof.meta;
        let amr = proof.amr.clone();
        if next_step(&entered, &amr) == NextStep::SecondFactor {
            let challenge = self.new_challenge(user, proof.contract, amr, meta.now);
            let event = self.user_event(user, EventKind::SecondFactorRequired, None, meta)?;
            let transaction = so_far
                .check_user(user)?
                .begin_challenge(&challenge)?
                .audit(&event)?;
            return Ok(
                match transaction.commit(platform::uuid(self.entropy())).await? {
                    Commit::Refused(refusal) => Err(refusal.step),
                    Commit::Done => Ok(Entered {
                        language: user.language.clone(),
                        letter: None,
                        sign_in: SignIn::SecondFactor {
                            challenge: challenge.id,
                        },
                    }),
                },
            );
        }
        let session = self.new_session(&entered, proof.contract, amr, meta)?;
        let event = self.user_event(&entered, EventKind::SignIn, Some(session.id), meta)?;
        let only_seen = User {
            rev: user.rev,
            last_login_at: user.last_login_at,
            ..entered.clone()
        };
        let written = if only_seen == *user {
            so_far.see_user(user, meta.now)?
        } else {
            so_far.edit_user(&entered, user.rev)?
        };
        let transaction = written.begin_session(&session)?.audit(&event)?;
        if let Commit::Refused(refusal) = transaction.commit(platform::uuid(self.entropy())).await?
        {
            return Ok(Err(refusal.step));
        }
        let known = user.places.contains(&self.place_mark(Some(user.sub), meta));
        Ok(Ok(Entered {
            language: entered.language.clone(),
            letter: (!known).then(|| new_place(meta)),
            sign_in: SignIn::Complete(Box::new(self.tokens(entered, session, meta.now)?)),
        }))
    }

    /// `user` as any sign-in leaves it.
    pub(crate) fn seen(&self, user: &User, meta: &RequestMeta) -> User {
        let place = self.place_mark(Some(user.sub), meta);
        let mut seen = User {
            rev: user.rev + 1,
            last_login_at: Some(meta.now),
            places: remember(&user.places, &place),
            ..user.clone()
        };
        if seen.language.is_empty() {
            seen.language = meta.language.clone().unwrap_or_default();
        }
        if let Some(zone) = &meta.time_zone {
            seen.timezone.clone_from(zone);
        }
        seen
    }

    /// A place as the account `sub` remembers it.
    pub(crate) fn place_mark(&self, sub: Option<Uuid>, meta: &RequestMeta) -> PlaceMark {
        let owner = sub.unwrap_or(Uuid::nil());
        self.ring()
            .mark("place", owner.as_bytes(), &meta.place().to_string())
    }

    /// A session of `user`, not yet written.
    pub(crate) fn new_session(
        &self,
        user: &User,
        contract: Contract,
        amr: Vec<Amr>,
        meta: &RequestMeta,
    ) -> Result<Session, Error> {
        let lives = self.settings().cfg_lives;
        let ends_at = meta.now.plus(lives.session);
        Ok(Session {
            id: platform::uuid(self.entropy()),
            number: platform::integer_id(self.entropy()),
            sub: user.sub,
            contract,
            epoch: user.epoch,
            amr,
            auth_time: meta.now,
            generation: 1,
            rotated_at: meta.now,
            expires_at: meta.now.plus(lives.refresh).min(ends_at),
            ends_at,
            grace: lives.grace,
            client: self.sealed_client(user, meta)?,
            ended: None,
        })
    }

    /// A sign-in of `user` that waits for its second factor, not yet written.
    pub(crate) fn new_challenge(
        &self,
        user: &User,
        contract: Contract,
        amr: Vec<Amr>,
        now: UnixTime,
    ) -> Challenge {
        Challenge {
            id: platform::uuid(self.entropy()),
            sub: user.sub,
            epoch: user.epoch,
            contract,
            amr,
            created_at: now,
            expires_at: now.plus(CHALLENGE_LIFETIME),
            tries: 0,
        }
    }

    /// The tokens that are in force for a session.
    pub(crate) fn tokens(
        &self,
        user: User,
        session: Session,
        now: UnixTime,
    ) -> Result<Tokens, Error> {
        let issuer = &self.settings().issuer;
        let lives = self.settings().cfg_lives;
        let jti = platform::uuid(self.entropy()).simple().to_string();
        let access = AccessClaims::new(issuer, &user, &session, &lives, jti, now);
        let jti = self.ring().refresh_jti(session.id, session.generation);
        let refresh = RefreshClaims::new(issuer, &user, &session, jti);
        Ok(Tokens {
            access: self.ring().sign_access(&access).map_err(broken)?,
            refresh: self.ring().sign_refresh(&refresh).map_err(broken)?,
            should_prompt_2fa: self.settings().mfa_policy.prompts(&user),
            signed: Signed { user, session },
        })
    }
}

fn new_place(meta: &RequestMeta) -> Letter {
    let address = meta.ip.to_canonical();
    Letter::NewPlace {
        device: describe_device(&meta.user_agent),
        address: address.is_ipv4().then(|| address.to_string()),
        at: meta.now,
    }
}
