//! A person's account: who they are in every contract at once.
//!
//! One row holds what nearly every request needs and little else, because it is
//! read by each of them and billed by the kilobyte. What only some flows need
//! (credentials, devices, sessions) stands in rows of its own beside it.

mod appointment;
mod contacts;
mod exemption;
mod metadata;
mod new_user;
mod pending_email;
mod role;
mod unclaimed;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::amr::Amr;
use crate::api_key::ApiKey;
use crate::error::Closed;
use crate::network::NetworkMark;
use crate::picture::Picture;
use crate::session::Moment;
use crate::{EmailAddress, UnixTime};

pub use self::appointment::{Appointment, Voucher};
pub use self::exemption::MfaExemption;
pub use self::metadata::Metadata;
pub use self::new_user::{NewUser, coin_username, is_coined};
pub use self::pending_email::PendingEmail;
pub use self::role::Role;

/// Whether an account may be used, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In use.
    #[default]
    Active,
    /// Locked by an operator until unlocked.
    Locked,
    /// Deleted and anonymised; its address is free again.
    Deleted,
}

/// What is known of a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Since when it holds.
    pub at: UnixTime,
    /// The administrator's reason, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A kind of second factor that an account has confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Time-based one-time passwords, RFC 6238.
    Totp,
    /// Codes by text message.
    Sms,
    /// Codes by mail.
    Email,
    /// A passkey, WebAuthn.
    Passkey,
}

impl Factor {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Totp, Self::Sms, Self::Email, Self::Passkey];
}

/// A way to sign in beside a code by e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayIn {
    /// A password.
    Password,
    /// A linked account at a provider.
    Provider,
}

/// An account. Fields that are absent from its row take their default, so a new
/// one needs no migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its name for ever, and the `sub` of its tokens.
    pub sub: Uuid,
    /// The integer id of the contracts that want one; below 2^53.
    pub uid: u64,
    /// Counts edits of this row. Every edit names the one it was made from, so
    /// that two at once cannot overwrite each other.
    pub rev: u64,
    /// Sessions remember the epoch they began in and die when it moves on: one
    /// write ends them all.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// The same for sign-ins that wait for an answer: signing out everywhere ends them, too,
    /// and leaves what else the session epoch ends (keys) as it is.
    #[serde(default)]
    pub sign_in_epoch: u64,
    /// The same for devices that its owner trusts (nauth).
    #[serde(default)]
    pub trust_epoch: u64,
    /// Tokens of providers that were issued at this instant or earlier sign in no more: see
    /// [`User::takes_token_of`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_not_before: Option<UnixTime>,
    /// Whether it may be used.
    #[serde(default)]
    pub status: Status,
    /// Why and since when it is locked, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// An administrator deactivated it, until one activates it again. Separate from the
    /// lock, which is set and lifted by itself: neither undoes the other.
    #[serde(default)]
    pub deactivated: bool,
    /// What it may do once fully signed in; see [`User::role_in`].
    #[serde(default)]
    pub role: Role,
    /// Who answers for its rights while no address of it is proven.
    #[serde(default, skip_serializing_if = "Voucher::is_nobody")]
    pub voucher: Voucher,
    /// Whether an operator imported it: its owner knows of it from elsewhere.
    #[serde(default)]
    pub imported: bool,
    /// Rights that it gets with the first proof of its address, and not before: who
    /// registers with the address of a future administrator must not become one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// Where it is written to. `None` once deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Whether `email` counts as proven now.
    #[serde(default)]
    pub email_verified: bool,
    /// When `email` was first proven to be this account's. Stays when an administrator
    /// takes the verified flag away, so that no later proof is a first one again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_proven_at: Option<UnixTime>,
    /// Where it is to move once that is proven; see [`User::pending_email`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_email: Option<PendingEmail>,
    /// Coined at sign-up; unique.
    pub username: String,
    /// Given name, at most 50 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub first_name: String,
    /// Family name, at most 50 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_name: String,
    /// Where they work, at most 100 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub company: String,
    /// The event that an operator or network manager works at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// Which kind of device an operator works with (cashless: mode).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u8>,
    /// Contact data, and nothing more until `phone_verified`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Whether `phone` counts as proven now.
    #[serde(default)]
    pub phone_verified: bool,
    /// When `phone` was first proven to be this account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_proven_at: Option<UnixTime>,
    /// What they do, at most 100 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub position: String,
    /// Language of letters, two letters as a rule.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// IANA time zone, as the client last said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub timezone: String,
    /// Host of the site through which they came, without `www.`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Where their picture is, as a client said (Auth Service).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub profile_picture: String,
    /// What clients keep about them, as they wrote it (Auth Service).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub preferences: String,
    /// When the account came to be.
    pub created_at: UnixTime,
    /// When its owner or an administrator last changed what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<UnixTime>,
    /// When it was last used to sign in, to within five minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_login_at: Option<UnixTime>,
    /// Whether notices wait for it that could not be sent.
    #[serde(default)]
    pub notices_wait: bool,
    /// Networks it signed in from, latest first. Rows from before call them places.
    #[serde(default, alias = "places", skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<NetworkMark>,
    /// Second factors in force. Any one of them must be shown at every sign-in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<Factor>,
    /// An operator excused it from second factors.
    #[serde(default)]
    pub mfa_exempt: bool,
    /// Since when, and why, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_exemption: Option<MfaExemption>,
    /// A sign-in by password has to choose a new one first. Codes by e-mail have
    /// none to change, and do not ask.
    #[serde(default)]
    pub must_change_password: bool,
    /// Other ways to sign in than a code by e-mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways_in: Vec<WayIn>,
    /// What an operator's applications keep about it, name by name (nauth).
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
    /// Its API key, made when its owner first looks at it. A key that is not named here
    /// opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<ApiKey>,
    /// The picture that its owner sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// Where the linked provider shows a picture of them; empty without a link.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub provider_picture: String,
    /// The key under which personal data in its audit events is sealed, itself
    /// sealed by the ring. Destroying it makes an append-only table forget.
    pub audit_key: String,
    /// After deletion: the address, sealed, so that an operator can restore the
    /// account while no other account has claimed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_email: Option<String>,
}

