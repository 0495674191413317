//! Trusting the device of a session, and forgetting it (nauth).
//!
//! A device's token can be made again from its row and a key of the ring, and stands in no
//! table. So a session that asks twice, or fifty times at once, gets the same token, and no
//! other session gets it.

use domain::account::User;
use domain::audit::EventKind;
use domain::session::{Delivery, Session};
use domain::trusted_device::{DeviceToken, RememberDevices};
use domain::{AuthFailure, Error, UnixTime};

use crate::{MAX_ROUNDS, Postern, RequestMeta, Signed, WholeSession, contended};

/// What the client of a trusted device keeps.
#[derive(Clone, Copy, Debug)]
pub struct IssuedDeviceToken {
    /// The token.
    pub token: DeviceToken,
    /// When the trust ends.
    pub expires_at: UnixTime,
}

impl Postern {
    /// Has the signed-in user trust the device of the session that asks.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where that is not for users to say; [`Error::StaleSignIn`] in a
    /// session that has not shown the account's second factor.
    pub async fn trust_device(
        &self,
        meta: &RequestMeta,
        own: &WholeSession,
    ) -> Result<IssuedDeviceToken, Error> {
        if self.settings().nauth.trust.remember != RememberDevices::UserOptIn {
            return Err(Error::Forbidden);
        }
        let Signed {
            mut user,
            mut session,
        } = own.signed().clone();
        for _ in 0..MAX_ROUNDS {
            if let Some(issued) = self.own_device(&user, &session, meta).await? {
                return Ok(issued);
            }
            if !session.may_trust_device(&user) {
                return Err(Error::StaleSignIn);
            }
            let (digest, device) = self.new_device(&user, &session, meta.now)?;
            let kind = EventKind::DeviceTrusted;
            let event = self.user_event(&user, kind, Some(session.id), meta)?;
            let transaction = self
                .store()
                .transaction()
                .trust_device(user.sub, &digest, &device)?
                .hold_device(&session, &digest)?
                .audit(&event)?;
            if self.commit(transaction).await?.is_none() {
                let issued = self.issued_token(user.sub, &digest, &device)?;
                return issued.ok_or_else(contended);
            }
            // Another request of this session was first, or the session has ended.
            let now = self.store().session_and_user(user.sub, session.id).await?;
            (session, user) = now
                .filter(|(session, user)| session.is_alive(user, self.moment(meta.now)))
                .ok_or(Error::Unauthenticated(AuthFailure::EndedSession))?;
        }
        Err(contended())
    }

    /// The token of the trusted device that `session` is signed in on, if it is on one.
    async fn own_device(
        &self,
        user: &User,
        session: &Session,
        meta: &RequestMeta,
    ) -> Result<Option<IssuedDeviceToken>, Error> {
        let Some(digest) = &session.device else {
            return Ok(None);
        };
        let device = self.store().trusted_device(user.sub, digest).await?;
        let device = device.filter(|device| {
            device.is_held_by(session) && device.is_trusted(user, session.delivery, meta.now)
        });
        let issued = device.map(|device| self.issued_token(user.sub, digest, &device));
        Ok(issued.transpose()?.flatten())
    }

    /// Whether the signed-in user trusts the device that keeps this token, which came by
    /// `delivery`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn is_trusted_device(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        delivery: Delivery,
        token: Option<DeviceToken>,
    ) -> Result<bool, Error> {
        let never = self.settings().nauth.trust.remember == RememberDevices::Never;
        let Some(token) = token.filter(|_| !never) else {
            return Ok(false);
        };
        let digest = self.device_digest(token);
        let device = self
            .store()
            .trusted_device(signed.user.sub, &digest)
            .await?;
        Ok(device.is_some_and(|device| device.is_trusted(&signed.user, delivery, meta.now)))
    }
}
