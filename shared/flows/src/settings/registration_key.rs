//! The key with which administrators are made over HTTP.

use std::fmt;

use crypto::derive::{constant_time_eq, token_hash};

use super::vars::Vars;

/// The key of those who may make administrators, as a digest: nothing that prints
/// the settings shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistrationKey(String);

impl RegistrationKey {
    /// Characters that it has at least: an attacker who guesses it gets every right.
    pub const MIN_LENGTH: usize = 32;

    fn of(text: &str) -> Self {
        Self(token_hash(text))
    }

    /// Whether `typed` is the key, in a time that tells nothing.
    #[must_use]
    pub fn is(&self, typed: &str) -> bool {
        constant_time_eq(&self.0, &token_hash(typed))
    }
}

impl fmt::Debug for RegistrationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistrationKey")
    }
}

impl<F: Fn(&str) -> Option<String>> Vars<F> {
    pub(super) fn registration_key(&mut self, name: &str) -> Option<RegistrationKey> {
        let text = self.get(name)?;
        if text.chars().count() < RegistrationKey::MIN_LENGTH {
            let min = RegistrationKey::MIN_LENGTH;
            self.problems
                .push(format!("{name} must have at least {min} characters"));
        }
        Some(RegistrationKey::of(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_and_does_not_show() {
        let text = "0123456789abcdef0123456789abcdef";
        let mut vars = Vars::new(|_: &str| Some(text.to_owned()));
        let key = vars.registration_key("KEY").unwrap();
        assert!(key.is(text) && !key.is("") && !key.is(&text[1..]));
        assert!(!format!("{key:?}").contains("0123456789"));
        assert!(vars.problems.is_empty());
        assert_eq!(Vars::new(|_: &str| None).registration_key("KEY"), None);
    }
}
