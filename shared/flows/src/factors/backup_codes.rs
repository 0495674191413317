//! Backup codes: what is left of them, and making new ones.
//!
//! Only keyed digests of them are kept, bound to the account, of the small letters:
//! people write them down in capitals.

use crypto::totp::backup_code;
use delivery::Letter;
use domain::Error;
use domain::account::User;
use domain::audit::EventKind;
use domain::factors::{BACKUP_CODES, FactorFailure, Factors};
use uuid::Uuid;

use crate::{FreshButFactor, Postern, RequestMeta, broken};

impl Postern {
    /// How many backup codes `user` has left.
    ///
    /// # Errors
    /// [`FactorFailure::NotEnabled`].
    pub async fn backup_codes_left(&self, user: &User) -> Result<usize, Error> {
        let factors = self.store().factors(user.sub).await?;
        if !factors.any_active() {
            return Err(FactorFailure::NotEnabled.into());
        }
        Ok(factors.backup_codes.len())
    }

    /// New backup codes in place of all old ones, for a code of the primary
    /// authenticator. They are told once.
    ///
    /// # Errors
    /// [`FactorFailure::NotEnabled`], [`FactorFailure::NoPrimaryDevice`],
    /// [`FactorFailure::WrongCode`]; [`Error::TooMany`].
    pub async fn regenerate_backup_codes(
        &self,
        meta: &RequestMeta,
        session: FreshButFactor,
        typed: &str,
    ) -> Result<Vec<String>, Error> {
        let signed = session.signed();
        let (sub, sid) = (signed.user.sub, signed.session.id);
        let guess = self.factors_to_guess(meta, signed).await?;
        let (codes, digests) = self.fresh_backup_codes(sub)?;
        let renew = |factors: &Factors| {
            let primary = factors.primary_app()?;
            let used = self
                .step_of(sub, std::iter::once(primary), typed, meta)?
                .and_then(|(device, step)| factors.stepped(device, step, meta.now))
                .ok_or(FactorFailure::WrongCode { left: None })?;
            Ok(Factors {
                rev: used.rev,
                ..used.with_backup_codes(digests.clone())
            })
        };
        let kind = EventKind::BackupCodesRegenerated;
        let changed = self
            .change_factors(meta, session, guess, kind, renew)
            .await?;
        tokio::join!(
            self.reset_session_attempts(sid),
            self.notify(&changed.user, &Letter::BackupCodesRenewed, meta),
        );
        Ok(codes)
    }

    /// Ten fresh codes, and their keyed digests.
    pub(crate) fn fresh_backup_codes(
        &self,
        sub: Uuid,
    ) -> Result<(Vec<String>, Vec<String>), Error> {
        let codes = (0..BACKUP_CODES).map(|_| backup_code(self.entropy()));
        let kept = |code: String| {
            let digest = self.ring().backup_code_digest(sub, &code).map_err(broken)?;
            Ok((code, digest))
        };
        codes.map(kept).collect()
    }

    /// What may have been kept of a backup code.
    pub(crate) fn backup_code_digests(&self, sub: Uuid, typed: &str) -> Result<Vec<String>, Error> {
        let code = typed.to_ascii_lowercase();
        self.ring().backup_code_digests(sub, &code).map_err(broken)
    }
}
