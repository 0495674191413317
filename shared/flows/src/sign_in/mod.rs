//! From a proven identity to a session.
//!
//! Every way to sign in ends here, whatever the proof was: [`Postern::sign_up`] for
//! a new user, [`Postern::sign_in`] for an account that exists, and
//! [`Postern::issue_session`] once nothing is missing. Each takes a transaction that
//! already holds what the proof costs (a code spent, a link used) and adds what
//! it buys, so that both happen or neither.

pub(crate) mod attempts;
pub(crate) mod challenge;
pub(crate) mod circumstances;
pub(crate) mod code;
pub(crate) mod federated;
pub(crate) mod identifier;
pub(crate) mod lockout;
pub(crate) mod pages;
pub(crate) mod password;
pub(crate) mod pending;
pub(crate) mod recaptcha;
pub(crate) mod second_factor;
pub(crate) mod social;
pub(crate) mod step_up;

use delivery::{Letter, address_in_letters, describe_device};
use domain::account::{Factor, NewUser, User, coin_username};
use domain::audit::EventKind;
use domain::factors::Factors;
use domain::network::{NetworkMark, remember};
use domain::risk::SignInHistory;
use domain::session::{Delivery, ProvenWhen};
use domain::sign_in::{Amr, Challenge, Circumstances, NextStep, SignInPolicy, next_step};
use domain::trusted_device::TrustedDevice;
use domain::{Contact, Contract, Error, platform};
use store::{Step, Transaction};
use uuid::Uuid;

use crate::sign_in::challenge::open::Opening;
use crate::{PendingTokens, Postern, RequestMeta, SignInDevice, Tokens};

/// How a sign-in ended.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// With tokens.
    Complete(Box<Tokens>),
    /// With a challenge still to be answered: a second factor in all contracts, and more
    /// in nauth.
    Waiting(Box<WaitingSignIn>),
}

/// A sign-in that waits for an answer.
#[derive(Clone, Debug)]
pub struct WaitingSignIn {
    /// What it waits for, and its name.
    pub challenge: Challenge,
    /// The same as bearer tokens, for contracts that have no other place for it.
    pub pending: PendingTokens,
    /// Where a code was sent for it, or would be, if it waits for one.
    pub destination: Option<Contact>,
    /// What it may be answered with, if it waits for a factor (nauth).
    pub offered: Option<OfferedFactors>,
    /// What may be set up, if it waits for that (nauth).
    pub available: Vec<Factor>,
}

/// The factors that a sign-in may be completed with.
#[derive(Clone, Debug)]
pub struct OfferedFactors {
    /// Their kinds.
    pub kinds: Vec<Factor>,
    /// The kind that is asked for first.
    pub preferred: Option<Factor>,
    /// Where codes are texted to, if they are.
    pub phone: Option<Contact>,
    /// Where codes are mailed to, if they are.
    pub email: Option<Contact>,
    /// Whether there are backup codes left, which stand in for them.
    pub backup_codes: bool,
}

impl OfferedFactors {
    /// Those of `user`.
    pub(crate) fn of(user: &User, factors: &Factors) -> Self {
        Self {
            kinds: factors.kinds_in_force(),
            preferred: factors.preferred(),
            phone: factors.destination(user, Factor::Sms),
            email: factors.destination(user, Factor::Email),
            backup_codes: !factors.backup_codes.is_empty(),
        }
    }

    /// Where the codes of a kind go, if they are sent.
    pub(crate) const fn destination(&self, kind: Factor) -> Option<&Contact> {
        match kind {
            Factor::Totp | Factor::Passkey => None,
            Factor::Sms => self.phone.as_ref(),
            Factor::Email => self.email.as_ref(),
        }
    }

    /// Where a code is sent to that nobody has asked for yet.
    pub(crate) fn first_destination(&self) -> Option<&Contact> {
        self.destination(self.preferred?)
    }
}

