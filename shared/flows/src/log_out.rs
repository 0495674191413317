//! Logging out with both tokens in hand (cashless): the bearer says who asks, the
//! refresh token what is to end. Whoever holds the one and not the other ends
//! nothing of anybody else's.
//!
//! A sign-in that waits for its second factor is given up by its two tokens in the
//! same way, and an operator's session on a device by its one token, sent as both.

use domain::audit::EventKind;
use domain::limit::cashless::LOG_OUTS;
use domain::session::EndedBy;
use domain::{AuthFailure, Error};

use crate::{Postern, RequestMeta};

const NOT_THIS: Error = Error::Unauthenticated(AuthFailure::BadToken);

impl Postern {
    /// Ends what `refresh_token` renews, for the holder of `bearer`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if either will not do, or they are not one
    /// account's; [`Error::TooMany`] by place.
    pub async fn log_out(
        &self,
        meta: &RequestMeta,
        bearer: &str,
        refresh_token: &str,
    ) -> Result<(), Error> {
        self.admitted(Some(&LOG_OUTS), meta).await?;
        self.end_both(meta, bearer, refresh_token).await
    }

    async fn end_both(
        &self,
        meta: &RequestMeta,
        bearer: &str,
        refresh_token: &str,
    ) -> Result<(), Error> {
        match self.authenticate(bearer, meta).await {
            Err(Error::Unauthenticated(AuthFailure::WrongTokenType)) => {}
            Err(error) => return Err(error),
            Ok(signed) => {
                let issuer = &self.settings().issuer;
                let claims = self.ring().check_refresh(refresh_token, issuer, meta.now);
                let claims = claims.map_err(Error::Unauthenticated)?;
                if claims.sub != signed.user.sub {
                    return Err(NOT_THIS);
                }
                let found = self
                    .store()
                    .session_and_user(claims.sub, claims.sid)
                    .await?;
                let Some((session, user)) = found else {
                    return Ok(());
                };
                let kind = EventKind::SessionEnded;
                let event = self.user_event(&user, kind, Some(session.id), meta)?;
                // Another request may have ended it first, which is as good.
                if self.store().end_session(&session, EndedBy::Owner).await? {
                    self.store().append_audit(&event).await?;
                }
                return Ok(());
            }
        }
        match self.check_operator(bearer, meta.now).await {
            Ok((_, user, session)) if bearer == refresh_token => {
                return self.end_operator_session(meta, &user, &session).await;
            }
            Ok(_) => return Err(NOT_THIS),
            Err(Error::Unauthenticated(AuthFailure::WrongTokenType)) => {}
            Err(error) => return Err(error),
        }
        self.give_up_waiting(meta, bearer, refresh_token).await
    }
}
