//! Where a code can be sent, and so what a user can prove to be theirs.

use crate::{EmailAddress, PhoneNumber};

/// An address or a number. The rules of codes ([`crate::email_code`]) are one for
/// both; what differs is the arithmetic ([`crate::phone_code`]), the letter and the
/// name of the claim.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Contact {
    /// An address, by mail.
    Email(EmailAddress),
    /// A number, by text message.
    Phone(PhoneNumber),
}

impl Contact {
    /// The address or number itself. Only addresses hold an `@`, so that no two
    /// kinds ever read the same.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(address) => address.as_str(),
            Self::Phone(number) => number.as_str(),
        }
    }
}

impl From<EmailAddress> for Contact {
    fn from(address: EmailAddress) -> Self {
        Self::Email(address)
    }
}

impl From<PhoneNumber> for Contact {
    fn from(number: PhoneNumber) -> Self {
        Self::Phone(number)
    }
}