/// A proof of identity that is about to become a sign-in.
#[derive(Clone)]
pub(crate) struct Proof<'a> {
    pub(crate) meta: &'a RequestMeta,
    pub(crate) contract: Contract,
    pub(crate) amr: Vec<Amr>,
    /// When it was made: a provider's may be days old, or of an unknown age.
    pub(crate) proven: ProvenWhen,
    pub(crate) provider: Option<String>,
    /// The event that the session is bound to (cashless).
    pub(crate) event: Option<u64>,
    /// How the session's tokens travel.
    pub(crate) delivery: Delivery,
    /// The device that the client runs on, as it says (nauth).
    pub(crate) device: SignInDevice,
    /// What the sign-in was decided by as it began (nauth).
    pub(crate) circumstances: Circumstances,
    /// The trusted device that it comes from, if that was just read.
    pub(crate) held: Option<TrustedDevice>,
    /// The account's sign-ins so far, if they were just read.
    pub(crate) history: Option<SignInHistory>,
}

impl<'a> Proof<'a> {
    /// A proof that was made to us just now, for tokens in bodies.
    pub(crate) fn new(meta: &'a RequestMeta, contract: Contract, amr: Vec<Amr>) -> Self {
        Self {
            meta,
            contract,
            amr,
            proven: ProvenWhen::AtSignIn,
            provider: None,
            event: None,
            delivery: Delivery::Body,
            device: SignInDevice::default(),
            circumstances: Circumstances::default(),
            held: None,
            history: None,
        }
    }

    /// What `challenge` goes on from, with the proofs of `amr`.
    pub(crate) fn resumed(
        meta: &'a RequestMeta,
        challenge: &Challenge,
        amr: Vec<Amr>,
        delivery: Delivery,
    ) -> Self {
        Self {
            proven: challenge.proven,
            provider: challenge.provider.clone(),
            event: challenge.event,
            device: SignInDevice {
                said: challenge.device.clone(),
                token: None,
            },
            circumstances: challenge.circumstances.clone(),
            delivery,
            ..Self::new(meta, challenge.contract, amr)
        }
    }
}

impl Proof<'_> {
    /// What its sign-in is once it is complete.
    const fn completed(&self) -> EventKind {
        match self.provider {
            Some(_) => EventKind::FederatedSignIn,
            None => EventKind::SignIn,
        }
    }
}

impl Postern {
    /// An account for a user who has just proven `contact`, or whom a provider vouches
    /// for without one; not yet written.
    /// `source` is the host of the site that they came through.
    pub(crate) fn new_account(
        &self,
        contact: Option<&Contact>,
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
            contact: contact.cloned(),
            language: meta.language.clone().unwrap_or_default(),
            timezone: meta.time_zone.clone().unwrap_or_default(),
            source: source.to_owned(),
            network: self.network_mark(Some(sub), meta),
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
    ) -> Result<Result<SignIn, Step>, Error> {
        let meta = proof.meta;
        let session = self.new_session(&user, proof)?;
        let event = self.user_event(&user, EventKind::AccountCreated, Some(session.id), meta)?;
        let transaction = so_far
            .create_user(&user)?
            .begin_session(&session)?
            .audit(&event)?;
        let refused = self
            .commit_and_notify(transaction, &user, Some(Letter::Welcome), meta)
            .await?;
        if let Some(step) = refused {
            return Ok(Err(step));
        }
        let tokens = self.tokens(user, session, meta.now)?;
        Ok(Ok(SignIn::Complete(Box::new(tokens))))
    }

    /// The first sign-in of `user`, whom `so_far` makes, in one transaction with that; or
    /// which step refused.
    pub(crate) async fn first_sign_in(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: User,
    ) -> Result<Result<SignIn, Step>, Error> {
        let kind = match self.next_step(&user, proof) {
            NextStep::Answer(kind) => kind,
            NextStep::Tokens => return self.first_session(proof, so_far, user).await,
        };
        // A new account has no factors.
        let opening = Opening::of(kind);
        self.begin_waiting(proof, so_far, &user, opening).await
    }

