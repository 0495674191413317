//! Fields of a JSON form that are not text, and the end of a closed form.

use std::borrow::Cow;

use domain::{Part, Problem, ProblemKind};
use serde_json::{Map, Value};

use super::{Fields, Rejected};

/// Whole numbers that JSON writers spell with a fraction are exact up to here.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Fields {
    /// The whole number `name`, not below zero, which must be there. `5.0` is one
    /// (JSON Schema: an integer is a number without a fraction), and so is `"5"`:
    /// the contracts' own frameworks take it, and clients send it.
    ///
    /// # Errors
    /// [`Rejected`] if it is none.
    pub fn integer(&mut self, name: &'static str) -> Result<u64, Rejected> {
        let number: Result<i128, ProblemKind> = match self.sent.get(name) {
            None => Err(ProblemKind::Required),
            Some(Value::Number(number)) => {
                let number = number.as_i128().or_else(|| whole(number.as_f64()?));
                number.ok_or(ProblemKind::NotAnInteger)
            }
            Some(Value::String(text)) => text.trim().parse().map_err(|_| ProblemKind::NotAnId),
            Some(_) => Err(ProblemKind::NotAnInteger),
        };
        let number = number.and_then(|number| match u64::try_from(number) {
            Ok(number) => Ok(number),
            Err(_) if number < 0 => Err(ProblemKind::Below { min: 0 }),
            Err(_) => Err(ProblemKind::NotAnInteger),
        });
        number.map_err(|kind| self.reject(Problem::of(name, kind)))
    }

    /// The same, where null is as good as nothing.
    pub fn integer_or_null(&mut self, name: &'static str) -> Option<u64> {
        match self.sent.get(name) {
            None | Some(Value::Null) => None,
            Some(_) => self.integer(name).ok(),
        }
    }

    /// The same within a range.
    pub fn integer_within(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        let number = self.integer_or_null(name)?;
        let (min, max) = (*range.start(), *range.end());
        let kind = match number {
            low if low < min => ProblemKind::Below { min },
            high if high > max => ProblemKind::Above { max },
            fine => return Some(fine),
        };
        self.reject(Problem::of(name, kind));
        None
    }

    /// The whole number `name` from 0 to 255, if it was sent.
    pub fn small_number(&mut self, name: &'static str) -> Option<u8> {
        if !self.was_sent(name) {
            return None;
        }
        let number = self.integer(name).ok()?;
        let small = u8::try_from(number).ok();
        if small.is_none() {
            let max = u64::from(u8::MAX);
            self.reject(Problem::of(name, ProblemKind::Above { max }));
        }
        small
    }

    /// The number `name`, whole or not, if it was sent; null is as good as nothing.
    pub fn number_or_null(&mut self, name: &'static str) -> Option<f64> {
        let number = match self.sent.get(name)? {
            Value::Null => return None,
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        };
        if number.is_none() {
            self.reject(Problem::of(name, ProblemKind::NotANumber));
        }
        number
    }

    /// The list of texts `name`, which must be there, of at most `max` entries that
    /// are all as `kind` would have them.
    ///
    /// # Errors
    /// [`Rejected`] if it is none, or one of them is not.
    pub fn texts(
        &mut self,
        name: &'static str,
        max: usize,
        kind: ProblemKind,
        passes: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, Rejected> {
        let list = match self.sent.get(name) {
            None => Err(ProblemKind::Required),
            Some(Value::Array(list)) if list.len() > max => Err(ProblemKind::TooMany { max }),
            Some(Value::Array(list)) => Ok(list.clone()),
            Some(_) => Err(ProblemKind::NotAList),
        };
        let list = list.map_err(|kind| self.reject(Problem::of(name, kind)))?;
        let mut rejected = None;
        let mut texts = Vec::with_capacity(list.len());
        for (place, entry) in list.into_iter().enumerate() {
            let kind = match entry {
                Value::String(text) if passes(&text) => {
                    texts.push(text);
                    continue;
                }
                Value::String(_) => kind,
                _ => ProblemKind::NotText,
            };
            rejected = Some(self.reject(Problem {
                part: Part::Body,
                path: vec![Cow::Borrowed(name), Cow::Owned(place.to_string())],
                kind,
            }));
        }
        rejected.map_or(Ok(texts), Err)
    }

    /// What `parse` makes of the object `name`, if it was sent; null is as good as nothing.
    pub fn object_if_sent<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&Map<String, Value>) -> Result<T, ProblemKind>,
    ) -> Option<T> {
        let parsed = match self.sent.get(name)? {
            Value::Null => return None,
            Value::Object(object) => parse(object),
            _ => Err(ProblemKind::NotAnObject),
        };
        match parsed {
            Ok(parsed) => Some(parsed),
            Err(kind) => {
                self.reject(Problem::of(name, kind));
                None
            }
        }
    }

    /// The same of an object that has to be sent.
    ///
    /// # Errors
    /// [`Rejected`] if it was not, or `parse` refused it.
    pub fn object<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&Map<String, Value>) -> Result<T, ProblemKind>,
    ) -> Result<T, Rejected> {
        let parsed = match self.sent.get(name) {
            None | Some(Value::Null) => Err(ProblemKind::Required),
            Some(Value::Object(object)) => parse(object),
            Some(_) => Err(ProblemKind::NotAnObject),
        };
        parsed.map_err(|kind| self.reject(Problem::of(name, kind)))
    }

    /// What `read` makes of the fields of the object `name`, whose problems are told under its
    /// name. Left out or null, it has no fields.
    ///
    /// # Errors
    /// [`Rejected`] if it is no object, or `read` gives up.
    pub fn nested<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, Rejected>,
    ) -> Result<T, Rejected> {
        let sent = match self.sent.get(name) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(object)) => object.clone(),
            Some(_) => return Err(self.reject(Problem::of(name, ProblemKind::NotAnObject))),
        };
        let mut inner = Self::new(sent);
        inner.reading = self.reading;
        let read = read(&mut inner);
        for problem in inner.problems {
            let path = [vec![Cow::Borrowed(name)], problem.path].concat();
            self.reject(Problem { path, ..problem });
        }
        read
    }

    /// Makes one object of `name[part]=…` for each of `parts`, or of JSON in `name`, as queries
    /// write objects: to be read by [`Fields::nested`]. What is neither stays as it is.
    pub fn gather(&mut self, name: &'static str, parts: &[&str]) {
        let mut object = Map::new();
        for part in parts {
            if let Some(value) = self.sent.remove(&format!("{name}[{part}]")) {
                object.insert((*part).to_owned(), value);
            }
        }
        if object.is_empty() {
            let text = self.sent.get(name).and_then(Value::as_str);
            match text.map(serde_json::from_str) {
                Some(Ok(Value::Object(written))) => object = written,
                _ => return,
            }
        }
        self.sent.insert(name.to_owned(), Value::Object(object));
    }

    /// Says of a name that stands several times in a query, where it may once, that it does:
    /// it was read as what is no text.
    pub(super) fn say_repeated(&mut self) {
        for problem in &mut self.problems {
            let name = problem.path.first().map(AsRef::as_ref).unwrap_or_default();
            let is_list = self.sent.get(name).is_some_and(Value::is_array);
            let is_read_as_one = matches!(
                problem.kind,
                ProblemKind::NotText | ProblemKind::NotABoolean
            );
            if is_list && is_read_as_one {
                problem.kind = ProblemKind::Repeated;
            }
        }
    }

    /// The texts of `name`, however a query says them: several times, with `[]` behind the
    /// name, or separated by commas. Each is one of `allowed`.
    pub fn list(&mut self, name: &'static str, allowed: &[&str]) -> Vec<String> {
        let texts: Vec<String> = match self.sent.get(name) {
            Some(Value::Array(list)) => {
                let texts = list.iter().filter_map(Value::as_str);
                texts.map(str::to_owned).collect()
            }
            Some(Value::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        };
        let texts: Vec<String> = texts
            .iter()
            .flat_map(|text| text.split(','))
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .collect();
        if texts.iter().any(|text| !allowed.contains(&text.as_str())) {
            self.reject(Problem::of(name, ProblemKind::NotAChoice));
        }
        texts
    }

    /// Ends a closed form (`additionalProperties: false`): whatever was sent beside
    /// `known` is a problem. Names are told, values never.
    pub fn deny_unknown(&mut self, known: &[&str]) {
        let others = self
            .sent
            .keys()
            .filter(|name| !known.contains(&name.as_str()));
        let unknown = others.map(|name| Problem::of(name.clone(), ProblemKind::UnknownField));
        self.problems.extend(unknown);
    }
}

