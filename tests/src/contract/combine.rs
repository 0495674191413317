//! One schema out of several, and one out of what stands in it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::document::{elements, members};

/// What is a fact of its place.
pub(super) const FACETS: [&str; 13] = [
    "type",
    "format",
    "enum",
    "pattern",
    "default",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
];

/// What leads to other places.
const STRUCTURE: [&str; 4] = ["properties", "required", "items", "additionalProperties"];

/// Words for people, and hints that change no byte on the wire.
const SILENT: [&str; 8] = [
    "description",
    "summary",
    "title",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
];

/// What `schema` says of itself: no silent words, its types a list that agrees
/// with its enumeration. That holds no null: the types say whether there is one.
pub(super) fn own(mut schema: Map<String, Value>) -> Result<Value, String> {
    schema.retain(|name, _| !SILENT.contains(&name.as_str()) && !name.starts_with("x-"));
    // How utoipa writes a map. Names are strings in any case.
    if schema.get("propertyNames") == Some(&json!({"type": "string"})) {
        schema.remove("propertyNames");
    }
    let known = |name: &String| FACETS.contains(&&**name) || STRUCTURE.contains(&&**name);
    if let Some(strange) = schema.keys().find(|name| !known(name)) {
        return Err(format!("nobody compares {strange}"));
    }
    let mut types = schema.get("type").map(types);
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        let named: BTreeSet<String> = values.iter().map(type_of).collect();
        let mut agreed = types.unwrap_or_else(|| named.clone());
        agreed.retain(|name| name != "null" || named.contains(name));
        types = Some(agreed);
        values.retain(|value| !value.is_null());
        values.sort_by_key(ToString::to_string);
    }
    if let Some(types) = types {
        schema.insert("type".to_owned(), json!(types));
    }
    Ok(Value::Object(schema))
}

/// What satisfies both schemas. A limit that they set differently is not worked out.
pub(super) fn both(mut one: Value, other: &Value) -> Result<Value, String> {
    for (name, value) in members(other) {
        let Some(held) = one.get_mut(name) else {
            one[name] = value.clone();
            continue;
        };
        match name.as_str() {
            "type" => *held = json!(&types(held) & &types(value)),
            "required" => *held = json!(&types(held) | &types(value)),
            "properties" => {
                for (property, schema) in members(value) {
                    if held.get(property).is_some_and(|held| held != schema) {
                        return Err(format!("two schemas describe {property}"));
                    }
                    held[property] = schema.clone();
                }
            }
            _ if held == value => {}
            _ => return Err(format!("two schemas set {name}")),
        }
    }
    Ok(one)
}

/// What satisfies one of several schemas: something or null, one of several
/// plain values, or things of which each has types of its own.
pub(super) fn either(alternatives: &[Value]) -> Result<Value, String> {
    let things = || {
        let null = json!({"type": ["null"]});
        alternatives.iter().filter(move |thing| **thing != null)
    };
    let parted = |thing: &Value| STRUCTURE.iter().any(|name| thing.get(*name).is_some());
    if things().count() > 1 && things().any(parted) && !are_apart(things()) {
        return Err("one of several objects or lists".to_owned());
    }
    let mut whole = Map::new();
    for (name, value) in things()
        .flat_map(members)
        .filter(|(name, _)| *name != "type")
    {
        let Some(held) = whole.get_mut(name) else {
            whole.insert(name.clone(), value.clone());
            continue;
        };
        if let ("enum", Value::Array(values)) = (name.as_str(), &mut *held) {
            values.extend(elements(value).cloned());
            values.sort_by_key(ToString::to_string);
            values.dedup();
        } else if held != value {
            return Err(format!("alternatives that differ in {name}"));
        }
    }
    // An alternative of any type makes the whole one of any type.
    let typed: Option<Vec<_>> = alternatives.iter().map(|one| one.get("type")).collect();
    if let Some(typed) = typed {
        let all: BTreeSet<String> = typed.into_iter().flat_map(types).collect();
        whole.insert("type".to_owned(), json!(all));
    }
    Ok(Value::Object(whole))
}

/// Whether no two of `things` have a type in common, so that what is said of the
/// inside of one says nothing of another. An enumeration would.
fn are_apart<'t>(things: impl Iterator<Item = &'t Value>) -> bool {
    let mut seen = BTreeSet::new();
    for thing in things {
        let types = types(&thing["type"]);
        if types.is_empty() || thing.get("enum").is_some() || !seen.is_disjoint(&types) {
            return false;
        }
        seen.extend(types);
    }
    true
}

/// A name or a list of names, as a set.
pub(super) fn types(value: &Value) -> BTreeSet<String> {
    let one = value.as_str().map(str::to_owned);
    let several = elements(value).filter_map(|name| name.as_str().map(str::to_owned));
    one.into_iter().chain(several).collect()
}

fn type_of(value: &Value) -> String {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    name.to_owned()
}