impl User {
    /// The role that a sign-in by `amr` carries. Short codes are guessable at
    /// scale (see [`crate::email_code`]) or can be led astray on their way
    /// ([`crate::phone_code`]), so they alone never bring more than a user's rights:
    /// staff show a second factor to be staff.
    #[must_use]
    pub(crate) fn role_in(&self, amr: &[Amr]) -> Role {
        if amr
            .iter()
            .all(|method| matches!(method, Amr::Otp | Amr::Sms))
        {
            Role::User
        } else {
            self.role
        }
    }

    /// Why this account cannot be used, if it cannot.
    #[must_use]
    pub fn closed(&self) -> Option<Closed> {
        match self.status {
            Status::Active if self.deactivated => Some(Closed::Deactivated),
            Status::Active => None,
            Status::Locked => Some(Closed::Locked(self.lock.clone())),
            Status::Deleted => Some(Closed::Deactivated),
        }
    }

    /// Whether a token that a provider issued at that instant still signs in. An ID token
    /// cannot be taken back, and lives on in the hands of whoever has copied it: what ends
    /// the account's sessions because they may be an attacker's ends such tokens, too. One
    /// of the same second is refused, and its user gets a later one by signing in again.
    #[must_use]
    pub fn takes_token_of(&self, issued_at: UnixTime, at: Moment) -> bool {
        !at.has_ended(issued_at) && self.tokens_not_before.is_none_or(|end| issued_at > end)
    }

