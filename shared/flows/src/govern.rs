//! Governing accounts: locking, taking out of use, giving roles, deleting.
//!
//! One set of rules for whoever may do it, the operator at the command line and an
//! administrator over HTTP. Every act that takes something away moves the account's
//! epoch on, which ends each of its sessions, in every contract, at once.
//!
//! An administrator acts while they are one: the write holds them to the epoch that
//! they were read at, so of two who take each other's rights at one moment a single
//! one succeeds. And never on themselves. The last administrator stays one, whoever
//! asks ([`store::Step::KeepAdministrator`]); only a lock from the command line shuts
//! them out, and ends there.
//!
//! Rights go to proven addresses: to an account that has none they come with the first
//! proof ([`domain::account::Appointment`]).

use delivery::Letter;
use domain::account::{Appointment, Role, Status, User};
use domain::audit::EventKind;
use domain::username::LoginName;
use domain::{AuthFailure, EmailAddress, Error, platform};
use store::{AuditEvent, Commit, Step};

use crate::{AdminSession, FreshAdmin, MAX_ROUNDS, Postern, RequestMeta, contended};

/// Whose account something is done to.
#[derive(Clone, Debug)]
pub enum Whose {
    /// Whoever holds the address.
    Address(EmailAddress),
    /// Whoever has the integer id.
    Id(u64),
    /// Whoever is called so.
    Username(String),
}

/// What any administrator may do to an account, and undo again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Lock it.
    Lock,
    /// End its lock, and forget the codes, passwords and factors that were guessed at it.
    Unlock,
    /// Take it out of use, apart from any lock.
    Deactivate,
    /// Put it back into use. A lock stays.
    Activate,
    /// Have it replace its password before that opens anything again.
    RequirePasswordChange,
}

/// What gives rights or cannot be undone: it wants a [`FreshAdmin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreshAct {
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
#[derive(Clone, Copy)]
enum AnyAct {
    Plain(Act),
    Fresh(FreshAct),
}

/// Who does what every administrator may do.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// The operator at the command line.
    Operator,
    /// An administrator, by a request.
    Administrator {
        /// Who.
        admin: &'a AdminSession,
        /// The request.
        meta: &'a RequestMeta,
    },
}

/// Who does what wants a fresh sign-in.
#[derive(Clone, Copy)]
pub enum ByFresh<'a> {
    /// The operator at the command line.
    Operator,
    /// An administrator, by a request.
    Administrator {
        /// Who.
        admin: &'a FreshAdmin,
        /// The request.
        meta: &'a RequestMeta,
    },
}

impl<'a> From<ByFresh<'a>> for By<'a> {
    fn from(by: ByFresh<'a>) -> Self {
        match by {
            ByFresh::Operator => Self::Operator,
            ByFresh::Administrator { admin, meta } => Self::Administrator {
                admin: admin.admin(),
                meta,
            },
        }
    }
}

impl AnyAct {
    /// `user` once it is done; `None` if it is so already.
    fn of(self, user: &User) -> Option<User> {
        let mut after = user.clone();
        match self {
            Self::Plain(Act::Lock) => after.status = Status::Locked,
            Self::Plain(Act::Unlock) => after.status = Status::Active,
            Self::Plain(Act::Deactivate) => after.deactivated = true,
            Self::Plain(Act::Activate) => after.deactivated = false,
            Self::Plain(Act::RequirePasswordChange) => after.must_change_password = true,
            Self::Fresh(FreshAct::SetRole(role)) => {
                after = user.appointed(Appointment {
                    role,
                    ..Appointment::of(user)
                });
            }
            Self::Fresh(FreshAct::Appoint { role, event, mode }) => {
                after = user.appointed(Appointment {
                    role,
                    event: Some(event),
                    mode: Some(mode),
                });
            }
            Self::Fresh(FreshAct::Dismiss) => {
                after = user.appointed(Appointment {
                    role: Role::User,
                    event: None,
                    mode: None,
                });
            }
            Self::Fresh(FreshAct::Delete) => {}
        }
        if after == *user {
            return None;
        }
        after.rev += 1;
        after.epoch += 1;
        Some(after)
    }

