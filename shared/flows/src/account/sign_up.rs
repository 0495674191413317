//! Signing up with a password, and being signed in as far as that goes (nauth).
//!
//! Unlike [`crate::account::register`], the answer is the first step of a sign-in: a
//! challenge that waits for the code that goes to the address. A sign-up over an address
//! that nobody has proven replaces the account that has it, if a stranger may have made
//! that and nobody was ever signed in to it: otherwise a stranger could keep an address
//! from its owner by signing up first.
//!
//! The account and the first step of its sign-in are one transaction. Of several sign-ups
//! at one moment each replaces the one before, or is refused and starts over; none answers
//! with what another has replaced before it was written.

use domain::account::{Metadata, Status, User, WayIn};
use domain::audit::EventKind;
use domain::limit::REGISTRATIONS_PER_NETWORK;
use domain::limit::nauth::{SIGN_UPS_PER_ADDRESS, SIGN_UPS_PER_ADDRESS_AND_NETWORK};
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use domain::password::{Password, PasswordCredential};
use domain::recaptcha::PageAction;
use domain::session::Delivery;
use domain::sign_in::{Amr, NextStep};
use domain::username::{LoginName, Username};
use domain::{ClaimKind, Contract, EmailAddress, Error, PhoneNumber, Problem, ProblemKind};
use store::Transaction;
use uuid::Uuid;

use crate::password::choose::Choice;
use crate::sign_in::Proof;
use crate::{MAX_ROUNDS, Postern, RequestMeta, SignIn, contended};

/// The place that a sign-up takes.
enum Place {
    /// Nobody has the address.
    Free,
    /// That of an account that gives way.
    Of(Box<User>),
    /// Its holder is being replaced at this moment.
    Changing,
}

/// What a user says of themselves to get an account.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// An address that is said to be theirs.
    pub email: EmailAddress,
    /// The password to sign in by.
    pub password: Password,
    /// The name to be known by; a generated one without it.
    pub username: Option<Username>,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// A number that is said to be theirs.
    pub phone: Option<PhoneNumber>,
    /// What the client keeps about them.
    pub metadata: Metadata,
    /// What reCAPTCHA gave the page that asks, if a page does.
    pub recaptcha_token: Option<String>,
}

impl Postern {
    /// Makes an account, and signs its user in as far as that goes.
    ///
    /// # Errors
    /// [`Error::Disabled`] where people make no accounts; [`Error::Invalid`] for a password
    /// that will not do, or without a number where numbers are proven; [`Error::Taken`];
    /// [`Error::TooMany`] by network; [`Error::Recaptcha`].
    pub async fn sign_up_by_password(
        &self,
        meta: &RequestMeta,
        delivery: Delivery,
        asked: SignUp,
    ) -> Result<SignIn, Error> {
        let settings = &self.settings().nauth;
        if !settings.sign_up {
            return Err(Error::Disabled);
        }
        let token = asked.recaptcha_token.as_deref();
        self.ask_recaptcha(delivery, PageAction::SignUp, token)
            .await?;
        if settings.sign_in.verification.asks_for_phone() && asked.phone.is_none() {
            let problem = Problem::of("phone", ProblemKind::PhoneRequired);
            return Err(Error::Invalid(vec![problem]));
        }
        let (admitted, admitted_today) = tokio::join!(
            self.limit_by_network(&PASSWORDS_PER_NETWORK, meta),
            self.limit_by_network(&REGISTRATIONS_PER_NETWORK, meta),
        );
        admitted?;
        admitted_today?;
        let username = asked.username.as_ref().map(Username::as_str);
        let choice = Choice {
            field: "password",
            password: &asked.password,
            names: [Some(asked.email.as_str()), username]
                .into_iter()
                .flatten()
                .collect(),
            before: None,
        };
        let hash = self.choose_password(choice).await?;
        // Read meanwhile. What is taken is told only where the sign-up is counted, and reading
        // it takes as long as that, whether or not something is.
        let (admitted, place) =
            tokio::join!(self.admit_sign_up(meta, &asked.email), self.place(&asked));
        admitted?;
        let credential = PasswordCredential::first(hash, meta.now);
        let proof = Proof {
            delivery,
            ..Proof::new(meta, Contract::Nauth, vec![Amr::Pwd])
        };
        let mut place = Some(place);
        for _ in 0..MAX_ROUNDS {
            let place = match place.take() {
                Some(place) => place,
                None => self.place(&asked).await,
            };
            let replaced = match place? {
                Place::Free => None,
                Place::Of(before) => Some(*before),
                Place::Changing => continue,
            };
            let user = self.signed_up(&proof, &asked)?;
            let event = self.user_event(&user, EventKind::AccountCreated, None, meta)?;
            let transaction = self.store().transaction();
            let transaction = match &replaced {
                None => transaction.create_user(&user)?,
                Some(before) => self.replace(transaction, &user, before, meta).await?,
            };
            let transaction = transaction
                .put_password(user.sub, &credential, None)?
                .audit(&event)?;
            // Whatever refuses it, another request was first: what is to be done now depends
            // on what that made.
            if let Ok(signed_in) = self.first_sign_in(&proof, transaction, user).await? {
                if let Some(before) = &replaced {
                    self.remove_pictures(before).await;
                }
                return Ok(signed_in);
            }
        }
        Err(contended())
    }

