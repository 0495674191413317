//! One text field of a form: what it must be, and what it is read as.

use std::ops::RangeInclusive;

use domain::username::Username;
use domain::{EmailAddress, PhoneNumber, Problem, ProblemKind, paste, profile, time};

use super::{Fields, Rejected};

/// A text field being read. Checks add their problems to the form's; the last
/// call takes the value out.
#[derive(Debug)]
pub struct Text<'f> {
    fields: &'f mut Fields,
    name: &'static str,
    text: Option<String>,
    rejected: Option<Rejected>,
    sent: bool,
    may_be_blank: bool,
    must_say_something: bool,
}

impl<'f> Text<'f> {
    /// The field `name` as it was sent: its text, or what is wrong with it.
    pub(super) fn new(
        fields: &'f mut Fields,
        name: &'static str,
        text: Result<Option<String>, ProblemKind>,
    ) -> Self {
        let sent = fields.was_sent(name);
        let (text, problem) = match text {
            Ok(text) => (text, None),
            Err(kind) => (None, Some(kind)),
        };
        let mut field = Self {
            fields,
            name,
            text,
            rejected: None,
            sent,
            may_be_blank: false,
            must_say_something: false,
        };
        if let Some(kind) = problem {
            field.problem(kind);
        }
        field
    }
}

