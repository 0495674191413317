//! Exchanging a refresh token for its successor.
//!
//! Two round trips: the session and its account as they are, then one conditional update
//! of the session: its generation and its epoch are those that were read, and it has not
//! ended. A request that loses that race sees the row that beat it and gets the same
//! successor; one that shows an older token ends the session. A write whose answer was
//! lost meets itself when it is tried again, and is such a loser.
//!
//! The account is no part of that write: a transaction with it would cost four units
//! instead of one. An account that is locked between the read and the write still gets
//! tokens, which are worth nothing where they are shown: every request of ours reads the
//! account, and the session's epoch is behind it. Others who trust a token's signature
//! alone take it until it expires, as they take one that was made just before the lock.
//! For the same reason a refresh does not say in the account that its owner was here:
//! what shows that asks the session, too ([`Session::last_login`]).

use domain::client::Client;
use domain::limit::cashless::REFRESHES;
use domain::limit::{BAD_REFRESHES_PER_NETWORK, Limit};
use domain::session::{Delivery, EndedBy, Presented, Session};
use domain::token::RefreshClaims;
use domain::{AuthFailure, Error};
use store::Counted;

use domain::account::User;

use crate::session::authenticate::rests_on;
use crate::session::member::of_its_delivery;
use crate::{PendingTokens, Postern, RequestMeta, Tokens};

/// What a refresh token bought.
#[derive(Clone, Debug)]
pub enum Refreshed {
    /// The tokens of a session.
    Complete(Box<Tokens>),
    /// The tokens of a sign-in that still waits for its second factor.
    Waiting(PendingTokens),
}

const SPENT: Error = Error::Unauthenticated(AuthFailure::SpentToken);

/// A refusal as the contracts have it that do not say why a session is over.
fn unsaid(error: Error) -> Error {
    match error {
        Error::Closed(_)
        | Error::Unauthenticated(
            AuthFailure::ReplayedToken
            | AuthFailure::EndedSession
            | AuthFailure::ExpiredSession
            | AuthFailure::OtherDelivery(_),
        ) => SPENT,
        error => error,
    }
}

impl Postern {
    /// The tokens that follow `token`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]: not ours, expired, of the wrong type, already
    /// exchanged (which ends the session), or of a session that is over.
    /// [`Error::TooMany`] once a network has shown ten such in a minute.
    pub async fn refresh(&self, meta: &RequestMeta, token: &str) -> Result<Tokens, Error> {
        self.refresh_of(meta, token, None, None).await
    }

    /// The tokens that follow `token`, which may also be what renews the tokens of a
    /// sign-in that waits for its second factor (cashless).
    ///
    /// # Errors
    /// As [`Postern::refresh`].
    pub async fn refresh_or_wait_on(
        &self,
        meta: &RequestMeta,
        token: &str,
    ) -> Result<Refreshed, Error> {
        match self.renew_pending(token, meta.now).await {
            Err(Error::Unauthenticated(AuthFailure::WrongTokenType)) => {}
            Ok(pending) => {
                self.admitted(Some(&REFRESHES), meta).await?;
                return Ok(Refreshed::Waiting(pending));
            }
            Err(error @ Error::Unauthenticated(_)) => {
                return Err(self.count_bad_refresh(meta, error).await);
            }
            Err(error) => return Err(error),
        }
        let tokens = self.refresh_of(meta, token, None, Some(&REFRESHES)).await?;
        Ok(Refreshed::Complete(Box::new(tokens)))
    }

    /// The tokens that follow `token`, if it was given to `client` (RFC 6749 §6); at a
    /// contract's own route, to no registered client. A `limit` counts beside that on bad
    /// tokens.
    ///
    /// # Errors
    /// As [`Postern::refresh`].
    pub(crate) async fn refresh_of(
        &self,
        meta: &RequestMeta,
        token: &str,
        client: Option<&Client>,
        limit: Option<&Limit>,
    ) -> Result<Tokens, Error> {
        let refreshed = self.exchange(meta, token, client, limit, None).await;
        match refreshed.map_err(unsaid) {
            Err(error @ Error::Unauthenticated(_)) => {
                Err(self.count_bad_refresh(meta, error).await)
            }
            refreshed => refreshed,
        }
    }

    /// Counts a token that will not do: see [`Postern::count_refused`].
    pub(crate) async fn count_bad_refresh(&self, meta: &RequestMeta, why: Error) -> Error {
        self.count_refused(&BAD_REFRESHES_PER_NETWORK, meta, why)
            .await
    }

    /// The tokens that follow `token`; where `came_by` says so, only if those of its
    /// session travel that way.
    pub(crate) async fn exchange(
        &self,
        meta: &RequestMeta,
        token: &str,
        client: Option<&Client>,
        limit: Option<&Limit>,
        came_by: Option<Delivery>,
    ) -> Result<Tokens, Error> {
        let claims = self
            .ring()
            .check_refresh(token, &self.settings().issuer, meta.now)
            .map_err(Error::Unauthenticated)?;
        let (admitted, found) = tokio::join!(
            self.admitted(limit, meta),
            self.store().signed_in(
                self.ring().account_of_refresh(&claims),
                claims.sid,
                client.map(|client| client.id.as_str()),
            ),
        );
        admitted?;
        let ended = Error::Unauthenticated(AuthFailure::EndedSession);
        let (session, user, consent) = found?.ok_or(ended)?;
        if !session.is_refreshed_by(client) || !rests_on(&session, consent.as_ref()) {
            return Err(SPENT);
        }
        // Tokens of a cookie are taken from nowhere else, in whichever contract.
        of_its_delivery(session.delivery, came_by.unwrap_or_default())?;
        let worth = session.presented(claims.generation, &user, self.moment(meta.now));
        if worth == Presented::Current {
            return self.rotate(meta, &claims, session, user).await;
        }
        self.answer_old(meta, worth, session, user).await
    }

    async fn rotate(
        &self,
        meta: &RequestMeta,
        claims: &RefreshClaims,
        session: Session,
        user: User,
    ) -> Result<Tokens, Error> {
        let lives = self.settings().lives.of(session.contract, session.delivery);
        let next = session.rotated(meta.now, lives);
        match self.store().rotate_session(&session, &next).await? {
            Counted::Taken(next) => self.tokens(user, next, meta.now),
            // Its own write, whose answer was lost; or one by the same token in the same
            // second, which made the same successor.
            Counted::Refused(Some(now)) if now == next => self.tokens(user, now, meta.now),
            Counted::Refused(Some(now)) if now.session_epoch == session.session_epoch => {
                let worth = now.presented(claims.generation, &user, self.moment(meta.now));
                self.answer_old(meta, worth, now, user).await
            }
            // It is gone, or in an epoch of which nothing was read.
            Counted::Refused(_) => Err(SPENT),
        }
    }

    /// What a token that is no longer in force gets.
    async fn answer_old(
        &self,
        meta: &RequestMeta,
        worth: Presented,
        session: Session,
        user: User,
    ) -> Result<Tokens, Error> {
        match worth {
            Presented::JustReplaced => self.tokens(user, session, meta.now),
            Presented::Replayed => {
                self.end_session(meta, &user, &session, EndedBy::Replay)
                    .await?;
                Err(Error::Unauthenticated(AuthFailure::ReplayedToken))
            }
            Presented::Over => Err(match user.closed() {
                Some(closed) => Error::Closed(closed),
                None => Error::Unauthenticated(session.why_over(&user, self.moment(meta.now))),
            }),
            Presented::Current => Err(SPENT),
        }
    }
}
