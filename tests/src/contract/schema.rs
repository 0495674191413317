//! A schema as a flat list of places. References and combinations are resolved
//! on the way; what cannot be said flatly is an error.

use serde_json::{Value, json};

use super::combine::{FACETS, both, either, own};
use super::document::{elements, members, target, text};
use super::{Facets, Fields};

/// Deeper than any body of ours: a schema that contains itself has no last place.
const DEEPEST: usize = 24;

/// Reads the schemas of a document.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a Value);

impl<'a> Reader<'a> {
    /// What a reference points at.
    pub(super) fn resolve<'v>(&self, value: &'v Value) -> Result<&'v Value, String>
    where
        'a: 'v,
    {
        let Some(reference) = value.get("$ref").map(text) else {
            return Ok(value);
        };
        target(self.0, &reference).ok_or_else(|| format!("{reference} leads nowhere"))
    }

    /// Every place in the bodies that `schema` describes.
    pub(super) fn fields(&self, schema: &Value, required: bool) -> Result<Fields, String> {
        let mut fields = Fields::new();
        self.collect(schema, required, ".", 0, &mut fields)?;
        Ok(fields)
    }

    fn collect(
        &self,
        schema: &Value,
        required: bool,
        place: &str,
        depth: usize,
        fields: &mut Fields,
    ) -> Result<(), String> {
        let plain = self.plain(schema, depth)?;
        let mut facets: Facets = FACETS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), plain.get(*name)?.clone())))
            .collect();
        if required {
            facets.insert("required".to_owned(), json!(true));
        }
        let values = &plain["additionalProperties"];
        if values == false {
            facets.insert("additionalProperties".to_owned(), json!(false));
        }
        fields.insert(place.to_owned(), facets);
        for (name, inner) in members(&plain["properties"]) {
            if name.is_empty() || name == "*" || name.contains(['.', '[']) {
                return Err(format!("a property named {name:?}"));
            }
            let required = elements(&plain["required"]).any(|needed| needed == name);
            let place = under(place, &format!(".{name}"));
            self.collect(inner, required, &place, depth + 1, fields)?;
        }
        if let Some(items) = plain.get("items") {
            self.collect(items, false, &under(place, "[]"), depth + 1, fields)?;
        }
        if members(values).next().is_some() {
            self.collect(values, false, &under(place, ".*"), depth + 1, fields)?;
        }
        Ok(())
    }

    /// `schema` without references and combinations at its own level.
    fn plain(&self, schema: &Value, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err("a schema contains itself".to_owned());
        }
        let mut rest = match schema {
            Value::Object(schema) => schema.clone(),
            Value::Null | Value::Bool(true) => Facets::new(),
            _ => return Err(format!("the schema {schema}")),
        };
        let mut parts = Vec::new();
        if rest.remove("$ref").is_some() {
            parts.push(self.plain(self.resolve(schema)?, depth + 1)?);
        }
        for part in rest.remove("allOf").iter().flat_map(elements) {
            parts.push(self.plain(part, depth + 1)?);
        }
        for word in ["anyOf", "oneOf"] {
            if let Some(alternatives) = rest.remove(word) {
                let alternatives = elements(&alternatives).map(|part| self.plain(part, depth + 1));
                parts.push(either(&alternatives.collect::<Result<Vec<_>, _>>()?)?);
            }
        }
        parts.iter().try_fold(own(rest)?, both)
    }
}

/// The place that `step` leads to from `place`.
pub(super) fn under(place: &str, step: &str) -> String {
    if place == "." && step.starts_with('.') {
        return step.to_owned();
    }
    format!("{place}{step}")
}
