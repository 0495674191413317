//! Callers of nauth, whose tokens travel in bodies or in cookies.
//!
//! A session's tokens travel one way for as long as it lives, and are taken by no other: a
//! cookie's token in a header would be one that a script got hold of. What a browser sends
//! by itself is not enough for a request that changes something; it also shows the
//! session's CSRF token, which no other site can read.

use crypto::derive::constant_time_eq;
use domain::session::Delivery;
use domain::{AuthFailure, Error};

use crate::{Postern, RequestMeta, Signed, Tokens, broken};

impl Postern {
    /// Who bears `token`, which came by `delivery`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], as precisely as the bearer may know it.
    pub async fn authenticate_member(
        &self,
        token: &str,
        delivery: Delivery,
        meta: &RequestMeta,
    ) -> Result<Signed, Error> {
        let (_, signed) = self.authenticate_precisely(token, meta.now).await?;
        of_its_delivery(signed.session.delivery, delivery)?;
        Ok(signed)
    }

    /// Refuses a request of a caller known by cookie that does not show the CSRF token of
    /// the session: the one in force, or the one before, which other tabs may still have.
    ///
    /// # Errors
    /// [`AuthFailure::MissingCsrfToken`], [`AuthFailure::WrongCsrfToken`].
    pub fn check_csrf(
        &self,
        signed: &Signed,
        cookie: Option<&str>,
        header: Option<&str>,
    ) -> Result<(), Error> {
        let (Some(cookie), Some(header)) = (cookie, header) else {
            return Err(Error::Unauthenticated(AuthFailure::MissingCsrfToken));
        };
        let session = &signed.session;
        let is_of = |generation| {
            let shown = self.ring().is_csrf_token(session.id, generation, header);
            shown.map_err(broken)
        };
        let (own, one_before) = (session.generation, session.generation.saturating_sub(1));
        let known = is_of(own)? || is_of(one_before)?;
        if known && constant_time_eq(cookie, header) {
            Ok(())
        } else {
            Err(Error::Unauthenticated(AuthFailure::WrongCsrfToken))
        }
    }

    /// The tokens that follow the refresh token `token`, which came by `delivery`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], as precisely as the bearer may know it;
    /// [`Error::Closed`] if the account was locked meanwhile. Never [`Error::TooMany`]: a
    /// client that is not told that its token is dead keeps it, and asks again.
    pub async fn refresh_member(
        &self,
        meta: &RequestMeta,
        token: &str,
        delivery: Delivery,
    ) -> Result<Tokens, Error> {
        match self.exchange(meta, token, None, None, Some(delivery)).await {
            Err(error @ Error::Unauthenticated(_)) => {
                // It counts for the contracts that do refuse.
                match self.count_bad_refresh(meta, error.clone()).await {
                    Error::TooMany(_) => Err(error),
                    counted => Err(counted),
                }
            }
            refreshed => refreshed,
        }
    }
}

/// Refuses a credential that came by another way than its session's tokens travel.
pub(crate) fn of_its_delivery(own: Delivery, came_by: Delivery) -> Result<(), Error> {
    if own == came_by {
        Ok(())
    } else {
        Err(Error::Unauthenticated(AuthFailure::OtherDelivery(came_by)))
    }
}
