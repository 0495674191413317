//! Sign-ins that wait for a second factor, in contracts whose sign-in answers with
//! a bearer: the bearer is then a pending token, which opens nothing but the way on.

use domain::sign_in::Challenge;
use domain::token::PendingClaims;
use domain::{AuthFailure, Contract, Error, UnixTime};

use uuid::Uuid;

use crate::{Postern, RequestMeta, SecondFactor, Tokens, broken};

/// The tokens of a sign-in that waits.
#[derive(Clone, Debug)]
pub struct PendingTokens {
    /// The pending token.
    pub access: String,
    /// What renews it, as long as the sign-in waits.
    pub refresh: String,
    /// Seconds for which the sign-in goes on waiting.
    pub expires_in: u64,
}

impl Postern {
    /// The tokens of a sign-in that waits.
    pub(crate) fn pending_tokens(
        &self,
        challenge: &Challenge,
        now: UnixTime,
    ) -> Result<PendingTokens, Error> {
        let claims = PendingClaims::new(&self.settings().issuer, challenge);
        Ok(PendingTokens {
            access: self.ring().sign_pending(&claims).map_err(broken)?,
            refresh: self.ring().sign_pending_renewal(&claims).map_err(broken)?,
            expires_in: claims.exp.seconds_since(now),
        })
    }

    /// The same tokens again for the sign-in that `token` renews, which waits no longer by it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for anything else, and once the sign-in is over.
    pub(crate) async fn renew_pending(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<PendingTokens, Error> {
        let claims = self
            .ring()
            .check_pending_renewal(token, &self.settings().issuer, now)
            .map_err(Error::Unauthenticated)?;
        const OVER: Error = Error::Unauthenticated(AuthFailure::SpentToken);
        let waiting = self.store().challenge(claims.jti).await?;
        let challenge = waiting
            .filter(|challenge| challenge.is_open(now))
            .ok_or(OVER)?;
        let user = self.store().user(challenge.sub).await?;
        if !user.is_some_and(|user| user.is_active() && challenge.is_of(&user, self.moment(now))) {
            return Err(OVER);
        }
        self.pending_tokens(&challenge, now)
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

    /// Gives up the sign-in `waiting`, which `renewal` must name too.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if it does not, or it is over.
    pub(crate) async fn give_up(
        &self,
        meta: &RequestMeta,
        waiting: Uuid,
        renewal: &str,
    ) -> Result<(), Error> {
        let issuer = &self.settings().issuer;
        let renewal = self
            .ring()
            .check_pending_renewal(renewal, issuer, meta.now)
            .map_err(Error::Unauthenticated)?;
        if renewal.jti != waiting {
            return Err(Error::Unauthenticated(AuthFailure::BadToken));
        }
        let spent = self
            .store()
            .transaction()
            .spend_challenge(waiting, meta.now)?;
        match self.commit(spent).await? {
            None => Ok(()),
            Some(_) => Err(Error::Unauthenticated(AuthFailure::SpentToken)),
        }
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
        // Both have pending tokens for bearers, and take them from each other.
        let contracts = [Contract::Cashless, Contract::AuthService];
        let answered = self.answer_plainly(meta, &contracts, waiting, shown);
        Ok(answered.await?.tokens)
    }
}
