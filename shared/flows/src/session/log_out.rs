//! Logging out with both tokens in hand (cashless): the bearer says who asks, the
//! refresh token what is to end. A caller with only one of a user's tokens
//! ends nothing of that user's.
//!
//! A sign-in that waits for its second factor is given up by its two tokens in the
//! same way, and an operator's session on a device by its one token, sent as both.

use domain::account::User;
use domain::limit::cashless::LOG_OUTS;
use domain::pos::OperatorSession;
use domain::session::EndedBy;
use domain::{AuthFailure, Error};
use uuid::Uuid;

use crate::session::authenticate::of_another_kind;
use crate::{Postern, RequestMeta, Signed};

/// The bearer of a token that can be given back.
#[derive(Clone, Debug)]
pub enum TokenBearer {
    /// Of a session.
    Signed(Box<Signed>),
    /// Of a sign-in that waits for its second factor.
    Waiting(Uuid),
    /// Of an operator's session on a device.
    Operator {
        /// The operator.
        user: Box<User>,
        /// The session.
        session: Box<OperatorSession>,
        /// The token itself, which stands for both.
        token: String,
    },
}

const NOT_THIS: Error = Error::Unauthenticated(AuthFailure::BadToken);

impl Postern {
    /// Who bears `token`, of whichever of these kinds it is.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if it is of none, or not good now.
    pub async fn holder(&self, token: &str, meta: &RequestMeta) -> Result<TokenBearer, Error> {
        match self.authenticate(token, meta).await {
            Ok(signed) => return Ok(TokenBearer::Signed(Box::new(signed))),
            Err(error) if of_another_kind(&error) => {}
            Err(error) => return Err(error),
        }
        match self.check_operator(token, meta.now).await {
            Ok((_, user, session)) => {
                return Ok(TokenBearer::Operator {
                    user: Box::new(user),
                    session: Box::new(session),
                    token: token.to_owned(),
                });
            }
            Err(error) if of_another_kind(&error) => {}
            Err(error) => return Err(error),
        }
        self.waiting_sign_in(token, meta).map(TokenBearer::Waiting)
    }

    /// Ends what `refresh_token` renews, for the holder of the other token to it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if it will not do, or is not this holder's;
    /// [`Error::TooMany`] by network.
    pub async fn log_out(
        &self,
        meta: &RequestMeta,
        holder: &TokenBearer,
        refresh_token: &str,
    ) -> Result<(), Error> {
        self.admitted(Some(&LOG_OUTS), meta).await?;
        match holder {
            TokenBearer::Signed(signed) => self.end_own(meta, signed, refresh_token).await,
            TokenBearer::Waiting(waiting) => self.give_up(meta, *waiting, refresh_token).await,
            TokenBearer::Operator {
                user,
                session,
                token,
            } => {
                if token != refresh_token {
                    return Err(NOT_THIS);
                }
                self.end_operator_session(meta, user, session).await
            }
        }
    }

    async fn end_own(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        refresh_token: &str,
    ) -> Result<(), Error> {
        let issuer = &self.settings().issuer;
        let claims = self
            .ring()
            .check_refresh(refresh_token, issuer, meta.now)
            .map_err(Error::Unauthenticated)?;
        if self.ring().account_of_refresh(&claims) != signed.user.sub {
            return Err(NOT_THIS);
        }
        if claims.sid == signed.session.id {
            self.end_session(meta, &signed.user, &signed.session, EndedBy::Owner)
                .await?;
            return Ok(());
        }
        let found = self
            .store()
            .session_and_user(signed.user.sub, claims.sid)
            .await?;
        if let Some((session, user)) = found {
            // Another request may have ended it first, which is as good.
            self.end_session(meta, &user, &session, EndedBy::Owner)
                .await?;
        }
        Ok(())
    }
}
