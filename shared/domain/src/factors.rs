//! Second factors, and the codes that stand in for a lost one.
//!
//! What every kind has is here; what one kind alone has is in its file ([`totp`],
//! [`sent`], [`passkey`]). All of an account's authenticators are one small row beside its profile,
//! since a code is compared with all of them and every reader needs them all. Every use of
//! one writes the row over the revision that it was judged by, so two requests cannot both
//! use one time step, or one backup code. One that is being set up through nauth waits in a
//! row of its own ([`enrollment`]) until it is shown for the first time.
//!
//! What is guessed here is six digits, of which three are right at any moment (the
//! step in force and its neighbours, RFC 6238 §5.2). A waiting sign-in takes
//! [`MAX_ATTEMPTS`](crate::sign_in::MAX_ATTEMPTS). Over all of them an account has the
//! two counts that passwords have ([`crate::password::guesses`]): from networks that it
//! does not know at most 37 a day over all contracts, 37 × 3 / 1,000,000, or one account
//! in nine thousand for each day that an attacker who already reads its owner's mail
//! keeps at it; and a count of their own for networks that it knows, so that a guesser
//! does not lock the owner out. A session that is signed in counts for itself
//! ([`crate::limit::SECOND_FACTORS_PER_SESSION`]).

pub mod enrollment;
pub mod passkey;
pub mod sent;
pub mod totp;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{Factor, User};
use crate::{Contact, Error, UnixTime};

use self::passkey::PasskeyState;
use self::sent::{EmailState, SmsState};
use self::totp::TotpState;

/// Seconds for which a set-up may be confirmed.
pub const SETUP_LIFETIME: u64 = 600;
/// How many backup codes are made at a time.
pub const BACKUP_CODES: usize = 10;
/// From how few on their owner is warned.
pub const FEW_BACKUP_CODES: usize = 3;
/// Authenticators that are remembered, dead ones included.
pub const MAX_DEVICES: usize = 10;

/// What went wrong with a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorFailure {
    /// Set-up where a factor is in force already.
    AlreadyEnabled,
    /// There is no factor to use.
    NotEnabled,
    /// Codes are asked of the primary authenticator, and there is none.
    NoPrimaryDevice,
    /// No such authenticator, or not one that waits to be confirmed.
    UnknownDevice,
    /// It was not confirmed in time.
    SetupExpired,
    /// The last authenticator is removed only with a code.
    CodeRequired,
    /// A code is wrong, or was used before.
    WrongCode {
        /// Tries that the waiting sign-in still has, if it is one.
        left: Option<u32>,
    },
    /// No sign-in waits by that name, or not any more.
    NoSignIn,
    /// The sign-in waited too long.
    SignInExpired,
    /// The sign-in has no tries left.
    NoTriesLeft,
    /// What is asked for wants a factor that was shown lately, and it was not.
    NotRecent,
    /// As many are in force as an account may have.
    TooMany,
    /// The account has factors, but none that this contract can ask for.
    NotAskable,
}

impl From<FactorFailure> for Error {
    fn from(failure: FactorFailure) -> Self {
        Self::SecondFactor(failure)
    }
}

/// How far an authenticator has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticatorStatus {
    /// Made, and never yet seen to work.
    Pending,
    /// In force.
    Active,
    /// Taken out of force. Its secret is gone.
    Disabled,
}

/// What kind of factor an authenticator is, with what that kind alone has. The fields stand
/// in the row beside those of [`Authenticator`], and tell the kinds apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AuthenticatorKind {
    /// An app that makes time-based one-time passwords of a secret of ours.
    Totp(TotpState),
    /// A telephone that codes are texted to.
    Sms(SmsState),
    /// A mailbox that codes are sent to.
    Email(EmailState),
    /// A passkey.
    Passkey(PasskeyState),
}

