//! Making an account with a password.
//!
//! The address is unproven at first, and the account holds its claim until it is
//! proven: the first code or reset token that comes back from the address
//! ends the password, the factors, the sessions and the keys that were set up
//! before it (`sign_in::revoke_credentials`). The letter that goes there at once has a
//! token by which the user who registered proves it and keeps all that
//! ([`crate::account::email_change`]).

use crypto::derive::{constant_time_eq, token_hash};
use domain::account::{Role, User, Voucher, WayIn};
use domain::audit::EventKind;
use domain::limit::REGISTRATIONS_PER_NETWORK;
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use domain::password::{Password, PasswordCredential};
use domain::secret::SecretName;
use domain::username::{LoginName, Username};
use domain::{EmailAddress, Error};
use store::Step;

use crate::account::email_change::ByWhom;
use crate::notify::mail;
use crate::password::choose::Choice;
use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

/// What a user says of themselves to get an account.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The name to be known by.
    pub username: Username,
    /// An address that is said to be theirs.
    pub email: EmailAddress,
    /// The password to sign in by.
    pub password: Password,
    /// Where their picture is.
    pub profile_picture: String,
    /// What the client keeps about them.
    pub preferences: String,
}

impl Postern {
    /// Makes an account, with a user's rights.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a password that will not do, [`Error::Taken`] by name,
    /// [`Error::TooMany`] by network.
    pub async fn register(
        &self,
        meta: &RequestMeta,
        registration: Registration,
    ) -> Result<User, Error> {
        self.admit_registration(meta).await?;
        self.enrol(meta, registration, Role::User).await
    }

    /// Makes an account with an administrator's rights, for a caller who has the key of the
    /// installation. Without a key every caller is refused, as for a wrong one.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for another key; else as [`Postern::register`].
    pub async fn register_administrator(
        &self,
        meta: &RequestMeta,
        key: &str,
        registration: Registration,
    ) -> Result<User, Error> {
        self.admit_registration(meta).await?;
        let own = self.secret(SecretName::RegistrationKey)?;
        // Digests, as a comparison of texts would tell how long the key is.
        let is_own = |own: &str| constant_time_eq(&token_hash(own), &token_hash(key));
        if !own.is_some_and(|own| is_own(&own)) {
            return Err(Error::Forbidden);
        }
        self.enrol(meta, registration, Role::Admin).await
    }

    async fn admit_registration(&self, meta: &RequestMeta) -> Result<(), Error> {
        let (admitted, admitted_today) = tokio::join!(
            self.limit_by_network(&PASSWORDS_PER_NETWORK, meta),
            self.limit_by_network(&REGISTRATIONS_PER_NETWORK, meta),
        );
        admitted?;
        admitted_today
    }

    async fn enrol(
        &self,
        meta: &RequestMeta,
        registration: Registration,
        role: Role,
    ) -> Result<User, Error> {
        let Registration {
            username,
            email,
            password,
            profile_picture,
            preferences,
        } = registration;
        let choice = Choice {
            field: "password",
            password: &password,
            names: vec![email.as_str(), username.as_str()],
            before: None,
        };
        let credential = PasswordCredential::first(self.choose_password(choice).await?, meta.now);
        for _ in 0..MAX_ROUNDS {
            let user = User {
                username: username.as_str().to_owned(),
                role,
                voucher: match role {
                    Role::User => Voucher::Nobody,
                    _ => Voucher::RegistrationKey,
                },
                email_verified: false,
                email_proven_at: None,
                last_login_at: None,
                ways_in: vec![WayIn::Password],
                profile_picture: profile_picture.clone(),
                preferences: preferences.clone(),
                ..self.new_account(Some(&email.clone().into()), "", meta)?
            };
            let event = self.user_event(&user, EventKind::AccountCreated, None, meta)?;
            let mut transaction = self
                .store()
                .transaction()
                .create_user(&user)?
                .put_password(user.sub, &credential, None)?
                .audit(&event)?;
            if role != Role::User {
                let mut event = self.user_event(&user, EventKind::RoleChanged, None, meta)?;
                event.role = Some(role);
                transaction = transaction.audit(&event)?;
            }
            let refused = self
                .commit_and_notify(transaction, &user, None, meta)
                .await?;
            match refused {
                None => {
                    let sent = self.ask_for_own_proof(meta, &user, ByWhom::Themselves);
                    if let Err(error) = sent.await {
                        mail::not_sent(&error);
                    }
                    return Ok(user);
                }
                Some(Step::Create) => {
                    let names = [
                        LoginName::Email(email.clone()),
                        LoginName::Username(username.clone()),
                    ];
                    self.say_what_is_taken(names, None).await?;
                }
                Some(_) => {}
            }
        }
        Err(contended())
    }
}
