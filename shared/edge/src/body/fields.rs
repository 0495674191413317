//! The fields of a form, read one by one.

mod password;

use std::ops::RangeInclusive;

use domain::username::Username;
use domain::{EmailAddress, Error, PhoneNumber, Problem, ProblemKind, profile, time};
use serde_json::{Map, Value};

use crate::dialect::Reading;

/// A form: what it takes from a body.
pub trait FromFields: Sized {
    /// Reads the form. `None` if a field that it cannot do without is missing or
    /// wrong; `fields` knows why. Read every field before giving up on one.
    fn read(fields: &mut Fields) -> Option<Self>;
}

/// The fields that were sent, and what is wrong with them so far.
#[derive(Debug)]
pub struct Fields {
    pub(super) sent: Map<String, Value>,
    pub(super) problems: Vec<Problem>,
    pub(super) reading: Reading,
}

impl Fields {
    pub(crate) fn new(sent: Map<String, Value>) -> Self {
        Self {
            sent,
            problems: Vec::new(),
            reading: Reading::default(),
        }
    }

    /// The fields of a form, in which a name may stand twice: which of the two was
    /// meant, nobody can say (RFC 6749 §3.1).
    pub(crate) fn of_form(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut this = Self::new(Map::new());
        for (name, value) in pairs {
            if this.sent.contains_key(&name) {
                this.problems.push(Problem {
                    path: vec![name.into()],
                    ..Problem::of("", ProblemKind::Repeated)
                });
            } else {
                this.sent.insert(name, Value::String(value));
            }
        }
        this
    }

    /// What was read, if nothing is wrong with any of it.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<T, Error> {
        match read {
            Some(read) if self.problems.is_empty() => Ok(read),
            _ => Err(Error::Invalid(self.problems)),
        }
    }

    /// Whether `name` was sent at all, if only as null.
    #[must_use]
    pub fn was_sent(&self, name: &str) -> bool {
        self.sent.contains_key(name)
    }

    /// The switch `name`, if it was sent. Forms have no booleans, so some words
    /// read as one.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        let word = match self.sent.get(name)? {
            Value::Bool(flag) => return Some(*flag),
            Value::String(text) => text.trim().to_ascii_lowercase(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        match word.as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => {
                let problem = Problem::of(name, ProblemKind::NotABoolean);
                self.problems.push(problem);
                None
            }
        }
    }

    /// The text field `name`, where null is as good as nothing.
    pub fn text_or_null(&mut self, name: &'static str) -> Text<'_> {
        if self.sent.get(name).is_some_and(Value::is_null) {
            self.sent.remove(name);
        }
        self.text(name)
    }

    /// The text field `name`, trimmed. Whether a number will do, the dialect says
    /// ([`Reading`]).
    pub fn text(&mut self, name: &'static str) -> Text<'_> {
        let (text, problem) = match self.sent.get(name) {
            None => (None, None),
            Some(Value::String(text)) => (Some(text.trim().to_owned()), None),
            Some(Value::Number(number)) if self.reading == Reading::Lenient => {
                (Some(number.to_string()), None)
            }
            Some(Value::Null) => (None, Some(ProblemKind::Null)),
            Some(_) => (None, Some(ProblemKind::NotText)),
        };
        let sent = self.sent.contains_key(name);
        let mut field = Text {
            fields: self,
            name,
            text,
            sent,
            may_be_blank: false,
        };
        if let Some(kind) = problem {
            field.problem(kind);
        }
        field
    }
}

/// A text field being read. Checks add their problems to the form's; the last
/// call takes the value out.
#[derive(Debug)]
pub struct Text<'f> {
    fields: &'f mut Fields,
    name: &'static str,
    text: Option<String>,
    sent: bool,
    may_be_blank: bool,
}

