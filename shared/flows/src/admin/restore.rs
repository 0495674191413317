//! Bringing a deleted account back, for an administrator whom its owner has asked.
//!
//! A deleted account holds its address sealed, so it cannot be searched for;
//! deletion leaves a row under a keyed digest of the address that names the
//! account which last left it. An account that holds the address by now keeps it: the
//! claim is taken on condition that it is free, in the transaction that brings the
//! account back. No credential and no right comes back with it, no key, no factor and
//! no role; its owner signs in by proving the address.

use delivery::Letter;
use domain::account::{Status, User, coin_username};
use domain::audit::EventKind;
use domain::{EmailAddress, Error};
use uuid::Uuid;

use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// Brings back the account that last left `address`, or an earlier one of
    /// the same address by its name `sub`, and tells its owner.
    ///
    /// # Errors
    /// [`Error::Missing`] if no deleted account had it, [`Error::Conflict`] if another account
    /// holds the address by now.
    pub async fn restore_user(
        &self,
        address: &EmailAddress,
        sub: Option<Uuid>,
    ) -> Result<User, Error> {
        let sub = match sub {
            Some(sub) => sub,
            None => {
                let last = self.store().leaver(&self.leaver_digest(address)).await?;
                last.ok_or(Error::Missing)?
            }
        };
        for _ in 0..MAX_ROUNDS {
            let user = self.store().user(sub).await?.ok_or(Error::Missing)?;
            if user.status != Status::Deleted || self.address_left(&user)?.as_ref() != Some(address)
            {
                return Err(Error::Missing);
            }
            let mut random = [0; 8];
            self.entropy().fill(&mut random);
            let now = self.now();
            let mut restored = user.restored(address.clone(), coin_username(random), now);
            if restored.audit_key.is_empty() {
                // It was deleted together with its key; its history begins anew.
                restored.audit_key = self.fresh_audit_key(sub)?;
            }
            let event = self.operator_event(&user, EventKind::AccountRestored, now);
            let transaction = self
                .store()
                .transaction()
                .edit_user(&restored, &user)?
                .claim_names(&restored)?
                .audit(&event)?;
            if self.commit(transaction).await?.is_none() {
                let meta = RequestMeta::of_command_line(now);
                self.notify(&restored, &Letter::AccountRestored, &meta)
                    .await;
                return Ok(restored);
            }
            if self.store().holder(address).await?.is_some() {
                return Err(Error::Conflict);
            }
        }
        Err(contended())
    }

    /// The name of the row that says who last left an address.
    pub(crate) fn leaver_digest(&self, address: &EmailAddress) -> String {
        self.ring().fingerprint("left address", address.as_str())
    }

    /// The address as deletion seals it: readable for this account alone.
    pub(crate) fn sealed_address(&self, user: &User) -> Result<Option<String>, Error> {
        let Some(email) = &user.email else {
            return Ok(None);
        };
        self.seal_personal(&address_context(user), email.as_str().as_bytes())
            .map(Some)
    }

    /// The address that a deleted account had.
    pub(crate) fn address_left(&self, user: &User) -> Result<Option<EmailAddress>, Error> {
        let Some(sealed) = &user.sealed_email else {
            return Ok(None);
        };
        let plain = self.open_personal(&address_context(user), sealed)?;
        let text = String::from_utf8(plain).unwrap_or_default();
        Ok(EmailAddress::parse(&text))
    }
}

/// What the address of a deleted account is sealed for.
pub(crate) fn address_context(user: &User) -> String {
    format!("deleted address#{}", user.sub)
}