impl Text<'_> {
    fn problem(&mut self, kind: ProblemKind) -> Rejected {
        let rejected = self.fields.reject(Problem::of(self.name, kind));
        self.rejected = Some(rejected);
        rejected
    }

    /// A check that no empty text passes.
    fn check(mut self, kind: ProblemKind, passes: impl Fn(&str) -> bool) -> Self {
        self.must_say_something = true;
        self.unless_blank(kind, passes)
    }

    fn unless_blank(mut self, kind: ProblemKind, passes: impl Fn(&str) -> bool) -> Self {
        let blank = self.text.as_ref().is_some_and(String::is_empty);
        if !blank && self.text.as_ref().is_some_and(|text| !passes(text)) {
            self.problem(kind);
        }
        self
    }

    /// The text without the pasted characters that are no part of a code ([`paste`]). For
    /// codes whose characters the contract names: its rule is applied afterwards, and
    /// takes no digits but ASCII's.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.text = self.text.as_deref().map(paste::bare);
        self
    }

    /// The same with digits of other keyboards as ASCII's, for codes of which the
    /// contract names only the length: no rule would refuse such digits, and they would
    /// count as a wrong guess.
    #[must_use]
    pub fn pasted(mut self) -> Self {
        self.text = self.text.as_deref().map(paste::pasted);
        self
    }

    /// What was pasted, reduced to the letters and digits of our codes. For codes of
    /// which the contract says nothing.
    #[must_use]
    pub fn code(mut self) -> Self {
        self.text = self.text.as_deref().map(paste::code);
        self
    }

    /// The text in lower case, for names of which contracts take any spelling.
    #[must_use]
    pub fn lower(mut self) -> Self {
        self.text = self.text.map(|text| text.to_lowercase());
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
        self.unless_blank(ProblemKind::TooLong { max }, |text| {
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
    ///
    /// # Errors
    /// [`Rejected`] if it is none.
    pub fn uuid(self) -> Result<uuid::Uuid, Rejected> {
        self.parsed(ProblemKind::NotAUuid, |text| {
            uuid::Uuid::try_parse(text).ok()
        })
    }

    /// One of these values.
    #[must_use]
    pub fn one_of(self, values: &[&str]) -> Self {
        self.check(ProblemKind::NotAChoice, |text| values.contains(&text))
    }

    /// The text, which must be there.
    ///
    /// # Errors
    /// [`Rejected`] if it is not. A text with a problem is returned all the same: the
    /// problem is named, and a form with a problem is refused.
    pub fn required(mut self) -> Result<String, Rejected> {
        self.look_whether_there();
        match self.text.take() {
            Some(text) => Ok(text),
            None => Err(self.refused(ProblemKind::Required)),
        }
    }

    /// The text, if it was sent. It may be blank, unless a check was asked for that no
    /// blank text passes: a least length, one of some values, a kind.
    pub fn optional(mut self) -> Option<String> {
        self.look();
        self.text
    }

    fn look_whether_there(&mut self) {
        if !self.sent {
            self.problem(ProblemKind::Required);
        }
        self.must_say_something = true;
        self.look();
    }

    fn look(&mut self) {
        if self.text.as_ref().is_some_and(|text| text.contains('\0')) {
            self.problem(ProblemKind::NullCharacter);
        }
        let may_be_blank = self.may_be_blank || !self.must_say_something;
        if !may_be_blank && self.text.as_ref().is_some_and(String::is_empty) {
            self.problem(ProblemKind::Blank);
        }
    }

    /// For the problem that was named, or else for this one.
    fn refused(&mut self, kind: ProblemKind) -> Rejected {
        match self.rejected {
            Some(rejected) => rejected,
            None => self.problem(kind),
        }
    }

    /// The text as `parse` reads it, which must be there. If `parse` cannot read it, that
    /// is a problem of this `kind`, unless a problem was named before.
    ///
    /// # Errors
    /// [`Rejected`] if it is not there or cannot be read.
    pub fn parsed<T>(
        self,
        kind: ProblemKind,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Rejected> {
        if let Some(rejected) = self.rejected {
            return Err(rejected);
        }
        let mut checked = self.check(kind, |text| parse(text).is_some());
        checked.look_whether_there();
        match checked.text.as_deref().and_then(parse) {
            Some(parsed) => Ok(parsed),
            None => Err(checked.refused(kind)),
        }
    }

    /// The text as `parse` reads it, if it was sent.
    pub fn parsed_if_sent<T>(
        self,
        kind: ProblemKind,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let typed = self.check(kind, |text| parse(text).is_some()).optional()?;
        parse(&typed)
    }

    /// The text as an e-mail address, which must be there.
    ///
    /// # Errors
    /// [`Rejected`] if it is none.
    pub fn email(self) -> Result<EmailAddress, Rejected> {
        self.parsed(ProblemKind::NotAnEmail, EmailAddress::parse)
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
    ///
    /// # Errors
    /// [`Rejected`] if it is none.
    pub fn username(self) -> Result<Username, Rejected> {
        self.parsed(ProblemKind::NotAUsername, Username::parse)
    }

    /// The text as a username, if it was sent.
    pub fn username_if_sent(self) -> Option<Username> {
        let typed = self
            .check(ProblemKind::NotAUsername, |text| {
                Username::parse(text).is_some()
            })
            .optional()?;
        Username::parse(&typed)
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
    ///
    /// # Errors
    /// [`Rejected`] if it is none.
    pub fn count(self) -> Result<usize, Rejected> {
        self.parsed(ProblemKind::NotAnInteger, |text| text.parse().ok())
    }

    /// The text as a whole number in this range, which must be sent.
    ///
    /// # Errors
    /// [`Rejected`] if it is none.
    pub fn number(mut self, range: RangeInclusive<u64>) -> Result<u64, Rejected> {
        if !self.sent {
            self.problem(ProblemKind::Required);
        }
        match self.in_range(&range) {
            Some(number) => Ok(number),
            None => Err(self.refused(ProblemKind::NotAnId)),
        }
    }

    /// The text as a whole number in this range, if it was sent.
    pub fn number_if_sent(mut self, range: RangeInclusive<u64>) -> Option<u64> {
        self.in_range(&range)
    }

    fn in_range(&mut self, range: &RangeInclusive<u64>) -> Option<u64> {
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
    ///
    /// # Errors
    /// [`Rejected`] if it is none.
    pub fn e164(self) -> Result<PhoneNumber, Rejected> {
        self.parsed(ProblemKind::NotAPhone, PhoneNumber::parse)
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
mod tests;
