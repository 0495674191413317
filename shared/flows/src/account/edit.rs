//! Changing one's own name, address and password.
//!
//! All three are what one signs in by, so they are changed only by a
//! [`FreshSession`]. A new password ends every other session: the account's epoch moves
//! on, and the session that asks is taken along. An address, proven or not, stays until
//! the new one is proven, see [`crate::account::email_change`]: an edit that took it at once would
//! let a user write to any address, and tell whether it has an account.

use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::limit::USERNAME_CHANGES_PER_ACCOUNT;
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use domain::password::{Password, PasswordCredential};
use domain::session::Session;
use domain::username::{LoginName, Username};
use domain::{AuthFailure, EmailAddress, Error, UnixTime};
use store::{Step, Transaction};

use crate::password::choose::Choice;
use crate::password::reset::names;
use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, Signed, contended};

/// What a user wants changed: `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountEdit {
    /// Another username.
    pub username: Option<Username>,
    /// Another address.
    pub email: Option<EmailAddress>,
    /// Another password.
    pub password: Option<Password>,
    /// A role by its name. Any but the account's own is refused.
    pub role: Option<String>,
}

/// A new credential over the revision of the one before.
struct NewPassword {
    credential: PasswordCredential,
    before: Option<u64>,
}

/// What is changed at once.
struct Change<'a> {
    username: Option<&'a Username>,
    password: Option<NewPassword>,
}

impl Postern {
    /// Edits the account of the signed-in user, and returns it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for another role, [`Error::StaleSignIn`] for any change,
    /// [`Error::Invalid`] for a password that will not do, [`Error::Taken`] by
    /// username, [`Error::TooMany`] for letters to other addresses,
    /// [`Error::Unauthenticated`] if the session was ended meanwhile.
    pub async fn edit_account(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        edit: AccountEdit,
    ) -> Result<User, Error> {
        let role = edit.role.as_deref();
        if role.is_some_and(|role| role != signed.user.role.name()) {
            return Err(Error::Forbidden);
        }
        let address = edit.email.as_ref();
        let proven = |new: &&EmailAddress| signed.user.proven_email() == Some(*new);
        let address = address.filter(|new| !proven(new));
        if address.is_none() && edit.username.is_none() && edit.password.is_none() {
            return Ok(signed.user);
        }
        let fresh = FreshSession::of(signed, meta.now)?;
        let other = |name: &&Username| name.as_str() != fresh.user().username;
        if edit.username.as_ref().filter(other).is_some() {
            let who = fresh.user().sub.to_string();
            let limit = &USERNAME_CHANGES_PER_ACCOUNT;
            let counted = self.store().hit(limit, &who, meta.now).await?;
            counted.map_err(Error::TooMany)?;
        }
        let change = Change {
            username: edit.username.as_ref(),
            password: self.chosen(meta, &fresh, &edit).await?,
        };
        let user = self.make(meta, &fresh, &change).await?;
        if let Some(address) = address {
            self.ask_for_proof(meta, &fresh, address).await?;
        }
        Ok(user)
    }

    /// Writes a change, if it changes anything. Starts over when another edit came between.
    async fn make(
        &self,
        meta: &RequestMeta,
        fresh: &FreshSession,
        change: &Change<'_>,
    ) -> Result<User, Error> {
        let (mut user, session) = (fresh.user().clone(), fresh.session());
        for _ in 0..MAX_ROUNDS {
            let Some(after) = change.of(&user, meta.now) else {
                return Ok(user);
            };
            let transaction = self.writes(meta, session, &user, &after, change)?;
            let letter = match change.password {
                Some(_) => Some(Letter::PasswordChanged),
                None => user.email_verified.then_some(Letter::UsernameChanged),
            };
            let refused = self
                .commit_and_notify(transaction, &after, letter, meta)
                .await?;
            match refused {
                None => return Ok(after),
                Some(Step::EditPassword) => return Err(Error::Conflict),
                Some(Step::Create) => {
                    let username = LoginName::typed(&after.username);
                    self.say_what_is_taken([username], Some(user.sub)).await?;
                }
                Some(_) => {}
            }
            let now = self.store().user(user.sub).await?;
            user = now
                .filter(|now| session.is_alive(now, self.moment(meta.now)))
                .ok_or(Error::Unauthenticated(AuthFailure::BadToken))?;
        }
        Err(contended())
    }

    /// The credential of the password that was chosen, if one was.
    async fn chosen(
        &self,
        meta: &RequestMeta,
        fresh: &FreshSession,
        edit: &AccountEdit,
    ) -> Result<Option<NewPassword>, Error> {
        let user = fresh.user();
        let Some(password) = &edit.password else {
            return Ok(None);
        };
        let (admitted, found) = tokio::join!(
            self.limit_by_network(&PASSWORDS_PER_NETWORK, meta),
            self.store().user_and_password(user.sub),
        );
        admitted?;
        let (_, before) = found?;
        let own = user.has_password();
        let choice = Choice {
            field: "password",
            password,
            names: names(user),
            before: before.as_ref().filter(|_| own),
        };
        let hash = self.choose_password(choice).await?;
        Ok(Some(NewPassword {
            credential: self.next_credential(before.as_ref(), own, hash, meta.now),
            before: before.map(|before| before.rev),
        }))
    }

    /// The writes that make `after` of `user`.
    fn writes(
        &self,
        meta: &RequestMeta,
        session: &Session,
        user: &User,
        after: &User,
        change: &Change<'_>,
    ) -> Result<Transaction<'_>, Error> {
        let mut transaction = self
            .store()
            .transaction()
            .edit_user(after, user)?
            .swap_names(user, after)?;
        if let Some(NewPassword { credential, before }) = &change.password {
            transaction = transaction.put_password(user.sub, credential, *before)?;
        }
        if after.session_epoch != user.session_epoch {
            transaction = transaction.carry_session(session, after.session_epoch)?;
        }
        let changed = [
            (after.username != user.username).then_some(EventKind::UsernameChanged),
            change.password.as_ref().map(|_| EventKind::PasswordChanged),
        ];
        for kind in changed.into_iter().flatten() {
            let event = self.user_event(user, kind, Some(session.id), meta)?;
            transaction = transaction.audit(&event)?;
        }
        Ok(transaction)
    }
}

impl Change<'_> {
    /// `user` with the change made, or `None` if it would change nothing.
    fn of(&self, user: &User, now: UnixTime) -> Option<User> {
        let mut after = user.clone();
        if let Some(username) = self.username {
            username.as_str().clone_into(&mut after.username);
        }
        if after == *user && self.password.is_none() {
            return None;
        }
        if self.password.is_some() {
            after = after.with_password().with_sign_ins_ended(now);
        }
        Some(User {
            rev: user.rev + 1,
            ..after
        })
    }
}
