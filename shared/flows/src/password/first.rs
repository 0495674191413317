//! The first password of an account that has none: somebody came through a provider.
//!
//! It takes nothing away from anybody, so no session ends; a fresh sign-in chooses it, as
//! it opens the account from now on.

use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::password::Password;
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use domain::{AuthFailure, Error};

use crate::password::choose::Choice;
use crate::password::reset::names;
use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// Gives the signed-in user a password.
    ///
    /// # Errors
    /// [`Error::Conflict`] if they have one; [`Error::Invalid`] for one that will not do;
    /// [`AuthFailure::EndedSession`]; [`Error::TooMany`] by network.
    pub async fn set_first_password(
        &self,
        meta: &RequestMeta,
        fresh: &FreshSession,
        password: &Password,
    ) -> Result<(), Error> {
        self.limit_by_network(&PASSWORDS_PER_NETWORK, meta).await?;
        let (mut user, before) = self.store().user_and_password(fresh.user().sub).await?;
        let mut hash = None;
        for _ in 0..MAX_ROUNDS {
            let now = user
                .filter(|now| fresh.session().is_alive(now, self.moment(meta.now)))
                .ok_or(Error::Unauthenticated(AuthFailure::EndedSession))?;
            if now.has_password() {
                return Err(Error::Conflict);
            }
            let hash = match &hash {
                Some(hash) => hash,
                None => hash.insert(
                    self.choose_password(Choice {
                        field: "password",
                        password,
                        names: names(&now),
                        before: None,
                    })
                    .await?,
                ),
            };
            let credential = self.next_credential(before.as_ref(), false, hash.clone(), meta.now);
            let changed = User {
                rev: now.rev + 1,
                ..now.with_password()
            };
            let session = Some(fresh.session().id);
            let event = self.user_event(&now, EventKind::PasswordChanged, session, meta)?;
            let transaction = self
                .store()
                .transaction()
                .edit_user(&changed, &now)?
                .put_password(
                    now.sub,
                    &credential,
                    before.as_ref().map(|before| before.rev),
                )?
                .audit(&event)?;
            let letter = Some(Letter::PasswordChanged);
            let refused = self
                .commit_and_notify(transaction, &changed, letter, meta)
                .await?;
            if refused.is_none() {
                return Ok(());
            }
            user = self.store().user(now.sub).await?;
        }
        Err(contended())
    }
}
