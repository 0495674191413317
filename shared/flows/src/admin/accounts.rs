//! Administering accounts: locking, taking out of use, giving roles, deleting.
//!
//! The same rules hold for administrators at the command line and over HTTP. Every act
//! that changes an account moves its epoch on, which ends each of its sessions, in every
//! contract, at once.
//!
//! An administrator over HTTP must still be one at the write: it checks the epoch that
//! they were read at, so of two who take each other's rights at the same time only one
//! succeeds. They can take nothing from themselves. The last administrator stays one
//! ([`store::Step::KeepAdministrator`]); only a lock or deactivation from the command line
//! shuts them out, and is undone there.
//!
//! Rights go to proven addresses: to an account that has none they come with the first
//! proof ([`domain::account::Appointment`]).

use delivery::Letter;
use domain::account::{Appointment, Lock, Role, Status, User};
use domain::audit::EventKind;
use domain::username::LoginName;
use domain::{AuthFailure, EmailAddress, Error, UnixTime};
use futures_util::future::join_all;
use store::{AuditEvent, Step, Transaction};
use uuid::Uuid;

use crate::account::delete::Trail;
use crate::{AdminSession, FreshAdmin, MAX_ROUNDS, Postern, RequestMeta, contended};

/// Whose account something is done to.
#[derive(Clone, Debug)]
pub enum AccountRef {
    /// The account that holds the address.
    Address(EmailAddress),
    /// The account with the integer id.
    Id(u64),
    /// The account with the username.
    Username(String),
    /// The account of that name for ever. One that there is not is [`Error::NoAccount`].
    Sub(Uuid),
}

/// What any administrator may do to an account, and undo again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminAction {
    /// Lock it.
    Lock {
        /// Why, if that is said; at most 500 characters.
        reason: Option<String>,
    },
    /// End its lock, and forget the codes, passwords and factors that were guessed at it: the
    /// latter only by a fresh sign-in.
    Unlock,
    /// Take it out of use, apart from any lock.
    Deactivate,
    /// Put it back into use. A lock stays.
    Activate,
    /// Have it replace its password before that opens anything again.
    RequirePasswordChange,
}

/// What gives rights or cannot be undone: it needs a [`FreshAdmin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreshAdminAction {
    /// Give it a role.
    SetRole(Role),
    /// Have it work at an event.
    Appoint {
        /// As an operator or a network manager.
        role: Role,
        /// Where.
        event: u64,
        /// With what kind of device.
        mode: u8,
    },
    /// Have it work at no event any more, as a user.
    Dismiss,
    /// Delete it, as its owner could.
    Delete,
}

/// Either kind.
#[derive(Clone)]
enum AnyAdminAction {
    Plain(AdminAction),
    Fresh(FreshAdminAction),
}

const UNLOCK: AnyAdminAction = AnyAdminAction::Plain(AdminAction::Unlock);

/// Who does an act that needs no fresh sign-in.
#[derive(Clone, Copy)]
pub enum ActedBy<'a> {
    /// The administrator at the command line.
    CommandLine,
    /// An administrator, by a request.
    Administrator {
        /// Who.
        admin: &'a AdminSession,
        /// The request.
        meta: &'a RequestMeta,
    },
}

/// Who does an act that needs a fresh sign-in.
#[derive(Clone, Copy)]
pub enum ActedByFresh<'a> {
    /// The administrator at the command line.
    CommandLine,
    /// An administrator, by a request.
    Administrator {
        /// Who.
        admin: &'a FreshAdmin,
        /// The request.
        meta: &'a RequestMeta,
    },
}

impl<'a> From<ActedByFresh<'a>> for ActedBy<'a> {
    fn from(by: ActedByFresh<'a>) -> Self {
        match by {
            ActedByFresh::CommandLine => Self::CommandLine,
            ActedByFresh::Administrator { admin, meta } => Self::Administrator {
                admin: admin.admin(),
                meta,
            },
        }
    }
}

