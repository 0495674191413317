//! Guesses at second factors: counted before they are compared, by network and by
//! account or session over all contracts; written down when wrong, forgiven when right.

use crypto::totp::SharedSecret;
use delivery::Letter;
use domain::Error;
use domain::account::User;
use domain::audit::EventKind;
use domain::email_code::NetworkKind;
use domain::factors::{Authenticator, AuthenticatorKind, FactorFailure, Factors};
use domain::key_ring::KeyPart;
use domain::limit::{SECOND_FACTORS_PER_NETWORK, SECOND_FACTORS_PER_SESSION};
use domain::password::guesses::{Admission, free, resting};
use uuid::Uuid;

use crate::sign_in::attempts::Try;
use crate::{Postern, RequestMeta, Signed, broken, log};

/// A guess that was counted, and the factors to compare it with.
pub(crate) struct Guess {
    pub(crate) factors: Factors,
    /// Which guess of its session in a day it is, from 1; a right one begins anew.
    pub(crate) nth: u32,
}

impl Guess {
    /// No guess: what the request does needs no code.
    pub(crate) const fn none(factors: Factors) -> Self {
        Self { factors, nth: 0 }
    }
}

impl Postern {
    /// Counts one guess by a user who is signed in, and reads what it is a guess at.
    pub(crate) async fn factors_to_guess(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
    ) -> Result<Guess, Error> {
        let session = signed.session.id.to_string();
        let (at_network, in_session, factors) = tokio::join!(
            self.limit_by_network(&SECOND_FACTORS_PER_NETWORK, meta),
            self.store()
                .hit(&SECOND_FACTORS_PER_SESSION, &session, meta.now),
            self.store().factors(signed.user.sub),
        );
        at_network?;
        let nth = in_session?.map_err(Error::TooMany)?;
        Ok(Guess {
            factors: factors?,
            nth,
        })
    }

    /// Counts one guess at the second factor of a sign-in of `sub` that waits, under the
    /// count of its network.
    ///
    /// # Errors
    /// [`Error::TooMany`] while that rests.
    pub(crate) async fn count_factor(
        &self,
        meta: &RequestMeta,
        sub: Uuid,
        network_kind: NetworkKind,
    ) -> Result<Try, Error> {
        let digest = self.factor_digest(sub);
        let free = Admission::Free {
            free: free(network_kind),
        };
        let counted = self
            .store()
            .count_try(&digest, network_kind, free, meta.now)
            .await?;
        let counted = match counted {
            Some(counted) => counted,
            // Beyond the free ones: how long ago was the last?
            None => {
                let ledger = self.store().tries(&digest).await?;
                let alone = ledger
                    .admit(network_kind, meta.now)
                    .map_err(Error::TooMany)?;
                let counted = self
                    .store()
                    .count_try(&digest, network_kind, alone, meta.now)
                    .await?;
                counted.ok_or(Error::TooMany(resting(1)))?
            }
        };
        Ok(Try {
            digest,
            network_kind,
            counted,
            failures: None,
        })
    }

    fn factor_digest(&self, sub: Uuid) -> String {
        self.ring()
            .fingerprint("second factor guesses", &sub.to_string())
    }

    /// Forgets what was guessed at the second factor of an account. Whether there was
    /// anything.
    pub(crate) async fn reset_factor_attempts(&self, sub: Uuid) -> Result<bool, Error> {
        let digest = self.factor_digest(sub);
        Ok(self.store().reset_tries(&digest).await?)
    }

