//! The way back to a vendor's forgotten password.
//!
//! As people's ([`crate::password::reset`]): asking writes a one-time token and sends a letter,
//! whether or not there is such a vendor, at the same cost and never sooner than the
//! floor of time. Using the token replaces the password, which ends all tokens.
//!
//! The letter names no page. The installation's own takes people's tokens, and would
//! send a vendor's to where they are worth nothing.

use crypto::derive::{fresh_letter_token, letter_token_hash};
use delivery::Letter;
use domain::audit::{Actor, EventKind};
use domain::password::Password;
use domain::password::guesses::PASSWORDS_PER_NETWORK;
use domain::password::reset::{
    LETTERS_PER_ADDRESS, LIFETIME, REQUESTS_PER_NETWORK, REQUESTS_PER_NETWORK_A_DAY, ResetToken,
};
use domain::time::MINUTE;
use domain::username::LoginName;
use domain::vendor::Vendor;
use domain::{AuthFailure, EmailAddress, Error};
use store::{AuditEvent, AuditSubject, Step};
use uuid::Uuid;

use super::{WhichVendor, names};
use crate::notify::mail;
use crate::notify::postage::Purpose;
use crate::password::choose::Choice;
use crate::password::reset::FLOOR;
use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

impl Postern {
    /// Sends the vendor that has the address a token, or the reader of its mail the news
    /// that there is no vendor. If no letter could be sent, only the log says so.
    ///
    /// # Errors
    /// [`Error::TooMany`] by network: the same for known and unknown addresses.
    pub async fn request_vendor_reset(
        &self,
        meta: &RequestMeta,
        address: &EmailAddress,
    ) -> Result<(), Error> {
        let send = self.ask_for_vendor_reset(meta, address);
        let (asked, ()) = tokio::join!(send, tokio::time::sleep(FLOOR));
        asked
    }

    async fn ask_for_vendor_reset(
        &self,
        meta: &RequestMeta,
        address: &EmailAddress,
    ) -> Result<(), Error> {
        let name = LoginName::Vendor(address.clone());
        let (admitted, admitted_today, holder) = tokio::join!(
            self.limit_by_network(&REQUESTS_PER_NETWORK, meta),
            self.limit_by_network(&REQUESTS_PER_NETWORK_A_DAY, meta),
            self.store().holder_of_name(&name),
        );
        admitted?;
        admitted_today?;
        // One count with people's: it is one mailbox that the letters fill.
        let digest = self
            .ring()
            .keyed_digest("reset letters", &[], address.as_str());
        let (vendor, may_write) = tokio::join!(
            // A dummy row is read, so that an address without a vendor costs the same.
            self.store().vendor(holder?.unwrap_or(Uuid::nil())),
            self.store().hit(&LETTERS_PER_ADDRESS, &digest, meta.now),
        );
        if may_write?.is_err() {
            return Ok(());
        }
        let vendor = vendor?;
        let kind = EventKind::PasswordResetRequested;
        let event = match &vendor {
            Some(vendor) => self.vendor_event(vendor, kind, meta)?,
            None => self.name_event(&name, kind, meta.now),
        };
        // The same budgets whether or not there is a vendor, which knows no networks.
        let purpose = Purpose::Asked { account: None };
        let sent = self.send_vendor_reset(meta, purpose, address, vendor.as_ref(), &event);
        match sent.await {
            Err(error @ (Error::Undeliverable(_) | Error::TooMany(_))) => {
                mail::not_sent(&error);
                Ok(())
            }
            sent => sent,
        }
    }

    /// Sends the vendor that has the address a token, for the command line. Ends nothing by
    /// itself.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such vendor, [`AuthFailure::Inactive`] for a
    /// locked one, whose token would open nothing; [`Error::Undeliverable`] and
    /// [`Error::TooMany`] by stack.
    pub async fn reset_vendor(&self, address: &EmailAddress) -> Result<Vendor, Error> {
        let which = WhichVendor::Address(address.clone());
        let vendor = self.find_vendor(&which).await?;
        if !vendor.is_active() {
            return Err(Error::Unauthenticated(AuthFailure::Inactive));
        }
        let (subject, kind) = (
            AuditSubject::Account(vendor.id),
            EventKind::PasswordResetRequested,
        );
        let meta = RequestMeta::of_command_line(self.now());
        let event = self.event(subject, kind, Actor::CommandLine, meta.now);
        let purpose = Purpose::VendorNotice { vendor: &vendor };
        self.send_vendor_reset(&meta, purpose, address, Some(&vendor), &event)
            .await?;
        Ok(vendor)
    }