impl AnyAdminAction {
    /// `user` once it is done; `None` if it is so already.
    fn of(&self, user: &User, now: UnixTime) -> Option<User> {
        let mut after = user.clone();
        match self {
            Self::Plain(AdminAction::Lock { reason }) => {
                after.status = Status::Locked;
                after.lock = after.lock.or_else(|| {
                    Some(Lock {
                        at: now,
                        reason: reason.clone(),
                    })
                });
            }
            Self::Plain(AdminAction::Unlock) => {
                after.status = Status::Active;
                after.lock = None;
            }
            Self::Plain(AdminAction::Deactivate) => after.deactivated = true,
            Self::Plain(AdminAction::Activate) => after.deactivated = false,
            Self::Plain(AdminAction::RequirePasswordChange) => after.must_change_password = true,
            Self::Fresh(FreshAdminAction::SetRole(role)) => {
                after = user.appointed(Appointment {
                    role: *role,
                    ..Appointment::of(user)
                });
            }
            Self::Fresh(FreshAdminAction::Appoint { role, event, mode }) => {
                after = user.appointed(Appointment {
                    role: *role,
                    event: Some(*event),
                    mode: Some(*mode),
                });
            }
            Self::Fresh(FreshAdminAction::Dismiss) => {
                after = user.appointed(Appointment {
                    role: Role::User,
                    event: None,
                    mode: None,
                });
            }
            Self::Fresh(FreshAdminAction::Delete) => {}
        }
        if after == *user {
            return None;
        }
        after.rev += 1;
        after.session_epoch += 1;
        // A device that was trusted before is not to spare what is asked of the account now.
        // Nor is a token of a provider that was copied before.
        if self.takes_from(user) {
            after.trust_epoch += 1;
            after.tokens_not_before = Some(now);
        }
        Some(after)
    }

    const fn kind(&self) -> EventKind {
        match self {
            Self::Plain(AdminAction::Lock { .. }) => EventKind::AccountLocked,
            Self::Plain(AdminAction::Unlock) => EventKind::AccountUnlocked,
            Self::Plain(AdminAction::Deactivate) => EventKind::AccountDeactivated,
            Self::Plain(AdminAction::Activate) => EventKind::AccountActivated,
            Self::Plain(AdminAction::RequirePasswordChange) => EventKind::PasswordChangeRequired,
            Self::Fresh(FreshAdminAction::SetRole(_)) => EventKind::RoleChanged,
            Self::Fresh(FreshAdminAction::Appoint { .. }) => EventKind::OperatorAppointed,
            Self::Fresh(FreshAdminAction::Dismiss) => EventKind::OperatorDismissed,
            Self::Fresh(FreshAdminAction::Delete) => EventKind::AccountDeleted,
        }
    }

    /// Why, if that was said.
    fn reason(&self) -> Option<&str> {
        match self {
            Self::Plain(AdminAction::Lock { reason }) => reason.as_deref(),
            _ => None,
        }
    }

    /// Refuses what cannot be done to the account.
    fn fits(&self, user: &User) -> Result<(), Error> {
        match self {
            Self::Plain(AdminAction::RequirePasswordChange) if !user.has_password() => {
                Err(Error::NoPassword)
            }
            _ => Ok(()),
        }
    }

    /// Whether it takes something from the account.
    fn takes_from(&self, user: &User) -> bool {
        match self {
            Self::Plain(AdminAction::Unlock | AdminAction::Activate) => false,
            Self::Plain(_) => true,
            Self::Fresh(
                FreshAdminAction::SetRole(role) | FreshAdminAction::Appoint { role, .. },
            ) => *role != user.role,
            Self::Fresh(FreshAdminAction::Dismiss | FreshAdminAction::Delete) => true,
        }
    }
}

impl<'a> ActedBy<'a> {
    /// Refuses an administrator who takes something from themselves.
    fn may(self, act: &AnyAdminAction, user: &User) -> Result<(), Error> {
        match act.takes_from(user) {
            true => self.is_another(user),
            false => Ok(()),
        }
    }

    /// Refuses an administrator who means themselves.
    pub(crate) fn is_another(self, user: &User) -> Result<(), Error> {
        match self.administrator() {
            Some(own) if own.sub == user.sub => Err(Error::NeedsAnotherAdministrator),
            _ => Ok(()),
        }
    }

