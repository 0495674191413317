//! Sealing anew what was sealed with an older version of a part: what lives long, row by
//! row, and the pictures. What lives short is not worth it; its version is kept until it
//! is gone ([`KeyPart::kept_for`]).
//!
//! Each row is written over the revision that was read, so an edit that comes between is
//! not undone: such a row is found again by the next pass.

use domain::Error;
use domain::account::User;
use domain::factors::Factors;
use domain::key_ring::KeyPart;
use domain::vendor::Vendor;
use store::SealedRow;
use uuid::Uuid;

use crate::admin::restore::address_context;
use crate::audit::key_context;
use crate::{Postern, broken};

/// Passes over the table before it is given up: each finds what was edited during the one
/// before.
const PASSES: usize = 5;

impl Postern {
    /// Seals anew whatever was sealed with an older version, and says how many rows and
    /// pictures that were.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table, S3 or KMS does not answer, or rows kept being
    /// edited; [`Error::Internal`] for a row that does not open.
    pub async fn reseal_all(&self) -> Result<usize, Error> {
        let mut resealed = 0;
        for _ in 0..PASSES {
            let found = self.reseal_once().await?;
            if found == 0 {
                return Ok(resealed);
            }
            resealed += found;
        }
        Err(Error::Unavailable(
            "rows were edited while they were sealed anew: try again".to_owned(),
        ))
    }

    async fn reseal_once(&self) -> Result<usize, Error> {
        let (mut found, mut after) = (0, None);
        loop {
            let (rows, next) = self.store().sealed_rows(after).await?;
            for row in rows {
                let old = match row {
                    SealedRow::User(user) => self.reseal_user(&user).await?,
                    SealedRow::Factors(sub, factors) => self.reseal_factors(sub, &factors).await?,
                    SealedRow::Vendor(vendor) => self.reseal_vendor(&vendor).await?,
                };
                found += usize::from(old);
            }
            after = next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    async fn reseal_user(&self, user: &User) -> Result<bool, Error> {
        let audit_key = self.anew(KeyPart::Personal, &key_context(user.sub), &user.audit_key)?;
        let address = user.sealed_email.as_deref().unwrap_or_default();
        let address = self.anew(KeyPart::Personal, &address_context(user), address)?;
        let picture = match &user.picture {
            Some(picture) => self.reseal_picture(picture.id).await?,
            None => false,
        };
        if audit_key.is_none() && address.is_none() {
            return Ok(picture);
        }
        let resealed = User {
            rev: user.rev + 1,
            audit_key: audit_key.unwrap_or_else(|| user.audit_key.clone()),
            sealed_email: address.or_else(|| user.sealed_email.clone()),
            ..user.clone()
        };
        self.store().save_user(&resealed, user.rev).await?;
        Ok(true)
    }

    async fn reseal_factors(&self, sub: Uuid, factors: &Factors) -> Result<bool, Error> {
        let Some(resealed) = self.with_secrets_anew(sub, factors)? else {
            return Ok(false);
        };
        let transaction = self.store().transaction();
        let transaction = transaction.save_factors(sub, &resealed, factors.rev)?;
        self.commit(transaction).await?;
        Ok(true)
    }

    async fn reseal_vendor(&self, vendor: &Vendor) -> Result<bool, Error> {
        let context = key_context(vendor.id);
        let Some(audit_key) = self.anew(KeyPart::Personal, &context, &vendor.audit_key)? else {
            return Ok(false);
        };
        let resealed = Vendor {
            rev: vendor.rev + 1,
            audit_key,
            ..vendor.clone()
        };
        let transaction = self
            .store()
            .transaction()
            .edit_vendor(&resealed, vendor.rev)?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// A sealed text as the version in use seals it, unless it did or there is none.
    pub(crate) fn anew(
        &self,
        part: KeyPart,
        context: &str,
        sealed: &str,
    ) -> Result<Option<String>, Error> {
        let ring = self.ring();
        if sealed.is_empty() || ring.is_sealed_anew(part, sealed).map_err(broken)? {
            return Ok(None);
        }
        let plain = ring.open_text(part, context, sealed).map_err(broken)?;
        let anew = ring.seal_text(part, context, &plain, self.entropy());
        anew.map(Some).map_err(broken)
    }
}