    /// Writes the first session of `user`, whom `so_far` makes, or says which step refused.
    async fn first_session(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: User,
    ) -> Result<Result<SignIn, Step>, Error> {
        let meta = proof.meta;
        let (session, device) = self.session_on_device(&user, proof)?;
        let event = self.user_event(&user, proof.completed(), Some(session.id), meta)?;
        let transaction = so_far.begin_session(&session)?.audit(&event)?;
        let transaction =
            self.begin_on_device(transaction, &user, &session, device.as_ref(), meta)?;
        let transaction = self
            .remember_sign_in(transaction, proof, &user, session.device.as_deref())
            .await?;
        if let Some(step) = self.commit(transaction).await? {
            return Ok(Err(step));
        }
        let tokens = self.tokens(user, session, meta.now)?;
        let tokens = self.tokens_on_device(tokens, device.as_ref())?;
        Ok(Ok(SignIn::Complete(Box::new(tokens))))
    }

    /// Writes the session of `user`, who is then as `entered` says, or the wait for an
    /// answer, or says which step refused. What the sign-in would leave behind is not
    /// written before it is complete.
    pub(crate) async fn sign_in(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        entered: User,
    ) -> Result<Result<SignIn, Step>, Error> {
        self.go_on(proof, so_far, user, entered, user.clone()).await
    }

    /// The same for a proof that made `changed` of `user`, by an edit that is written
    /// whether the sign-in is complete or waits for more.
    pub(crate) async fn advance(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        changed: User,
    ) -> Result<Result<SignIn, Step>, Error> {
        let entered = User {
            rev: user.rev + 1,
            ..self.seen(&changed, proof.meta)
        };
        self.go_on(proof, so_far, user, entered, changed).await
    }

    /// Makes `user` what it is once it is signed in, or while the sign-in waits.
    async fn go_on(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        entered: User,
        waiting: User,
    ) -> Result<Result<SignIn, Step>, Error> {
        let proof = &self.with_device(proof, &entered).await?;
        match self.next_step(&entered, proof) {
            NextStep::Tokens => {
                let admitted = self.issue_session(proof, so_far, user, entered).await?;
                Ok(admitted.map(|tokens| SignIn::Complete(Box::new(tokens))))
            }
            NextStep::Answer(kind) => {
                self.open_challenge(proof, so_far, user, waiting, kind)
                    .await
            }
        }
    }

    /// The first thing still missing from a sign-in of `user`.
    pub(crate) fn next_step(&self, user: &User, proof: &Proof<'_>) -> NextStep {
        let policy = self.sign_in_policy(proof.contract);
        let demand = proof.circumstances.demand;
        next_step(user, &proof.amr, demand, policy, proof.meta.now)
    }

    /// What `contract` asks for before there are tokens.
    pub(crate) fn sign_in_policy(&self, contract: Contract) -> &SignInPolicy {
        match contract {
            Contract::Nauth => &self.settings().nauth.sign_in,
            Contract::Pages => &SignInPolicy::PAGES,
            Contract::Djangocfg | Contract::Cashless | Contract::AuthService | Contract::Ravi => {
                &SignInPolicy::PLAIN
            }
        }
    }