    const fn kind(self) -> EventKind {
        match self {
            Self::Plain(Act::Lock) => EventKind::AccountLocked,
            Self::Plain(Act::Unlock) => EventKind::AccountUnlocked,
            Self::Plain(Act::Deactivate) => EventKind::AccountDeactivated,
            Self::Plain(Act::Activate) => EventKind::AccountActivated,
            Self::Plain(Act::RequirePasswordChange) => EventKind::PasswordChangeRequired,
            Self::Fresh(FreshAct::SetRole(_)) => EventKind::RoleChanged,
            Self::Fresh(FreshAct::Appoint { .. }) => EventKind::OperatorAppointed,
            Self::Fresh(FreshAct::Dismiss) => EventKind::OperatorDismissed,
            Self::Fresh(FreshAct::Delete) => EventKind::AccountDeleted,
        }
    }

    /// Whether it takes something from the account.
    fn takes_from(self, user: &User) -> bool {
        match self {
            Self::Plain(Act::Unlock | Act::Activate) => false,
            Self::Plain(_) => true,
            Self::Fresh(FreshAct::SetRole(role) | FreshAct::Appoint { role, .. }) => {
                role != user.role
            }
            Self::Fresh(FreshAct::Dismiss | FreshAct::Delete) => true,
        }
    }
}

