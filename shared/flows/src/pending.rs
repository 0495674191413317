//! Sign-ins that wait for a second factor, in contracts whose sign-in answers with
//! a bearer: the bearer is then a pending token, which opens nothing but the way on.

use domain::Error;
use domain::sign_in::Challenge;
use domain::token::PendingClaims;

use uuid::Uuid;

use crate::{Postern, RequestMeta, SecondFactor, Tokens, broken};

impl Postern {
    /// The pending token of a sign-in that waits.
    pub(crate) fn pending_token(&self, challenge: &Challenge) -> Result<String, Error> {
        let claims = PendingClaims::new(&self.settings().issuer, challenge);
        self.ring().sign_pending(&claims).map_err(broken)
    }

    /// The sign-in that `token` waits for.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for anything but a pending token of ours.
    pub fn waiting_sign_in(&self, token: &str, meta: &RequestMeta) -> Result<Uuid, Error> {
        let claims = self
            .ring()
            .check_pending(token, &self.settings().issuer, meta.now)
            .map_err(Error::Unauthenticated)?;
        Ok(claims.jti)
    }

    /// Completes the sign-in `waiting` with whatever `typed` looks like: an
    /// authenticator's code, or a backup code.
    ///
    /// # Errors
    /// As [`Postern::answer_challenge`].
    pub async fn answer_pending(
        &self,
        meta: &RequestMeta,
        waiting: Uuid,
        typed: &str,
    ) -> Result<Tokens, Error> {
        let shown = SecondFactor::typed(typed);
        Ok(self.answer_challenge(meta, waiting, shown).await?.tokens)
    }
}