impl AuthenticatorKind {
    /// The factor that it is while it is in force.
    #[must_use]
    pub const fn factor(&self) -> Factor {
        match self {
            Self::Totp(_) => Factor::Totp,
            Self::Sms(_) => Factor::Sms,
            Self::Email(_) => Factor::Email,
            Self::Passkey(_) => Factor::Passkey,
        }
    }

    /// What is kept of an app.
    #[must_use]
    pub const fn totp(&self) -> Option<&TotpState> {
        match self {
            Self::Totp(totp) => Some(totp),
            Self::Sms(_) | Self::Email(_) | Self::Passkey(_) => None,
        }
    }

    /// What is kept of a passkey.
    #[must_use]
    pub const fn passkey(&self) -> Option<&PasskeyState> {
        match self {
            Self::Passkey(passkey) => Some(passkey),
            Self::Totp(_) | Self::Sms(_) | Self::Email(_) => None,
        }
    }

    /// Where its codes went when it was set up, if they are sent.
    #[must_use]
    pub fn contact(&self) -> Option<Contact> {
        match self {
            Self::Totp(_) | Self::Passkey(_) => None,
            Self::Sms(sms) => Some(Contact::Phone(sms.phone.clone())),
            Self::Email(mail) => Some(Contact::Email(mail.email.clone())),
        }
    }

    /// Out of force: without its secret. `None` for kinds that no contract lists any more
    /// then.
    fn disabled(&self) -> Option<Self> {
        match self {
            Self::Totp(totp) => Some(Self::Totp(totp.disabled())),
            Self::Sms(_) | Self::Email(_) | Self::Passkey(_) => None,
        }
    }
}

/// An authenticator: what its owner shows as a second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authenticator {
    /// Its name for ever.
    pub id: Uuid,
    /// Its integer id, for the contracts that list factors by number.
    pub number: u64,
    /// What its owner calls it.
    pub name: String,
    /// What kind it is.
    #[serde(flatten)]
    pub kind: AuthenticatorKind,
    /// How far it has come.
    pub status: AuthenticatorStatus,
    /// Whether it is the one that codes are asked of.
    pub primary: bool,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it was first shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<UnixTime>,
    /// When it was last shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<UnixTime>,
}

impl Authenticator {
    /// Whether it is in force.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == AuthenticatorStatus::Active
    }

    /// Whether it is an authenticator app, whatever has become of it.
    #[must_use]
    pub const fn is_app(&self) -> bool {
        self.kind.totp().is_some()
    }

    fn disabled(&self) -> Option<Self> {
        Some(Self {
            status: AuthenticatorStatus::Disabled,
            primary: false,
            kind: self.kind.disabled()?,
            ..self.clone()
        })
    }
}

/// All second factors of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    /// Counts writes of the row. Zero: there is none yet.
    pub rev: u64,
    /// The authenticators, oldest first.
    pub devices: Vec<Authenticator>,
    /// Keyed digests of the backup codes that are left.
    #[serde(default)]
    pub backup_codes: Vec<String>,
}

impl Factors {
    /// The authenticators in force.
    pub fn active(&self) -> impl Iterator<Item = &Authenticator> {
        self.devices.iter().filter(|device| device.is_active())
    }

    /// Whether any is in force.
    #[must_use]
    pub fn any_active(&self) -> bool {
        self.active().next().is_some()
    }

    /// The kinds in force, each once.
    #[must_use]
    pub fn kinds_in_force(&self) -> Vec<Factor> {
        let mut kinds = Vec::new();
        for kind in self.active().map(|device| device.kind.factor()) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }

    /// The authenticators of one kind in force.
    pub fn of_kind(&self, kind: Factor) -> impl Iterator<Item = &Authenticator> {
        self.active()
            .filter(move |device| device.kind.factor() == kind)
    }

    /// The kind that is asked for first: that of the primary authenticator.
    #[must_use]
    pub fn preferred(&self) -> Option<Factor> {
        let primary = self.active().find(|device| device.primary);
        let first = primary.or_else(|| self.active().next());
        first.map(|device| device.kind.factor())
    }

