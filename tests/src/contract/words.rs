//! Schemas that no operation brings: built from the facts, told in our words.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::document::members;
use super::lists::{file, schema_facts};

/// What is said of the schemas that no operation brings.
#[derive(Debug)]
pub struct Words {
    /// What each schema is, by name.
    pub schemas: BTreeMap<String, String>,
    /// What a property means, wherever it is called so; by `Schema.property` where
    /// it means something else.
    pub properties: BTreeMap<String, String>,
}

/// What nauth-words.json says.
///
/// # Panics
/// If it is not there, or of another form.
#[must_use]
pub fn words() -> Words {
    let words: Value = serde_json::from_str(&file("nauth-words.json")).expect("words are JSON");
    let texts = |value: &Value| serde_json::from_value(value.clone()).expect("names and texts");
    Words {
        schemas: texts(&words["schemas"]),
        properties: texts(&words["properties"]),
    }
}

/// Adds to `document` the schemas of the contract that it does not have.
///
/// # Panics
/// If a schema says something that the document cannot.
pub(super) fn complete(document: &mut OpenApi) {
    let words = words();
    let held = &mut document.components.get_or_insert_default().schemas;
    for (name, facts) in members(&schema_facts()["components"]["schemas"]) {
        if held.contains_key(name) {
            continue;
        }
        let mut facts = facts.clone();
        if let Some(text) = words.schemas.get(name) {
            words.tell(name, &mut facts);
            facts["description"] = text.as_str().into();
        }
        let schema: RefOr<Schema> = serde_json::from_value(facts.clone()).expect("a schema");
        assert_eq!(serde_json::to_value(&schema).unwrap_or_default(), facts);
        held.insert(name.clone(), schema);
    }
}

impl Words {
    /// Describes the properties of `schema`, which stands at `place`.
    fn tell(&self, place: &str, schema: &mut Value) {
        if let Some(items) = schema.get_mut("items") {
            self.tell(place, items);
        }
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, inner) in properties.into_iter().flatten() {
            let place = format!("{place}.{name}");
            if let Some(text) = self.properties.get(&place).or(self.properties.get(name)) {
                inner["description"] = text.as_str().into();
            }
            self.tell(&place, inner);
        }
    }
}
