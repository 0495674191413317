//! Offline tokens: what devices show where no server can be asked.
//!
//! There are three ways to get one: a device that was given to an operator signs in by
//! itself; an operator or administrator gives it to one; or they ask for one for an
//! event. Any service verifies it by our published keys; one that can reach us learns
//! whether it still holds.

use domain::account::{Role, User};
use domain::audit::EventKind;
use domain::limit::cashless::{DEVICE_LOOKUPS, DEVICE_SIGN_INS, DEVICE_TOKENS, OFFLINE_TOKENS};
use domain::pos::{DeviceMac, OfflineClaims, PosDevice, PosEvent, works_at};
use domain::{AuthFailure, Error, UnixTime, platform};
use store::{DeviceBinding, Transaction};

use crate::{AccountRef, MAX_ROUNDS, Postern, RequestMeta, Signed, broken, contended};

/// An offline token that was just made.
#[derive(Clone, Debug)]
pub struct OfflineToken {
    /// The token.
    pub token: String,
    /// What it says.
    pub claims: OfflineClaims,
}

/// No device that is in use, or no operator who works with it: the same error for both.
const NO_DEVICE: Error = Error::Unauthenticated(AuthFailure::BadDevice);

impl Postern {
    /// The device that calls itself `mac` at an event, if it is in use there.
    ///
    /// # Errors
    /// [`Error::Missing`], whatever the reason; [`Error::TooMany`] by network.
    pub async fn find_device(
        &self,
        meta: &RequestMeta,
        event: u64,
        mac: Option<&DeviceMac>,
    ) -> Result<PosDevice, Error> {
        let (_, device) = self
            .device_in_use(&DEVICE_LOOKUPS, meta, event, mac)
            .await?;
        device.ok_or(Error::Missing)
    }

