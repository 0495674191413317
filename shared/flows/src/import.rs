//! Accounts that come from another system, and go to one.
//!
//! A row is one transaction: the account, the claims on its names and its
//! password's hash, or nothing at all. Whoever holds an address already keeps what
//! they have, so that a run that was cut short can simply be repeated.
//!
//! The operator vouches for what a row says is proven. An address that it does not
//! is held until somebody proves it, as after a registration, and the first code
//! that comes back from there ends the password that came along. A hash is taken
//! as it is if its form is known ([`crypto::password::is_known_form`]); the first
//! sign-in by it replaces it with one of ours.

use crypto::password::is_known_form;
use domain::account::{Appointment, Role, User, Voucher, WayIn};
use domain::audit::EventKind;
use domain::password::PasswordCredential;
use domain::username::{LoginName, Username};
use domain::{EmailAddress, Error, Problem, ProblemKind, UnixTime};

use crate::govern::By;
use crate::{MAX_ROUNDS, Postern, RequestMeta, contended};

/// An account as another system knew it. Texts are tidy and short enough.
#[derive(Clone, Debug)]
pub struct Import {
    /// Its address.
    pub email: EmailAddress,
    /// Whether the other system has proof of it.
    pub email_verified: bool,
    /// What it is known by; coined if there is nothing.
    pub username: Option<Username>,
    /// What it may do: from the first proof of its address on, if that is not proven.
    pub role: Role,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Where they work.
    pub company: String,
    /// What they do.
    pub position: String,
    /// Contact data.
    pub phone: String,
    /// Language of letters.
    pub language: String,
    /// IANA time zone.
    pub timezone: String,
    /// The hash of its password.
    pub password_hash: Option<String>,
}

impl Import {
    /// An account at an address, of which nothing else is known.
    #[must_use]
    pub fn nobody(email: EmailAddress) -> Self {
        Self {
            email,
            email_verified: false,
            username: None,
            role: Role::User,
            first_name: String::new(),
            last_name: String::new(),
            company: String::new(),
            position: String::new(),
            phone: String::new(),
            language: String::new(),
            timezone: String::new(),
            password_hash: None,
        }
    }
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// There is such an account now.
    Made(Box<User>),
    /// Somebody holds the address already, and nothing was changed.
    Exists,
}

impl Postern {
    /// Makes the account that `import` describes. Nobody is written to.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a hash of no known form, [`Error::Taken`] if another
    /// account has the username.
    pub async fn import_user(&self, import: &Import) -> Result<Imported, Error> {
        self.make_account(By::Operator, import, Voucher::Nobody)
            .await
    }

    /// The same, by whoever may make accounts for others.
    ///
    /// # Errors
    /// As [`Postern::import_user`]; [`Error::Unauthenticated`] if the administrator is
    /// none any more.
    pub(crate) async fn make_account(
        &self,
        by: By<'_>,
        import: &Import,
        voucher: Voucher,
    ) -> Result<Imported, Error> {
        let now = self.now();
        if import
            .password_hash
            .as_deref()
            .is_some_and(|hash| !is_known_form(hash))
        {
            let problem = Problem::of("password_hash", ProblemKind::NotAChoice);
            return Err(Error::Invalid(vec![problem]));
        }
        for _ in 0..MAX_ROUNDS {
            let user = self.described(import, voucher, now)?;
            let event = self.event_by(by, &user, EventKind::AccountCreated)?;
            let mut transaction = self.store().transaction().create_user(&user)?;
            if let Some(hash) = &import.password_hash {
                let credential = PasswordCredential::first(hash.clone(), now);
                transaction = transaction.put_password(user.sub, &credential, None)?;
            }
            let transaction = transaction.audit(&event)?;
            if self.provision(by, transaction).await?.is_none() {
                return Ok(Imported::Made(Box::new(user)));
            }
            if self.store().holder(&import.email).await?.is_some() {
                return Ok(Imported::Exists);
            }
            let username = import.username.clone().map(LoginName::Username);
            self.say_what_is_taken(username, None).await?;
        }
        Err(contended())
    }

    fn described(&self, import: &Import, voucher: Voucher, now: UnixTime) -> Result<User, Error> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let meta = RequestMeta {
            language: some(&import.language),
            time_zone: some(&import.timezone),
            ..RequestMeta::of_command_line(now)
        };
        let coined = self.newcomer(Some(&import.email.clone().into()), "", &meta)?;
        let username = import.username.as_ref();
        let password = import.password_hash.as_ref().map(|_| WayIn::Password);
        let made = User {
            username: username.map_or(coined.username, |name| name.as_str().to_owned()),
            voucher,
            // Another knows it who is not its owner.
            must_change_password: voucher == Voucher::Administrator && password.is_some(),
            email_verified: import.email_verified,
            email_proven_at: import.email_verified.then_some(now),
            first_name: import.first_name.clone(),
            last_name: import.last_name.clone(),
            company: import.company.clone(),
            position: import.position.clone(),
            phone: import.phone.clone(),
            ways_in: password.into_iter().collect(),
            // Nobody was here yet.
            places: Vec::new(),
            last_login_at: None,
            ..coined
        };
        Ok(made.appointed(Appointment {
            role: import.role,
            event: None,
            mode: None,
        }))
    }

    /// Up to `limit` accounts after the cursor of an earlier page, whole, and the
    /// cursor of the next.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn export_users(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<User>, Option<String>), Error> {
        let page = self.list_users(after, None, limit).await?;
        let mut users = Vec::with_capacity(page.entries.len());
        for entry in &page.entries {
            // Without an address it was deleted since the page was read, or its person is known by a number or a
            // provider alone, which no import could prove.
            let user = self.store().user(entry.sub).await?;
            users.extend(user.filter(|user| user.email.is_some()));
        }
        Ok((users, page.next))
    }
}