    /// Where the codes of a kind go: to the address or number that `user` has proven now,
    /// or, while there is none, to the one that was proven when the factor was set up. So
    /// an account that moves takes its factor along, and is not locked out on its way.
    #[must_use]
    pub fn destination(&self, user: &User, kind: Factor) -> Option<Contact> {
        let then = self
            .of_kind(kind)
            .find_map(|device| device.kind.contact())?;
        let now = match then {
            Contact::Email(_) => user.proven_email().cloned().map(Contact::Email),
            Contact::Phone(_) => user.proven_phone().map(Contact::Phone),
        };
        Some(now.unwrap_or(then))
    }

    /// The authenticator of that name.
    #[must_use]
    pub fn device(&self, id: Uuid) -> Option<&Authenticator> {
        self.devices.iter().find(|device| device.id == id)
    }

    /// The app that codes are asked of: the primary authenticator, or the oldest app where
    /// that is of another kind.
    ///
    /// # Errors
    /// [`FactorFailure::NotEnabled`] or [`FactorFailure::NoPrimaryDevice`].
    pub fn primary_app(&self) -> Result<&Authenticator, FactorFailure> {
        if !self.any_active() {
            return Err(FactorFailure::NotEnabled);
        }
        let primary = self.active().find(|device| device.primary);
        let primary = primary.ok_or(FactorFailure::NoPrimaryDevice)?;
        if primary.is_app() {
            return Ok(primary);
        }
        let oldest = self.of_kind(Factor::Totp).next();
        oldest.ok_or(FactorFailure::NoPrimaryDevice)
    }

    /// The authenticator `id`, if it may be confirmed at `now`.
    ///
    /// # Errors
    /// [`FactorFailure::UnknownDevice`] also for one that is confirmed already,
    /// [`FactorFailure::SetupExpired`].
    pub fn pending(&self, id: Uuid, now: UnixTime) -> Result<&Authenticator, FactorFailure> {
        let device = self
            .device(id)
            .filter(|device| device.status == AuthenticatorStatus::Pending)
            .ok_or(FactorFailure::UnknownDevice)?;
        if device.created_at.plus(SETUP_LIFETIME) <= now {
            return Err(FactorFailure::SetupExpired);
        }
        Ok(device)
    }

    /// With `device` added, which is pending. The oldest that is not in force
    /// makes room.
    #[must_use]
    pub fn with(&self, device: Authenticator) -> Self {
        let mut devices = self.devices_with_room();
        devices.push(device);
        self.next(devices, self.backup_codes.clone())
    }

    /// With `device`, which was shown at `now`, in force beside all others. It is the
    /// primary one if none is.
    ///
    /// # Errors
    /// [`FactorFailure::TooMany`] where [`MAX_DEVICES`] are in force;
    /// [`FactorFailure::AlreadyEnabled`] for a passkey that is.
    pub fn enrolled(&self, device: Authenticator, now: UnixTime) -> Result<Self, FactorFailure> {
        if self.active().count() >= MAX_DEVICES {
            return Err(FactorFailure::TooMany);
        }
        let passkey = device.kind.passkey();
        let mut held = self.passkeys();
        if held.any(|held| passkey.is_some_and(|new| new.credential_id == held.credential_id)) {
            return Err(FactorFailure::AlreadyEnabled);
        }
        let mut devices = self.devices_with_room();
        devices.push(Authenticator {
            status: AuthenticatorStatus::Active,
            primary: !self.is_led(),
            confirmed_at: Some(now),
            last_used_at: Some(now),
            ..device
        });
        Ok(self.next(devices, self.backup_codes.clone()))
    }

    /// The authenticators, the oldest that are not in force left out for one more.
    fn devices_with_room(&self) -> Vec<Authenticator> {
        let mut devices = self.devices.clone();
        while devices.len() >= MAX_DEVICES {
            let Some(oldest) = devices.iter().position(|device| !device.is_active()) else {
                break;
            };
            devices.remove(oldest);
        }
        devices
    }

