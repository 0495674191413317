//! Accounts that come from another system, and go to one.
//!
//! A row is one transaction: the account, the claims on its names and its
//! password's hash, or nothing at all. An account that holds the address already keeps
//! what it has, so that a run that was cut short can simply be repeated.
//!
//! The administrator vouches for what a row says is proven. Any other address is held
//! until its reader proves it, as after a registration, and the first code
//! that comes back from there ends the password that came along. A hash is taken
//! as it is if its form is known ([`crypto::password::is_known_form`]); the first
//! sign-in by it replaces it with one of ours.
//!
//! A row may be taken without some of its fields, and a later one, corrected, brings
//! them ([`Postern::complete_user`]). It fills only what is empty, and a way to sign in
//! or a name only before the first sign-in: what users changed meanwhile is kept.

use crypto::password::is_known_form;
use domain::account::{Appointment, Metadata, Role, Status, User, Voucher, WayIn, is_coined};
use domain::audit::EventKind;
use domain::password::PasswordCredential;
use domain::provider::{Link, OauthFailure, Profile, Provider};
use domain::username::{LoginName, Username};
use domain::{EmailAddress, Error, PhoneNumber, Problem, ProblemKind, UnixTime, platform};

use crate::admin::accounts::ActedBy;
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
    /// Contact data, unless it is proven.
    pub phone: String,
    /// Whether the administrator says that the number is proven.
    pub phone_verified: bool,
    /// Language of letters.
    pub language: String,
    /// IANA time zone.
    pub timezone: String,
    /// The hash of its password.
    pub password_hash: Option<String>,
    /// Whether its owner has to replace that first: the administrator knows it, too.
    pub must_change_password: bool,
    /// What an operator's applications keep about it.
    pub metadata: Metadata,
    /// The identity at a provider that it is linked to from the start.
    pub link: Option<ImportedLink>,
}

/// An account's identity at a provider, as an administrator knows it.
#[derive(Clone, Debug)]
pub struct ImportedLink {
    /// The provider.
    pub provider: Provider,
    /// Its own name for the person.
    pub subject: String,
    /// The address that it has of them.
    pub email: Option<EmailAddress>,
}

impl Import {
    /// An account at an address, with nothing else known about it.
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
            phone_verified: false,
            language: String::new(),
            timezone: String::new(),
            password_hash: None,
            must_change_password: false,
            metadata: Metadata::default(),
            link: None,
        }
    }
}

impl ImportedLink {
    /// What the provider is taken to say of the person.
    fn profile(&self) -> Profile {
        Profile {
            subject: self.subject.clone(),
            username: String::new(),
            email: self.email.clone(),
            phone: None,
            first_name: String::new(),
            last_name: String::new(),
            picture: String::new(),
        }
    }
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// There is such an account now.
    Made(Box<User>),
    /// An account holds the address already, and nothing was changed.
    Exists,
}

impl Postern {
    /// Makes the account that `import` describes. Its user gets a letter only if they are
    /// given rights, as after any other appointment.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a hash of no known form, [`Error::Taken`] if another
    /// account has the username.
    pub async fn import_user(&self, import: &Import) -> Result<Imported, Error> {
        let by = ActedBy::CommandLine;
        let imported = self.make_account(by, import, Voucher::Nobody).await?;
        if let Imported::Made(user) = &imported {
            self.notify_of_rights(by, &user.without_rights(), user)
                .await;
        }
        Ok(imported)
    }

    /// The same, by an administrator who makes accounts for others.
    ///
    /// # Errors
    /// As [`Postern::import_user`]; [`Error::Unauthenticated`] if the administrator is
    /// no longer one.
    pub(crate) async fn make_account(
        &self,
        by: ActedBy<'_>,
        import: &Import,
        voucher: Voucher,
    ) -> Result<Imported, Error> {
        let now = self.now();
        check_hash(import)?;
        for _ in 0..MAX_ROUNDS {
            let user = self.described(import, voucher, now)?;
            let event = self.event_by(by, &user, EventKind::AccountCreated)?;
            let mut transaction = self.store().transaction().create_user(&user)?;
            if let Some(hash) = &import.password_hash {
                let credential = PasswordCredential::first(hash.clone(), now);
                transaction = transaction.put_password(user.sub, &credential, None)?;
            }
            if let Some(link) = &import.link {
                let profile = link.profile();
                let number = platform::integer_id(self.entropy());
                let link = Link::new(number, link.provider, &profile, now);
                transaction = transaction.link(user.sub, &link)?;
            }
            let transaction = transaction.audit(&event)?;
            if self.provision(by, transaction).await?.is_none() {
                return Ok(Imported::Made(Box::new(user)));
            }
            if self.store().holder(&import.email).await?.is_some() {
                return Ok(Imported::Exists);
            }
            let username = import.username.clone().map(LoginName::Username);
            let number = user.proven_phone().map(LoginName::Phone);
            self.say_what_is_taken(username.into_iter().chain(number), None)
                .await?;
            if let Some(link) = &import.link {
                let profile = link.profile();
                let found = self.store().candidates(link.provider, &profile).await?;
                if found.linked.is_some() {
                    return Err(OauthFailure::LinkedElsewhere.into());
                }
            }
        }
        Err(contended())
    }

