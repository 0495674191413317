//! Operator tokens: an operator's password at a device, for one token.
//!
//! The device asks for it whenever it starts, so it gets the same one again until
//! the operator gives it back. The token is not stored: it is made again from the row
//! of the session, which holds no secret.

use domain::account::User;
use domain::audit::EventKind;
use domain::password::Password;
use domain::pos::{Capacity, DeviceMac, DeviceType, OperatorClaims, OperatorSession};
use domain::sign_in::{Amr, FactorDemand, NextStep, SignInPolicy, next_step};
use domain::username::LoginName;
use domain::{AuthFailure, Error, UnixTime, platform};
use store::{DeviceBinding, Step};

use crate::{MAX_ROUNDS, Postern, RequestMeta, broken, contended};

/// An operator at a device.
#[derive(Clone, Debug)]
pub struct OperatorToken {
    /// The token.
    pub token: String,
    /// Whose it is.
    pub user: User,
    /// The session.
    pub session: OperatorSession,
}

impl Postern {
    /// The token of the operator `name` at a device.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for a pair that will not do, an account that is no
    /// operator of such devices, a device that was archived, and an account with a
    /// second factor, which cannot be shown there; [`Error::TooMany`] by network, or
    /// while the name rests.
    pub async fn operator_token(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
        (dev_type, mac): (DeviceType, &DeviceMac),
    ) -> Result<OperatorToken, Error> {
        let capacity = Capacity::AtDevice(dev_type);
        let (tried, mut user) = self.prove_password(meta, name, typed, capacity).await?;
        let session_epoch = user.session_epoch;
        let mut unsettled = Some(tried);
        for _ in 0..MAX_ROUNDS {
            let (before, bound) = self
                .store()
                .operator_session(user.sub, dev_type, mac, user.event)
                .await?;
            user = bound
                .user
                .filter(|user| user.session_epoch == session_epoch)
                .ok_or(Error::WrongCode)?;
            let device = bound.device.as_ref();
            if let Some(session) = &before
                && session.is_alive(&user, device, self.moment(meta.now))
            {
                self.record_first_success(meta, &mut unsettled, &user).await;
                return self.the_token(user, session.clone());
            }
            let id = platform::uuid(self.entropy());
            let session = OperatorSession::begin(id, &user, dev_type, mac, meta.now)
                .filter(|session| session.is_alive(&user, device, self.moment(meta.now)))
                .filter(|_| {
                    let policy = SignInPolicy::PLAIN;
                    let demand = FactorDemand::IfSetUp;
                    next_step(&user, &[Amr::Pwd], demand, &policy, meta.now) == NextStep::Tokens
                })
                .ok_or(Error::WrongCode)?;
            let event = self.user_event(&user, EventKind::OperatorSignedIn, Some(id), meta)?;
            let transaction = self
                .store()
                .transaction()
                .check_user(&user)?
                .begin_operator_session(&session, before.as_ref())?
                .audit(&event)?;
            let (committed, ()) = tokio::join!(
                self.commit(transaction),
                self.record_first_success(meta, &mut unsettled, &user),
            );
            if committed?.is_none() {
                return self.the_token(user, session);
            }
        }
        Err(contended())
    }

    fn the_token(&self, user: User, session: OperatorSession) -> Result<OperatorToken, Error> {
        let claims = OperatorClaims::new(&self.settings().issuer, &user, &session);
        Ok(OperatorToken {
            token: self.ring().sign_operator(&claims).map_err(broken)?,
            user,
            session,
        })
    }

    /// The claims of an operator token whose session is alive, with its operator and
    /// session. One read.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for anything else.
    pub(crate) async fn check_operator(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<(OperatorClaims, User, OperatorSession), Error> {
        let refused = Error::Unauthenticated(AuthFailure::BadToken);
        let claims = self
            .ring()
            .check_operator(token, &self.settings().issuer, now)
            .map_err(Error::Unauthenticated)?;
        let named = DeviceType::parse(&claims.dev_type).zip(DeviceMac::parse(&claims.dev_mac));
        let (dev_type, mac) = named.ok_or_else(|| refused.clone())?;
        let (session, bound) = self
            .store()
            .operator_session(claims.sub, dev_type, &mac, claims.event_id)
            .await?;
        let DeviceBinding { user, device, .. } = bound;
        match user.zip(session) {
            Some((user, session))
                if session.id == claims.sid
                    && session.is_alive(&user, device.as_ref(), self.moment(now)) =>
            {
                Ok((claims, user, session))
            }
            _ => Err(refused),
        }
    }

    /// Gives an operator's session back. One that another request gave back meanwhile
    /// is no error.
    pub(crate) async fn end_operator_session(
        &self,
        meta: &RequestMeta,
        user: &User,
        session: &OperatorSession,
    ) -> Result<(), Error> {
        let kind = EventKind::OperatorSignedOut;
        let event = self.user_event(user, kind, Some(session.id), meta)?;
        let transaction = self
            .store()
            .transaction()
            .end_operator_session(session, meta.now)?
            .audit(&event)?;
        match self.commit(transaction).await? {
            None => Ok(()),
            Some(Step::End) => Ok(()),
            Some(_) => Err(contended()),
        }
    }
}