    /// Whether one in force is the primary one.
    fn is_led(&self) -> bool {
        self.active().any(|device| device.primary)
    }

    /// With `device` added, which is pending, in place of all others that are: where
    /// a contract knows one set-up at a time (cashless).
    #[must_use]
    pub fn with_only(&self, device: Authenticator) -> Self {
        let mut without = self.clone();
        without
            .devices
            .retain(|device| device.status != AuthenticatorStatus::Pending);
        without.with(device)
    }

    /// With the pending app `id` in force by its code of `step`, in place of every other
    /// app: where a contract knows one (cashless). Other kinds of factors stay, as that
    /// contract has no word for them, and so do backup codes, which stand in for whatever is
    /// in force.
    #[must_use]
    pub fn replaced(&self, id: Uuid, step: u64, now: UnixTime) -> Self {
        let mut alone = self.clone();
        let kept = self.devices.iter().filter_map(|device| {
            if device.is_active() && device.is_app() {
                device.disabled()
            } else {
                Some(device.clone())
            }
        });
        alone.devices = kept.collect();
        alone.confirmed(id, step, self.backup_codes.clone(), now)
    }

    /// The authenticator that was made last and may still be confirmed at `now`.
    #[must_use]
    pub fn newest_pending(&self, now: UnixTime) -> Option<&Authenticator> {
        self.devices.iter().rev().find(|device| {
            device.status == AuthenticatorStatus::Pending
                && device.created_at.plus(SETUP_LIFETIME) > now
        })
    }

    /// With the pending authenticator `id` in force by its code of `step`, and
    /// these backup codes in place of all earlier ones.
    #[must_use]
    pub fn confirmed(&self, id: Uuid, step: u64, backup_codes: Vec<String>, now: UnixTime) -> Self {
        let devices = self.each(|device| match device.kind.totp() {
            Some(totp) if device.id == id => Authenticator {
                status: AuthenticatorStatus::Active,
                primary: !self.is_led(),
                confirmed_at: Some(now),
                last_used_at: Some(now),
                kind: AuthenticatorKind::Totp(totp.at(step)),
                ..device.clone()
            },
            _ => device.clone(),
        });
        self.next(devices, backup_codes)
    }

    /// With the code of `step` of the authenticator `id` used up. `None` if that
    /// step, or a later one, was used before.
    #[must_use]
    pub fn stepped(&self, id: Uuid, step: u64, now: UnixTime) -> Option<Self> {
        let device = self.device(id)?;
        let totp = device.kind.totp()?;
        if !device.is_active() || totp.has_used(step) {
            return None;
        }
        let used = AuthenticatorKind::Totp(totp.at(step));
        let devices = self.each(|device| {
            if device.id != id {
                return device.clone();
            }
            Authenticator {
                last_used_at: Some(now),
                kind: used.clone(),
                ..device.clone()
            }
        });
        Some(self.next(devices, self.backup_codes.clone()))
    }

    /// With a code shown that was sent for this kind. `None` if none of it is in force.
    #[must_use]
    pub fn shown(&self, kind: Factor, now: UnixTime) -> Option<Self> {
        let id = self.of_kind(kind).next()?.id;
        let devices = self.each(|device| Authenticator {
            last_used_at: match device.id == id {
                true => Some(now),
                false => device.last_used_at,
            },
            ..device.clone()
        });
        Some(self.next(devices, self.backup_codes.clone()))
    }

    /// The passkeys in force.
    pub fn passkeys(&self) -> impl Iterator<Item = &PasskeyState> {
        self.active().filter_map(|device| device.kind.passkey())
    }