    /// The offline token of a device that is in an operator's hands now. The address
    /// proves nothing, so it does not open any association: see [`domain::pos`].
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], whatever the reason; [`Error::TooMany`] by network.
    pub async fn sign_in_device(
        &self,
        meta: &RequestMeta,
        event: u64,
        mac: Option<&DeviceMac>,
    ) -> Result<OfflineToken, Error> {
        let (event, device) = self
            .device_in_use(&DEVICE_SIGN_INS, meta, event, mac)
            .await?;
        let association = device
            .as_ref()
            .and_then(|device| device.open_association(meta.now));
        let operator = association.map_or(uuid::Uuid::nil(), |found| found.operator);
        let operator = self.store().user(operator).await?;
        let (Some(event), Some(device), Some(operator)) = (event, &device, operator) else {
            return Err(NO_DEVICE);
        };
        let holds = association.is_some_and(|found| found.holds(&operator, self.moment(meta.now)));
        if !holds || !device.takes(&operator) {
            return Err(NO_DEVICE);
        }
        let nothing = self.store().transaction();
        let kind = EventKind::DeviceSignedIn;
        let role = Role::Operator;
        self.issue_offline(meta, nothing, (&operator, role), &event, Some(device), kind)
            .await?
            .ok_or(NO_DEVICE)
    }

    /// The device and its event, if both are in use.
    async fn device_in_use(
        &self,
        limit: &domain::limit::Limit,
        meta: &RequestMeta,
        event: u64,
        mac: Option<&DeviceMac>,
    ) -> Result<(Option<PosEvent>, Option<PosDevice>), Error> {
        let found = async {
            match mac {
                Some(mac) => Ok(self.store().device_at(event, mac).await?),
                None => Ok((self.store().event(event).await?, None)),
            }
        };
        let network = self.network_key(meta);
        let (event, device) = self.within(limit, &network, meta.now, found).await?;
        let event = event.filter(PosEvent::is_on);
        let device = device.filter(|device| device.is_in_use() && event.is_some());
        Ok((event, device))
    }

    /// An offline token for the signed-in user, at `event`, and on the device of
    /// that id if one is named.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for those who do not work there; [`Error::Missing`] for an
    /// event that is over, a device out of use or at another event;
    /// [`Error::TooMany`] by network.
    pub async fn offline_token(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        event: u64,
        device: Option<&str>,
    ) -> Result<OfflineToken, Error> {
        let role = signed.role();
        let (admitted, found) = tokio::join!(
            self.limit_by_network(&OFFLINE_TOKENS, meta),
            self.event_and_device(event, device),
        );
        admitted?;
        if !works_at(role, signed.user.event, event) {
            return Err(Error::Forbidden);
        }
        let (event, device) = found?;
        let nothing = self.store().transaction();
        let kind = EventKind::OfflineTokenIssued;
        let bearer = (&signed.user, role);
        self.issue_offline(meta, nothing, bearer, &event, device.as_ref(), kind)
            .await?
            .ok_or(Error::Unauthenticated(AuthFailure::Inactive))
    }

    async fn event_and_device(
        &self,
        event: u64,
        device: Option<&str>,
    ) -> Result<(PosEvent, Option<PosDevice>), Error> {
        let Some(named) = device else {
            return Ok((self.event_on(event).await?, None));
        };
        let id = named.trim().parse().map_err(|_| Error::Missing)?;
        let (device, at) = self.usable_device(id).await?;
        if at.id != event {
            return Err(Error::Missing);
        }
        Ok((at, Some(device)))
    }

    /// The device of that id, if it and its event are in use.
    async fn usable_device(&self, id: u64) -> Result<(PosDevice, PosEvent), Error> {
        let found = self.store().device(id).await?;
        found
            .filter(|(device, event)| device.is_in_use() && event.is_on())
            .ok_or(Error::Missing)
    }

    /// Gives the device of that id into the hands of the operator of that id, and
    /// makes its offline token. Operators take devices themselves; administrators and
    /// the network managers of the event hand them to any operator there.
    ///
    /// # Errors
    /// [`Error::Missing`] for a device out of use, or one that is not an operator of
    /// its event; [`Error::Forbidden`] for those who may not; [`Error::TooMany`] by network.
    pub async fn give_device(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        device: u64,
        operator: u64,
    ) -> Result<OfflineToken, Error> {
        let operator = AccountRef::Id(operator);
        let (admitted, found, operator) = tokio::join!(
            self.limit_by_network(&DEVICE_TOKENS, meta),
            self.usable_device(device),
            self.find(&operator),
        );
        admitted?;
        // Before what there is: those who work nowhere learn nothing of devices.
        if signed.role() == Role::User {
            return Err(Error::Forbidden);
        }
        let (mut device, event) = found?;
        if !works_at(signed.role(), signed.user.event, event.id) {
            return Err(Error::Forbidden);
        }
        let operator = Some(operator?).filter(|found| device.takes(found));
        let operator = operator.ok_or(Error::Missing)?;
        if signed.role() == Role::Operator && operator.sub != signed.user.sub {
            return Err(Error::Forbidden);
        }
        for _ in 0..MAX_ROUNDS {
            let taken = device.associated(&operator, signed.user.sub, meta.now);
            let transaction = self
                .store()
                .transaction()
                .check_user(&signed.user)?
                .edit_device(&taken, device.rev)?;
            let kind = EventKind::DeviceAssociated;
            let bearer = (&operator, Role::Operator);
            let issued = self
                .issue_offline(meta, transaction, bearer, &event, Some(&taken), kind)
                .await?;
            if let Some(issued) = issued {
                return Ok(issued);
            }
            let giver = self.store().user(signed.user.sub).await?;
            giver
                .filter(|giver| signed.session.is_alive(giver, self.moment(meta.now)))
                .ok_or(Error::Unauthenticated(AuthFailure::Inactive))?;
            (device, _) = self.usable_device(device.id).await?;
        }
        Err(contended())
    }

    /// Makes an offline token with its event, on top of what is to be written with
    /// it; `None` if that was refused, or its bearer is no longer who was read.
    async fn issue_offline(
        &self,
        meta: &RequestMeta,
        so_far: Transaction<'_>,
        (user, role): (&User, Role),
        event: &PosEvent,
        device: Option<&PosDevice>,
        kind: EventKind,
    ) -> Result<Option<OfflineToken>, Error> {
        let jti = platform::uuid(self.entropy()).simple().to_string();
        let issuer = &self.settings().issuer;
        let claims = OfflineClaims::new(issuer, (user, role), event.id, device, jti, meta.now);
        let token = self.ring().sign_offline(&claims).map_err(broken)?;
        let about = self.user_event(user, kind, None, meta)?;
        // A transaction names a row once, and an operator who takes a device is checked already.
        let transaction = if so_far.is_empty() {
            so_far.check_user(user)?
        } else {
            so_far
        };
        let transaction = transaction.audit(&about)?;
        Ok(match self.commit(transaction).await? {
            None => Some(OfflineToken { token, claims }),
            Some(_) => None,
        })
    }

    /// The claims of an offline token that still holds. One read.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for anything else.
    pub(crate) async fn check_offline(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<OfflineClaims, Error> {
        let issuer = &self.settings().issuer;
        let check = || self.ring().check_offline(token, issuer, now);
        let claims = self.checked(token, now, check).await?;
        let mac = claims.dev_mac.as_deref().and_then(DeviceMac::parse);
        let bound = self
            .store()
            .bound(claims.sub, claims.event_id, mac.as_ref())
            .await?;
        if holds(&claims, &bound) {
            Ok(claims)
        } else {
            Err(Error::Unauthenticated(AuthFailure::BadToken))
        }
    }
}

/// Whether everything that an offline token speaks of is as it was.
fn holds(claims: &OfflineClaims, bound: &DeviceBinding) -> bool {
    let person = bound
        .user
        .as_ref()
        .is_some_and(|user| user.is_active() && user.session_epoch == claims.session_epoch);
    let event = bound.event.as_ref().is_some_and(PosEvent::is_on);
    let device = claims.device_id.is_none_or(|id| {
        let device = bound.device.as_ref();
        device.is_some_and(|device| device.id == id && device.is_in_use())
    });
    person && event && device
}
