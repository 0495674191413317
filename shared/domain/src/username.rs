//! Usernames, and the names that people sign in by.

use crate::EmailAddress;

/// The most characters of a username.
pub const LONGEST: usize = 64;

/// A username that may be claimed: 1 to 64 characters, none of them white space,
/// a control, or one that would make it read as something else (`@` of an address,
/// `/` of a path). Two that differ in capitals only are one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Reads a username as a person types it.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let strange = |c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '@' | '/' | '\\' | '#' | '?' | '%')
        };
        let sound = (1..=LONGEST).contains(&typed.chars().count()) && !typed.contains(strange);
        sound.then(|| Self(typed.to_owned()))
    }

    /// The name itself, as its owner writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What somebody types to say who they are, where an address or a username will
/// do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginName {
    /// An address.
    Email(EmailAddress),
    /// A username.
    Username(Username),
    /// The address of a vendor, whose names are apart from people's.
    Vendor(EmailAddress),
    /// Neither: the name of nobody.
    Nobody,
}

impl LoginName {
    /// Reads a name as a person types it. No username holds an `@`, so none can be
    /// taken for somebody's address.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        if let Some(address) = EmailAddress::parse(text) {
            return Self::Email(address);
        }
        Username::parse(text).map_or(Self::Nobody, Self::Username)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_address_a_username_or_nobodys() {
        assert!(matches!(
            LoginName::typed(" Ada@Example.com "),
            LoginName::Email(_)
        ));
        for typed in [
            "ada",
            "Ada.Lovelace",
            "\u{438}\u{432}\u{430}\u{43d}",
            "a-b_c+d",
        ] {
            assert!(
                matches!(LoginName::typed(typed), LoginName::Username(_)),
                "{typed}"
            );
        }
        let long = "a".repeat(65);
        for typed in [
            "", " ", "a b", "ada@", "@ada", "a/b", "a\u{0}b", "a%2fb", &long,
        ] {
            assert_eq!(LoginName::typed(typed), LoginName::Nobody, "{typed:?}");
        }
    }
}