    async fn send_vendor_reset(
        &self,
        meta: &RequestMeta,
        purpose: Purpose<'_>,
        address: &EmailAddress,
        vendor: Option<&Vendor>,
        event: &AuditEvent,
    ) -> Result<(), Error> {
        let token = fresh_letter_token(self.entropy());
        let token_row = ResetToken::for_vendor(vendor, meta.now);
        let hash = letter_token_hash(&token);
        let (put, written) = tokio::join!(
            self.store().put_vendor_reset(&hash, &token_row),
            self.store().append_audit(event),
        );
        put?;
        written?;
        let letter = match vendor {
            None => Letter::NoAccount,
            Some(vendor) if !vendor.is_active() => Letter::ResetWhileLocked,
            Some(_) => Letter::PasswordReset {
                token,
                page: None,
                minutes: LIFETIME / MINUTE,
            },
        };
        let language = meta.language.as_deref().unwrap_or_default();
        self.send_mail(meta, purpose, address, &letter, language)
            .await
    }

    /// Replaces the password of the vendor that was sent `token`, which came with it
    /// in the field `field`.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] for a token that will not do; [`Error::Invalid`] for a
    /// password that will not, which spends nothing; [`Error::TooMany`] by network.
    pub async fn use_vendor_reset(
        &self,
        meta: &RequestMeta,
        token: &str,
        field: &'static str,
        typed: &Password,
    ) -> Result<(), Error> {
        let hash = letter_token_hash(token);
        let (admitted, token_row) = tokio::join!(
            self.limit_by_network(&PASSWORDS_PER_NETWORK, meta),
            self.store().vendor_reset(&hash),
        );
        admitted?;
        let token_row = token_row?.ok_or(Error::InvalidToken)?;
        let id = token_row.sub.ok_or(Error::InvalidToken)?;
        let mut chosen = None;
        for _ in 0..MAX_ROUNDS {
            let vendor = self.store().vendor(id).await?;
            let vendor = vendor
                .filter(|vendor| token_row.is_good_for(vendor, meta.now))
                .ok_or(Error::InvalidToken)?;
            let new = match chosen.take() {
                Some(hash) => hash,
                None => {
                    let choice = Choice {
                        field,
                        password: typed,
                        names: names(&vendor),
                        before: vendor.credential.as_ref(),
                    };
                    self.choose_password(choice).await?
                }
            };
            let reset = vendor.with_reset(new.clone(), meta.now);
            let event = self.vendor_event(&vendor, EventKind::PasswordReset, meta)?;
            let transaction = self.store().transaction();
            let transaction = transaction
                .spend_vendor_reset(&hash, meta.now)?
                .edit_vendor(&reset, vendor.rev)?
                .audit(&event)?;
            let letter = Some(Letter::PasswordChanged);
            match self
                .commit_and_notify(transaction, &reset, letter, meta)
                .await?
            {
                None => return self.know_mailbox(meta, &reset).await,
                Some(Step::SpendToken) => return Err(Error::InvalidToken),
                Some(_) => chosen = Some(new),
            }
        }
        Err(contended())
    }

    /// Has the vendor's ledger know the network that read its mail, and no other: those
    /// before may be of a stranger who made the vendor for an address that was not proven.
    async fn know_mailbox(&self, meta: &RequestMeta, vendor: &Vendor) -> Result<(), Error> {
        let Some(address) = &vendor.email else {
            return Ok(());
        };
        let networks = [self.network_mark(Some(vendor.id), meta)];
        let digest = self.name_digest(&LoginName::Vendor(address.clone()));
        let noted = self
            .store()
            .note_networks(&digest, Some(vendor.id), &networks);
        Ok(noted.await?)
    }
}
