//! Governing accounts: locking, taking out of use, giving roles, deleting.
//!
//! One set of rules for whoever may do it, the operator at the command line and an
//! administrator over HTTP. Every act that takes something away moves the account's
//! epoch on, which ends each of its sessions, in every contract, at once.
//!
//! An administrator acts while they are one: the write holds them to the epoch that
//! they were read at, so of two who take each other's rights at one moment a single
//! one succeeds. And never on themselves. Together that means that no administrator
//! takes the last one away: whoever does it is left.

use domain::account::{Role, Status, User};
use domain::audit::EventKind;
use domain::username::LoginName;
use domain::{AuthFailure, EmailAddress, Error, platform};
use store::{AuditEvent, Commit, Step};

use crate::{MAX_ROUNDS, Postern, RequestMeta, Signed, contended};

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

/// What is done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Lock it.
    Lock,
    /// End its lock, and forget the codes and passwords that were guessed at it.
    Unlock,
    /// Take it out of use, apart from any lock.
    Deactivate,
    /// Put it back into use. A lock stays.
    Activate,
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
    /// Have it replace its password before that opens anything again.
    RequirePasswordChange,
    /// Delete it, as its owner could.
    Delete,
}

/// Who does it.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// The operator at the command line.
    Operator,
    /// An administrator, by a request.
    Administrator {
        /// Who.
        signed: &'a Signed,
        /// The request.
        meta: &'a RequestMeta,
    },
}

impl Act {
    /// `user` once it is done; `None` if it is so already.
    fn of(self, user: &User) -> Option<User> {
        let mut after = user.clone();
        match self {
            Self::Lock => after.status = Status::Locked,
            Self::Unlock => after.status = Status::Active,
            Self::Deactivate => after.deactivated = true,
            Self::Activate => after.deactivated = false,
            Self::SetRole(role) => after.role = role,
            Self::Appoint { role, event, mode } => {
                after.role = role;
                after.event = Some(event);
                after.mode = Some(mode);
            }
            Self::Dismiss => {
                after.role = Role::User;
                after.event = None;
                after.mode = None;
            }
            Self::RequirePasswordChange => after.must_change_password = true,
            Self::Delete => {}
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
            Self::Lock => EventKind::AccountLocked,
            Self::Unlock => EventKind::AccountUnlocked,
            Self::Deactivate => EventKind::AccountDeactivated,
            Self::Activate => EventKind::AccountActivated,
            Self::SetRole(_) => EventKind::RoleChanged,
            Self::Appoint { .. } => EventKind::OperatorAppointed,
            Self::Dismiss => EventKind::OperatorDismissed,
            Self::RequirePasswordChange => EventKind::PasswordChangeRequired,
            Self::Delete => EventKind::AccountDeleted,
        }
    }

    /// Whether it takes something from the account.
    fn takes_from(self, user: &User) -> bool {
        match self {
            Self::Lock | Self::Deactivate | Self::Delete | Self::RequirePasswordChange => true,
            Self::SetRole(role) | Self::Appoint { role, .. } => role != user.role,
            Self::Dismiss => true,
            Self::Unlock | Self::Activate => false,
        }
    }
}

impl<'a> By<'a> {
    /// An administrator, by a request.
    #[must_use]
    pub const fn administrator(meta: &'a RequestMeta, signed: &'a Signed) -> Self {
        Self::Administrator { signed, meta }
    }
}

impl By<'_> {
    /// Refuses what nobody is to do to themselves.
    fn may(self, act: Act, user: &User) -> Result<(), Error> {
        match self {
            By::Administrator { signed, .. }
                if signed.user.sub == user.sub && act.takes_from(user) =>
            {
                Err(Error::OwnAccount)
            }
            _ => Ok(()),
        }
    }
}

impl Postern {
    /// Does `act` to an account for an administrator. The account as it is then; a
    /// deleted one as it was.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such account; [`Error::OwnAccount`];
    /// [`Error::Unauthenticated`] if the administrator is none any more.
    pub async fn administer(
        &self,
        meta: &RequestMeta,
        signed: &Signed,
        whose: &Whose,
        act: Act,
    ) -> Result<User, Error> {
        let by = By::administrator(meta, signed);
        self.govern(by, whose, act).await
    }

    /// Does `act` to an account. The account as it is then; a deleted one as it was.
    pub(crate) async fn govern(&self, by: By<'_>, whose: &Whose, act: Act) -> Result<User, Error> {
        match act {
            Act::Unlock => self.unlock(by, whose).await,
            Act::Delete => {
                let user = self.find(whose).await?;
                by.may(act, &user)?;
                let event = self.event_by(by, &user, act.kind())?;
                let actor = match by {
                    By::Operator => None,
                    By::Administrator { signed, .. } => Some(&signed.user),
                };
                self.delete(user.clone(), event, actor, |_| true).await?;
                Ok(user)
            }
            _ => self.change(by, whose, act).await,
        }
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
        if forgot && user.status != Status::Locked {
            let event = self.event_by(by, &user, EventKind::GuessesForgotten)?;
            self.store().append_audit(&event).await?;
            return Ok(user);
        }
        self.change(by, whose, Act::Unlock).await
    }

    /// Makes a change that moves the account's epoch on, with its event; or
    /// nothing, when it is already so.
    async fn change(&self, by: By<'_>, whose: &Whose, act: Act) -> Result<User, Error> {
        for _ in 0..MAX_ROUNDS {
            let user = self.find(whose).await?;
            by.may(act, &user)?;
            let Some(changed) = act.of(&user) else {
                return Ok(user);
            };
            let mut event = self.event_by(by, &user, act.kind())?;
            event.role = (changed.role != user.role).then_some(changed.role);
            let mut transaction = self
                .store()
                .transaction()
                .edit_user(&changed, user.rev)?
                .audit(&event)?;
            transaction = transaction.appoint(&changed, user.event)?;
            if let By::Administrator { signed, .. } = by {
                transaction = transaction.check_user(&signed.user)?;
            }
            match transaction.commit(platform::uuid(self.entropy())).await? {
                Commit::Done => return Ok(changed),
                Commit::Refused(refusal) if refusal.step == Step::CheckUser => {
                    return Err(Error::Unauthenticated(AuthFailure::Inactive));
                }
                Commit::Refused(_) => {}
            }
        }
        Err(contended())
    }

    pub(crate) fn event_by(
        &self,
        by: By<'_>,
        user: &User,
        kind: EventKind,
    ) -> Result<AuditEvent, Error> {
        match by {
            By::Operator => Ok(self.operator_event(user, kind, self.now())),
            By::Administrator { signed, meta } => {
                self.administrator_event(user, kind, signed.user.sub, meta)
            }
        }
    }
}
