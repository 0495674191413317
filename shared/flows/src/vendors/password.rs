//! Another password of a vendor's own choice.
//!
//! A token alone changes no password: an attacker who finds one would have the vendor
//! for good. The current password is asked for, and a try at it counts as one at the
//! sign-in does, so that a token buys no further guesses.

use crypto::password::Verdict;
use delivery::Letter;
use domain::audit::EventKind;
use domain::password::Password;
use domain::username::LoginName;
use domain::vendor::Vendor;
use domain::{AuthFailure, Error};

use super::names;
use crate::password::choose::Choice;
use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// Gives a vendor another password, which came in the field `field`. Ends every
    /// token of it, the one that it asks with among them.
    ///
    /// # Errors
    /// [`Error::WrongCode`] for another password than its own; [`Error::Invalid`] for
    /// one that will not do, which changes nothing; [`Error::TooMany`] by network, or
    /// while the name rests; [`Error::Unauthenticated`] if its tokens were ended
    /// meanwhile.
    pub async fn change_vendor_password(
        &self,
        meta: &RequestMeta,
        vendor: Vendor,
        current: &Password,
        field: &'static str,
        typed: &Password,
    ) -> Result<(), Error> {
        let ended = || Error::Unauthenticated(AuthFailure::BadToken);
        let (id, token_epoch) = (vendor.id, vendor.token_epoch);
        let address = vendor.email.ok_or_else(ended)?;
        let name = LoginName::Vendor(address);
        let (tried, found, verdict) = self.try_vendor(meta, &name, current).await?;
        // The address may have become another vendor's between the two readings.
        let stands =
            |now: &Vendor| now.id == id && now.token_epoch == token_epoch && now.is_active();
        let mut vendor = found.filter(&stands).ok_or_else(ended)?;
        if verdict == Verdict::Wrong {
            let refused = self.refuse_vendor(meta, &tried, Some(vendor), &name).await;
            return Err(refused?);
        }
        let networks = self.networks_after(meta, &tried, &vendor);
        let choice = Choice {
            field,
            password: typed,
            names: names(&vendor),
            before: vendor.credential.as_ref(),
        };
        // The one before was right, whatever becomes of the new one.
        let (chosen, ()) = tokio::join!(
            self.choose_password(choice),
            self.record_success_of(meta, tried, id, &networks),
        );
        let hash = chosen?;
        for _ in 0..MAX_ROUNDS {
            let changed = vendor.with_password(hash.clone(), meta.now);
            let event = self.vendor_event(&vendor, EventKind::PasswordChanged, meta)?;
            let transaction = self.store().transaction();
            let transaction = transaction.edit_vendor(&changed, vendor.rev)?;
            let transaction = transaction.audit(&event)?;
            let letter = Some(Letter::PasswordChanged);
            let refused = self.commit_and_notify(transaction, &changed, letter, meta);
            if refused.await?.is_none() {
                return Ok(());
            }
            let now = self.store().vendor(id).await?;
            vendor = now.filter(&stands).ok_or_else(ended)?;
        }
        Err(contended())
    }
}