    /// Whether this account may be used at all.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == Status::Active && !self.deactivated
    }

    /// First and last name, or the address as others may read it when there is neither.
    #[must_use]
    pub fn full_name(&self) -> String {
        let name = [self.first_name.as_str(), self.last_name.as_str()].join(" ");
        match name.trim() {
            "" => self.shown_email(),
            name => name.to_owned(),
        }
    }

    /// One or two capitals to show where there is no picture.
    #[must_use]
    pub fn initials(&self) -> String {
        let first = |text: &str| text.chars().next().map(|c| c.to_uppercase().to_string());
        let of_name: String = [&self.first_name, &self.last_name]
            .into_iter()
            .filter_map(|n| first(n))
            .collect();
        if !of_name.is_empty() {
            return of_name;
        }
        let spare = self
            .proven_email()
            .map_or(self.username.as_str(), EmailAddress::as_str);
        first(spare).unwrap_or_default()
    }

    /// Where its picture is: the one that its owner sent, or else the one that
    /// the linked provider shows (djangocfg, profile).
    #[must_use]
    pub fn avatar(&self) -> Option<&str> {
        let own = self.picture.as_ref().map(|picture| picture.url.as_str());
        let provided = Some(self.provider_picture.as_str());
        own.or(provided.filter(|url| !url.is_empty()))
    }

    /// This account without its link to a provider, or what that brought.
    #[must_use]
    pub fn without_provider(&self) -> Self {
        let mut ways_in = self.ways_in.clone();
        ways_in.retain(|way| *way != WayIn::Provider);
        Self {
            ways_in,
            provider_picture: String::new(),
            ..self.clone()
        }
    }

    /// The username with a capital first letter.
    #[must_use]
    pub fn display_username(&self) -> String {
        let mut letters = self.username.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    }

    /// This account with a password of its owner's choice. The edit that calls this
    /// decides whether the epoch moves on as well, which ends its sessions.
    #[must_use]
    pub fn with_password(&self) -> Self {
        let mut ways_in = self.ways_in.clone();
        if !ways_in.contains(&WayIn::Password) {
            ways_in.push(WayIn::Password);
        }
        Self {
            ways_in,
            must_change_password: false,
            ..self.clone()
        }
    }

    /// This account with all its sessions ended, and with them the tokens that providers made
    /// until now: whoever has copied one would begin another session by it.
    #[must_use]
    pub fn with_sign_ins_ended(&self, now: UnixTime) -> Self {
        Self {
            session_epoch: self.session_epoch + 1,
            tokens_not_before: Some(now),
            ..self.clone()
        }
    }

    /// This account with a password that was set by a code or a link to one of its
    /// contacts: without what a session of somebody else's may have prepared. The edit that
    /// calls this moves the epoch on.
    #[must_use]
    pub fn with_reset_password(&self, now: UnixTime) -> Self {
        Self {
            tokens_not_before: Some(now),
            api_key: None,
            pending_email: None,
            trust_epoch: self.trust_epoch + 1,
            ..self.with_password()
        }
    }

    /// Whether it may be signed in to by its password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.ways_in.contains(&WayIn::Password)
    }

    /// This account after deletion: closed to every session, holding nothing
    /// about the person but the sealed address (GDPR Art. 17; djangocfg: the
    /// account can be restored by an administrator).
    #[must_use]
    pub fn deleted(&self, sealed_email: Option<String>) -> Self {
        Self {
            rev: self.rev + 1,
            session_epoch: self.session_epoch + 1,
            trust_epoch: self.trust_epoch + 1,
            status: Status::Deleted,
            email_verified: self.email_verified,
            email_proven_at: self.email_proven_at,
            last_login_at: self.last_login_at,
            sealed_email,
            ..Self::bare(self.sub, self.uid, self.created_at, self.audit_key.clone())
        }
    }

    /// This account, once deleted, with nothing left but that its ids were given: neither its
    /// address nor what its history says of the person can be read by anyone, and it cannot
    /// be restored.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self {
            rev: self.rev + 1,
            session_epoch: self.session_epoch + 1,
            trust_epoch: self.trust_epoch + 1,
            status: Status::Deleted,
            ..Self::bare(self.sub, self.uid, self.created_at, String::new())
        }
    }

    /// An account of which only its existence is known.
    fn bare(sub: Uuid, uid: u64, created_at: UnixTime, audit_key: String) -> Self {
        Self {
            sub,
            uid,
            rev: 1,
            session_epoch: 1,
            sign_in_epoch: 0,
            trust_epoch: 0,
            tokens_not_before: None,
            created_at,
            audit_key,
            status: Status::Active,
            deactivated: false,
            role: Role::User,
            voucher: Voucher::Nobody,
            imported: false,
            updated_at: None,
            appointment: None,
            event: None,
            mode: None,
            first_name: String::new(),
            last_name: String::new(),
            company: String::new(),
            phone: String::new(),
            phone_verified: false,
            phone_proven_at: None,
            position: String::new(),
            profile_picture: String::new(),
            preferences: String::new(),
            factors: Vec::new(),
            mfa_exempt: false,
            mfa_exemption: None,
            must_change_password: false,
            ways_in: Vec::new(),
            metadata: Metadata::default(),
            api_key: None,
            picture: None,
            provider_picture: String::new(),
            sealed_email: None,
            email: None,
            email_verified: false,
            email_proven_at: None,
            pending_email: None,
            lock: None,
            username: String::new(),
            language: String::new(),
            timezone: String::new(),
            source: String::new(),
            last_login_at: None,
            notices_wait: false,
            networks: Vec::new(),
        }
    }

    /// This account, once deleted, in use again under its old address and a new
    /// username. What was anonymised stays so; an operator decides what it may do.
    #[must_use]
    pub fn restored(&self, email: EmailAddress, username: String, now: UnixTime) -> Self {
        Self {
            rev: self.rev + 1,
            session_epoch: self.session_epoch + 1,
            status: Status::Active,
            email: Some(email),
            username,
            sealed_email: None,
            tokens_not_before: Some(now),
            ..self.clone()
        }
    }
}
