//! Making an account for another person.
//!
//! The account is nobody else's to replace by a sign-up, since an administrator answers for
//! it. What the administrator does not say to be proven its owner proves at the first
//! sign-in, which keeps the password that opened it.

use domain::account::{Metadata, User, Voucher};
use domain::password::Password;
use domain::password::generated::{RANDOM, generated};
use domain::username::Username;
use domain::{ClaimKind, EmailAddress, Error, PhoneNumber, Problem, ProblemKind};

use crate::password::choose::Choice;
use crate::{ActedBy, FreshAdmin, Import, Imported, ImportedLink, Postern, RequestMeta};

/// The password of an account that is made for another person.
#[derive(Clone, Debug)]
pub enum FirstPassword {
    /// None: it signs in through a provider.
    None,
    /// One that the administrator chose.
    Chosen(Password),
    /// One that is made now.
    Generated,
}

/// An account that is made for another person.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its address.
    pub email: EmailAddress,
    /// Whether the administrator says that this is proven.
    pub email_verified: bool,
    /// Its password.
    pub password: FirstPassword,
    /// Whether its owner has to replace that first.
    pub must_change_password: bool,
    /// What it is known by; coined if there is nothing.
    pub username: Option<Username>,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Its number.
    pub phone: Option<PhoneNumber>,
    /// Whether the administrator says that this is proven.
    pub phone_verified: bool,
    /// What the client keeps about it.
    pub metadata: Metadata,
    /// The identity at a provider that it signs in by.
    pub link: Option<ImportedLink>,
}

/// An account that was made, with its password if that was made, too: told this once.
#[derive(Clone, Debug)]
pub struct MadeAccount {
    /// The account.
    pub user: User,
    /// The password.
    pub generated: Option<Password>,
}

impl Postern {
    /// Makes an account with a user's rights.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a password that will not do, or a proven number without one;
    /// [`Error::Taken`]; [`domain::provider::OauthFailure::LinkedElsewhere`];
    /// [`Error::Unauthenticated`] if the administrator is no longer one.
    pub async fn sign_up_another(
        &self,
        meta: &RequestMeta,
        admin: &FreshAdmin,
        new: NewAccount,
    ) -> Result<MadeAccount, Error> {
        if new.phone_verified && new.phone.is_none() {
            let problem = Problem::of("phone", ProblemKind::Required);
            return Err(Error::Invalid(vec![problem]));
        }
        let (password, is_generated) = match &new.password {
            FirstPassword::None => (None, false),
            FirstPassword::Chosen(password) => (Some(password.clone()), false),
            FirstPassword::Generated => (Some(self.generated_password()), true),
        };
        let password_hash = match &password {
            None => None,
            Some(password) => {
                let username = new.username.as_ref().map(Username::as_str);
                let names = [Some(new.email.as_str()), username];
                let choice = Choice {
                    field: "password",
                    password,
                    names: names.into_iter().flatten().collect(),
                    before: None,
                };
                Some(self.choose_password(choice).await?)
            }
        };
        let number = new.phone.as_ref().map(PhoneNumber::as_str);
        let import = Import {
            email_verified: new.email_verified,
            username: new.username,
            first_name: new.first_name,
            last_name: new.last_name,
            phone: number.unwrap_or_default().to_owned(),
            phone_verified: new.phone_verified,
            password_hash,
            must_change_password: new.must_change_password,
            metadata: new.metadata,
            link: new.link,
            ..Import::nobody(new.email)
        };
        let by = ActedBy::Administrator {
            admin: admin.admin(),
            meta,
        };
        let made = self.make_account(by, &import, Voucher::Administrator);
        match made.await? {
            Imported::Made(user) => Ok(MadeAccount {
                user: *user,
                generated: password.filter(|_| is_generated),
            }),
            Imported::Exists => Err(Error::Taken(ClaimKind::Email)),
        }
    }

    fn generated_password(&self) -> Password {
        let mut random = [0; RANDOM];
        self.entropy().fill(&mut random);
        generated(&random)
    }
}
