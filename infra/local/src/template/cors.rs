//! The HTTP API's CORS configuration.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::TemplateError;

/// What the gateway answers browsers that ask from another origin.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Cors {
    /// Origins that may read answers; `*` stands for any text. Those that only
    /// a deployment knows are left out.
    #[serde(deserialize_with = "known")]
    pub allow_origins: Vec<String>,
    /// Methods that they may use.
    pub allow_methods: Vec<String>,
    /// Headers that they may send.
    pub allow_headers: Vec<String>,
    /// Headers of the answer that they may read.
    pub expose_headers: Vec<String>,
    /// Whether cookies and HTTP authentication may go along.
    pub allow_credentials: bool,
    /// For how many seconds a browser may remember this.
    pub max_age: Option<u32>,
}

impl Cors {
    /// Reads a `CorsConfiguration`; `None` where it is switched off.
    pub(super) fn read(value: &Value) -> Result<Option<Self>, TemplateError> {
        match value {
            Value::Null | Value::Bool(false) => Ok(None),
            // SAM's shorthand for "everything".
            Value::Bool(true) => Ok(Some(Self {
                allow_origins: vec!["*".to_owned()],
                ..Self::default()
            })),
            value => Self::deserialize(value).map(Some).map_err(|problem| {
                TemplateError::resource("CorsConfiguration", problem.to_string())
            }),
        }
    }
}

/// The texts among a list's entries; the others are unanswered references.
fn known<'de, D: Deserializer<'de>>(list: D) -> Result<Vec<String>, D::Error> {
    let entries = Vec::<Value>::deserialize(list)?.into_iter();
    Ok(entries
        .filter_map(|entry| entry.as_str().map(str::to_owned))
        .collect())
}
