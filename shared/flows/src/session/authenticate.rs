//! Knowing a bearer.

use domain::account::{Role, User};
use domain::client::Consent;
use domain::session::{Delivery, Session};
use domain::token::AccessClaims;
use domain::{AuthFailure, Error, UnixTime};

use crate::session::member::of_its_delivery;
use crate::{Postern, RequestMeta};

/// A signed-in user, as of now.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The account.
    pub user: User,
    /// The session that the token belongs to, with the proofs that the token shows.
    pub session: Session,
}

impl Signed {
    /// What this session may do, which may be less than the account.
    #[must_use]
    pub fn role(&self) -> Role {
        self.session.role(&self.user)
    }

    /// When the account was last seen.
    #[must_use]
    pub fn last_login(&self) -> Option<UnixTime> {
        self.session.last_login(&self.user)
    }
}

impl Postern {
    /// Who bears `token`, outside cookies. The signature is checked in memory; then one round
    /// trip asks whether its session and account still stand, so that a lock,
    /// deletion or replay alarm works on the very next request.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], as precisely as the bearer may know it.
    pub async fn authenticate(&self, token: &str, meta: &RequestMeta) -> Result<Signed, Error> {
        let (_, signed) = self.authenticate_claims(token, meta.now).await?;
        of_its_delivery(signed.session.delivery, Delivery::Body)?;
        Ok(signed)
    }

    /// As [`Postern::authenticate`], with what the token says, and by whichever way it
    /// travels: whoever asks about a token has been shown it.
    pub(crate) async fn authenticate_claims(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<(AccessClaims, Signed), Error> {
        let known = self.authenticate_precisely(token, now).await;
        known.map_err(|error| match error {
            Error::Unauthenticated(AuthFailure::EndedSession | AuthFailure::ExpiredSession) => {
                Error::Unauthenticated(AuthFailure::BadToken)
            }
            error => error,
        })
    }

    /// The same, where it is also said why a session is over (nauth).
    pub(crate) async fn authenticate_precisely(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<(AccessClaims, Signed), Error> {
        let claims = self.check_access(token, now).await?;
        self.standing(claims, now).await
    }

    /// The same for a token for whomever it is, which the caller has to look at.
    pub(crate) async fn authenticate_for_anyone(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<(AccessClaims, Signed), Error> {
        let claims = self.check_access_for_anyone(token, now).await?;
        self.standing(claims, now).await
    }

    /// What `claims` say, and whose session that is, if it stands and what it rests on.
    async fn standing(
        &self,
        claims: AccessClaims,
        now: UnixTime,
    ) -> Result<(AccessClaims, Signed), Error> {
        let (account, client) = (self.ring().account_of(&claims), claims.client_id.as_deref());
        let found = self.store().signed_in(account, claims.sid, client);
        let ended = Error::Unauthenticated(AuthFailure::EndedSession);
        let (session, user, consent) = found.await?.ok_or(ended)?;
        if !rests_on(&session, consent.as_ref()) {
            return Err(Error::Unauthenticated(AuthFailure::EndedSession));
        }
        if !user.is_active() {
            return Err(Error::Unauthenticated(AuthFailure::Inactive));
        }
        let at = self.moment(now);
        if !session.is_alive(&user, at) {
            return Err(Error::Unauthenticated(session.why_over(&user, at)));
        }
        let session = session.as_shown_by(&claims);
        Ok((claims, Signed { user, session }))
    }
}

/// Whether what the client of `session` was let do still rests on the account's `consent`,
/// if it needed one.
pub(crate) fn rests_on(session: &Session, consent: Option<&Consent>) -> bool {
    let granted = session.authorization.as_ref();
    granted.is_none_or(|granted| granted.rests_on(consent.map(|consent| consent.id)))
}

/// Whether a token was no good only because it is of another kind.
pub(crate) const fn of_another_kind(error: &Error) -> bool {
    matches!(error, Error::Unauthenticated(AuthFailure::WrongTokenType))
}