    /// Adds that the administrator, if one does it by a request, is one still. Whoever
    /// writes the administrator's own row holds that to what was read anyway.
    pub(crate) fn still<'t>(
        self,
        so_far: Transaction<'t>,
        user: &User,
    ) -> Result<Transaction<'t>, Error> {
        Ok(match self.administrator() {
            Some(own) if own.sub != user.sub => so_far.check_user(own)?,
            _ => so_far,
        })
    }

    /// Whether whoever does it has just signed in, or is at the command line.
    pub(crate) fn is_fresh(self) -> bool {
        match self {
            ActedBy::CommandLine => true,
            ActedBy::Administrator { admin, meta } => {
                FreshAdmin::of(admin.clone(), meta.now).is_ok()
            }
        }
    }

    /// When it is done.
    pub(crate) fn at(self, postern: &Postern) -> UnixTime {
        match self {
            ActedBy::CommandLine => postern.now(),
            ActedBy::Administrator { meta, .. } => meta.now,
        }
    }

    /// The administrator's account, as it was read.
    pub(crate) fn administrator(self) -> Option<&'a User> {
        match self {
            ActedBy::CommandLine => None,
            ActedBy::Administrator { admin, .. } => Some(&admin.signed().user),
        }
    }
}

impl Postern {
    /// Does `act` to an account for an administrator. The account as it is then; a
    /// deleted one as it was.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such account;
    /// [`Error::NeedsAnotherAdministrator`]; [`Error::Unauthenticated`] if the
    /// administrator is no longer one.
    pub async fn administer(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        whose: &AccountRef,
        act: AdminAction,
    ) -> Result<User, Error> {
        self.act_on(ActedBy::Administrator { admin, meta }, whose, act)
            .await
    }

    /// Does an act that needs a fresh sign-in, for an administrator.
    ///
    /// # Errors
    /// As [`Postern::administer`].
    pub async fn administer_freshly(
        &self,
        meta: &RequestMeta,
        admin: &FreshAdmin,
        whose: &AccountRef,
        act: FreshAdminAction,
    ) -> Result<User, Error> {
        let by = ActedByFresh::Administrator { admin, meta };
        self.act_freshly_on(by, whose, act).await
    }

    /// Does `act` to an account. The account as it is then.
    pub(crate) async fn act_on(
        &self,
        by: ActedBy<'_>,
        whose: &AccountRef,
        act: AdminAction,
    ) -> Result<User, Error> {
        match act {
            AdminAction::Unlock => self.unlock(by, whose).await,
            _ => self.change(by, whose, AnyAdminAction::Plain(act)).await,
        }
    }

    /// Does `act` to an account, and tells its owner of rights that it gives. The account
    /// as it is then; a deleted one as it was.
    pub(crate) async fn act_freshly_on(
        &self,
        by: ActedByFresh<'_>,
        whose: &AccountRef,
        act: FreshAdminAction,
    ) -> Result<User, Error> {
        let (by, act) = (ActedBy::from(by), AnyAdminAction::Fresh(act));
        if !matches!(act, AnyAdminAction::Fresh(FreshAdminAction::Delete)) {
            return self.change(by, whose, act).await;
        }
        let user = self.find(whose).await?;
        by.may(&act, &user)?;
        let event = self.event_by(by, &user, act.kind())?;
        self.delete(user.clone(), event, by.administrator(), Trail::Kept, |_| {
            true
        })
        .await?;
        Ok(user)
    }

    /// The account, unless there is none or it is deleted.
    pub(crate) async fn find(&self, whose: &AccountRef) -> Result<User, Error> {
        let sub = match whose {
            AccountRef::Address(address) => self.store().holder(address).await?,
            // The claim on an id outlives its account.
            AccountRef::Id(id) => self.store().holder_of_id(*id).await?,
            AccountRef::Username(name) => {
                self.store().holder_of_name(&LoginName::typed(name)).await?
            }
            AccountRef::Sub(sub) => Some(*sub),
        };
        let user = match sub {
            Some(sub) => self.store().user(sub).await?,
            None => None,
        };
        not_deleted(user).map_err(|error| match whose {
            AccountRef::Sub(_) => error,
            _ => Error::Missing,
        })
    }

    async fn unlock(&self, by: ActedBy<'_>, whose: &AccountRef) -> Result<User, Error> {
        if !by.is_fresh() {
            // A session that was stolen would make room for guesses at the very factor that
            // keeps it from being fresh.
            return match self.find(whose).await?.status {
                Status::Locked => self.change(by, whose, UNLOCK).await,
                _ => Err(Error::StaleSignIn),
            };
        }
        // Wrong codes may have locked an address that has no account yet.
        let mut forgot = match whose {
            AccountRef::Address(address) => self.reset_code_guesses(address).await?,
            AccountRef::Id(_) | AccountRef::Username(_) | AccountRef::Sub(_) => false,
        };
        let user = self.find(whose).await?;
        if let (AccountRef::Sub(_), Some(address)) = (whose, &user.email) {
            forgot |= self.reset_code_guesses(address).await?;
        }
        forgot |= self.reset_password_attempts(&user).await?;
        forgot |= self.reset_factor_attempts(user.sub).await?;
        let sessions = self.store().sessions(user.sub).await?;
        let sessions = sessions.iter().map(|session| session.id);
        join_all(sessions.map(|id| self.reset_session_attempts(id))).await;
        if forgot && user.status != Status::Locked {
            let event = self.event_by(by, &user, EventKind::GuessesForgotten)?;
            self.store().append_audit(&event).await?;
            return Ok(user);
        }
        self.change(by, whose, UNLOCK).await
    }

