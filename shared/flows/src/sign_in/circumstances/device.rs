//! The trusted device that a session begins on (nauth).
//!
//! A device is signed in with one session: the one before ends in the transaction that begins
//! the next. Its row is written on condition that it is as it was read, so trust that ended
//! meanwhile spares nothing, and of two sign-ins at one moment the second starts over.

use domain::account::User;
use domain::audit::EventKind;
use domain::session::{EndedBy, Session};
use domain::trusted_device::{DeviceToken, RememberDevices, TrustedDevice};
use domain::{Contract, Error, UnixTime};
use store::Transaction;
use uuid::Uuid;

use crate::sign_in::Proof;
use crate::{IssuedDeviceToken, Postern, RequestMeta, Tokens, broken};

/// The trusted device that a session begins on.
pub(crate) struct SessionDevice {
    digest: String,
    device: TrustedDevice,
    /// The session that it was signed in with; `None` if it is trusted from now on.
    before: Option<TrustedDevice>,
}

impl Postern {
    /// What the table keeps a device token as.
    pub(crate) fn device_digest(&self, token: DeviceToken) -> String {
        self.ring()
            .fingerprint("device token", &token.0.to_string())
    }

    /// `proof` with its trusted device as it is now, or without one that is not trusted any
    /// more.
    pub(crate) async fn with_device<'a>(
        &self,
        proof: &Proof<'a>,
        user: &User,
    ) -> Result<Proof<'a>, Error> {
        let (None, Some(digest)) = (&proof.held, &proof.circumstances.device) else {
            return Ok(proof.clone());
        };
        let found = self.store().device_and_session(user.sub, digest).await?;
        let found =
            found.filter(|(device, _)| device.is_trusted(user, proof.delivery, proof.meta.now));
        let Some((device, session)) = found else {
            return Ok(Proof {
                circumstances: proof.circumstances.without_device(),
                ..proof.clone()
            });
        };
        Ok(Proof {
            held: Some(match session {
                Some(session) if session.ended.is_none() => device,
                _ => device.with_session_over(),
            }),
            ..proof.clone()
        })
    }

    /// A session of `user`, not yet written, and the trusted device that it begins on.
    pub(crate) fn session_on_device(
        &self,
        user: &User,
        proof: &Proof<'_>,
    ) -> Result<(Session, Option<SessionDevice>), Error> {
        let session = self.new_session(user, proof)?;
        let held = proof
            .held
            .clone()
            .zip(proof.circumstances.device.clone())
            .map(|(device, digest)| SessionDevice {
                digest,
                before: Some(device.clone()),
                device: device.signed_in_with(&session),
            });
        let device = match held {
            Some(held) => Some(held),
            None => self.device_to_trust(user, &session)?,
        };
        let session = Session {
            remembered: device.is_some(),
            device: device.as_ref().map(|device| device.digest.clone()),
            ..session
        };
        Ok((session, device))
    }

    /// The device of a session of nauth, where each is trusted.
    fn device_to_trust(
        &self,
        user: &User,
        session: &Session,
    ) -> Result<Option<SessionDevice>, Error> {
        let always = self.settings().nauth.trust.remember == RememberDevices::Always;
        let of_nauth = session.contract == Contract::Nauth;
        if !always || !of_nauth || !session.may_trust_device(user) {
            return Ok(None);
        }
        let (digest, device) = self.new_device(user, session, session.auth_time)?;
        Ok(Some(SessionDevice {
            digest,
            device,
            before: None,
        }))
    }

    /// Adds that `session` begins on `device`, and the end of the session before.
    pub(crate) fn begin_on_device<'t>(
        &self,
        so_far: Transaction<'t>,
        user: &User,
        session: &Session,
        device: Option<&SessionDevice>,
        meta: &RequestMeta,
    ) -> Result<Transaction<'t>, Error> {
        let Some(SessionDevice {
            digest,
            device,
            before,
        }) = device
        else {
            return Ok(so_far);
        };
        let Some(before) = before else {
            let kind = EventKind::DeviceTrusted;
            let event = self.user_event(user, kind, Some(session.id), meta)?;
            return Ok(so_far
                .trust_device(user.sub, digest, device)?
                .audit(&event)?);
        };
        let moved = so_far.sign_in_device(user.sub, digest, before, session.into())?;
        let Some(earlier) = before.earlier_session(meta.now) else {
            return Ok(moved);
        };
        let event = self.user_event(user, EventKind::SessionEnded, Some(earlier), meta)?;
        let ended = moved.end_session(user.sub, earlier, EndedBy::Owner)?;
        Ok(ended.audit(&event)?)
    }

    /// `tokens` with that of the device, which its client keeps.
    pub(crate) fn tokens_on_device(
        &self,
        tokens: Tokens,
        device: Option<&SessionDevice>,
    ) -> Result<Tokens, Error> {
        let sub = tokens.signed.user.sub;
        let device = device.map(|held| self.issued_token(sub, &held.digest, &held.device));
        let device = device.transpose()?.flatten();
        Ok(Tokens { device, ..tokens })
    }

    /// What the client of the trusted device of this digest keeps; `None` for one whose
    /// token was made with a secret that was retired since. Its client has it, and it is
    /// still good, but it cannot be made again.
    pub(crate) fn issued_token(
        &self,
        sub: Uuid,
        digest: &str,
        device: &TrustedDevice,
    ) -> Result<Option<IssuedDeviceToken>, Error> {
        let token = self.ring().device_token(sub, &device.nonce);
        let issued = IssuedDeviceToken {
            token: token.map_err(broken)?,
            expires_at: device.expires_at,
        };
        Ok((self.device_digest(issued.token) == digest).then_some(issued))
    }

    /// A device that `user` trusts from now on, not yet written, and the digest that it is
    /// kept by.
    pub(crate) fn new_device(
        &self,
        user: &User,
        session: &Session,
        now: UnixTime,
    ) -> Result<(String, TrustedDevice), Error> {
        let nonce = self.ring().code_nonce(self.entropy()).map_err(broken)?;
        let token = self.ring().device_token(user.sub, &nonce).map_err(broken)?;
        let device = TrustedDevice::new(user, session, nonce, now);
        Ok((self.device_digest(token), device))
    }
}
