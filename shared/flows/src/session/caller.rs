//! Callers that may be a person or a program of theirs.

use domain::account::{Role, User};
use domain::limit::BAD_KEYS_PER_NETWORK;
use domain::session::Moment;
use domain::{AuthFailure, Error, UnixTime};

use crate::{Postern, RequestMeta, Signed};

/// Who calls where an API key will do.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A signed-in user.
    Signed(Box<Signed>),
    /// The holder of an account's API key.
    Key(Box<User>),
}

impl Caller {
    /// The account.
    #[must_use]
    pub fn user(&self) -> &User {
        match self {
            Self::Signed(signed) => &signed.user,
            Self::Key(user) => user,
        }
    }

    /// When the account was last seen.
    #[must_use]
    pub fn last_login(&self) -> Option<UnixTime> {
        match self {
            Self::Signed(signed) => signed.last_login(),
            Self::Key(user) => user.last_login_at,
        }
    }

    /// What the caller may do. A key proves no user's presence, and may have been made by
    /// a sign-in of four digits: it brings a user's rights, whatever the role.
    #[must_use]
    pub fn role(&self) -> Role {
        match self {
            Self::Signed(signed) => signed.role(),
            Self::Key(_) => Role::User,
        }
    }

    /// Whether the caller's session or key holds for `user`, its account as it is now.
    #[must_use]
    pub(crate) fn stands(&self, user: &User, at: Moment) -> bool {
        match self {
            Self::Signed(signed) => signed.session.is_alive(user, at),
            Self::Key(before) => {
                let kept = user.api_key.as_ref();
                let in_force = kept.is_some_and(|kept| kept.is_of(user.session_epoch));
                user.is_active() && in_force && user.api_key == before.api_key
            }
        }
    }
}

impl Postern {
    /// Counts a key that was refused because of `why`: returns that, or that there were too
    /// many. What is no refusal of a caller is not counted.
    pub async fn count_bad_key(&self, meta: &RequestMeta, why: Error) -> Error {
        match why {
            Error::Unauthenticated(_) => self.count_refused(&BAD_KEYS_PER_NETWORK, meta, why).await,
            why => why,
        }
    }

    /// Who holds the API key `typed`. Two round trips: whose it is, and whether
    /// that account still names it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]: no key of ours, or its account is closed.
    pub async fn authenticate_key(&self, typed: &str) -> Result<User, Error> {
        let holder = self.holder_of_api_key(typed).await?;
        let user = holder.ok_or(Error::Unauthenticated(AuthFailure::BadApiKey))?;
        if !user.is_active() {
            return Err(Error::Unauthenticated(AuthFailure::Inactive));
        }
        Ok(user)
    }
}