    /// Makes a change that moves the account's epoch on, with its event; or
    /// nothing, when it is already so.
    async fn change(
        &self,
        by: ActedBy<'_>,
        whose: &AccountRef,
        act: AnyAdminAction,
    ) -> Result<User, Error> {
        for _ in 0..MAX_ROUNDS {
            let user = self.find(whose).await?;
            by.may(&act, &user)?;
            act.fits(&user)?;
            let Some(changed) = act.of(&user, self.now()) else {
                return Ok(user);
            };
            let mut event = self.event_because(by, &user, act.kind(), act.reason())?;
            event.role = (changed.role != user.role).then_some(changed.role);
            // The administrator's condition first: one who has lost the rights hears that and nothing of the account.
            let transaction = by.still(self.store().transaction(), &user)?;
            let transaction = match (by, &act) {
                // A lock from the command line is undone there; the last administrator's account must be shut at once
                // if it was taken over.
                (ActedBy::CommandLine, AnyAdminAction::Plain(_)) => {
                    transaction.edit_user_even_last(&changed, &user)?
                }
                _ => transaction.edit_user(&changed, &user)?,
            };
            let transaction = transaction.appoint(&changed, &user)?.audit(&event)?;
            if may_go_on(self.commit(transaction).await?)?.is_none() {
                self.notify_of_rights(by, &user, &changed).await;
                return Ok(changed);
            }
        }
        Err(contended())
    }

    /// Writes to the user who was given rights, at once or once their address is proven: the
    /// owner is the first to notice an appointment that was not intended.
    pub(crate) async fn notify_of_rights(&self, by: ActedBy<'_>, before: &User, after: &User) {
        let (old, new) = (Appointment::of(before), Appointment::of(after));
        if new.role == Role::User || new == old {
            return;
        }
        let letter = Letter::RightsGiven {
            role: new.role,
            waits: after.appointment.is_some(),
        };
        self.notify(after, &letter, &self.meta_of(by)).await;
    }

    pub(crate) fn event_by(
        &self,
        by: ActedBy<'_>,
        user: &User,
        kind: EventKind,
    ) -> Result<AuditEvent, Error> {
        match by {
            ActedBy::CommandLine => Ok(self.operator_event(user, kind, self.now())),
            ActedBy::Administrator { admin, meta } => {
                self.administrator_event(user, kind, admin.signed().user.sub, meta)
            }
        }
    }

    /// The same with what the administrator gave as a reason.
    pub(crate) fn event_because(
        &self,
        by: ActedBy<'_>,
        user: &User,
        kind: EventKind,
        reason: Option<&str>,
    ) -> Result<AuditEvent, Error> {
        let event = self.event_by(by, user, kind)?;
        match (by, reason) {
            (ActedBy::Administrator { meta, .. }, Some(reason)) => {
                let details = self.sealed_reason(user, event.id, meta, reason)?;
                Ok(AuditEvent {
                    details: Some(details),
                    ..event
                })
            }
            _ => Ok(event),
        }
    }
}

/// The account of a name that a request gives, if there is one.
pub(crate) fn not_deleted(found: Option<User>) -> Result<User, Error> {
    let user = found.filter(|user| user.status != Status::Deleted);
    user.ok_or(Error::NoAccount)
}

/// What refused an administrator's change, if that is something to start over for: not
/// that they have lost their rights, nor that another administrator would have to stay.
pub(crate) fn may_go_on(refused: Option<Step>) -> Result<Option<Step>, Error> {
    match refused {
        Some(Step::CheckUser) => Err(Error::Unauthenticated(AuthFailure::Inactive)),
        Some(Step::KeepAdministrator) => Err(Error::NeedsAnotherAdministrator),
        step => Ok(step),
    }
}