    /// Fills in what an earlier row of that address left out. The names of the fields
    /// that were taken; none, if there is nothing to be filled or no such account.
    ///
    /// # Errors
    /// As [`Postern::import_user`].
    pub async fn complete_user(&self, import: &Import) -> Result<Vec<&'static str>, Error> {
        check_hash(import)?;
        for _ in 0..MAX_ROUNDS {
            let Some(sub) = self.store().holder(&import.email).await? else {
                return Ok(Vec::new());
            };
            let (user, password) = self.store().user_and_password(sub).await?;
            let Some(user) = user.filter(|user| user.status != Status::Deleted) else {
                return Ok(Vec::new());
            };
            // An imported account has no voucher: one that has one was made otherwise since.
            let untouched = user.last_login_at.is_none() && user.voucher.is_nobody();
            let hash = import.password_hash.as_ref();
            let hash = hash.filter(|_| password.is_none() && untouched);
            let (after, taken) = completed(&user, import, hash.is_some());
            if taken.is_empty() {
                return Ok(taken);
            }
            let transaction = self.store().transaction().edit_user(&after, &user)?;
            let mut transaction = transaction.swap_names(&user, &after)?;
            if let Some(hash) = hash {
                let credential = PasswordCredential::first(hash.clone(), self.now());
                let event =
                    self.event_by(ActedBy::CommandLine, &user, EventKind::PasswordChanged)?;
                transaction = transaction
                    .put_password(user.sub, &credential, None)?
                    .audit(&event)?;
            }
            if self
                .provision(ActedBy::CommandLine, transaction)
                .await?
                .is_none()
            {
                return Ok(taken);
            }
            let username = import.username.clone().map(LoginName::Username);
            self.say_what_is_taken(username, Some(user.sub)).await?;
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
        let coined = self.new_account(Some(&import.email.clone().into()), "", &meta)?;
        let username = import.username.as_ref();
        let password = import.password_hash.as_ref().map(|_| WayIn::Password);
        let provider = import.link.as_ref().map(|_| WayIn::Provider);
        let number = PhoneNumber::parse(&import.phone).filter(|_| import.phone_verified);
        let made = User {
            username: username.map_or(coined.username, |name| name.as_str().to_owned()),
            voucher,
            imported: voucher == Voucher::Nobody,
            must_change_password: import.must_change_password && password.is_some(),
            email_verified: import.email_verified,
            email_proven_at: import.email_verified.then_some(now),
            first_name: import.first_name.clone(),
            last_name: import.last_name.clone(),
            company: import.company.clone(),
            position: import.position.clone(),
            phone: import.phone.clone(),
            phone_verified: number.is_some(),
            phone_proven_at: number.map(|_| now),
            metadata: import.metadata.clone(),
            ways_in: password.into_iter().chain(provider).collect(),
            // The user has not signed in yet.
            networks: Vec::new(),
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
            // An account without an address was deleted since the page was read, or has only a number or a
            // provider, which no import could prove.
            let user = self.store().user(entry.sub).await?;
            users.extend(user.filter(|user| user.email.is_some()));
        }
        Ok((users, page.next))
    }
}

/// Refuses a row whose hash is of no known form.
fn check_hash(import: &Import) -> Result<(), Error> {
    let hash = import.password_hash.as_deref();
    if hash.is_some_and(|hash| !is_known_form(hash)) {
        let problem = Problem::of("password_hash", ProblemKind::NotAChoice);
        return Err(Error::Invalid(vec![problem]));
    }
    Ok(())
}

/// `user` with its empty fields filled in from `import`, and the names of those fields.
fn completed(user: &User, import: &Import, with_hash: bool) -> (User, Vec<&'static str>) {
    let mut after = user.clone();
    let mut taken = Vec::new();
    for (name, field, value) in [
        ("first_name", &mut after.first_name, &import.first_name),
        ("last_name", &mut after.last_name, &import.last_name),
        ("company", &mut after.company, &import.company),
        ("position", &mut after.position, &import.position),
        ("phone", &mut after.phone, &import.phone),
        ("language", &mut after.language, &import.language),
        ("timezone", &mut after.timezone, &import.timezone),
    ] {
        if field.is_empty() && !value.is_empty() {
            field.clone_from(value);
            taken.push(name);
        }
    }
    if let Some(username) = &import.username
        && user.last_login_at.is_none()
        && is_coined(&user.username)
        && username.as_str() != user.username
    {
        username.as_str().clone_into(&mut after.username);
        taken.push("username");
    }
    if with_hash {
        after = after.with_password();
        after.must_change_password = user.must_change_password;
        taken.push("password_hash");
    }
    after.rev = user.rev + 1;
    (after, taken)
}
