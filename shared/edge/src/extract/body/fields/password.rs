//! Passwords as fields: never trimmed, never made of anything but text.

use std::ops::RangeInclusive;

use domain::password::Password;
use domain::{Problem, ProblemKind};
use serde_json::Value;

use super::{Fields, Rejected};

impl Fields {
    /// The password in the field `name`, whole, which must be there. Its strength is not
    /// checked.
    ///
    /// # Errors
    /// [`Rejected`] if it is none.
    pub fn password(&mut self, name: &'static str) -> Result<Password, Rejected> {
        match self.whole_password(name) {
            Some(password) => password,
            None => Err(self.problem(name, ProblemKind::Required)),
        }
    }

    /// The same, of at most `max` characters.
    ///
    /// # Errors
    /// As [`Fields::password`].
    pub fn password_up_to(&mut self, name: &'static str, max: usize) -> Result<Password, Rejected> {
        if self
            .sent
            .get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| text.chars().count() > max)
        {
            self.problem(name, ProblemKind::TooLong { max });
        }
        self.password(name)
    }

    /// The same, of as many characters as `lengths` says. What else makes a password weak
    /// is not checked.
    ///
    /// # Errors
    /// As [`Fields::password`].
    pub fn password_of(
        &mut self,
        name: &'static str,
        lengths: RangeInclusive<usize>,
    ) -> Result<Password, Rejected> {
        let password = self.password(name)?;
        let length = password.as_str().chars().count();
        let (min, max) = (*lengths.start(), *lengths.end());
        if length < min {
            return Err(self.problem(name, ProblemKind::TooShort { min }));
        }
        if length > max {
            return Err(self.problem(name, ProblemKind::TooLong { max }));
        }
        Ok(password)
    }

    /// The password in the field `name`, whole and perhaps empty.
    ///
    /// # Errors
    /// [`Rejected`] if it is none.
    pub fn password_or_empty(&mut self, name: &'static str) -> Result<Password, Rejected> {
        match self.sent.get(name) {
            Some(Value::String(text)) if text.is_empty() => Ok(Password::typed("")),
            _ => self.password(name),
        }
    }

    /// The password in the field `name` as a new one, which must be there and strong
    /// enough for any account.
    ///
    /// # Errors
    /// [`Rejected`] if it is none, or will not do.
    pub fn new_password(&mut self, name: &'static str) -> Result<Password, Rejected> {
        let password = self.password(name)?;
        self.strong(name, password)
    }

    /// The same, if it was sent. Null is as good as nothing.
    pub fn new_password_if_sent(&mut self, name: &'static str) -> Option<Password> {
        if self.sent.get(name).is_some_and(Value::is_null) {
            return None;
        }
        let password = self.password_if_sent(name)?;
        self.strong(name, password).ok()
    }

    /// The password in the field `name`, whole, if it was sent.
    pub fn password_if_sent(&mut self, name: &'static str) -> Option<Password> {
        self.whole_password(name)?.ok()
    }

    fn whole_password(&mut self, name: &'static str) -> Option<Result<Password, Rejected>> {
        let kind = match self.sent.get(name)? {
            Value::String(text) if text.is_empty() => ProblemKind::Blank,
            Value::String(text) => return Some(Ok(Password::typed(text))),
            Value::Null => ProblemKind::Null,
            _ => ProblemKind::NotText,
        };
        Some(Err(self.problem(name, kind)))
    }

    fn strong(&mut self, name: &'static str, password: Password) -> Result<Password, Rejected> {
        match password.weakness() {
            None => Ok(password),
            Some(weakness) => Err(self.problem(name, weakness)),
        }
    }

    fn problem(&mut self, name: &'static str, kind: ProblemKind) -> Rejected {
        self.reject(Problem::of(name, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Error;
    use serde_json::json;

    fn fields() -> Fields {
        let sent = json!({
            "padded": "  qz7-kv2x  ", "number": 12_345_678, "null": null, "empty": "", "weak": "password1",
        });
        let Value::Object(sent) = sent else {
            unreachable!()
        };
        Fields::new(sent)
    }

    #[test]
    fn a_password_is_taken_whole() {
        let mut fields = fields();
        let read = fields.password("padded");
        assert_eq!(read.as_ref().map(Password::as_str), Ok("  qz7-kv2x  "));
        assert_eq!(
            fields.password("weak").as_ref().map(Password::as_str),
            Ok("password1")
        );
        assert!(fields.new_password_if_sent("absent").is_none());
        assert!(fields.finish(Ok(())).is_ok());
    }

    #[test]
    fn what_is_none_is_said() {
        let mut fields = fields();
        for name in ["number", "null", "empty", "absent"] {
            assert!(fields.password(name).is_err());
        }
        let weak = fields.new_password("weak").map(|_| ());
        let Err(Error::Invalid(problems)) = fields.finish(weak) else {
            panic!("accepted")
        };
        let kinds: Vec<_> = problems.iter().map(|problem| problem.kind).collect();
        use ProblemKind::{Blank, CommonPassword, NotText, Null, Required};
        assert_eq!(kinds, [NotText, Null, Blank, Required, CommonPassword]);
    }
}