impl By<'_> {
    /// Refuses what no administrator is to do to themselves.
    fn may(self, act: AnyAct, user: &User) -> Result<(), Error> {
        match self {
            By::Administrator { admin, .. }
                if admin.signed().user.sub == user.sub && act.takes_from(user) =>
            {
                Err(Error::NeedsAnotherAdministrator)
            }
            _ => Ok(()),
        }
    }

    /// The administrator's account, as it was read.
    pub(crate) fn administrator(&self) -> Option<&User> {
        match self {
            By::Operator => None,
            By::Administrator { admin, .. } => Some(&admin.signed().user),
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
    /// administrator is none any more.
    pub async fn administer(
        &self,
        meta: &RequestMeta,
        admin: &AdminSession,
        whose: &Whose,
        act: Act,
    ) -> Result<User, Error> {
        self.govern(By::Administrator { admin, meta }, whose, act)
            .await
    }

    /// Does what wants a fresh sign-in for an administrator.
    ///
    /// # Errors
    /// As [`Postern::administer`].
    pub async fn administer_freshly(
        &self,
        meta: &RequestMeta,
        admin: &FreshAdmin,
        whose: &Whose,
        act: FreshAct,
    ) -> Result<User, Error> {
        let by = ByFresh::Administrator { admin, meta };
        self.govern_freshly(by, whose, act).await
    }

    /// Does `act` to an account. The account as it is then.
    pub(crate) async fn govern(&self, by: By<'_>, whose: &Whose, act: Act) -> Result<User, Error> {
        match act {
            Act::Unlock => self.unlock(by, whose).await,
            _ => self.change(by, whose, AnyAct::Plain(act)).await,
        }
    }

    /// Does `act` to an account, and tells its owner of rights that it gives. The account
    /// as it is then; a deleted one as it was.
    pub(crate) async fn govern_freshly(
        &self,
        by: ByFresh<'_>,
        whose: &Whose,
        act: FreshAct,
    ) -> Result<User, Error> {
        let (by, act) = (By::from(by), AnyAct::Fresh(act));
        if !matches!(act, AnyAct::Fresh(FreshAct::Delete)) {
            return self.change(by, whose, act).await;
        }
        let user = self.find(whose).await?;
        by.may(act, &user)?;
        let event = self.event_by(by, &user, act.kind())?;
        self.delete(user.clone(), event, by.administrator(), |_| true)
            .await?;
        Ok(user)
    }

    /// The account, unless there is none or it is deleted.
    pub(crate) async fn find(&self, whose: &Whose) -> Result<User, Error> {
        let sub = match whose {
            Whose::Address(address) => self.store().holder(address).await?,
            // The claim on an id outlives its account.
            Whose::Id(id) => self.store().holder_of_id(*id).await?,
            Whose::Username(name) => self.store().holder_of_name(&LoginName::typed(name)).await?,
        };
        let user = self.store().user(sub.ok_or(Error::Missing)?).await?;
        user.filter(|user| user.status != Status::Deleted)
            .ok_or(Error::Missing)
    }

    async fn unlock(&self, by: By<'_>, whose: &Whose) -> Result<User, Error> {
        // Somebody may be kept from an address that is nobody's account yet.
        let mut forgot = match whose {
            Whose::Address(address) => self.store().forget_guesses(&address.clone().into()).await?,
            Whose::Id(_) | Whose::Username(_) => false,
        };
        let user = self.find(whose).await?;
        forgot |= self.forget_passwords(&user).await?;
        forgot |= self.forget_factor_guesses(user.sub).await?;
        if forgot && user.status != Status::Locked {
            let event = self.event_by(by, &user, EventKind::GuessesForgotten)?;
            self.store().append_audit(&event).await?;
            return Ok(user);
        }
        self.change(by, whose, AnyAct::Plain(Act::Unlock)).await
    }

    /// Makes a change that moves the account's epoch on, with its event; or
    /// nothing, when it is already so.
    async fn change(&self, by: By<'_>, whose: &Whose, act: AnyAct) -> Result<User, Error> {
        for _ in 0..MAX_ROUNDS {
            let user = self.find(whose).await?;
            by.may(act, &user)?;
            let Some(changed) = act.of(&user) else {
                return Ok(user);
            };
            let mut event = self.event_by(by, &user, act.kind())?;
            event.role = (changed.role != user.role).then_some(changed.role);
            // The administrator's own condition first: whoever is none any more hears that, and of nobody else.
            let transaction = self.store().transaction();
            let transaction = match by.administrator() {
                Some(administrator) => transaction.check_user(administrator)?,
                None => transaction,
            };
            let transaction = match (by, act) {
                // Whoever locks at the command line unlocks there; an administrator's last account that was taken
                // over must be shut at once.
                (By::Operator, AnyAct::Plain(_)) => {
                    transaction.edit_user_even_last(&changed, &user)?
                }
                _ => transaction.edit_user(&changed, &user)?,
            };
            let transaction = transaction.appoint(&changed, &user)?.audit(&event)?;
            match transaction.commit(platform::uuid(self.entropy())).await? {
                Commit::Done => {
                    self.tell_of_rights(by, &user, &changed).await;
                    return Ok(changed);
                }
                Commit::Refused(refusal) if refusal.step == Step::CheckUser => {
                    return Err(Error::Unauthenticated(AuthFailure::Inactive));
                }
                Commit::Refused(refusal) if refusal.step == Step::KeepAdministrator => {
                    return Err(Error::NeedsAnotherAdministrator);
                }
                Commit::Refused(_) => {}
            }
        }
        Err(contended())
    }

    /// Writes to whoever was given rights, at once or once their address is proven: an
    /// appointment that nobody meant is noticed by its owner first.
    async fn tell_of_rights(&self, by: By<'_>, before: &User, after: &User) {
        let (old, new) = (Appointment::of(before), Appointment::of(after));
        if new.role == Role::User || new == old {
            return;
        }
        let letter = Letter::RightsGiven {
            role: new.role,
            waits: after.appointment.is_some(),
        };
        self.tell(after, &letter, &self.meta_of(by)).await;
    }

    pub(crate) fn event_by(
        &self,
        by: By<'_>,
        user: &User,
        kind: EventKind,
    ) -> Result<AuditEvent, Error> {
        match by {
            By::Operator => Ok(self.operator_event(user, kind, self.now())),
            By::Administrator { admin, meta } => {
                self.administrator_event(user, kind, admin.signed().user.sub, meta)
            }
        }
    }
}
