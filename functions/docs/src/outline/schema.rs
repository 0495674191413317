//! A JSON schema in words that fit on a line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::Contract;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use super::prose::{self, Block};

/// Where a reference to a shape of the same document points.
const SHAPES: &str = "#/components/schemas/";

/// A field of a body, or a parameter.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// For a parameter: path, query, header or cookie.
    pub place: Option<String>,
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub kind: Vec<Word>,
    /// What it must keep to, each in a few words.
    pub limits: Vec<String>,
    /// What it means.
    pub about: Vec<Block>,
}

/// A part of a type's name.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    /// What it says.
    pub text: String,
    /// The anchor of the shape that it names, if it names one.
    pub shape: Option<String>,
}

impl Word {
    fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            shape: None,
        }
    }
}

/// The anchor of a contract's shape.
pub(super) fn anchor(contract: Contract, shape: &str) -> String {
    format!("{}.shape.{shape}", contract.name())
}

/// A schema, as far as the page tells of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Schema {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kind: Option<Kind>,
    format: Option<String>,
    description: String,
    items: Option<Box<Schema>>,
    properties: BTreeMap<String, Schema>,
    required: Vec<String>,
    additional_properties: Option<Rest>,
    one_of: Vec<Schema>,
    any_of: Vec<Schema>,
    all_of: Vec<Schema>,
    read_only: bool,
    #[serde(flatten)]
    keywords: BTreeMap<String, Value>,
}

/// One type or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Kind {
    One(String),
    AnyOf(Vec<String>),
}

/// What fields beside the named ones may be.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Rest {
    Allowed(bool),
    Each(Box<Schema>),
}

/// The limits that are shown, and how they are said.
const LIMITS: [(&str, &str); 12] = [
    ("const", "always {}"),
    ("enum", "one of {}"),
    ("minLength", "min length {}"),
    ("maxLength", "max length {}"),
    ("pattern", "matches {}"),
    ("minimum", "min {}"),
    ("exclusiveMinimum", "above {}"),
    ("maximum", "max {}"),
    ("exclusiveMaximum", "below {}"),
    ("minItems", "min items {}"),
    ("maxItems", "max items {}"),
    ("default", "default {}"),
];

impl Schema {
    /// The name of the shape that it refers to. A reference is part of a URI, which
    /// cannot hold every name as it is.
    pub fn reference(&self) -> Option<Cow<'_, str>> {
        let name = self.reference.as_deref()?.strip_prefix(SHAPES)?;
        Some(percent_decode_str(name).decode_utf8_lossy())
    }

    /// What its author says about it. In a nullable reference, that stands
    /// beside the reference.
    pub fn description(&self) -> &str {
        let parts = [&self.one_of, &self.any_of, &self.all_of];
        let mut all = std::iter::once(self).chain(parts.into_iter().flatten());
        all.find(|schema| !schema.description.is_empty())
            .map_or("", |schema| &schema.description)
    }

    /// Its fields, those that must be there first.
    pub fn fields(&self, contract: Contract) -> Vec<Field> {
        let fields = self
            .properties
            .iter()
            .map(|(name, schema)| schema.field(name, self.required.contains(name), contract));
        let mut fields: Vec<Field> = fields.collect();
        fields.sort_by_key(|field| !field.required);
        fields
    }

    /// Itself as a field.
    pub fn field(&self, name: &str, required: bool, contract: Contract) -> Field {
        Field {
            name: name.to_owned(),
            place: None,
            required,
            kind: self.words(contract),
            limits: self.limits(),
            about: prose::blocks(self.description()),
        }
    }

    /// Its type: `string (email) or null`, `array of User`.
    pub fn words(&self, contract: Contract) -> Vec<Word> {
        if let Some(shape) = self.reference() {
            return vec![Word {
                shape: Some(anchor(contract, &shape)),
                text: shape.into_owned(),
            }];
        }
        for (parts, between) in [
            (&self.one_of, " or "),
            (&self.any_of, " or "),
            (&self.all_of, " and "),
        ] {
            if !parts.is_empty() {
                return joined(parts.iter().map(|part| part.words(contract)), between);
            }
        }
        let names: &[String] = match &self.kind {
            None => return vec![Word::plain("anything")],
            Some(Kind::One(name)) => std::slice::from_ref(name),
            Some(Kind::AnyOf(names)) => names,
        };
        joined(names.iter().map(|name| self.named(name, contract)), " or ")
    }

    /// One of its types, with what is known about the inside.
    fn named(&self, name: &str, contract: Contract) -> Vec<Word> {
        let inside = match (name, &self.items, &self.additional_properties) {
            ("array", Some(items), _) => Some(items),
            ("object", _, Some(Rest::Each(each))) => Some(each),
            _ => None,
        };
        if let Some(inside) = inside {
            let mut words = vec![Word::plain(format!("{name} of "))];
            words.extend(inside.words(contract));
            return words;
        }
        // A format says something about the value, and null has none.
        match &self.format {
            Some(format) if name != "null" => vec![Word::plain(format!("{name} ({format})"))],
            _ => vec![Word::plain(name)],
        }
    }

    fn limits(&self) -> Vec<String> {
        let keywords = LIMITS.iter().filter_map(|(keyword, phrase)| {
            let value = self.keywords.get(*keyword)?;
            Some(phrase.replace("{}", &said(value)))
        });
        let sealed = matches!(self.additional_properties, Some(Rest::Allowed(false)));
        let sealed = sealed.then(|| "no other fields".to_owned());
        let read_only = self.read_only.then(|| "read only".to_owned());
        keywords.chain(sealed).chain(read_only).collect()
    }
}

/// A keyword's value as text: strings bare, lists with commas.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Array(values) => values.iter().map(said).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn joined(parts: impl Iterator<Item = Vec<Word>>, between: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for part in parts {
        if !words.is_empty() {
            words.push(Word::plain(between));
        }
        words.extend(part);
    }
    words
}
