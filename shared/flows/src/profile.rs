//! Reading and editing one's own profile.

use domain::account::{Role, User};
use domain::profile::ProfileEdit;
use domain::{AuthFailure, Error};

use crate::{Connection, MAX_ROUNDS, Postern, RequestMeta, Signed, contended};

/// An account as whoever is signed in sees it.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The account.
    pub user: User,
    /// What this session may do.
    pub role: Role,
    /// How to connect to the realtime server, where there is one.
    pub connection: Option<Connection>,
}

impl Postern {
    /// The profile of whoever is signed in. What the request tells about its
    /// language and time zone is kept, and already in the answer.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the account was closed meanwhile.
    pub async fn read_profile(&self, meta: &RequestMeta, signed: Signed) -> Result<Profile, Error> {
        self.edit_profile(meta, signed, ProfileEdit::default())
            .await
    }

    /// Edits the profile of whoever is signed in, and returns it. A time zone in
    /// the edit beats the one that the request is sent from.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the account was closed meanwhile.
    pub async fn edit_profile(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        edit: ProfileEdit,
    ) -> Result<Profile, Error> {
        let role = signed.role();
        let user = self.edited(meta, signed, edit).await?;
        Ok(Profile {
            connection: self.connection(&user, role, meta.now)?,
            user,
            role,
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
            match self.store().save_user(&edited, user.rev).await? {
                None => return Ok(edited),
                Some(now) if session.is_alive(&now, meta.now) => user = now,
                Some(_) => return Err(Error::Unauthenticated(AuthFailure::Inactive)),
            }
        }
        Err(contended())
    }
}
