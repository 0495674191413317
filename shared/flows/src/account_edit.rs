//! Changing one's own name, address and password.
//!
//! What guards the account, the address and the password, is changed only shortly
//! after signing in, with the second factor if there is one. It ends every other
//! session: the account's epoch moves on, and the session that asks is taken along.
//! An address that nobody proved is replaced by another that nobody proved; a
//! proven one stays until the new one is proven, see [`crate::email_change`].

use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::password::guesses::PASSWORDS_PER_PLACE;
use domain::password::{Password, PasswordCredential};
use domain::session::Session;
use domain::username::{LoginName, Username};
use domain::{AuthFailure, EmailAddress, Error};
use store::{Step, Transaction};

use crate::password_choice::Choice;
use crate::password_reset::names;
use crate::{MAX_ROUNDS, Postern, RequestMeta, Signed, contended};

/// What somebody would like to have changed: `None` leaves a thing as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountEdit {
    /// Another username.
    pub username: Option<Username>,
    /// Another address.
    pub email: Option<EmailAddress>,
    /// Another password.
    pub password: Option<Password>,
    /// A role by its name. Nobody gives themselves another one.
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
    email: Option<&'a EmailAddress>,
    password: Option<NewPassword>,
}

impl Postern {
    /// Edits the account of whoever is signed in, and returns it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for another role, [`Error::StaleSignIn`] for what guards
    /// the account, [`Error::Invalid`] for a password that will not do,
    /// [`Error::Taken`] by name, [`Error::Unauthenticated`] if the session was ended
    /// meanwhile.
    pub async fn edit_account(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        edit: AccountEdit,
    ) -> Result<User, Error> {
        let Signed { user, session } = signed;
        let role = edit.role.as_deref();
        if role.is_some_and(|role| role != user.role.name()) {
            return Err(Error::Forbidden);
        }
        let moves = edit
            .email
            .as_ref()
            .filter(|new| user.email.as_ref() != Some(new));
        if (moves.is_some() || edit.password.is_some())
            && !session.may_change_guards(&user, meta.now)
        {
            return Err(Error::StaleSignIn);
        }
        // What was never proven stands for nothing. Beside something that was, it would: its owner's first proof would
        // have to end the other's sign-in.
        let anything_proven = user.email_verified || user.phone_verified;
        let waits = moves.filter(|_| anything_proven);
        let change = Change {
            username: edit.username.as_ref(),
            email: moves.filter(|_| !anything_proven),
            password: self.chosen(meta, &user, &edit).await?,
        };
        let user = self.make(meta, &session, user, &change).await?;
        if let Some(address) = waits {
            self.ask_for_proof(meta, &user, address).await?;
        }
        Ok(user)
    }

    /// Makes a change, if it is one. Starts over when another edit came between.
    async fn make(
        &self,
        meta: &RequestMeta,
        session: &Session,
        mut user: User,
        change: &Change<'_>,
    ) -> Result<User, Error> {
        for _ in 0..MAX_ROUNDS {
            let Some(after) = change.of(&user) else {
                return Ok(user);
            };
            let transaction = self.writes(meta, session, &user, &after, change)?;
            let letter = match (&change.password, change.email) {
                (Some(_), _) => Some(Letter::PasswordChanged),
                (None, Some(_)) => Some(Letter::Registered),
                (None, None) => None,
            };
            let refused = self
                .commit_and_tell(transaction, &after, letter, meta.now)
                .await?;
            match refused {
                None => return Ok(after),
                Some(Step::EditPassword) => return Err(Error::Conflict),
                Some(Step::Create) => {
                    let username = LoginName::typed(&after.username);
                    let names = [Some(username), after.email.map(LoginName::Email)];
                    self.say_what_is_taken(names.into_iter().flatten(), Some(user.sub))
                        .await?;
                }
                Some(_) => {}
            }
            let now = self.store().user(user.sub).await?;
            user = now
                .filter(|now| session.is_alive(now, meta.now))
                .ok_or(Error::Unauthenticated(AuthFailure::BadToken))?;
        }
        Err(contended())
    }

    /// The credential of the password that was chosen, if one was.
    async fn chosen(
        &self,
        meta: &RequestMeta,
        user: &User,
        edit: &AccountEdit,
    ) -> Result<Option<NewPassword>, Error> {
        let Some(password) = &edit.password else {
            return Ok(None);
        };
        let (admitted, found) = tokio::join!(
            self.by_place(&PASSWORDS_PER_PLACE, meta),
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
            credential: PasswordCredential::replacing(before.as_ref(), own, hash, meta.now),
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
            .edit_user(after, user.rev)?
            .swap_names(user, after)?;
        if let Some(NewPassword { credential, before }) = &change.password {
            transaction = transaction.put_password(user.sub, credential, *before)?;
        }
        if after.epoch != user.epoch {
            transaction = transaction.carry_session(session, after.epoch)?;
        }
        let kinds = [
            (change.password.is_some(), EventKind::PasswordChanged),
            (user.email != after.email, EventKind::EmailChanged),
        ];
        for (_, kind) in kinds.into_iter().filter(|(happened, _)| *happened) {
            let event = self.user_event(user, kind, Some(session.id), meta)?;
            transaction = transaction.audit(&event)?;
        }
        Ok(transaction)
    }
}

impl Change<'_> {
    /// `user` with the change made, or `None` if it would change nothing.
    fn of(&self, user: &User) -> Option<User> {
        let mut after = user.clone();
        if let Some(username) = self.username {
            username.as_str().clone_into(&mut after.username);
        }
        if let Some(email) = self.email {
            after.email = Some(email.clone());
        }
        if after == *user && self.password.is_none() {
            return None;
        }
        let guards = self.password.is_some() || after.email != user.email;
        if self.password.is_some() {
            after = after.with_password();
        }
        Some(User {
            rev: user.rev + 1,
            epoch: if guards { user.epoch + 1 } else { user.epoch },
            ..after
        })
    }
}