impl Text<'_> {
    fn problem(&mut self, kind: ProblemKind) {
        self.fields.problems.push(Problem::of(self.name, kind));
    }

    fn check(mut self, kind: ProblemKind, passes: impl Fn(&str) -> bool) -> Self {
        let blank = self.text.as_ref().is_some_and(String::is_empty);
        if !blank && self.text.as_ref().is_some_and(|text| !passes(text)) {
            self.problem(kind);
        }
        self
    }

    /// Lets the field be empty, which clears what it names.
    #[must_use]
    pub fn may_be_blank(mut self) -> Self {
        self.may_be_blank = true;
        self
    }

    /// At least this many characters.
    #[must_use]
    pub fn min(self, min: usize) -> Self {
        self.check(ProblemKind::TooShort { min }, |text| {
            text.chars().count() >= min
        })
    }

    /// At most this many characters.
    #[must_use]
    pub fn max(self, max: usize) -> Self {
        self.check(ProblemKind::TooLong { max }, |text| {
            text.chars().count() <= max
        })
    }

    /// Nothing but the digits 0 to 9.
    #[must_use]
    pub fn digits(self) -> Self {
        self.check(ProblemKind::NotDigits, |text| {
            text.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// The text as a UUID, which must be there.
    pub fn uuid(self) -> Option<uuid::Uuid> {
        let typed = self
            .check(ProblemKind::NotAUuid, |text| {
                uuid::Uuid::try_parse(text).is_ok()
            })
            .required()?;
        uuid::Uuid::try_parse(&typed).ok()
    }

    /// One of these values.
    #[must_use]
    pub fn one_of(self, values: &[&str]) -> Self {
        self.check(ProblemKind::NotAChoice, |text| values.contains(&text))
    }

    /// The text, which must be there.
    pub fn required(mut self) -> Option<String> {
        if !self.sent {
            self.problem(ProblemKind::Required);
        }
        self.optional()
    }

    /// The text, if it was sent.
    pub fn optional(mut self) -> Option<String> {
        if self.text.as_ref().is_some_and(|text| text.contains('\0')) {
            self.problem(ProblemKind::NullCharacter);
        }
        if !self.may_be_blank && self.text.as_ref().is_some_and(String::is_empty) {
            self.problem(ProblemKind::Blank);
        }
        self.text
    }

    /// The text as an e-mail address, which must be there.
    pub fn email(self) -> Option<EmailAddress> {
        let typed = self
            .check(ProblemKind::NotAnEmail, |text| {
                EmailAddress::parse(text).is_some()
            })
            .required()?;
        EmailAddress::parse(&typed)
    }

    /// The text as an e-mail address, if it was sent.
    pub fn email_if_sent(self) -> Option<EmailAddress> {
        let typed = self
            .check(ProblemKind::NotAnEmail, |text| {
                EmailAddress::parse(text).is_some()
            })
            .optional()?;
        EmailAddress::parse(&typed)
    }

    /// The text as a username, which must be there.
    pub fn username(self) -> Option<Username> {
        let typed = self.check_username().required()?;
        Username::parse(&typed)
    }

    /// The text as a username, if it was sent.
    pub fn username_if_sent(self) -> Option<Username> {
        let typed = self.check_username().optional()?;
        Username::parse(&typed)
    }

    fn check_username(self) -> Self {
        self.check(ProblemKind::NotAUsername, |text| {
            Username::parse(text).is_some()
        })
    }

    /// The text as an http or https URL, just as it was sent, if it was.
    pub fn url(self) -> Option<String> {
        self.check(ProblemKind::NotAUrl, |text| host(text).is_some())
            .optional()
    }

    /// The host of the text as an http or https URL without `www.`, if it was sent.
    pub fn url_host(self) -> Option<String> {
        let typed = self
            .check(ProblemKind::NotAUrl, |text| host(text).is_some())
            .optional()?;
        host(&typed)
    }

    /// The text as an IANA time zone, if it was sent.
    pub fn time_zone(self) -> Option<String> {
        let typed = self
            .check(ProblemKind::NotATimeZone, |text| {
                time::time_zone(text).is_some()
            })
            .optional()?;
        if typed.is_empty() {
            Some(typed)
        } else {
            time::time_zone(&typed)
        }
    }

    /// The text as a number of things, which must be sent.
    pub fn count(self) -> Option<usize> {
        let typed = self
            .check(ProblemKind::NotAnInteger, |text| {
                text.parse::<usize>().is_ok()
            })
            .required()?;
        typed.parse().ok()
    }

    /// The text as a whole number in this range, which must be sent.
    pub fn number(mut self, range: RangeInclusive<u64>) -> Option<u64> {
        if !self.sent {
            self.problem(ProblemKind::Required);
        }
        self.number_if_sent(range)
    }

    /// The text as a whole number in this range, if it was sent.
    pub fn number_if_sent(mut self, range: RangeInclusive<u64>) -> Option<u64> {
        let (min, max) = (*range.start(), *range.end());
        let parsed = self.text.as_ref().map(|text| text.parse::<i128>());
        let number = match parsed? {
            Ok(number) if number < i128::from(min) => Err(ProblemKind::Below { min }),
            Ok(number) if number > i128::from(max) => Err(ProblemKind::Above { max }),
            Ok(number) => u64::try_from(number).map_err(|_| ProblemKind::NotAnId),
            Err(_) => Err(ProblemKind::NotAnId),
        };
        match number {
            Ok(number) => Some(number),
            Err(kind) => {
                self.problem(kind);
                None
            }
        }
    }

    /// The text as a telephone number, if it was sent.
    pub fn phone(self) -> Option<String> {
        let typed = self
            .check(ProblemKind::NotAPhone, |text| {
                profile::tidy_phone(text).is_some()
            })
            .optional()?;
        profile::tidy_phone(&typed)
    }

    /// The text as a number that a message can be sent to, which must be sent.
    pub fn e164(self) -> Option<PhoneNumber> {
        let typed = self
            .check(ProblemKind::NotAPhone, |text| {
                PhoneNumber::parse(text).is_some()
            })
            .required()?;
        PhoneNumber::parse(&typed)
    }
}

/// The longest host name there is (RFC 1035 §2.3.4): it is stored as it is.
const MAX_HOST: usize = 253;

fn host(typed: &str) -> Option<String> {
    let url = url::Url::parse(typed).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let host = url
        .host_str()
        .filter(|host| web && (1..=MAX_HOST).contains(&host.len()))?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lose_their_www() {
        assert_eq!(
            host("https://www.example.com/login?a=b").as_deref(),
            Some("example.com")
        );
        for typed in [
            "example.com",
            "ftp://example.com",
            "https://",
            "javascript:alert(1)",
            &format!("https://{}.com/", "a".repeat(300)),
        ] {
            assert_eq!(host(typed), None, "{typed}");
        }
    }

    #[test]
    fn every_problem_is_named() {
        let sent = serde_json::json!({ "a": "toolong", "b": null, "c": ["x"], "d": " ", "e": 12 });
        let Value::Object(sent) = sent else {
            unreachable!()
        };
        let mut fields = Fields::new(sent);
        fields.text("a").max(3).digits().required();
        fields.text("b").required();
        fields.text("c").required();
        fields.text("d").min(4).required();
        assert_eq!(fields.text("e").required().as_deref(), Some("12"));
        fields.text("f").required();
        let Err(Error::Invalid(problems)) = fields.finish(Some(())) else {
            panic!("accepted")
        };
        let kinds: Vec<_> = problems.iter().map(|problem| problem.kind).collect();
        use ProblemKind::{Blank, NotDigits, NotText, Null, Required, TooLong};
        assert_eq!(
            kinds,
            [
                TooLong { max: 3 },
                NotDigits,
                Null,
                NotText,
                Blank,
                Required
            ]
        );
    }

    #[test]
    fn a_number_is_text_where_the_dialect_says_so() {
        for (reading, read) in [(Reading::Lenient, Some("12")), (Reading::Strict, None)] {
            let mut fields = Fields::new(Map::from_iter([("e".to_owned(), 12.into())]));
            fields.reading = reading;
            assert_eq!(fields.text("e").required().as_deref(), read);
            let told = fields.finish(Some(()));
            let problem = Problem::of("e", ProblemKind::NotText);
            let expected = match reading {
                Reading::Lenient => Ok(()),
                Reading::Strict => Err(Error::Invalid(vec![problem])),
            };
            assert_eq!(told, expected);
        }
    }
}
