//! Proving an address by the token of a letter: the account's own, or another that it
//! moves to.
//!
//! Reading the mail proves the address and not whose account it is: an attacker may have
//! registered with a stranger's address, or asked to move their own account to it, in
//! the hope that the reader enters the token. So the letter names the account, and the
//! token keeps what the account has only beside a bearer of that account, or its password
//! on the page that the first letter links ([`crate::account::email_page`]). By itself it ends
//! everything that was set up before: the account then belongs to the reader alone.
//!
//! The letter about a move has no link. The user who moves is signed in and enters the
//! token there; any other reader should leave the letter alone, and a page could offer
//! them nothing better.

use crypto::derive::{fresh_letter_token, letter_token_hash};
use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::email_change::{
    EmailToken, LETTERS_PER_ACCOUNT, LIFETIME, OWN_LIFETIME, TOKENS_PER_NETWORK,
};
use domain::session::Session;
use domain::time::{HOUR, MINUTE};
use domain::username::LoginName;
use domain::{Contact, EmailAddress, Error};
use store::Step;

use crate::notify::postage::Purpose;
use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, contended};

/// Who made an account, as its first letter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByWhom {
    /// The user who typed the address.
    Themselves,
    /// An administrator, for the reader of the letter.
    Another,
}

/// What comes with a token as proof of its account.
pub(crate) enum Beside {
    /// Nothing: what was set up before ends.
    Nothing,
    /// Its password, as it was in this session epoch.
    Password {
        /// Another password moves it on.
        session_epoch: u64,
    },
    /// A session of the account.
    Session(Box<Session>),
}

impl Postern {
    /// Sends another address a token that moves the account there. Whether another account
    /// has the address is said when it comes back, to a user who has shown that they read
    /// its mail.
    pub(crate) async fn ask_for_proof(
        &self,
        meta: &RequestMeta,
        fresh: &FreshSession,
        address: &EmailAddress,
    ) -> Result<(), Error> {
        let user = fresh.user();
        let who = user.sub.to_string();
        self.store()
            .hit(&LETTERS_PER_ACCOUNT, &who, meta.now)
            .await?
            .map_err(Error::TooMany)?;
        if user.email.as_ref() == Some(address) {
            return self.ask_for_own_proof(meta, user, ByWhom::Themselves).await;
        }
        let token = self.address_token(meta, user, address, false).await?;
        let letter = Letter::ConfirmAddress {
            token,
            account: in_a_letter(&user.username),
            minutes: LIFETIME / MINUTE,
        };
        let purpose = Purpose::AskedBy { account: user };
        self.send_mail(meta, purpose, address, &letter, &user.language)
            .await
    }

    /// Sends the address of an account that has not proven it a token that does.
    pub(crate) async fn ask_for_own_proof(
        &self,
        meta: &RequestMeta,
        user: &User,
        by: ByWhom,
    ) -> Result<(), Error> {
        let Some(address) = &user.email else {
            return Ok(());
        };
        let token = self.address_token(meta, user, address, true).await?;
        let letter = Letter::Registered {
            page: page_for(&self.settings().issuer, &token),
            token,
            account: in_a_letter(&user.username),
            by_another: by == ByWhom::Another,
            hours: OWN_LIFETIME / HOUR,
        };
        let purpose = Purpose::AskedBy { account: user };
        self.send_mail(meta, purpose, address, &letter, &user.language)
            .await
    }

    async fn address_token(
        &self,
        meta: &RequestMeta,
        user: &User,
        address: &EmailAddress,
        own: bool,
    ) -> Result<String, Error> {
        let token = fresh_letter_token(self.entropy());
        let sealed = self.seal_personal(&context(user), address.as_str().as_bytes());
        let token_row = EmailToken {
            sub: user.sub,
            session_epoch: user.session_epoch,
            address: sealed?,
            own,
            expires_at: meta.now.plus(if own { OWN_LIFETIME } else { LIFETIME }),
            spent_at: None,
        };
        self.store()
            .put_email_token(&letter_token_hash(&token), &token_row)
            .await?;
        Ok(token)
    }

