//! Looking people up by name.

use domain::account::{Role, Status, User};
use domain::username::{self, LoginName};
use domain::{ClaimKind, Contact, Error};
use uuid::Uuid;

use crate::{Postern, Signed};

impl Postern {
    /// The account of that username: the caller's own, or for an administrator any. Other
    /// callers get the same error for every other name, and nothing is read for it.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn look_up_user(&self, signed: &Signed, typed: &str) -> Result<User, Error> {
        let name = LoginName::typed(typed);
        let LoginName::Username(wanted) = &name else {
            return Err(Error::Missing);
        };
        if wanted.form() == username::form(&signed.user.username) {
            return Ok(signed.user.clone());
        }
        if signed.role() != Role::Admin {
            return Err(Error::Missing);
        }
        let holder = self.store().holder_of_name(&name).await?;
        let user = match holder {
            Some(sub) => self.store().user(sub).await?,
            None => None,
        };
        user.ok_or(Error::Missing)
    }

    /// Says which of `names` an account other than `own` holds: before they are claimed, or
    /// after a claim on them was refused. If none, it was given back meanwhile.
    ///
    /// # Errors
    /// [`Error::Taken`] by the first one.
    pub(crate) async fn say_what_is_taken(
        &self,
        names: impl IntoIterator<Item = LoginName>,
        own: Option<Uuid>,
    ) -> Result<(), Error> {
        for name in names {
            let kind = match name {
                LoginName::Email(_) | LoginName::Vendor(_) => ClaimKind::Email,
                LoginName::Phone(_) => ClaimKind::Phone,
                LoginName::Username(_) | LoginName::Nobody => ClaimKind::Username,
            };
            let holder = self.store().holder_of_name(&name).await?;
            if holder.is_some() && holder != own {
                return Err(Error::Taken(kind));
            }
        }
        Ok(())
    }

    /// The account other than `own` that holds `contact`.
    pub(crate) async fn other_holder(
        &self,
        contact: &Contact,
        own: Uuid,
    ) -> Result<Option<User>, Error> {
        let holder = self.store().contact_holder(contact).await?;
        match holder.filter(|holder| *holder != own) {
            // A deleted one gave the claim back since that was read.
            Some(holder) => {
                let user = self.store().user(holder).await?;
                Ok(user.filter(|user| user.status != Status::Deleted))
            }
            None => Ok(None),
        }
    }
}
