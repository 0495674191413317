//! Knowing a bearer.

use domain::account::{Role, User};
use domain::session::Session;
use domain::{AuthFailure, Error};

use crate::{Postern, RequestMeta};

/// Somebody who is signed in, as of now.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The account.
    pub user: User,
    /// The session that the token belongs to.
    pub session: Session,
}

impl Signed {
    /// What this session may do, which may be less than the account.
    #[must_use]
    pub fn role(&self) -> Role {
        self.user.role_in(&self.session.amr)
    }
}

impl Postern {
    /// Who bears `token`. The signature is checked in memory; then one round
    /// trip asks whether its session and account still stand, so that a lock,
    /// deletion or replay alarm works on the very next request.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], as precisely as the bearer may know it.
    pub async fn authenticate(&self, token: &str, meta: &RequestMeta) -> Result<Signed, Error> {
        let claims = self
            .ring()
            .check_access(token, &self.settings().issuer, meta.now)
            .map_err(Error::Unauthenticated)?;
        let found = self
            .store()
            .session_and_user(claims.sub, claims.sid)
            .await?;
        let Some((session, user)) = found else {
            return Err(Error::Unauthenticated(AuthFailure::BadToken));
        };
        if !user.is_active() {
            return Err(Error::Unauthenticated(AuthFailure::Inactive));
        }
        if !session.is_alive(&user, meta.now) {
            return Err(Error::Unauthenticated(AuthFailure::BadToken));
        }
        Ok(Signed { user, session })
    }
}