    /// Proves the address that `token` was sent to as its account's. With a `bearer` of
    /// that account it keeps what it has; any other bearer, or none, is a first proof
    /// and ends what was set up before.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] for a token that will not do, [`Error::Taken`] if the
    /// address is another account's, [`Error::TooMany`] by network.
    pub async fn confirm_address(
        &self,
        meta: &RequestMeta,
        token: &str,
        bearer: Option<&str>,
    ) -> Result<(), Error> {
        let (hash, token_row) = self.shown_token(meta, token).await?;
        let user = self.token_holder(meta, &token_row).await?;
        let beside = match self.own_session(meta, bearer, &user).await? {
            Some(session) => Beside::Session(Box::new(session)),
            None => Beside::Nothing,
        };
        self.prove(meta, &hash, &token_row, user, beside).await
    }

    pub(crate) async fn shown_token(
        &self,
        meta: &RequestMeta,
        token: &str,
    ) -> Result<(String, EmailToken), Error> {
        let hash = letter_token_hash(token);
        let (admitted, token_row) = tokio::join!(
            self.limit_by_network(&TOKENS_PER_NETWORK, meta),
            self.store().email_token(&hash),
        );
        admitted?;
        Ok((hash, token_row?.ok_or(Error::InvalidToken)?))
    }

    pub(crate) async fn token_holder(
        &self,
        meta: &RequestMeta,
        token_row: &EmailToken,
    ) -> Result<User, Error> {
        let user = self.store().user(token_row.sub).await?;
        user.filter(|user| token_row.is_good(user, self.moment(meta.now)))
            .ok_or(Error::InvalidToken)
    }

    /// The address that `token_row` proves as that of `user`.
    pub(crate) fn token_address(
        &self,
        token_row: &EmailToken,
        user: &User,
    ) -> Result<EmailAddress, Error> {
        let opened = self.open_personal(&context(user), &token_row.address);
        let address = String::from_utf8(opened?).ok();
        address
            .as_deref()
            .and_then(EmailAddress::parse)
            .ok_or_else(|| Error::Internal("a sealed address is none".to_owned()))
    }

