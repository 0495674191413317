//! What an account can be written to, and what of it is proven.

use super::User;
use crate::{Contact, PhoneNumber};

impl User {
    /// Whether `contact`, which it holds, was ever proven to be its own.
    #[must_use]
    pub fn has_proven(&self, contact: &Contact) -> bool {
        match contact {
            Contact::Email(_) => self.email_verified,
            Contact::Phone(_) => self.phone_verified,
        }
    }

    /// The number that it signs in by. Unlike an address, a number is claimed only
    /// with its proof.
    #[must_use]
    pub fn proven_phone(&self) -> Option<PhoneNumber> {
        let proven = self.phone_verified.then_some(self.phone.as_str());
        proven.and_then(PhoneNumber::parse)
    }

    /// The address for contracts that cannot do without one: its own, or one that is
    /// reserved (RFC 2606), so that nothing sent there reaches anybody.
    #[must_use]
    pub fn shown_email(&self) -> String {
        self.email.as_ref().map_or_else(
            || format!("{}@users.invalid", self.uid),
            ToString::to_string,
        )
    }

    /// This account once `contact` is proven for the first time: see
    /// [`User::first_proven`].
    #[must_use]
    pub fn first_proven_by(&self, contact: &Contact) -> Self {
        let by_mail = matches!(contact, Contact::Email(_));
        Self {
            email_verified: by_mail,
            phone_verified: !by_mail,
            ..self.first_proven()
        }
    }
}
