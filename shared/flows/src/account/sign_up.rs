//! Signing up with a password, and being signed in as far as that goes (nauth).
//!
//! Unlike [`crate::account::register`], the answer is the first step of a sign-in: a
//! challenge that waits for the code that goes to the address. A sign-up over an address
//! that nobody has proven replaces the account that has it, if a stranger may have made
//! that and it holds nothing of anybody's: otherwise a stranger could keep an address from
//! its owner by signing up first.

use domain::account::{Metadata, Role, User, Voucher, WayIn};
use domain::audit::EventKind;
use domain::limit::REGISTRATIONS_PER_NETWORK;
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use domain::password::{Password, PasswordCredential};
use domain::session::Delivery;
use domain::sign_in::Amr;
use domain::username::{LoginName, Username};
use domain::{ClaimKind, Contract, EmailAddress, Error, PhoneNumber, Problem, ProblemKind};
use store::Step;

use crate::password::choose::Choice;
use crate::sign_in::Proof;
use crate::{MAX_ROUNDS, Postern, RequestMeta, SignIn, contended};

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
}

impl Postern {
    /// Makes an account, and signs its user in as far as that goes.
    ///
    /// # Errors
    /// [`Error::Disabled`] where people make no accounts; [`Error::Invalid`] for a password
    /// that will not do, or without a number where numbers are proven; [`Error::Taken`];
    /// [`Error::TooMany`] by network.
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
        let credential = PasswordCredential::first(self.choose_password(choice).await?, meta.now);
        for _ in 0..MAX_ROUNDS {
            let replaced = self.replaceable(&asked).await?;
            let user = self.signed_up(meta, &asked)?;
            let event = self.user_event(&user, EventKind::AccountCreated, None, meta)?;
            let transaction = self.store().transaction();
            let transaction = match &replaced {
                None => transaction.create_user(&user)?,
                Some(before) => {
                    let event = self.user_event(before, EventKind::AccountDeleted, None, meta)?;
                    let ended = self.revoke_credentials(transaction, before).await?;
                    ended.replace_user(&user, before)?.audit(&event)?
                }
            };
            let transaction = transaction
                .put_password(user.sub, &credential, None)?
                .audit(&event)?;
            let proof = Proof {
                delivery,
                ..Proof::new(meta, Contract::Nauth, vec![Amr::Pwd])
            };
            // The account is written first: a challenge is a row of its own, and a client
            // that loses the answer signs in.
            match self.commit(transaction).await? {
                None => return self.signed_in_after(&proof, user).await,
                Some(Step::Create | Step::Release | Step::EditUser) => {}
                Some(_) => return Err(contended()),
            }
        }
        Err(contended())
    }

    /// The unproven account that a sign-up replaces, if there is one.
    ///
    /// # Errors
    /// [`Error::Taken`] by address, username or number, in that order.
    async fn replaceable(&self, asked: &SignUp) -> Result<Option<User>, Error> {
        let number = asked.phone.clone().map(LoginName::Phone);
        let username = asked.username.clone().map(LoginName::Username);
        let holder = async |name: Option<LoginName>| match name {
            Some(name) => self.store().holder_of_name(&name).await,
            None => Ok(None),
        };
        let email = Some(LoginName::Email(asked.email.clone()));
        let (by_email, by_username, by_number) =
            tokio::join!(holder(email), holder(username), holder(number));
        let mut replaced = None;
        if let Some(sub) = by_email? {
            let user = self.store().user(sub).await?;
            let user = user.filter(may_be_replaced);
            replaced = Some(user.ok_or(Error::Taken(ClaimKind::Email))?);
        }
        let own = replaced.as_ref().map(|user| user.sub);
        if by_username?.is_some_and(|holder| Some(holder) != own) {
            return Err(Error::Taken(ClaimKind::Username));
        }
        if by_number?.is_some() {
            return Err(Error::Taken(ClaimKind::Phone));
        }
        Ok(replaced)
    }

    /// The account, not yet written.
    fn signed_up(&self, meta: &RequestMeta, asked: &SignUp) -> Result<User, Error> {
        let new = self.new_account(Some(&asked.email.clone().into()), "", meta)?;
        Ok(User {
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
        })
    }

    /// The sign-in of an account that was just made.
    async fn signed_in_after(&self, proof: &Proof<'_>, mut user: User) -> Result<SignIn, Error> {
        for _ in 0..MAX_ROUNDS {
            let nothing = self.store().transaction();
            if let Ok(signed_in) = self.advance(proof, nothing, &user, user.clone()).await? {
                return Ok(signed_in);
            }
            let now = self.store().user(user.sub).await?;
            user = now.ok_or(Error::Taken(ClaimKind::Email))?;
        }
        Err(contended())
    }
}

/// Whether a stranger may have made the account, and nothing in it is anybody's.
fn may_be_replaced(user: &User) -> bool {
    user.is_active()
        && !user.is_proven()
        && user.voucher == Voucher::Nobody
        && user.appointment.is_none()
        && user.role == Role::User
        && !user.imported
}
