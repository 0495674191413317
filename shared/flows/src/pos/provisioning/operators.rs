//! Who works at events: appointing, moving, dismissing.
//!
//! An operator is a person like any other who was given a role. A person who has no
//! account yet gets one, with the password that comes with the appointment or,
//! without one, a letter by which they choose it themselves. An account that exists
//! keeps its own password, since the administrator must not sign in as its user, and gets
//! the rights once its address is proven. The administrator knows a password that comes
//! with the appointment, so it has to be replaced at the first sign-in that can do so.

use domain::account::{Appointment, Role, User, Voucher};
use domain::password::Password;
use domain::username::Username;
use domain::{EmailAddress, Error};

use crate::account::email_change::ByWhom;
use crate::admin::accounts::{AccountRef, ActedBy, ActedByFresh, FreshAdminAction};
use crate::notify::mail;
use crate::password::choose::Choice;
use crate::{Import, Imported, Postern, RequestMeta};

/// A person to appoint.
#[derive(Clone, Debug)]
pub struct NewOperator {
    /// Their address.
    pub email: EmailAddress,
    /// A first password, for an account that is made now.
    pub password: Option<Password>,
    /// A username for it; coined if there is none.
    pub username: Option<Username>,
    /// Operator or network manager.
    pub role: Role,
    /// The event that they are to work at.
    pub event: u64,
    /// What they are to work with (cashless: mode).
    pub mode: u8,
}

/// What is to become of a person who works at an event.
#[derive(Clone, Copy, Debug, Default)]
pub struct OperatorEdit {
    /// Operator or network manager.
    pub role: Option<Role>,
    /// The event.
    pub event: Option<u64>,
    /// What they work with.
    pub mode: Option<u8>,
}

impl Postern {
    /// Appoints a person, whether they have an account yet or not.
    ///
    /// # Errors
    /// [`Error::Missing`] for an event that is over; [`Error::Invalid`] for a password
    /// that will not do; [`Error::Taken`] for a username that is another account's;
    /// [`Error::NeedsAnotherAdministrator`] for oneself; [`Error::Unauthenticated`] if the
    /// administrator is no longer one.
    pub async fn appoint_operator(
        &self,
        by: ActedByFresh<'_>,
        new: &NewOperator,
    ) -> Result<User, Error> {
        let (event, holder) =
            tokio::join!(self.event_on(new.event), self.store().holder(&new.email),);
        event?;
        let is_new = holder?.is_none() && self.open_account(by.into(), new).await?;
        let act = FreshAdminAction::Appoint {
            role: new.role,
            event: new.event,
            mode: new.mode,
        };
        let appointed = self
            .act_freshly_on(by, &AccountRef::Address(new.email.clone()), act)
            .await?;
        if is_new && new.password.is_none() {
            let meta = self.meta_of(by.into());
            // If the letter cannot be sent, the new operator can still ask for it again.
            let sent = self.send_reset(&meta, &new.email, None).await;
            if let Err(error) = sent {
                mail::not_sent(&error);
            }
        }
        Ok(appointed)
    }

    /// Makes an account with a user's rights, unless another request just did.
    async fn open_account(&self, by: ActedBy<'_>, new: &NewOperator) -> Result<bool, Error> {
        let password_hash = match &new.password {
            None => None,
            Some(password) => {
                let username = new.username.as_ref().map(Username::as_str);
                let choice = Choice {
                    field: "password",
                    password,
                    names: username.into_iter().chain([new.email.as_str()]).collect(),
                    before: None,
                };
                Some(self.choose_password(choice).await?)
            }
        };
        let import = Import {
            username: new.username.clone(),
            // The administrator who chose it knows it, too.
            must_change_password: password_hash.is_some(),
            password_hash,
            ..Import::nobody(new.email.clone())
        };
        let made = self
            .make_account(by, &import, Voucher::Administrator)
            .await?;
        let Imported::Made(user) = made else {
            return Ok(false);
        };
        if new.password.is_some() {
            let meta = self.meta_of(by);
            let sent = self.ask_for_own_proof(&meta, &user, ByWhom::Another);
            if let Err(error) = sent.await {
                mail::not_sent(&error);
            }
        }
        Ok(true)
    }

    /// The circumstances of an act: those of the request, or of a command line.
    pub(crate) fn meta_of(&self, by: ActedBy<'_>) -> RequestMeta {
        match by {
            ActedBy::Administrator { meta, .. } => meta.clone(),
            ActedBy::CommandLine => RequestMeta::of_command_line(self.now()),
        }
    }

    /// Moves a person who works at an event to another role, event or mode. Their
    /// sessions end.
    ///
    /// # Errors
    /// [`Error::Missing`] for a user who is no operator, and for an event that is over;
    /// else as [`Postern::appoint_operator`].
    pub async fn edit_operator(
        &self,
        by: ActedByFresh<'_>,
        id: u64,
        edit: OperatorEdit,
    ) -> Result<User, Error> {
        let user = self.operator_of_id(id).await?;
        let has = Appointment::of(&user);
        let event = edit.event.or(has.event).ok_or(Error::Missing)?;
        if edit.event.is_some() {
            self.event_on(event).await?;
        }
        let act = FreshAdminAction::Appoint {
            role: edit.role.unwrap_or(has.role),
            event,
            mode: edit.mode.or(has.mode).unwrap_or_default(),
        };
        self.act_freshly_on(by, &AccountRef::Id(id), act).await
    }

    /// Takes an operator's appointment away: they are a user again. Their sessions end.
    ///
    /// # Errors
    /// [`Error::Missing`] for a user who is no operator.
    pub async fn dismiss_operator(&self, by: ActedByFresh<'_>, id: u64) -> Result<User, Error> {
        self.operator_of_id(id).await?;
        self.act_freshly_on(by, &AccountRef::Id(id), FreshAdminAction::Dismiss)
            .await
    }

    async fn operator_of_id(&self, id: u64) -> Result<User, Error> {
        let user = self.find(&AccountRef::Id(id)).await?;
        if works(&user) {
            Ok(user)
        } else {
            Err(Error::Missing)
        }
    }

    /// Who works at an event.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such event.
    pub async fn operators_of(&self, event: u64) -> Result<Vec<User>, Error> {
        let (found, listed) =
            tokio::join!(self.store().event(event), self.store().operators_of(event));
        found?.ok_or(Error::Missing)?;
        let mut users = self.store().users(&listed?).await?;
        users.retain(|user| works(user) && Appointment::of(user).event == Some(event));
        users.sort_by_key(|user| (user.created_at, user.uid));
        Ok(users)
    }
}

/// Whether a user works at an event, or will once their address is proven.
fn works(user: &User) -> bool {
    let role = Appointment::of(user).role;
    matches!(role, Role::Operator | Role::NetworkManager)
}
