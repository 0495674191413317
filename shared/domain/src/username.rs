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

use crate::{Contact, EmailAddress, PhoneNumber};

/// The most characters of a username.
pub const LONGEST: usize = 64;

/// The form in which a name is claimed and counted: names that are one name have
/// one form.
///
/// A text that could be no new name has a form, too, since an older account may have it:
/// in lower case and composed, and otherwise unchanged.
#[must_use]
pub fn form(name: &str) -> String {
    let lower = name.to_lowercase();
    let plain = ComposingNormalizerBorrowed::new_nfc().normalize(&lower);
    mapped(&plain).unwrap_or_else(|| plain.into_owned())
}

/// The form in which names were claimed before there was [`form`]: theirs in lower
/// case. Claims of then are found by it, and moved (`cargo ctl user normalize-names`).
#[must_use]
pub fn form_of_before(name: &str) -> String {
    name.to_lowercase()
}

/// A name that an account has, as it would be written today: composed, and of one width.
/// A name that could not be claimed today is only composed.
#[must_use]
pub fn spelled(name: &str) -> String {
    let composed = || ComposingNormalizerBorrowed::new_nfc().normalize(name);
    Username::parse(name).map_or_else(|| composed().into_owned(), |username| username.0)
}

/// The form in which names, addresses and parts of them are searched. It is wider
/// than [`form`], which is of whole names: a part of a name may be no name, and
/// its last letter is not the last of a word. Operators search to find, so what is
/// invisible in a name does not hide it.
#[must_use]
pub fn search_form(text: &str) -> String {
    let plain = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let lower = plain.to_lowercase();
    let seen = lower.chars().filter(|c| !is_invisible(*c));
    let seen: String = seen.map(|c| if c == 'ς' { 'σ' } else { c }).collect();
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(&seen)
        .into_owned()
}

/// Whether a character is invisible, or turns the direction of writing:
/// controls, Unicode's format characters (category Cf), and what it calls ignorable
/// by default.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    let listed = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}');
    listed || c.is_control()
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
        // `.` and `..` in a path are no names (RFC 3986 §5.2.4): it could not be looked up.
        Self::of_before(&name).filter(|name| name.0.chars().any(|c| c != '.'))
    }

    /// Reads a username that an account may have, though none could claim it today.
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

/// What a user types to say who they are, where an address or a username will
/// do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginName {
    /// An address.
    Email(EmailAddress),
    /// A username.
    Username(Username),
    /// A telephone number that an account has proven.
    Phone(PhoneNumber),
    /// The address of a vendor, whose names are apart from people's.
    Vendor(EmailAddress),
    /// Neither: no account can have it.
    Nobody,
}

impl LoginName {
    /// The name by which the holder of `contact` is found.
    #[must_use]
    pub fn of_contact(contact: &Contact) -> Self {
        match contact {
            Contact::Email(address) => Self::Email(address.clone()),
            Contact::Phone(number) => Self::Phone(number.clone()),
        }
    }

    /// Reads a name where a number will do, too (nauth: `identifier`). No username of
    /// that contract holds a `+`.
    #[must_use]
    pub fn identifier(text: &str) -> Self {
        match PhoneNumber::spaced(text) {
            Some(number) => Self::Phone(number),
            None => Self::typed(text),
        }
    }

    /// Reads a name as a person types it, or as it is stored. No username holds an
    /// `@`, so none can be taken for an address.
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
mod tests;
