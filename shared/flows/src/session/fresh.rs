//! Rights as values: what a flow needs, its caller has to hold.
//!
//! The step that changes a credential, deletes an account or gives rights takes a
//! [`FreshSession`] or a [`FreshAdmin`], and nothing makes one but the checks below. A
//! route or a flow that forgets to ask does not compile, and there is one place to read
//! what is asked. A flow of which only some changes need it, or in which another refusal
//! comes first, takes a [`Signed`] and makes the value itself.
//!
//! | value | what it says of its holder |
//! |---|---|
//! | [`Signed`] | has a live session |
//! | [`WholeSession`] | has all rights of the account, however long ago they signed in |
//! | [`FreshSession`] | proved who they are in the last ten minutes, with the factor, and has all rights of the account |
//! | [`FreshButFactor`] | the same but for the factor, which the request itself shows |
//! | [`ProvenSession`] | a [`FreshSession`] of an account whose address is proven |
//! | [`AdminSession`] | is an administrator, by more than four digits |
//! | [`FreshAdmin`] | both an [`AdminSession`] and a [`FreshSession`] |

use domain::account::{Role, User};
use domain::session::{FactorShown, Session};
use domain::{Error, UnixTime};

use crate::Signed;

/// A session with all rights of its account, for flows that ask for the password itself.
#[derive(Clone, Debug)]
pub struct WholeSession(Signed);

/// A session that may change credentials of its account: see
/// [`Session::may_change_credentials`].
#[derive(Clone, Debug)]
pub struct FreshSession(Signed);

/// A session that may change credentials once the request has shown the second factor,
/// which the flow compares before it writes anything.
#[derive(Clone, Debug)]
pub struct FreshButFactor(Signed);

/// A fresh session of an account that has proven its address: it may set up what
/// outlasts a session.
#[derive(Clone, Debug)]
pub struct ProvenSession(FreshSession);

/// A session with an administrator's rights.
#[derive(Clone, Debug)]
pub struct AdminSession(Signed);

/// An administrator's fresh session: it may give rights, and take what cannot be given
/// back.
#[derive(Clone, Debug)]
pub struct FreshAdmin(AdminSession);

fn may(signed: &Signed, shown: FactorShown, now: UnixTime) -> Result<(), Error> {
    let Signed { user, session } = signed;
    if session.may_change_credentials(user, shown, now) {
        Ok(())
    } else {
        Err(Error::StaleSignIn)
    }
}

/// Refuses an account that has proven nothing yet.
///
/// # Errors
/// [`Error::Unproven`].
pub(crate) fn proven(user: &User) -> Result<(), Error> {
    if user.is_proven() {
        Ok(())
    } else {
        Err(Error::Unproven)
    }
}

impl WholeSession {
    /// `signed`, if it has all rights of its account.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn of(signed: Signed) -> Result<Self, Error> {
        if signed.session.is_whole(&signed.user) {
            Ok(Self(signed))
        } else {
            Err(Error::Forbidden)
        }
    }

    /// The session and its account.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        &self.0
    }
}

impl FreshSession {
    /// `signed`, if it may change credentials.
    ///
    /// # Errors
    /// [`Error::StaleSignIn`].
    pub fn of(signed: Signed, now: UnixTime) -> Result<Self, Error> {
        may(&signed, FactorShown::AtSignIn, now)?;
        Ok(Self(signed))
    }

    /// The session and its account.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        &self.0
    }

    /// The account.
    #[must_use]
    pub const fn user(&self) -> &User {
        &self.0.user
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.0.session
    }
}

impl FreshButFactor {
    /// `signed`, if it may change credentials but for the factor.
    ///
    /// # Errors
    /// [`Error::StaleSignIn`].
    pub fn of(signed: Signed, now: UnixTime) -> Result<Self, Error> {
        may(&signed, FactorShown::InRequest, now)?;
        Ok(Self(signed))
    }

    /// The session and its account.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        &self.0
    }

    /// The same with the factor shown at the sign-in, where the request shows none.
    ///
    /// # Errors
    /// [`Error::StaleSignIn`].
    pub fn without_code(self, now: UnixTime) -> Result<FreshSession, Error> {
        FreshSession::of(self.0, now)
    }
}

impl From<FreshSession> for FreshButFactor {
    fn from(fresh: FreshSession) -> Self {
        Self(fresh.0)
    }
}

impl From<ProvenSession> for FreshButFactor {
    fn from(proven: ProvenSession) -> Self {
        proven.0.into()
    }
}

impl ProvenSession {
    /// `signed`, if it is fresh and its account is proven.
    ///
    /// # Errors
    /// [`Error::StaleSignIn`], [`Error::Unproven`].
    pub fn of_signed(signed: Signed, now: UnixTime) -> Result<Self, Error> {
        Self::of(FreshSession::of(signed, now)?)
    }

    /// `fresh`, if its account is proven.
    ///
    /// # Errors
    /// [`Error::Unproven`].
    pub fn of(fresh: FreshSession) -> Result<Self, Error> {
        proven(fresh.user())?;
        Ok(Self(fresh))
    }

    /// The session and its account.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        self.0.signed()
    }
}

impl AdminSession {
    /// `signed`, if it has an administrator's rights.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn of(signed: Signed) -> Result<Self, Error> {
        if signed.role() == Role::Admin {
            Ok(Self(signed))
        } else {
            Err(Error::Forbidden)
        }
    }

    /// The session and its account.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        &self.0
    }

    /// The same as a session that may change the administrator's own credentials.
    ///
    /// # Errors
    /// [`Error::StaleSignIn`], [`Error::Unproven`].
    pub fn proven(&self, now: UnixTime) -> Result<ProvenSession, Error> {
        ProvenSession::of(FreshSession::of(self.0.clone(), now)?)
    }
}

impl FreshAdmin {
    /// `admin`, if it is fresh.
    ///
    /// # Errors
    /// [`Error::StaleSignIn`].
    pub fn of(admin: AdminSession, now: UnixTime) -> Result<Self, Error> {
        may(&admin.0, FactorShown::AtSignIn, now)?;
        Ok(Self(admin))
    }

    /// The administrator.
    #[must_use]
    pub const fn admin(&self) -> &AdminSession {
        &self.0
    }

    /// The session and its account.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        self.0.signed()
    }
}