    /// With a passkey shown, which is as `passkey` says after it. `None` if it is not in force,
    /// or its counter does not move on.
    #[must_use]
    pub fn asserted(&self, passkey: &PasskeyState, now: UnixTime) -> Option<Self> {
        let follows = |held: &PasskeyState| held.may_become(passkey);
        let device = self
            .active()
            .find(|device| device.kind.passkey().is_some_and(follows))?;
        let shown = Authenticator {
            last_used_at: Some(now),
            kind: AuthenticatorKind::Passkey(passkey.clone()),
            ..device.clone()
        };
        let devices = self.each(|device| match device.id == shown.id {
            true => shown.clone(),
            false => device.clone(),
        });
        Some(self.next(devices, self.backup_codes.clone()))
    }

    /// With one backup code used up, by its keyed digest. `None` if it is not one.
    #[must_use]
    pub fn without_backup_code(&self, digest: &str) -> Option<Self> {
        if !self.any_active() {
            return None;
        }
        let mut left = self.backup_codes.clone();
        let place = left.iter().position(|known| known == digest)?;
        left.remove(place);
        Some(self.next(self.devices.clone(), left))
    }

    /// With these backup codes in place of all earlier ones.
    #[must_use]
    pub fn with_backup_codes(&self, backup_codes: Vec<String>) -> Self {
        self.next(self.devices.clone(), backup_codes)
    }

    /// With everything out of force.
    #[must_use]
    pub fn disabled(&self) -> Self {
        let kept = self.devices.iter().filter_map(Authenticator::disabled);
        self.next(kept.collect(), Vec::new())
    }

    /// With the first authenticator of this kind as the primary one. `None` if there is none
    /// in force.
    #[must_use]
    pub fn preferring(&self, kind: Factor) -> Option<Self> {
        let id = self.of_kind(kind).next()?.id;
        let devices = self.each(|device| Authenticator {
            primary: device.id == id,
            ..device.clone()
        });
        Some(self.next(devices, self.backup_codes.clone()))
    }

    /// Without the authenticator `id`. When it was the primary one, the next in
    /// force takes its place; when none is left, the backup codes go too.
    #[must_use]
    pub fn without(&self, id: Uuid) -> Self {
        self.keeping(|device| device.id != id)
    }

    /// The same without all of a kind, also those that wait to be confirmed.
    #[must_use]
    pub fn without_kind(&self, kind: Factor) -> Self {
        self.keeping(|device| device.kind.factor() != kind)
    }

    fn keeping(&self, keeps: impl Fn(&Authenticator) -> bool) -> Self {
        let mut devices = self.devices.clone();
        devices.retain(keeps);
        let led = devices.iter().any(|d| d.is_active() && d.primary);
        if !led && let Some(heir) = devices.iter_mut().find(|device| device.is_active()) {
            heir.primary = true;
        }
        let mut next = self.next(devices, self.backup_codes.clone());
        if !next.any_active() {
            next.backup_codes.clear();
        }
        next
    }

    fn each(&self, change: impl Fn(&Authenticator) -> Authenticator) -> Vec<Authenticator> {
        self.devices.iter().map(change).collect()
    }

    fn next(&self, devices: Vec<Authenticator>, backup_codes: Vec<String>) -> Self {
        Self {
            rev: self.rev + 1,
            devices,
            backup_codes,
        }
    }
}

impl User {
    /// This account as a change of its factors, from `before` to `after`, leaves it. If that
    /// puts one in or out of force, its epochs move on: every session ends but the one that
    /// made the change, which is taken along, no device is trusted any more, and no token
    /// that a provider made until then signs in.
    #[must_use]
    pub fn with_factors(&self, before: &Factors, after: &Factors, now: UnixTime) -> Self {
        let in_force = |factors: &Factors| factors.active().map(|d| d.id).collect::<Vec<_>>();
        let base = match in_force(before) != in_force(after) {
            true => Self {
                trust_epoch: self.trust_epoch + 1,
                ..self.with_sign_ins_ended(now)
            },
            false => self.clone(),
        };
        Self {
            rev: self.rev + 1,
            factors: after.kinds_in_force(),
            ..base
        }
    }
}

#[cfg(test)]
mod tests;