    /// Writes the session of `user`, who is then as `entered` says and has shown
    /// all that there is to show, or says which step refused.
    pub(crate) async fn issue_session(
        &self,
        proof: &Proof<'_>,
        so_far: Transaction<'_>,
        user: &User,
        entered: User,
    ) -> Result<Result<Tokens, Step>, Error> {
        let meta = proof.meta;
        let (session, device) = self.session_on_device(&entered, proof)?;
        let event = self.user_event(&entered, proof.completed(), Some(session.id), meta)?;
        let only_seen = User {
            rev: user.rev,
            last_login_at: user.last_login_at,
            ..entered.clone()
        };
        // If the proof spends nothing, the writes need not happen all or none.
        let nothing_spent = so_far.is_empty() && device.is_none();
        // Edits refuse each other, and any number of sign-ins at once need not.
        let written = if only_seen == *user && device.is_some() {
            so_far.touch_trusting_user(user, meta.now)?
        } else if only_seen == *user {
            so_far.touch_user(user, meta.now)?
        } else {
            // A sign-in takes rights away only as a first proof, which ends even the last administrator's.
            so_far.edit_user_even_last(&entered, user)?
        };
        let transaction = written.begin_session(&session)?.audit(&event)?;
        let transaction =
            self.begin_on_device(transaction, &entered, &session, device.as_ref(), meta)?;
        let transaction = self
            .remember_sign_in(transaction, proof, &entered, session.device.as_deref())
            .await?;
        let refused = if only_seen == *user && nothing_spent {
            transaction.write_individually().await?.refused()
        } else {
            let is_new_network = !user
                .networks
                .contains(&self.network_mark(Some(user.sub), meta));
            // One letter about one sign-in is enough.
            let is_new_network = is_new_network && !proof.circumstances.told;
            let letter = is_new_network.then(|| new_network(meta));
            self.commit_and_notify(transaction, &entered, letter, meta)
                .await?
        };
        if let Some(step) = refused {
            return Ok(Err(step));
        }
        let tokens = self.tokens(entered, session, meta.now)?;
        let tokens = self.tokens_on_device(tokens, device.as_ref())?;
        if proof.contract == Contract::Nauth {
            self.displace_sessions(meta, &tokens.signed.user).await;
        }
        self.send_waiting(meta, &tokens.signed.user).await;
        Ok(Ok(tokens))
    }

    /// `user` as any sign-in leaves it.
    pub(crate) fn seen(&self, user: &User, meta: &RequestMeta) -> User {
        let network = self.network_mark(Some(user.sub), meta);
        let mut seen = User {
            rev: user.rev + 1,
            last_login_at: Some(meta.now),
            networks: remember(&user.networks, &network),
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

    /// A network as the account `sub` remembers it.
    pub(crate) fn network_mark(&self, sub: Option<Uuid>, meta: &RequestMeta) -> NetworkMark {
        let owner = sub.unwrap_or(Uuid::nil());
        self.ring()
            .keyed_digest("place", owner.as_bytes(), &meta.network().to_string())
    }

    /// Whether `user` was signed in from the network of a request.
    pub(crate) fn knows_network(&self, user: &User, meta: &RequestMeta) -> bool {
        let here = self.network_mark(Some(user.sub), meta);
        user.networks.contains(&here)
    }

    /// Adds the end of every credential of `user` except a code to its address: the
    /// password, factors, links and the API key. The caller edits the row itself.
    pub(crate) async fn revoke_credentials<'t>(
        &self,
        so_far: Transaction<'t>,
        user: &User,
    ) -> Result<Transaction<'t>, Error> {
        let so_far = so_far.remove_password(user.sub)?;
        self.revoke_all_but_password(so_far, user).await
    }

    /// The same where the password is replaced instead.
    pub(crate) async fn revoke_all_but_password<'t>(
        &self,
        so_far: Transaction<'t>,
        user: &User,
    ) -> Result<Transaction<'t>, Error> {
        let mut transaction = so_far.remove_api_key(user)?.drop_factors(user.sub)?;
        for link in self.links(user).await? {
            transaction = transaction.unlink(user.sub, &link)?;
        }
        Ok(transaction)
    }

    /// Adds the event of rights that `after` has and `before` had not, or the other way
    /// round: a proof may bring what waited for it.
    pub(crate) fn audit_rights<'t>(
        &self,
        so_far: Transaction<'t>,
        before: &User,
        after: &User,
        meta: &RequestMeta,
    ) -> Result<Transaction<'t>, Error> {
        if after.role == before.role {
            return Ok(so_far);
        }
        let mut event = self.user_event(before, EventKind::RoleChanged, None, meta)?;
        event.role = Some(after.role);
        Ok(so_far.audit(&event)?)
    }
}

/// The letter about a sign-in from a network that the account did not know.
fn new_network(meta: &RequestMeta) -> Letter {
    Letter::NewNetwork {
        device: describe_device(&meta.user_agent),
        address: address_in_letters(meta.ip),
        at: meta.now,
    }
}
