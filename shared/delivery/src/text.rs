//! The text messages that Postern writes.
//!
//! One part each (160 characters of the GSM alphabet), the code first, so that it
//! stands in what a locked screen shows; and never a link, since a text with one is
//! what phishing looks like.

use crate::Language;

/// A text message to one person, before it has words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextMessage {
    /// The code that proves the number.
    SignInCode {
        /// Its digits.
        code: String,
        /// Whole minutes for which it is still good, at least one.
        minutes: u64,
    },
    /// A code was asked for, but the account is locked.
    AccountLocked,
}

impl TextMessage {
    /// The message in `language`, signed by `service`.
    #[must_use]
    pub fn words(&self, language: Language, service: &str) -> String {
        match (self, language) {
            (Self::SignInCode { code, minutes }, Language::English) => {
                let unit = if *minutes == 1 { "minute" } else { "minutes" };
                format!(
                    "{code} is your {service} code, good for {minutes} {unit}. Tell it to nobody."
                )
            }
            (Self::SignInCode { code, minutes }, Language::German) => {
                let unit = if *minutes == 1 { "Minute" } else { "Minuten" };
                format!(
                    "{code} ist Ihr Code für {service}, gültig für {minutes} {unit}. Sagen Sie ihn niemandem."
                )
            }
            (Self::AccountLocked, Language::English) => {
                format!("{service}: this account is locked, so no code was sent.")
            }
            (Self::AccountLocked, Language::German) => {
                format!("{service}: Dieses Konto ist gesperrt, daher kommt kein Code.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_part_and_starts_with_its_code() {
        for language in Language::ALL {
            let code = TextMessage::SignInCode {
                code: "041299".into(),
                minutes: 5,
            };
            let words = code.words(language, "Postern");
            assert!(words.starts_with("041299 "), "{words}");
            let locked = TextMessage::AccountLocked.words(language, "Postern");
            assert!(!locked.contains(|c: char| c.is_ascii_digit()), "{locked}");
            for words in [words, locked] {
                assert!(
                    words.chars().count() <= 160 && !words.contains("//"),
                    "{words}"
                );
            }
        }
    }
}