    /// Adds that the new account `user` takes the place of `before`, which gives way.
    pub(crate) async fn replace<'t>(
        &self,
        so_far: Transaction<'t>,
        user: &User,
        before: &User,
        meta: &RequestMeta,
    ) -> Result<Transaction<'t>, Error> {
        let event = self.user_event(before, EventKind::AccountDeleted, None, meta)?;
        let ended = self.remove_belongings(so_far, before).await?;
        Ok(ended.replace_user(user, before)?.audit(&event)?)
    }

    /// Counts a sign-up for `address`: its answer says whether that has an account, and it
    /// may replace one that nobody has proven.
    async fn admit_sign_up(&self, meta: &RequestMeta, address: &EmailAddress) -> Result<(), Error> {
        let digest = self
            .ring()
            .keyed_digest("nauth sign-ups", &[], address.as_str());
        let here = self.whom_and_network(&digest, meta);
        let (by_network, by_address) = tokio::join!(
            self.store()
                .hit(&SIGN_UPS_PER_ADDRESS_AND_NETWORK, &here, meta.now),
            self.store().hit(&SIGN_UPS_PER_ADDRESS, &digest, meta.now),
        );
        let (by_network, by_address) = (by_network?, by_address?);
        if by_network.is_err() && by_address.is_ok() {
            // What the narrower limit refuses is not to use up what others have left.
            self.store()
                .take_back(&SIGN_UPS_PER_ADDRESS, &digest, meta.now)
                .await?;
        }
        by_network.map_err(Error::TooMany)?;
        by_address.map_err(Error::TooMany)?;
        Ok(())
    }

    /// The place that a sign-up takes.
    ///
    /// # Errors
    /// [`Error::Taken`] by address, username or number, in that order.
    async fn place(&self, asked: &SignUp) -> Result<Place, Error> {
        let number = asked.phone.clone().map(LoginName::Phone);
        let username = asked.username.clone().map(LoginName::Username);
        let holder = async |name: Option<LoginName>| match name {
            Some(name) => self.store().holder_of_name(&name).await,
            None => Ok(None),
        };
        let email = Some(LoginName::Email(asked.email.clone()));
        let (by_email, by_username, by_number) =
            tokio::join!(holder(email), holder(username), holder(number));
        let (by_email, mut place) = (by_email?, Place::Free);
        // A dummy row is read where there is no holder, so that both take as long.
        let user = self.store().user(by_email.unwrap_or(Uuid::nil())).await?;
        if by_email.is_some() {
            place = match user.filter(|user| user.status != Status::Deleted) {
                None => Place::Changing,
                Some(user) if user.gives_way_to_sign_up() => Place::Of(Box::new(user)),
                Some(_) => return Err(Error::Taken(ClaimKind::Email)),
            };
        }
        if by_username?.is_some_and(|holder| Some(holder) != by_email) {
            return Err(Error::Taken(ClaimKind::Username));
        }
        if by_number?.is_some() {
            return Err(Error::Taken(ClaimKind::Phone));
        }
        Ok(place)
    }

    /// The account as `proof` leaves it, not yet written.
    fn signed_up(&self, proof: &Proof<'_>, asked: &SignUp) -> Result<User, Error> {
        let meta = proof.meta;
        let new = self.new_account(Some(&asked.email.clone().into()), "", meta)?;
        let user = User {
            username: match &asked.username {
                Some(username) => username.as_str().to_owned(),
                None => new.username.clone(),
            },
            email_verified: false,
            email_proven_at: None,
            last_login_at: None,
            ways_in: vec![WayIn::Password],
            first_name: asked.first_name.clone(),
            last_name: asked.last_name.clone(),
            phone: asked
                .phone
                .as_ref()
                .map(|phone| phone.as_str().to_owned())
                .unwrap_or_default(),
            metadata: asked.metadata.clone(),
            ..new
        };
        // Nobody is signed in to an account whose first sign-in waits.
        let last_login_at = match self.next_step(&user, proof) {
            NextStep::Tokens => Some(meta.now),
            NextStep::Answer(_) => None,
        };
        Ok(User {
            last_login_at,
            ..user
        })
    }
}
