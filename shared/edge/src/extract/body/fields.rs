//! The fields of a form, read one by one.

mod password;
mod text;

use domain::{Error, Problem, ProblemKind};
use serde_json::{Map, Value};

use crate::dialect::Reading;

pub use text::Text;

/// The one parameter of OAuth's forms that may stand several times (RFC 8707 §2).
const REPEATABLE: &str = "resource";

/// A form: what it takes from a body.
pub trait FromFields: Sized {
    /// Reads the form, unless a field that it cannot do without is missing or wrong;
    /// `fields` knows why. Read every field before giving up on one.
    ///
    /// # Errors
    /// [`Rejected`], which can only be had by naming a problem.
    fn read(fields: &mut Fields) -> Result<Self, Rejected>;
}

/// Proof that a problem was named. A form cannot fail without one, so a client is never
/// refused without being told what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected(());

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

    /// The fields of a form. A name that stands twice is a problem, since either value
    /// may be meant (RFC 6749 §3.1).
    pub(crate) fn of_form(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut this = Self::new(Map::new());
        for (name, value) in pairs {
            if name == REPEATABLE {
                let list = this
                    .sent
                    .entry(name)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(Value::String(value));
                }
            } else if this.sent.contains_key(&name) {
                this.reject(Problem::of(name, ProblemKind::Repeated));
            } else {
                this.sent.insert(name, Value::String(value));
            }
        }
        this
    }

    /// All values of a parameter that a form may hold several times.
    #[must_use]
    pub fn repeated(&self, name: &str) -> Vec<String> {
        let values = self.sent.get(name).and_then(Value::as_array);
        let texts = values.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    /// What was read, if nothing is wrong with any of it.
    pub(crate) fn finish<T>(self, read: Result<T, Rejected>) -> Result<T, Error> {
        match read {
            Ok(read) if self.problems.is_empty() => Ok(read),
            _ => Err(Error::Invalid(self.problems)),
        }
    }

    /// Names a problem.
    pub(super) fn reject(&mut self, problem: Problem) -> Rejected {
        self.problems.push(problem);
        Rejected(())
    }

    /// Whether `name` was sent at all, if only as null.
    #[must_use]
    pub fn was_sent(&self, name: &str) -> bool {
        self.sent.contains_key(name)
    }

    /// Whether `name` was sent, where null counts as left out.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        self.sent.get(name).is_some_and(|value| !value.is_null())
    }

    /// The switch `name`, if it was sent. Forms have no booleans, so some words
    /// read as one.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        let word = match self.sent.get(name)? {
            Value::Bool(flag) => return Some(*flag),
            _ if self.reading == Reading::Exact => String::new(),
            Value::String(text) => text.trim().to_ascii_lowercase(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        match word.as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => {
                self.reject(Problem::of(name, ProblemKind::NotABoolean));
                None
            }
        }
    }

    /// The switch `name`, which must be there.
    ///
    /// # Errors
    /// [`Rejected`] if it is not, or is no switch.
    pub fn required_flag(&mut self, name: &'static str) -> Result<bool, Rejected> {
        if !self.was_sent(name) {
            return Err(self.reject(Problem::of(name, ProblemKind::Required)));
        }
        // What is no switch was named as a problem.
        self.flag(name).ok_or(Rejected(()))
    }

    /// The switch `name`, where null is as good as nothing.
    pub fn flag_or_null(&mut self, name: &'static str) -> Option<bool> {
        match self.sent.get(name) {
            Some(Value::Null) => None,
            _ => self.flag(name),
        }
    }

    /// The text field `name`, where null is as good as nothing.
    pub fn text_or_null(&mut self, name: &'static str) -> Text<'_> {
        if self.sent.get(name).is_some_and(Value::is_null) {
            self.sent.remove(name);
        }
        self.text(name)
    }

    /// The text field `name`, trimmed. The dialect says whether a number will do
    /// ([`Reading`]).
    pub fn text(&mut self, name: &'static str) -> Text<'_> {
        let text = match self.sent.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
            Some(Value::Number(number)) if self.reading == Reading::Lenient => {
                Ok(Some(number.to_string()))
            }
            Some(Value::Null) => Err(ProblemKind::Null),
            Some(_) => Err(ProblemKind::NotText),
        };
        Text::new(self, name, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_named() {
        let sent = serde_json::json!({ "a": "toolong", "b": null, "c": ["x"], "d": " ", "e": 12 });
        let Value::Object(sent) = sent else {
            unreachable!()
        };
        let mut fields = Fields::new(sent);
        let _ = fields.text("a").max(3).digits().required();
        let _ = fields.text("b").required();
        let _ = fields.text("c").required();
        let _ = fields.text("d").min(4).required();
        assert_eq!(fields.text("e").required(), Ok("12".to_owned()));
        let given_up = fields.text("f").required().map(|_| ());
        let Err(Error::Invalid(problems)) = fields.finish(given_up) else {
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

    fn sent(value: Value) -> Fields {
        let Value::Object(sent) = value else {
            unreachable!()
        };
        Fields::new(sent)
    }

    /// Every way of reading that gives up, on everything that JSON can hold.
    #[test]
    fn whoever_gives_up_has_named_a_problem() {
        use serde_json::json;
        let values = [
            json!(null),
            json!(true),
            json!(7),
            json!(-1.5),
            json!(""),
            json!(" "),
            json!("x"),
            json!("a\0b"),
            json!("\t"),
            json!([]),
            json!([1]),
            json!({}),
            json!({ "a": 1 }),
        ];
        let readings = [Reading::Lenient, Reading::Strict, Reading::Exact];
        let all = values.into_iter().map(Some).chain([None]);
        for (value, reading) in all.flat_map(|value| readings.map(|as_it| (value.clone(), as_it))) {
            type Read = fn(&mut Fields) -> Result<(), Rejected>;
            let ways: [Read; 15] = [
                |fields| fields.text("a").required().map(drop),
                |fields| fields.text_or_null("a").max(0).required().map(drop),
                |fields| fields.text("a").code().required().map(drop),
                |fields| fields.text("a").uuid().map(drop),
                |fields| {
                    fields
                        .text("a")
                        .min(2)
                        .parsed(ProblemKind::NotText, |_| None::<()>)
                },
                |fields| fields.text("a").may_be_blank().email().map(drop),
                |fields| fields.text_or_null("a").username().map(drop),
                |fields| fields.text("a").count().map(drop),
                |fields| fields.text("a").number(3..=5).map(drop),
                |fields| fields.text("a").e164().map(drop),
                |fields| fields.required_flag("a").map(drop),
                |fields| fields.integer("a").map(drop),
                |fields| {
                    fields
                        .texts("a", 2, ProblemKind::NotAScope, |_| false)
                        .map(drop)
                },
                |fields| fields.password("a").map(drop),
                |fields| fields.new_password("a").map(drop),
            ];
            for (n, way) in ways.into_iter().enumerate() {
                let named = value.clone().map(|value| ("a".to_owned(), value));
                let mut fields = Fields::new(named.into_iter().collect());
                fields.reading = reading;
                if way(&mut fields).is_err() {
                    assert!(!fields.problems.is_empty(), "way {n} of {value:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_pasted_is_read_as_the_code_in_it() {
        let mut fields = sent(serde_json::json!({
            "a": "１２٣ 456", "b": "abcd-efgh", "c": "\u{200b}12\u{a0}34-56", "d": "12é 456", "e": "12é 456", "f": " - ",
        }));
        assert_eq!(fields.text("a").code().required(), Ok("123456".to_owned()));
        assert_eq!(
            fields.text("b").code().required(),
            Ok("abcdefgh".to_owned())
        );
        let six =
            |fields: &mut Fields, name| fields.text(name).bare().min(6).max(6).digits().required();
        assert_eq!(six(&mut fields, "c"), Ok("123456".to_owned()));
        assert_eq!(fields.text("d").code().required(), Ok("12456".to_owned()));
        let _ = six(&mut fields, "e");
        let _ = fields.text("f").code().required();
        let problems = [
            Problem::of("e", ProblemKind::NotDigits),
            Problem::of("f", ProblemKind::Blank),
        ];
        assert_eq!(
            fields.finish(Ok(())),
            Err(Error::Invalid(problems.to_vec()))
        );
    }

    #[test]
    fn blank_is_an_answer_to_what_need_not_be_answered() {
        let mut fields = sent(serde_json::json!({ "a": "", "b": " ", "c": "" }));
        assert_eq!(fields.text("a").max(5).optional().as_deref(), Some(""));
        assert_eq!(fields.text_or_null("b").optional().as_deref(), Some(""));
        assert!(
            fields
                .text("c")
                .one_of(&["x"])
                .may_be_blank()
                .optional()
                .is_some()
        );
        fields.text("a").min(1).optional();
        fields.text("a").one_of(&["x"]).optional();
        fields.text("a").digits().optional();
        fields.text("a").url();
        let _ = fields.text("a").required();
        let Err(Error::Invalid(problems)) = fields.finish(Ok(())) else {
            panic!("accepted")
        };
        assert_eq!(problems, vec![Problem::of("a", ProblemKind::Blank); 5]);
    }

    #[test]
    fn a_word_is_a_switch_where_the_dialect_says_so() {
        for (reading, read) in [
            (Reading::Lenient, Some(true)),
            (Reading::Strict, Some(true)),
            (Reading::Exact, None),
        ] {
            for sent in [Value::from("true"), Value::from(1), Value::from("on")] {
                let mut fields = Fields::new(Map::from_iter([("e".to_owned(), sent)]));
                fields.reading = reading;
                assert_eq!(fields.flag("e"), read, "{reading:?}");
                assert_eq!(fields.problems.len(), usize::from(read.is_none()));
            }
        }
    }

    #[test]
    fn a_number_is_text_where_the_dialect_says_so() {
        for (reading, read) in [
            (Reading::Lenient, Some("12")),
            (Reading::Strict, None),
            (Reading::Exact, None),
        ] {
            let mut fields = Fields::new(Map::from_iter([("e".to_owned(), 12.into())]));
            fields.reading = reading;
            assert_eq!(fields.text("e").required().ok().as_deref(), read);
            let told = fields.finish(Ok(()));
            let problem = Problem::of("e", ProblemKind::NotText);
            let expected = match reading {
                Reading::Lenient => Ok(()),
                Reading::Strict | Reading::Exact => Err(Error::Invalid(vec![problem])),
            };
            assert_eq!(told, expected);
        }
    }
}
