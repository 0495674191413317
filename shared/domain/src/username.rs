//! Usernames, and the names that people sign in by.
//!
//! Two names that look the same must be one name, or one of them poses as the
//! other. So names are compared in the form of RFC 8265's `UsernameCaseMapped`
//! ([`form`]): one case, one width, composed. New names hold only what that profile
//! allows, which leaves out whatever is invisible, turns the direction of writing,
//! or is no letter, digit or sign. Names of before are still found as they are.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use precis_profiles::precis_core::profile::PrecisFastInvocation as _;
use precis_profiles::{UsernameCaseMapped, UsernameCasePreserved};

use crate::EmailAddress;

/// The most characters of a username.
pub const LONGEST: usize = 64;

/// The form in which a name is claimed and counted: names that are one name have
/// one form.
///
/// A text that could be no new name has a form, too, since it may be somebody's
/// from before: in lower case and composed, and otherwise what it is.
#[must_use]
pub fn form(name: &str) -> String {
    let lower = name.to_lowercase();
    let plain = ComposingNormalizerBorrowed::new_nfc().normalize(&lower);
    mapped(&plain).unwrap_or_else(|| plain.into_owned())
}

/// What the profile makes of a name, if it allows it.
fn mapped(plain: &str) -> Option<String> {
    let mapped = UsernameCaseMapped::enforce(plain).map(Cow::into_owned);
    // One of full width becomes another sign here.
    mapped.ok().filter(|mapped| !mapped.contains(is_strange))
}

/// Whether it has no place in any name.
fn is_strange(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '@' | '/' | '\\' | '#' | '?' | '%')
}

/// A username: 1 to 64 characters, none of them white space, a control, or one
/// that would make it read as something else (`@` of an address, `/` of a path).
/// Two of one [`form`] are one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Reads a username that may be claimed, as a person types it. Its capitals
    /// stay; it is composed, and of one width.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let name = UsernameCasePreserved::enforce(typed.trim()).ok()?;
        mapped(&name.to_lowercase())?;
        Self::of_before(&name)
    }

    /// Reads a username that somebody may have, though nobody could claim it today.
    fn of_before(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let sound = (1..=LONGEST).contains(&typed.chars().count()) && !typed.contains(is_strange);
        sound.then(|| Self(typed.to_owned()))
    }

    /// The form in which the name is claimed and counted.
    #[must_use]
    pub fn form(&self) -> String {
        form(&self.0)
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
    /// Reads a name as a person types it, or as it is stored. No username holds an
    /// `@`, so none can be taken for somebody's address.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        if let Some(address) = EmailAddress::parse(text) {
            return Self::Email(address);
        }
        let username = Username::parse(text).or_else(|| Username::of_before(text));
        username.map_or(Self::Nobody, Self::Username)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_name_has_one_form() {
        for (one, other) in [
            ("Ada", "ada"),
            ("J\u{f6}rg", "jo\u{308}rg"),
            ("J\u{d6}RG", "jo\u{308}rg"),
            ("\u{ff21}\u{ff44}\u{ff41}", "ada"),
            (
                "\u{39d}\u{399}\u{39a}\u{39f}\u{3a3}",
                "\u{3bd}\u{3b9}\u{3ba}\u{3bf}\u{3c2}",
            ),
            // Emoji are in no new name, and yet one name.
            ("Ada\u{1f512}o\u{308}", "ada\u{1f512}\u{f6}"),
        ] {
            assert_eq!(form(one), form(other), "{one} {other}");
        }
        for (one, other) in [
            ("ada", "ad\u{e1}"),
            ("ada", "\u{430}d\u{430}"),
            ("ada", "ada\u{200b}"),
            ("\u{df}", "ss"),
        ] {
            assert_ne!(form(one), form(other), "{one} {other}");
        }
        // No name takes the form of an address.
        assert!(!form("ada\u{ff20}example.com").contains('@'));
    }

    #[test]
    fn new_names_are_seen_whole() {
        let long = "a".repeat(65);
        for typed in [
            "a\u{200b}da",
            "ada\u{202e}",
            "a\u{ad}da",
            "\u{feff}ada",
            "ada\u{2060}",
            "ada\u{200d}",
            "ada\u{1f512}",
            "\u{fb01}n",
            "ada\u{ff20}example.com",
            "ada\u{ff0f}b",
            "ada lovelace",
            "",
            &long,
        ] {
            assert_eq!(Username::parse(typed), None, "{typed:?}");
        }
        let parsed = |typed| Username::parse(typed).unwrap().as_str().to_owned();
        assert_eq!(parsed(" Jo\u{308}rg.O_1+x-y "), "J\u{f6}rg.O_1+x-y");
        assert_eq!(parsed("\u{ff21}da"), "Ada");
        assert_eq!(parsed("\u{5d0}\u{5d3}\u{5d4}"), "\u{5d0}\u{5d3}\u{5d4}");
    }

    #[test]
    fn names_of_before_are_still_names() {
        let typed = LoginName::typed("Ada\u{1f512}");
        let LoginName::Username(name) = typed else {
            panic!("{typed:?}")
        };
        assert_eq!(
            (name.as_str(), name.form().as_str()),
            ("Ada\u{1f512}", "ada\u{1f512}")
        );
    }

    proptest! {
        #[test]
        fn a_form_is_its_own_form(text in ".*") {
            let once = form(&text);
            prop_assert_eq!(form(&once), once);
        }

        #[test]
        fn a_name_keeps_its_form_as_it_is_read(text in ".{1,8}") {
            if let Some(name) = Username::parse(&text) {
                prop_assert_eq!(name.form(), form(text.trim()));
                prop_assert_eq!(Username::parse(name.as_str()), Some(name));
            }
        }
    }

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