    /// The session of `user` that `bearer` belongs to. A bearer that is expired, ended, of
    /// another account or of a device is ignored: clients always send one, and refusing it
    /// would keep people from what they may do without it.
    pub(crate) async fn own_session(
        &self,
        meta: &RequestMeta,
        bearer: Option<&str>,
        user: &User,
    ) -> Result<Option<Session>, Error> {
        let Some(token) = bearer else {
            return Ok(None);
        };
        match self.authenticate(token, meta).await {
            Ok(signed) => {
                let own = signed.user.sub == user.sub && signed.session.granted_to.is_none();
                Ok(own.then_some(signed.session))
            }
            Err(Error::Unauthenticated(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Spends a one-time token on the proof that it is good for, if it still is.
    pub(crate) async fn prove(
        &self,
        meta: &RequestMeta,
        hash: &str,
        token_row: &EmailToken,
        mut user: User,
        beside: Beside,
    ) -> Result<(), Error> {
        for _ in 0..MAX_ROUNDS {
            let address = self.token_address(token_row, &user)?;
            let contact = Contact::Email(address.clone());
            let moves = user.email.as_ref() != Some(&address);
            if token_row.own && (moves || user.ever_proved(&contact)) {
                return Err(Error::InvalidToken);
            }
            let after = proven(&user, &address, &beside, meta);
            let mut transaction = self
                .store()
                .transaction()
                .spend_email_token(hash, meta.now)?;
            // A first proof ends what may be a stranger's, even the last administrator's rights. A move may not:
            // the owner may have mistyped the address or forgotten the bearer.
            transaction = match moves {
                true => transaction.edit_user(&after, &user)?,
                false => transaction.edit_user_even_last(&after, &user)?,
            };
            transaction = transaction.swap_names(&user, &after)?;
            transaction = match &beside {
                Beside::Nothing => self.revoke_credentials(transaction, &user).await?,
                Beside::Session(session) if after.session_epoch != user.session_epoch => {
                    transaction.carry_session(session, after.session_epoch)?
                }
                Beside::Session(_) | Beside::Password { .. } => transaction,
            };
            let kind = match moves {
                true => EventKind::EmailChanged,
                false => EventKind::EmailProven,
            };
            let event = self.user_event(&user, kind, None, meta)?;
            transaction = transaction.audit(&event)?;
            transaction = self.audit_rights(transaction, &user, &after, meta)?;
            // To the old address, since its reader must hear of it. An unproven one may be a stranger's: no letter.
            let letter = (moves && user.email_verified).then_some(Letter::AddressChanged);
            match self
                .commit_and_notify(transaction, &user, letter, meta)
                .await?
            {
                None => return Ok(()),
                Some(Step::SpendToken) => return Err(Error::InvalidToken),
                // The session that was shown has ended meanwhile.
                Some(Step::CarrySession) => return Err(Error::InvalidToken),
                // The reader may be a stranger: they learn only that the token does nothing.
                Some(Step::KeepAdministrator) => return Err(Error::InvalidToken),
                Some(Step::Create) => {
                    self.say_what_is_taken([LoginName::Email(address)], Some(user.sub))
                        .await?;
                }
                Some(_) => {}
            }
            user = self.token_holder(meta, token_row).await?;
            if matches!(beside, Beside::Password { session_epoch } if session_epoch != user.session_epoch)
            {
                return Err(Error::WrongCode);
            }
        }
        Err(contended())
    }
}

/// `user` with `address` proven, and moved there if it is another than it has.
fn proven(user: &User, address: &EmailAddress, beside: &Beside, meta: &RequestMeta) -> User {
    let next = User {
        rev: user.rev + 1,
        ..user.clone()
    };
    match beside {
        Beside::Nothing => {
            // The reader of the new address gets the account without the rights it had: else a
            // mistyped address would make a stranger an administrator.
            let base = match user.email.as_ref() == Some(address) {
                true => next,
                false => next.moved_to(address).without_rights(),
            };
            let contact = Contact::Email(address.clone());
            User {
                networks: Vec::new(),
                ..base.first_proven_by(&contact, meta.now)
            }
        }
        Beside::Session(_) | Beside::Password { .. } => next.moved_by_bearer(address, meta.now),
    }
}

/// A username as a letter may show it. An attacker who registers a stranger's address
/// chooses it: one that reads like a code would be taken for one, and a mail program would
/// make a link of one with a dot, a slash or an at sign. Neither is shown.
fn in_a_letter(username: &str) -> String {
    let mut words = username.split(|c: char| !c.is_alphanumeric());
    let like_a_code = |word: &str| word.len() >= 4 && word.chars().all(|c| c.is_ascii_digit());
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    if words.any(like_a_code) || !username.chars().all(plain) {
        "…".to_owned()
    } else {
        username.to_owned()
    }
}

/// The page that takes `token` ([`crate::account::email_page`]), as a letter may show it. The port
/// of a local stack would read like a code; with zeros before it, it is the same port
/// (WHATWG URL, port state) and too long for one.
fn page_for(issuer: &str, token: &str) -> String {
    let site = match issuer.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{host}:{port:0>9}")
        }
        _ => issuer.to_owned(),
    };
    format!("{site}/auth/confirm?token={token}")
}

/// What the sealed address of a one-time token is bound to.
fn context(user: &User) -> String {
    format!("email change#{}", user.sub)
}

#[cfg(test)]
mod tests;
