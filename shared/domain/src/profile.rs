//! What people may change of their own account, and how it is tidied.

use crate::account::User;

/// An edit of a profile: `None` leaves a field as it is. Lengths are checked
/// where the request is read; values here are already tidy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileEdit {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Where they work.
    pub company: Option<String>,
    /// A telephone number, as contact data.
    pub phone: Option<String>,
    /// What they do.
    pub position: Option<String>,
    /// Language of letters.
    pub language: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
}

impl ProfileEdit {
    /// `user` with this edit made, or `None` when it would change nothing and
    /// needs no write.
    #[must_use]
    pub fn of(&self, user: &User) -> Option<User> {
        let mut edited = match &self.phone {
            Some(phone) => user.with_phone(phone),
            None => user.clone(),
        };
        let fields = [
            (&self.first_name, &mut edited.first_name),
            (&self.last_name, &mut edited.last_name),
            (&self.company, &mut edited.company),
            (&self.position, &mut edited.position),
            (&self.language, &mut edited.language),
            (&self.timezone, &mut edited.timezone),
        ];
        for (new, field) in fields {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        if edited == *user {
            return None;
        }
        edited.rev += 1;
        Some(edited)
    }
}

/// `text` without white space at its ends and with single spaces inside.
#[must_use]
pub fn collapse_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A telephone number reduced to its digits and the `+` before them, or `None` if it has
/// letters, which name an extension and would make its digits part of another number, or
/// if too few digits remain: ten, since nobody knows what a shorter one without its country means,
/// and eight behind a `+`, which are whole numbers in small countries (E.164). An
/// empty text stays empty: it clears the number.
#[must_use]
pub fn tidy_phone(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Some(String::new());
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    // A bracket may stand before it, and zeroes for the country's own use behind.
    let first = typed.find(|c: char| c == '+' || c.is_ascii_digit());
    let international = first.is_some_and(|at| typed[at..].starts_with('+'));
    let (sign, fewest) = if international { ("+", 8) } else { ("", 10) };
    let plain = !typed.contains(char::is_alphabetic);
    (plain && digits.len() >= fewest).then(|| format!("{sign}{digits}"))
}

/// The two-letter language that an `Accept-Language` header (RFC 9110 §12.5.4)
/// asks for first, as every contract stores it.
#[must_use]
pub fn first_language(accept_language: &str) -> Option<String> {
    let tag = accept_language.split([',', ';']).next()?.trim();
    let language = tag.split('-').next()?;
    let plain = language.len() == 2 && language.chars().all(|c| c.is_ascii_alphabetic());
    plain.then(|| language.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_keep_digits_and_plus() {
        assert_eq!(
            tidy_phone("+1 (555) 123-4567").as_deref(),
            Some("+15551234567")
        );
        // Luxembourg's are nine digits with the country's code, and Iceland's ten; St Helena's are eight.
        for small in ["+352661234", "+3546612345", "+29022158"] {
            assert_eq!(tidy_phone(small).as_deref(), Some(small));
        }
        assert_eq!(
            tidy_phone("+49 1512 3456 7890 1").as_deref(),
            Some("+491512345678901")
        );
        assert_eq!(tidy_phone("(+352) 66 12 34").as_deref(), Some("+352661234"));
        assert_eq!(
            tidy_phone("+352+661+234").as_deref(),
            Some("+352661234"),
            "one sign, in front"
        );
        for short in ["123-456", "352661234", "+3526612", "3526+61234"] {
            assert_eq!(tidy_phone(short), None, "{short}");
        }
        assert_eq!(tidy_phone("  ").as_deref(), Some(""));
    }

    #[test]
    fn languages_come_from_the_first_tag() {
        assert_eq!(
            first_language("de-CH,de;q=0.9,en;q=0.8").as_deref(),
            Some("de")
        );
        assert_eq!(first_language("EN").as_deref(), Some("en"));
        assert_eq!(first_language("*"), None);
        assert_eq!(first_language(""), None);
    }
}
