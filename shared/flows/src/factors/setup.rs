//! Setting up an authenticator app, in two steps.
//!
//! The first makes a secret that is not in force yet; the second, a code of it,
//! puts it in force and hands out backup codes. Until then whatever was in force
//! stays so. Both ask for a fresh sign-in, the first so that no user scans a
//! picture in vain.

use crypto::totp::SharedSecret;
use delivery::Letter;
use domain::account::User;
use domain::audit::EventKind;
use domain::factors::totp::TotpState;
use domain::factors::{
    Authenticator, AuthenticatorKind, AuthenticatorStatus, FactorFailure, Factors, SETUP_LIFETIME,
};
use domain::{Error, platform};
use store::Step;
use uuid::Uuid;

use crate::{MAX_ROUNDS, Postern, ProvenSession, RequestMeta, Signed, broken, contended};

/// An authenticator that waits for its first code. Its secret is told once.
#[derive(Debug)]
pub struct SetUp {
    /// What to confirm it by.
    pub device: Uuid,
    /// The secret in base32.
    pub secret: String,
    /// The secret as an address for apps to read.
    pub uri: String,
    /// Seconds in which to confirm it.
    pub expires_in: u64,
}

impl Postern {
    /// Makes an authenticator called `name` for the signed-in user.
    ///
    /// # Errors
    /// [`FactorFailure::AlreadyEnabled`]; [`Error::StaleSignIn`]; [`Error::Unproven`].
    pub async fn set_up_totp(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        name: &str,
    ) -> Result<SetUp, Error> {
        let session = may_set_up(signed, meta)?;
        self.begin_set_up(meta, &session, name, Factors::with).await
    }

    /// Adds an authenticator that waits for its first code, as `add` has it.
    pub(crate) async fn begin_set_up(
        &self,
        meta: &RequestMeta,
        session: &ProvenSession,
        name: &str,
        add: fn(&Factors, Authenticator) -> Factors,
    ) -> Result<SetUp, Error> {
        let signed = session.signed();
        let (device, secret) = self.new_authenticator(meta, session, name, add).await?;
        Ok(SetUp {
            device,
            secret: secret.base32(),
            uri: self.totp_uri(&secret, &signed.user)?,
            expires_in: SETUP_LIFETIME,
        })
    }

    /// Adds an authenticator that waits for its first code, as `add` has it: its name,
    /// and its secret.
    pub(crate) async fn new_authenticator(
        &self,
        meta: &RequestMeta,
        session: &ProvenSession,
        name: &str,
        add: fn(&Factors, Authenticator) -> Factors,
    ) -> Result<(Uuid, SharedSecret), Error> {
        let signed = session.signed();
        let sub = signed.user.sub;
        let id = platform::uuid(self.entropy());
        let (secret, sealed) = self.fresh_secret(sub, id)?;
        let number = platform::integer_id(self.entropy());
        let device = Authenticator {
            id,
            number,
            name: name.to_owned(),
            kind: AuthenticatorKind::Totp(TotpState::new(sealed)),
            status: AuthenticatorStatus::Pending,
            primary: false,
            created_at: meta.now,
            confirmed_at: None,
            last_used_at: None,
        };
        self.add_pending(signed, &device, add).await?;
        Ok((id, secret))
    }

    async fn add_pending(
        &self,
        signed: &Signed,
        device: &Authenticator,
        add: fn(&Factors, Authenticator) -> Factors,
    ) -> Result<(), Error> {
        let sub = signed.user.sub;
        for _ in 0..MAX_ROUNDS {
            let factors = self.store().factors(sub).await?;
            let transaction = self
                .store()
                .transaction()
                .check_user(&signed.user)?
                .save_factors(sub, &add(&factors, device.clone()), factors.rev)?;
            match self.commit(transaction).await? {
                None => return Ok(()),
                Some(Step::EditFactors) => {}
                // The account was locked, deleted or given other credentials meanwhile.
                Some(_) => {
                    return Err(Error::Unauthenticated(domain::AuthFailure::BadToken));
                }
            }
        }
        Err(contended())
    }

    /// The address that an app reads. A colon would end a name in it.
    pub(crate) fn totp_uri(&self, secret: &SharedSecret, user: &User) -> Result<String, Error> {
        let (issuer, account) = self.totp_names(user);
        secret.uri(&issuer, &account).map_err(broken)
    }

    /// What an app calls us, and the account.
    pub(crate) fn totp_names(&self, user: &User) -> (String, String) {
        let issuer = self.settings().service_name.replace(':', " ");
        let email = user.proven_email().map(domain::EmailAddress::as_str);
        (issuer, email.unwrap_or(&user.username).replace(':', ""))
    }

    /// Puts the authenticator `id` in force if `typed` is its code now. The
    /// backup codes, which are told once.
    ///
    /// # Errors
    /// [`FactorFailure::UnknownDevice`], [`FactorFailure::SetupExpired`],
    /// [`FactorFailure::WrongCode`]; [`Error::StaleSignIn`]; [`Error::Unproven`];
    /// [`Error::TooMany`].
    pub async fn confirm_totp(
        &self,
        meta: &RequestMeta,
        signed: Signed,
        id: Uuid,
        typed: &str,
    ) -> Result<Vec<String>, Error> {
        let (sub, sid) = (signed.user.sub, signed.session.id);
        let guess = self.factors_to_guess(meta, &signed).await?;
        guess.factors.pending(id, meta.now)?;
        let session = ProvenSession::of_signed(signed, meta.now)?;
        let (codes, digests) = self.fresh_backup_codes(sub)?;
        let confirm = |factors: &Factors| {
            let device = factors.pending(id, meta.now)?;
            let (_, step) = self
                .step_of(sub, std::iter::once(device), typed, meta)?
                .ok_or(FactorFailure::WrongCode { left: None })?;
            Ok(factors.confirmed(id, step, digests.clone(), meta.now))
        };
        let changed = self
            .change_factors(meta, session, guess, EventKind::FactorAdded, confirm)
            .await?;
        tokio::join!(
            self.reset_session_attempts(sid),
            self.notify(&changed.user, &Letter::FactorAdded, meta),
        );
        Ok(codes)
    }
}

/// The session, if it may set up an authenticator now: none is in force.
pub(crate) fn may_set_up(signed: Signed, meta: &RequestMeta) -> Result<ProvenSession, Error> {
    if signed.user.factors.is_empty() {
        ProvenSession::of_signed(signed, meta.now)
    } else {
        Err(FactorFailure::AlreadyEnabled.into())
    }
}
