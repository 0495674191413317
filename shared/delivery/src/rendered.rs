//! Letters with their words, as a text and an HTML part.

use askama::Template;

use crate::letter::{Letter, Words};
use crate::words::Language;

/// A letter ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject line.
    pub subject: String,
    /// The `text/plain` part.
    pub text: String,
    /// The `text/html` part.
    pub html: String,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    words: &'a Words,
    code: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    words: &'a Words,
    code: Option<&'a str>,
    service: &'a str,
    language: &'a str,
}

impl Letter {
    /// The code that it was written for, to be shown large.
    fn code(&self) -> Option<&str> {
        match self {
            Self::SignInCode { code, .. }
            | Self::VerificationCode { code, .. }
            | Self::ResetCode { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The letter in `language`, signed by `service`.
    ///
    /// # Errors
    /// Only what a template may meet: a formatter that fails.
    pub fn render(&self, language: Language, service: &str) -> Result<Rendered, askama::Error> {
        let words = language.words(self, service);
        let code = self.code();
        let text = Text {
            words: &words,
            code,
        }
        .render()?;
        let html = Html {
            words: &words,
            code,
            service,
            language: language.tag(),
        }
        .render()?;
        Ok(Rendered {
            subject: words.subject,
            text,
            html,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::UnixTime;

    fn letters() -> Vec<Letter> {
        vec![
            Letter::SignInCode {
                code: "0412".into(),
                minutes: 10,
            },
            Letter::VerificationCode {
                code: "041299".into(),
                minutes: 60,
            },
            Letter::ResetCode {
                code: "041299".into(),
                page: Some("https://app.example.com/reset?code=041299".into()),
                minutes: 15,
            },
            Letter::ResetCode {
                code: "041299".into(),
                page: None,
                minutes: 1,
            },
            Letter::Welcome,
            Letter::NewNetwork {
                device: "Firefox, Linux".into(),
                address: Some("192.0.2.7".into()),
                at: UnixTime(1_795_307_611),
            },
            Letter::NewNetwork {
                device: "Firefox, Linux".into(),
                address: None,
                at: UnixTime(1_795_307_611),
            },
            Letter::UnusualSignIn {
                device: "Firefox, Linux".into(),
                address: Some("192.0.2.7".into()),
                place: Some("Berlin, DE".into()),
                at: UnixTime(1_795_307_611),
                blocked: true,
            },
            Letter::UnusualSignIn {
                device: "Firefox, Linux".into(),
                address: None,
                place: None,
                at: UnixTime(1_795_307_611),
                blocked: false,
            },
            Letter::WrongGuesses,
            Letter::WrongSecondFactors,
            Letter::FactorAdded,
            Letter::FactorRemoved,
            Letter::BackupCodesRenewed,
            Letter::AccountLocked,
            Letter::NewApiKey,
            Letter::AccountRestored,
            Letter::Registered {
                token: "q".repeat(43),
                page: "http://127.0.0.1:000009000/auth/confirm?token=q".to_owned(),
                account: "ada".to_owned(),
                by_another: false,
                hours: 72,
            },
            Letter::Registered {
                token: "q".repeat(43),
                page: "https://id.example.com/auth/confirm?token=q".to_owned(),
                account: "ada".to_owned(),
                by_another: true,
                hours: 72,
            },
            Letter::RightsGiven {
                role: domain::account::Role::Admin,
                waits: true,
            },
            Letter::PasswordReset {
                token: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into(),
                page: None,
                minutes: 60,
            },
            Letter::PasswordReset {
                token: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into(),
                page: Some("https://app.example.com/reset#token=dBjftJeZ4CVP".into()),
                minutes: 60,
            },
            Letter::NoAccount,
            Letter::ResetWhileLocked,
            Letter::PasswordChanged,
            Letter::WrongPasswords,
            Letter::ConfirmAddress {
                account: "ada".to_owned(),
                token: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into(),
                minutes: 60,
            },
            Letter::AddressChangeAsked,
            Letter::AddressChanged,
            Letter::UsernameChanged,
            Letter::NumberChanged,
            Letter::ProviderLinked {
                provider: domain::provider::Provider::Google,
            },
            Letter::ProviderUnlinked {
                provider: domain::provider::Provider::Github,
            },
            Letter::DeviceConnected {
                client: None,
                device: "curl".into(),
                address: Some("192.0.2.7".into()),
                at: UnixTime(1_795_307_611),
            },
            Letter::DeviceConnected {
                client: Some("TV".into()),
                device: "?".into(),
                address: None,
                at: UnixTime(1_795_307_611),
            },
        ]
    }

    /// Numbers of four to eight digits that stand by themselves.
    fn numbers(text: &str) -> Vec<&str> {
        text.split(|c: char| !c.is_alphanumeric() && c != '#')
            .filter(|word| {
                (4..=8).contains(&word.len()) && word.chars().all(|c| c.is_ascii_digit())
            })
            .collect()
    }

    #[test]
    fn only_the_codes_letter_holds_something_like_a_code() {
        for language in Language::ALL {
            for letter in letters() {
                let Rendered {
                    subject,
                    text,
                    html,
                } = letter.render(language, "Postern").unwrap();
                for said in [&subject, &text, &html] {
                    let mut told = numbers(said);
                    if matches!(letter, Letter::ResetCode { page: Some(_), .. }) {
                        // The link holds it once more.
                        told.dedup();
                    }
                    assert_eq!(told, Vec::from_iter(letter.code()), "{said}");
                }
            }
        }
    }

    #[test]
    fn a_page_is_a_link_in_html_and_a_line_of_the_text() {
        let page = "https://id.example.com/auth/confirm?token=q";
        let letters = letters();
        let letter = letters.iter().find(|letter| {
            matches!(
                letter,
                Letter::Registered {
                    by_another: true,
                    ..
                }
            )
        });
        let rendered = letter
            .unwrap()
            .render(Language::English, "Postern")
            .unwrap();
        assert!(rendered.text.lines().any(|line| line == page));
        let link = format!("<a href=\"{page}\">{page}</a>");
        assert!(rendered.html.contains(&link), "{}", rendered.html);
        assert_eq!(rendered.html.matches("<a ").count(), 1);
    }

    #[test]
    fn names_are_escaped_in_html() {
        let html = Letter::Welcome
            .render(Language::English, "<b>Bank</b>")
            .unwrap()
            .html;
        assert!(!html.contains("<b>Bank"), "{html}");
    }
}
