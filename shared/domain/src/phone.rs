//! Telephone numbers that a text message can be sent to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::paste;

/// A number in E.164 form: `+`, a country code that does not start with zero,
/// 8 to 15 digits in all.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number that is written in E.164 form and nothing else: guessing a
    /// country would send codes to strangers.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = paste::trimmed(typed);
        let digits = typed.strip_prefix('+')?;
        let valid = (8..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.chars().all(|c| c.is_ascii_digit());
        valid.then(|| Self(typed.to_owned()))
    }

    /// The same with blanks left out, as people write numbers (nauth).
    #[must_use]
    pub fn spaced(typed: &str) -> Option<Self> {
        let bare: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        Self::parse(&bare)
    }

    /// The number itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Debug output ends up in logs, where no number belongs.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_e164_will_do() {
        // As it is copied out of an address book.
        assert!(PhoneNumber::parse("\u{202a}+4915112345678\u{202c}").is_some());
        assert_eq!(
            PhoneNumber::parse(" +4915112345678 ").unwrap().as_str(),
            "+4915112345678"
        );
        for typed in [
            "4915112345678",
            "+0151234567",
            "+12",
            "+1234567890123456",
            "+49 151",
            "+49١٢٣٤٥٦٧٨",
        ] {
            assert_eq!(PhoneNumber::parse(typed), None, "{typed}");
        }
    }
}
