//! A factor that is being set up (nauth): from the moment that its owner is told a secret,
//! sent a code or asked for a passkey until they show it.
//!
//! Each session, and each sign-in that waits for a set-up, has one at a time, in a row of
//! its own: the last one that was begun takes the place of the one before. Answers are
//! counted on the row before they are compared, so that a code which proves a number
//! cannot be guessed, and the right one removes the row.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sent::{EmailState, SmsState};
use super::{Authenticator, AuthenticatorKind, AuthenticatorStatus, SETUP_LIFETIME};
use crate::account::Factor;
use crate::{Contact, EmailAddress, PhoneNumber, UnixTime, verification};

/// Answers that one set-up takes: as many as any code that is sent.
pub const ATTEMPTS: u32 = verification::TRIES;

/// A factor that waits to be shown for the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrollment {
    /// The name that the authenticator will have.
    pub id: Uuid,
    /// Its integer id.
    pub number: u64,
    /// What is to be shown.
    #[serde(flatten)]
    pub awaits: Awaited,
    /// When it was begun, or its code last sent.
    pub since: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
    /// Answers so far.
    pub tries: u32,
}

/// What shows a factor for the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Awaited {
    /// A code of an app that holds this secret, which is sealed as the app's will be.
    Totp {
        /// The sealed secret.
        secret: String,
    },
    /// The code that was texted to a number; none where the account has proven it.
    Sms {
        /// The number.
        phone: PhoneNumber,
        /// What the code is made of, together with where it went.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<String>,
    },
    /// The same by mail.
    Email {
        /// The address.
        email: EmailAddress,
        /// What the code is made of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<String>,
    },
    /// A new passkey's answer to a ceremony.
    Passkey {
        /// What that awaits, as the library of the ceremonies writes it.
        ceremony: String,
    },
}

impl Awaited {
    /// The code of `nonce` that was sent to `contact`, or nothing where that is proven.
    #[must_use]
    pub fn sent(contact: Contact, nonce: Option<String>) -> Self {
        match contact {
            Contact::Email(email) => Self::Email { email, nonce },
            Contact::Phone(phone) => Self::Sms { phone, nonce },
        }
    }

    /// The kind of factor.
    #[must_use]
    pub const fn factor(&self) -> Factor {
        match self {
            Self::Totp { .. } => Factor::Totp,
            Self::Sms { .. } => Factor::Sms,
            Self::Email { .. } => Factor::Email,
            Self::Passkey { .. } => Factor::Passkey,
        }
    }

    /// Where its code went, and what that is made of, if one was sent.
    #[must_use]
    pub fn code(&self) -> Option<(Contact, &str)> {
        let (contact, nonce) = match self {
            Self::Totp { .. } | Self::Passkey { .. } => return None,
            Self::Sms { phone, nonce } => (Contact::Phone(phone.clone()), nonce),
            Self::Email { email, nonce } => (Contact::Email(email.clone()), nonce),
        };
        Some((contact, nonce.as_deref()?))
    }

    /// Whether nothing has to be shown, since the account has proven the number or address.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        match self {
            Self::Totp { .. } | Self::Passkey { .. } => false,
            Self::Sms { nonce, .. } | Self::Email { nonce, .. } => nonce.is_none(),
        }
    }

    /// What is kept of the telephone or mailbox, if it is one.
    #[must_use]
    pub fn contact_kind(&self) -> Option<AuthenticatorKind> {
        match self {
            Self::Sms { phone, .. } => Some(AuthenticatorKind::Sms(SmsState {
                phone: phone.clone(),
            })),
            Self::Email { email, .. } => Some(AuthenticatorKind::Email(EmailState {
                email: email.clone(),
            })),
            Self::Totp { .. } | Self::Passkey { .. } => None,
        }
    }

    /// Seconds for which it may be shown.
    fn lifetime(&self) -> u64 {
        match self.code() {
            Some((contact, _)) => verification::lifetime(&contact),
            None => SETUP_LIFETIME,
        }
    }
}

impl Enrollment {
    /// One that begins at `now`, of the authenticator that will be called `id` and `number`.
    #[must_use]
    pub fn new(id: Uuid, number: u64, awaits: Awaited, now: UnixTime) -> Self {
        Self {
            id,
            number,
            since: now,
            expires_at: now.plus(awaits.lifetime()),
            awaits,
            tries: 0,
        }
    }

    /// The same with another code, sent at `now`, which voids the one before.
    #[must_use]
    pub fn sent_again(&self, contact: Contact, nonce: String, now: UnixTime) -> Self {
        Self::new(
            self.id,
            self.number,
            Awaited::sent(contact, Some(nonce)),
            now,
        )
    }

    /// The authenticator that it makes, called `name`, once it was shown to be of this `kind`.
    #[must_use]
    pub fn authenticator(&self, name: &str, kind: AuthenticatorKind) -> Authenticator {
        Authenticator {
            id: self.id,
            number: self.number,
            name: name.to_owned(),
            kind,
            status: AuthenticatorStatus::Pending,
            primary: false,
            created_at: self.since,
            confirmed_at: None,
            last_used_at: None,
        }
    }
}
