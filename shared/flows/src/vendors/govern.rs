//! Administering vendors, as [`crate::admin::accounts`] does accounts: at the command line,
//! or by an administrator over HTTP, who must still be one when it is written. No
//! administrator is a vendor, so none can shut themselves out here.

use domain::account::Status;
use domain::audit::{Actor, EventKind};
use domain::username::LoginName;
use domain::vendor::Vendor;
use domain::{AuthFailure, EmailAddress, Error};
use store::{AuditEvent, AuditSubject, NoticeOwner, Step};

use crate::{ActedBy, ActedByFresh, AdminSession, MAX_ROUNDS, Postern, RequestMeta, contended};

/// Which vendor something is done to.
#[derive(Clone, Debug)]
pub enum WhichVendor {
    /// The one that has the address.
    Address(EmailAddress),
    /// The one that has the integer id.
    Id(u64),
}

/// What is done to a vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VendorAction {
    /// Lock it.
    Lock,
    /// End its lock, and forget the passwords that were guessed at it: the latter only by
    /// a fresh sign-in.
    Unlock,
    /// Have it replace its password before that opens anything again.
    RequirePasswordChange,
}

/// Either kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AnyAdminAction {
    Plain(VendorAction),
    /// Needs a fresh sign-in, since it cannot be undone.
    Delete,
}

impl AnyAdminAction {
    /// `vendor` once it is done; `None` if it is so already.
    fn of(self, vendor: &Vendor) -> Option<Vendor> {
        let mut after = vendor.clone();
        match self {
            Self::Plain(VendorAction::Lock) => after.status = Status::Locked,
            Self::Plain(VendorAction::Unlock) => after.status = Status::Active,
            Self::Plain(VendorAction::RequirePasswordChange) => after.must_change_password = true,
            Self::Delete => return Some(vendor.deleted()),
        }
        (after != *vendor).then(|| after.moved_on())
    }

    const fn kind(self) -> EventKind {
        match self {
            Self::Plain(VendorAction::Lock) => EventKind::AccountLocked,
            Self::Plain(VendorAction::Unlock) => EventKind::AccountUnlocked,
            Self::Plain(VendorAction::RequirePasswordChange) => EventKind::PasswordChangeRequired,
            Self::Delete => EventKind::AccountDeleted,
        }
    }
}

impl Postern {
    /// Does `act` to a vendor for an administrator. The vendor as it is then.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such vendor; [`Error::Unauthenticated`] if the
    /// administrator is no longer one; [`Error::StaleSignIn`] for an unlock of one that is
    /// not locked by an old sign-in.
    pub async fn administer_vendor(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        which: &WhichVendor,
        act: VendorAction,
    ) -> Result<Vendor, Error> {
        let by = ActedBy::Administrator { admin, meta };
        self.act_on_vendor(by, which, act).await
    }

    /// Does `act` to the vendor that has the address, for the administrator at the
    /// command line. The vendor as it is then.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such vendor.
    pub async fn operate_vendor(
        &self,
        address: &EmailAddress,
        act: VendorAction,
    ) -> Result<Vendor, Error> {
        let which = WhichVendor::Address(address.clone());
        self.act_on_vendor(ActedBy::CommandLine, &which, act).await
    }

    /// Deletes a vendor: it is anonymised, its tokens end, and its address is free
    /// again. Its integer id stays its own. The vendor as it was.
    ///
    /// # Errors
    /// As [`Postern::administer_vendor`].
    pub async fn delete_vendor(
        &self,
        by: ActedByFresh<'_>,
        which: &WhichVendor,
    ) -> Result<Vendor, Error> {
        self.change_vendor(by.into(), which, AnyAdminAction::Delete)
            .await
    }