    /// The authenticator among `devices` whose code `typed` is, and its time step.
    pub(crate) fn step_of<'d>(
        &self,
        sub: Uuid,
        devices: impl Iterator<Item = &'d Authenticator>,
        typed: &str,
        meta: &RequestMeta,
    ) -> Result<Option<(Uuid, u64)>, Error> {
        for device in devices {
            let Some(secret) = self.totp_secret(sub, device)? else {
                continue;
            };
            if let Some(step) = secret.step_of(typed, meta.now) {
                return Ok(Some((device.id, step)));
            }
        }
        Ok(None)
    }

    /// The secret that the app of an account holds; `None` where `device` is no app.
    pub(crate) fn totp_secret(
        &self,
        sub: Uuid,
        device: &Authenticator,
    ) -> Result<Option<SharedSecret>, Error> {
        let totp = device.kind.totp();
        let opened = totp.map(|totp| self.opened_secret(sub, device.id, &totp.secret));
        opened.transpose()
    }

    /// A secret for the app `id` of an account, and what is kept of it.
    pub(crate) fn fresh_secret(
        &self,
        sub: Uuid,
        id: Uuid,
    ) -> Result<(SharedSecret, String), Error> {
        let secret = SharedSecret::generate(self.entropy());
        let sealed = secret.seal(self.ring(), &secret_context(sub, id), self.entropy());
        Ok((secret, sealed.map_err(broken)?))
    }

    /// The secret of which `sealed` is kept.
    pub(crate) fn opened_secret(
        &self,
        sub: Uuid,
        id: Uuid,
        sealed: &str,
    ) -> Result<SharedSecret, Error> {
        SharedSecret::open(self.ring(), &secret_context(sub, id), sealed).map_err(broken)
    }

    /// The secret of the app `id` as the version in use seals it, unless it did.
    pub(crate) fn secret_anew(
        &self,
        sub: Uuid,
        id: Uuid,
        sealed: &str,
    ) -> Result<Option<String>, Error> {
        self.anew(KeyPart::Factors, &secret_context(sub, id), sealed)
    }

    /// `factors` with those secrets sealed anew that an older version of the key ring's part
    /// sealed; `None` if there are none.
    pub(crate) fn with_secrets_anew(
        &self,
        sub: Uuid,
        factors: &Factors,
    ) -> Result<Option<Factors>, Error> {
        let mut anew = Factors {
            rev: factors.rev + 1,
            ..factors.clone()
        };
        let mut any = false;
        for device in &mut anew.devices {
            let AuthenticatorKind::Totp(totp) = &mut device.kind else {
                continue;
            };
            if let Some(secret) = self.secret_anew(sub, device.id, &totp.secret)? {
                totp.secret = secret;
                any = true;
            }
        }
        Ok(any.then_some(anew))
    }

    /// `factors` with the code `typed` of one of those in force used up.
    pub(crate) fn with_code_used(
        &self,
        sub: Uuid,
        factors: &Factors,
        typed: &str,
        meta: &RequestMeta,
    ) -> Result<Option<Factors>, Error> {
        let found = self.step_of(sub, factors.active(), typed, meta)?;
        Ok(found.and_then(|(device, step)| factors.stepped(device, step, meta.now)))
    }

    /// Writes down a wrong guess at `user`'s second factor, and warns the user where it is
    /// the one that `deserves_notice`. The refusal of it.
    pub(crate) async fn wrong_factor(
        &self,
        meta: &RequestMeta,
        user: &User,
        left: Option<u32>,
        deserves_notice: bool,
    ) -> Result<Error, Error> {
        let event = self.user_event(user, EventKind::SecondFactorFailed, None, meta)?;
        let tell = async {
            if deserves_notice {
                self.warn(user, &Letter::WrongSecondFactors, meta).await;
            }
        };
        let (written, ()) = tokio::join!(self.store().append_audit(&event), tell);
        written?;
        Ok(FactorFailure::WrongCode { left }.into())
    }

    /// A right code shows that its owner is here: the session's wrong ones are
    /// forgotten. Cannot fail what the code was for, which has happened.
    pub(crate) async fn reset_session_attempts(&self, session: Uuid) {
        let who = session.to_string();
        let cleared = self.store().clear(&SECOND_FACTORS_PER_SESSION, &who);
        if let Err(error) = cleared.await {
            log::event(
                "guesses_not_cleared",
                [("reason", error.to_string().into())],
            );
        }
    }
}

/// What the sealed secret of an authenticator is bound to.
fn secret_context(sub: Uuid, device: Uuid) -> String {
    format!("totp secret#{sub}#{device}")
}
