//! Reading and editing one's own profile.

use delivery::Letter;
use domain::account::{Role, User};
use domain::audit::EventKind;
use domain::profile::ProfileEdit;
use domain::provider::{OauthFailure, has_way_in};
use domain::{AuthFailure, Error, UnixTime};

use crate::{Connection, FreshSession, MAX_ROUNDS, Postern, RequestMeta, Signed, contended};

/// An account as its signed-in user sees it.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The account.
    pub user: User,
    /// What this session may do.
    pub role: Role,
    /// When the account was last seen.
    pub last_login: Option<UnixTime>,
    /// How to connect to the realtime server, where there is one.
    pub connection: Option<Connection>,
}

impl Postern {
    /// The profile of the signed-in user. What the request tells about its
    /// language and time zone is kept, and already in the answer.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the account was closed meanwhile.
    pub async fn read_profile(&self, meta: &RequestMeta, signed: Signed) -> Result<Profile, Error> {
        self.edit_profile(meta, signed, ProfileEdit::default())
            .await
    }

    /// Edits the profile of the signed-in user, and returns it. A time zone in
    /// the edit beats the one that the request is sent from. Another number replaces
    /// a proven one as contact data only.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the account was closed meanwhile. For giving a
    /// proven number up, [`Error::StaleSignIn`], and [`OauthFailure::LastWayIn`] if
    /// the account would have no way left to sign in.
    pub async fn edit_profile(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        edit: ProfileEdit,
    ) -> Result<Profile, Error> {
        let (role, last_login) = (signed.role(), signed.last_login());
        let user = self.edited(meta, signed, edit).await?;
        Ok(Profile {
            connection: self.connection(&user, role, meta.now)?,
            user,
            role,
            last_login,
        })
    }

    async fn edited(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        edit: ProfileEdit,
    ) -> Result<User, Error> {
        let Signed { mut user, session } = signed;
        for _ in 0..MAX_ROUNDS {
            let mut edit = edit.clone();
            edit.timezone = edit.timezone.or_else(|| meta.time_zone.clone());
            if user.language.is_empty() {
                edit.language = edit.language.or_else(|| meta.language.clone());
            }
            let Some(edited) = edit.of(&user) else {
                return Ok(user);
            };
            let gives_up_number = user.phone_verified && !edited.phone_verified;
            let refused = if gives_up_number {
                let signed = Signed {
                    user: user.clone(),
                    session: session.clone(),
                };
                let fresh = FreshSession::of(signed, meta.now)?;
                self.give_up_number(meta, &fresh, &edited).await?
            } else {
                self.store().save_user(&edited, user.rev).await?
            };
            match refused {
                None => return Ok(edited),
                Some(now) if session.is_alive(&now, self.moment(meta.now)) => user = now,
                Some(_) => return Err(Error::Unauthenticated(AuthFailure::Inactive)),
            }
        }
        Err(contended())
    }

    /// Writes an edit after which the account cannot sign in by its number, a credential
    /// until another replaces it: this needs a fresh sign-in. `None` when it was written,
    /// else the row as it is now.
    async fn give_up_number(
        &self,
        meta: &RequestMeta,
        fresh: &FreshSession,
        edited: &User,
    ) -> Result<Option<User>, Error> {
        let (user, session) = (fresh.user(), fresh.session());
        if !has_way_in(edited) {
            return Err(Error::Oauth(OauthFailure::LastWayIn));
        }
        let event = self.user_event(user, EventKind::PhoneGivenUp, Some(session.id), meta)?;
        let transaction = self
            .store()
            .transaction()
            .edit_user(edited, user)?
            .swap_names(user, edited)?
            .audit(&event)?;
        let letter = user.email_verified.then_some(Letter::NumberChanged);
        let committed = self.commit_and_notify(transaction, user, letter, meta);
        match committed.await? {
            None => Ok(None),
            Some(_) => Ok(self.store().user(user.sub).await?),
        }
    }
}