/// A number without a fraction that is not too large to be exact. What is far below
/// zero needs not be.
#[allow(
    clippy::cast_possible_truncation,
    reason = "whole, and small enough to be exact or not to matter"
)]
fn whole(number: f64) -> Option<i128> {
    (number <= EXACT && number.fract() == 0.0).then_some(number as i128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Error;
    use serde_json::json;

    fn fields(sent: Value) -> Fields {
        let Value::Object(sent) = sent else {
            unreachable!()
        };
        Fields::new(sent)
    }

    fn kinds(fields: Fields) -> Vec<(String, ProblemKind)> {
        match fields.finish(Ok(())) {
            Err(Error::Invalid(problems)) => problems
                .into_iter()
                .map(|problem| (problem.path.join("."), problem.kind))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_are_whole_and_not_negative() {
        let mut sent = fields(
            json!({ "a": 5, "b": 5.0, "c": -1, "d": 1.5, "e": "x", "f": null, "h": " 5 ", "i": "-5", "j": "1e3" }),
        );
        for name in ["a", "b", "h"] {
            assert_eq!(sent.integer(name), Ok(5), "{name}");
        }
        for name in ["c", "d", "e", "f", "g", "i", "j"] {
            assert!(sent.integer(name).is_err(), "{name}");
        }
        let kinds: Vec<_> = kinds(sent).into_iter().map(|(_, kind)| kind).collect();
        use ProblemKind::{Below, NotAnId, NotAnInteger, Required};
        assert_eq!(
            kinds,
            [
                Below { min: 0 },
                NotAnInteger,
                NotAnId,
                NotAnInteger,
                Required,
                Below { min: 0 },
                NotAnId,
            ]
        );
    }

    #[test]
    fn every_entry_of_a_list_is_looked_at() {
        let mut sent =
            fields(json!({ "good": ["x"], "bad": ["x", "", 7], "long": [1, 2, 3], "none": "x" }));
        let mut read = |name| {
            sent.texts(
                name,
                3 - 1 + usize::from(name == "bad"),
                ProblemKind::NotAScope,
                |text| !text.is_empty(),
            )
        };
        assert_eq!(read("good"), Ok(vec!["x".to_owned()]));
        for name in ["bad", "long", "none", "absent"] {
            assert!(read(name).is_err(), "{name}");
        }
        use ProblemKind::{NotAList, NotAScope, NotText, Required, TooMany};
        let expected = [
            ("bad.1", NotAScope),
            ("bad.2", NotText),
            ("long", TooMany { max: 2 }),
            ("none", NotAList),
            ("absent", Required),
        ];
        let expected = expected.map(|(path, kind)| (path.to_owned(), kind));
        assert_eq!(kinds(sent), expected);
    }

    #[test]
    fn a_closed_form_names_what_it_has_no_place_for() {
        let mut sent = fields(json!({ "token": "t", "tokn": "t" }));
        sent.deny_unknown(&["token"]);
        assert_eq!(
            kinds(sent),
            [("tokn".to_owned(), ProblemKind::UnknownField)]
        );
    }
}
