//! Signing in as a vendor.
//!
//! Guesses at a vendor's password are counted like those at a user's, in a ledger of
//! its own name. The networks that it knows stand there and nowhere else, since nothing
//! but its password asks for them. A vendor that is locked costs and looks like a
//! wrong password. The token is made only if the vendor's epoch is still the one that
//! the password was compared in: services of vendors believe it by its signature for
//! as long as it lasts, so none may be made after a lock.

use crypto::password::{self, Verdict};
use domain::audit::EventKind;
use domain::network::{NetworkMark, remember};
use domain::password::Password;
use domain::password::guesses::limit_per_network;
use domain::session::Delivery;
use domain::username::LoginName;
use domain::vendor::{Vendor, VendorClaims};
use domain::{AuthFailure, Contract, EmailAddress, Error, platform};

use crate::notify::mail;
use crate::sign_in::attempts::Try;
use crate::sign_in::password::PasswordPolicy;
use crate::{Postern, RequestMeta, broken};

impl Postern {
    /// The token of the vendor that has the address, if the password is its own.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for any pair that will not do, whatever the reason;
    /// [`Error::TooMany`] by network, or while the name rests after wrong tries;
    /// [`AuthFailure::PasswordChangeRequired`] after the right one.
    pub async fn sign_in_vendor(
        &self,
        meta: &RequestMeta,
        email: EmailAddress,
        typed: &Password,
    ) -> Result<String, Error> {
        let name = LoginName::Vendor(email);
        let (tried, vendor, verdict) = self.try_vendor(meta, &name, typed).await?;
        match vendor {
            Some(vendor) if verdict != Verdict::Wrong && vendor.is_active() => {
                self.complete_vendor(meta, tried, vendor, verdict, typed)
                    .await
            }
            vendor => Err(self.refuse_vendor(meta, &tried, vendor, &name).await?),
        }
    }

    /// Counts a try at the password of `name` and compares it, with a dummy hash where
    /// there is no vendor.
    pub(super) async fn try_vendor(
        &self,
        meta: &RequestMeta,
        name: &LoginName,
        typed: &Password,
    ) -> Result<(Try, Option<Vendor>, Verdict), Error> {
        let (tried, vendor) = self
            .count_try(meta, name, PasswordPolicy::PLAIN, async |id| {
                self.store().vendor(id).await
            })
            .await?;
        let vendor = vendor?;
        let credential = vendor.as_ref().and_then(|known| known.credential.as_ref());
        let hash = credential.map_or(password::DUMMY, |known| known.hash.as_str());
        let verdict = password::verify(typed, hash);
        Ok((tried, vendor, verdict))
    }

    async fn complete_vendor(
        &self,
        meta: &RequestMeta,
        tried: Try,
        mut vendor: Vendor,
        verdict: Verdict,
        typed: &Password,
    ) -> Result<String, Error> {
        let networks = self.networks_after(meta, &tried, &vendor);
        if vendor.must_change_password {
            let event = self.vendor_event(&vendor, EventKind::SignInRefused, meta)?;
            let (written, ()) = tokio::join!(
                self.store().append_audit(&event),
                self.record_success_of(meta, tried, vendor.id, &networks),
            );
            written?;
            let failure = AuthFailure::PasswordChangeRequired;
            return Err(Error::Unauthenticated(failure));
        }
        if verdict == Verdict::Outdated {
            let before = vendor.rev;
            let hash = password::hash(typed, self.entropy()).map_err(broken)?;
            vendor = vendor.rehashed(hash);
            self.store().rehash_vendor(&vendor, before).await?;
        }
        let event = self.vendor_event(&vendor, EventKind::SignIn, meta)?;
        let transaction = self.store().transaction().check_vendor(&vendor)?;
        let transaction = transaction.audit(&event)?;
        let (committed, ()) = tokio::join!(
            self.commit(transaction),
            self.record_success_of(meta, tried, vendor.id, &networks),
        );
        if committed?.is_some() {
            return Err(Error::WrongCode);
        }
        self.send_waiting(meta, &vendor).await;
        let life = self
            .settings()
            .lives
            .of(Contract::AuthService, Delivery::Body)
            .access;
        let (issuer, jti) = (&self.settings().issuer, platform::uuid(self.entropy()));
        let claims = VendorClaims::new(issuer, &vendor, jti, meta.now, life);
        self.ring().sign_vendor(&claims).map_err(broken)
    }

    /// The networks that a vendor knows, now that it has shown its password from here.
    pub(super) fn networks_after(
        &self,
        meta: &RequestMeta,
        tried: &Try,
        vendor: &Vendor,
    ) -> Vec<NetworkMark> {
        let known = &tried.counted;
        let known = match known.sub == Some(vendor.id) {
            true => known.networks.as_slice(),
            false => &[],
        };
        remember(known, &self.network_mark(Some(vendor.id), meta))
    }

    /// Writes a failure down, counts it against its network, and tells the vendor if it
    /// is time to. What to answer.
    pub(super) async fn refuse_vendor(
        &self,
        meta: &RequestMeta,
        tried: &Try,
        vendor: Option<Vendor>,
        name: &LoginName,
    ) -> Result<Error, Error> {
        let event = match &vendor {
            Some(vendor) => self.vendor_event(vendor, EventKind::PasswordFailed, meta)?,
            None => self.name_event(name, EventKind::PasswordFailed, meta.now),
        };
        let (network, limit) = (
            self.network_key(meta),
            limit_per_network(tried.network_kind),
        );
        let due = tried.counted.deserves_notice(tried.network_kind);
        let tell = mail::warn_if(due, async {
            if let Some(vendor) = &vendor {
                self.warn_vendor(vendor, meta).await;
            }
        });
        let (written, counted, ()) = tokio::join!(
            self.store().append_audit(&event),
            // That the budget is used up now is for the next try to find out.
            self.store().hit(&limit, &network, meta.now),
            tell,
        );
        written?;
        let _ = counted?;
        Ok(Error::WrongCode)
    }
}
