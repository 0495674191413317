//! The page that registration's letter links: it names the account, and asks whose it is.
//!
//! The user who made the account shows its password beside the token. They read the mail
//! and know the password, so they have proven both, and the account keeps all that it has.
//! A reader who did not make it says so, and what was set up before ends, as at any first
//! proof without the account's bearer ([`crate::account::email_change`]).
//!
//! Looking at the page writes nothing, not even a count: mail scanners follow links, and
//! a token of 256 bits is not found by trying. A password is tried as at a sign-in, and
//! counted in the ledger of the account's address. It is asked for whatever state the
//! account is in, so that a locked one looks like any other. No second factor is asked
//! for: this signs no user in, and a factor stays in force.

use domain::account::User;
use domain::email_change::EmailToken;
use domain::password::Password;
use domain::pos::Capacity;
use domain::username::LoginName;
use domain::{Contact, EmailAddress, Error, Problem, ProblemKind, UnixTime};

use crate::account::email_change::Beside;
use crate::sign_in::password::PasswordPolicy;
use crate::{Postern, RequestMeta};

/// An account whose address waits for its proof.
#[derive(Clone, Debug)]
pub struct Unconfirmed {
    /// The account.
    pub user: User,
    /// Its address.
    pub address: EmailAddress,
}

/// What a password beside the token came to.
#[derive(Clone, Debug)]
pub enum ByPassword {
    /// The address is proven.
    Proven(Unconfirmed),
    /// Nothing has changed, and the token works still.
    Refused(Unconfirmed, Error),
}

impl Postern {
    /// The account whose address `token` proves. Changes nothing.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] for a token that will not do, whatever the reason.
    pub async fn unconfirmed(&self, meta: &RequestMeta, token: &str) -> Result<Unconfirmed, Error> {
        let hash = crypto::derive::token_hash(token);
        let token_row = self.store().email_token(&hash).await?;
        let token_row = token_row.ok_or(Error::InvalidToken)?;
        self.unconfirmed_by(&token_row, meta.now).await
    }

    async fn unconfirmed_by(
        &self,
        token_row: &EmailToken,
        now: UnixTime,
    ) -> Result<Unconfirmed, Error> {
        if !token_row.own || !token_row.is_open(now) {
            return Err(Error::InvalidToken);
        }
        let user = self.store().user(token_row.sub).await?;
        let user = user.ok_or(Error::InvalidToken)?;
        let address = self.token_address(token_row, &user)?;
        let waits = user.email.as_ref() == Some(&address)
            && !user.ever_proved(&Contact::Email(address.clone()));
        match waits {
            true => Ok(Unconfirmed { user, address }),
            false => Err(Error::InvalidToken),
        }
    }

    /// Proves the address of an account by its letter's `token` and its password, which
    /// keeps all that it has.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] for a token that will not do, [`Error::TooMany`] by network.
    /// What is wrong with the password is no error, see [`ByPassword::Refused`].
    pub async fn confirm_by_password(
        &self,
        meta: &RequestMeta,
        token: &str,
        typed: Option<&Password>,
    ) -> Result<ByPassword, Error> {
        let (hash, token_row) = self.shown_token(meta, token).await?;
        let asked = self.unconfirmed_by(&token_row, meta.now).await?;
        let Some(typed) = typed else {
            let problem = Problem::of("password", ProblemKind::Required);
            return Ok(ByPassword::Refused(asked, Error::Invalid(vec![problem])));
        };
        let name = LoginName::Email(asked.address.clone());
        let shown =
            self.show_password(meta, &name, typed, Capacity::Anybody, PasswordPolicy::PLAIN);
        let (tried, user) = match shown.await {
            Ok(shown) => shown,
            Err(error @ (Error::WrongCode | Error::TooMany(_))) => {
                return Ok(ByPassword::Refused(asked, error));
            }
            Err(error) => return Err(error),
        };
        // The address has gone to another account meanwhile.
        if user.sub != token_row.sub {
            return Err(Error::InvalidToken);
        }
        let beside = Beside::Password {
            session_epoch: user.session_epoch,
        };
        let (proven, ()) = tokio::join!(
            self.prove(meta, &hash, &token_row, user.clone(), beside),
            self.record_success(meta, tried, &user),
        );
        match proven {
            Ok(()) => Ok(ByPassword::Proven(asked)),
            Err(error @ Error::WrongCode) => Ok(ByPassword::Refused(asked, error)),
            Err(error) => Err(error),
        }
    }

    /// Proves the address of an account for the reader of its letter, who says that
    /// another person made it: what was set up before ends, and the reader signs in by a
    /// code.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] for a token that will not do, [`Error::TooMany`] by network.
    pub async fn disown_setup(
        &self,
        meta: &RequestMeta,
        token: &str,
    ) -> Result<Unconfirmed, Error> {
        let (hash, token_row) = self.shown_token(meta, token).await?;
        let asked = self.unconfirmed_by(&token_row, meta.now).await?;
        if !asked.user.is_active() {
            return Err(Error::InvalidToken);
        }
        let user = asked.user.clone();
        self.prove(meta, &hash, &token_row, user, Beside::Nothing)
            .await?;
        Ok(asked)
    }
}