    /// The vendor, unless there is none or it is deleted.
    ///
    /// # Errors
    /// [`Error::Missing`] if so.
    pub async fn find_vendor(&self, which: &WhichVendor) -> Result<Vendor, Error> {
        let id = match which {
            WhichVendor::Address(address) => {
                let name = LoginName::Vendor(address.clone());
                self.store().holder_of_name(&name).await?
            }
            // The claim on an id outlives its vendor.
            WhichVendor::Id(number) => self.store().vendor_of_number(*number).await?,
        };
        let vendor = self.store().vendor(id.ok_or(Error::Missing)?).await?;
        vendor
            .filter(|vendor| vendor.status != Status::Deleted)
            .ok_or(Error::Missing)
    }

    async fn act_on_vendor(
        &self,
        by: ActedBy<'_>,
        which: &WhichVendor,
        act: VendorAction,
    ) -> Result<Vendor, Error> {
        if act == VendorAction::Unlock && !by.is_fresh() {
            // As with an account: a session that was stolen makes no room for guesses.
            return match self.find_vendor(which).await?.status {
                Status::Locked => {
                    self.change_vendor(by, which, AnyAdminAction::Plain(act))
                        .await
                }
                _ => Err(Error::StaleSignIn),
            };
        }
        if act == VendorAction::Unlock {
            let vendor = self.find_vendor(which).await?;
            if self.reset_vendor_attempts(&vendor).await? && vendor.status != Status::Locked {
                let event = self.vendor_event_by(by, &vendor, EventKind::GuessesForgotten)?;
                self.store().append_audit(&event).await?;
                return Ok(vendor);
            }
        }
        self.change_vendor(by, which, AnyAdminAction::Plain(act))
            .await
    }

    /// Forgets what was tried against a vendor's name. Whether there was anything to
    /// forget.
    async fn reset_vendor_attempts(&self, vendor: &Vendor) -> Result<bool, Error> {
        let Some(address) = &vendor.email else {
            return Ok(false);
        };
        let digest = self.name_digest(&LoginName::Vendor(address.clone()));
        Ok(self.store().reset_tries(&digest).await?)
    }

    /// Makes a change that moves the vendor's epoch on, with its event; or nothing,
    /// when it is already so.
    async fn change_vendor(
        &self,
        by: ActedBy<'_>,
        which: &WhichVendor,
        act: AnyAdminAction,
    ) -> Result<Vendor, Error> {
        for _ in 0..MAX_ROUNDS {
            let vendor = self.find_vendor(which).await?;
            let Some(after) = act.of(&vendor) else {
                return Ok(vendor);
            };
            let event = self.vendor_event_by(by, &vendor, act.kind())?;
            // The administrator's condition first: one who has lost the rights hears that.
            let mut transaction = self.store().transaction();
            if let Some(administrator) = by.administrator() {
                transaction = transaction.check_user(administrator)?;
            }
            transaction = transaction.edit_vendor(&after, vendor.rev)?.audit(&event)?;
            let is_deleted = act == AnyAdminAction::Delete;
            if is_deleted {
                transaction = transaction.release_vendor(&vendor)?;
                if vendor.notices_wait {
                    transaction = transaction.delete_notices(NoticeOwner::Vendor(vendor.id))?;
                }
            }
            match self.commit(transaction).await? {
                None if is_deleted => return Ok(vendor),
                None => return Ok(after),
                Some(Step::CheckUser) => {
                    return Err(Error::Unauthenticated(AuthFailure::Inactive));
                }
                Some(_) => {}
            }
        }
        Err(contended())
    }

    /// An audit event of an act on a vendor: it names an administrator over HTTP, and
    /// where they are is sealed for the vendor that it is about.
    fn vendor_event_by(
        &self,
        by: ActedBy<'_>,
        vendor: &Vendor,
        kind: EventKind,
    ) -> Result<AuditEvent, Error> {
        match by {
            ActedBy::CommandLine => {
                let subject = AuditSubject::Account(vendor.id);
                Ok(self.event(subject, kind, Actor::CommandLine, self.now()))
            }
            ActedBy::Administrator { admin, meta } => Ok(AuditEvent {
                actor: Actor::Administrator,
                by: Some(admin.signed().user.sub),
                ..self.vendor_event(vendor, kind, meta)?
            }),
        }
    }
}
