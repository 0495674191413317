//! What an operator's applications keep about an account, name by name (nauth).
//!
//! It is kept as one JSON text: DynamoDB's numbers end at 10^126 and its maps refuse names
//! that JSON allows, so a map would turn a client's input into a failed write.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::ProblemKind;

/// Names and their values, within [`Metadata::LONGEST`] and [`Metadata::DEEPEST`] whatever
/// is merged into them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(BTreeMap<String, Value>);

impl Metadata {
    /// Bytes of it as JSON.
    pub const LONGEST: usize = 16 * 1024;
    /// Objects and lists within each other, itself included.
    pub const DEEPEST: usize = 5;

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// This with `edit` in it: a null takes a name away.
    ///
    /// # Errors
    /// [`ProblemKind::TooDeep`], [`ProblemKind::TooLong`] if the whole would be.
    pub fn merged(&self, edit: &Map<String, Value>) -> Result<Self, ProblemKind> {
        let mut all = self.0.clone();
        for (name, value) in edit {
            match value {
                Value::Null => drop(all.remove(name)),
                value => drop(all.insert(name.clone(), value.clone())),
            }
        }
        let depth = 1 + all.values().map(depth).max().unwrap_or_default();
        if depth > Self::DEEPEST {
            let max = Self::DEEPEST;
            return Err(ProblemKind::TooDeep { max });
        }
        let merged = Self(all);
        if merged.text().len() > Self::LONGEST {
            let max = Self::LONGEST;
            return Err(ProblemKind::TooLong { max });
        }
        Ok(merged)
    }

    fn text(&self) -> String {
        let own = self.0.iter();
        let object: Map<String, Value> = own.map(|(k, v)| (k.clone(), v.clone())).collect();
        Value::Object(object).to_string()
    }
}

/// Objects and lists within each other.
fn depth(value: &Value) -> usize {
    match value {
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or_default(),
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(before: &Metadata, edit: &Value) -> Result<Metadata, ProblemKind> {
        before.merged(edit.as_object().unwrap())
    }

    #[test]
    fn what_is_merged_stays_within_its_bounds() {
        let half = json!({ "a": "x".repeat(Metadata::LONGEST / 2) });
        let once = merged(&Metadata::default(), &half).unwrap();
        let more = json!({ "b": "x".repeat(Metadata::LONGEST / 2) });
        let max = Metadata::LONGEST;
        assert_eq!(merged(&once, &more), Err(ProblemKind::TooLong { max }));
        let deep = json!({ "a": [[[[1]]]] });
        assert!(merged(&once, &deep).is_ok());
        let deeper = json!({ "a": [[[[[1]]]]] });
        assert_eq!(merged(&once, &deeper), Err(ProblemKind::TooDeep { max: 5 }));
        assert!(merged(&once, &json!({ "a": null })).unwrap().is_empty());
    }

    #[test]
    fn whatever_json_can_say_is_kept() {
        let said = json!({ "": 1, "a": 1e300, "b": 5e-324, "c": u64::MAX, "d": [null, {}] });
        let kept = merged(&Metadata::default(), &said).unwrap();
        let text = serde_json::to_value(&kept).unwrap();
        assert!(text.is_string());
        assert_eq!(serde_json::from_value::<Metadata>(text).unwrap(), kept);
    }
}
