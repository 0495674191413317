//! Those parts of an OpenAPI 3.1 document that the page shows.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::schema::Schema;

/// A body's schema by media type.
pub(super) type Content = BTreeMap<String, Media>;

#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub paths: BTreeMap<String, PathItem>,
    #[serde(default)]
    pub components: Components,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Components {
    pub schemas: BTreeMap<String, Schema>,
    pub security_schemes: BTreeMap<String, Scheme>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PathItem {
    get: Option<Operation>,
    put: Option<Operation>,
    post: Option<Operation>,
    patch: Option<Operation>,
    delete: Option<Operation>,
}

impl PathItem {
    /// Its operations by method, reading before writing.
    pub fn operations(&self) -> impl Iterator<Item = (&'static str, &Operation)> {
        let all = [
            ("GET", &self.get),
            ("PUT", &self.put),
            ("POST", &self.post),
            ("PATCH", &self.patch),
            ("DELETE", &self.delete),
        ];
        all.into_iter()
            .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Operation {
    pub operation_id: Option<String>,
    pub summary: String,
    pub description: String,
    pub parameters: Vec<Parameter>,
    pub request_body: Option<Body>,
    pub responses: BTreeMap<String, Body>,
    pub security: Vec<BTreeMap<String, Vec<String>>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Parameter {
    pub name: String,
    #[serde(rename = "in")]
    pub place: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub schema: Schema,
}

/// A request's or a response's.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    pub description: String,
    pub content: Content,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Media {
    pub schema: Schema,
}

/// A way to authenticate.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(super) enum Scheme {
    Http {
        scheme: String,
    },
    ApiKey {
        name: String,
        #[serde(rename = "in")]
        place: String,
    },
    Oauth2,
    OpenIdConnect,
    MutualTLS,
}

/// As a caller has to do it.
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { scheme } => write!(f, "Authorization: {scheme}"),
            Self::ApiKey { name, place } => write!(f, "{name} ({place})"),
            Self::Oauth2 => f.write_str("OAuth 2.0"),
            Self::OpenIdConnect => f.write_str("OpenID Connect"),
            Self::MutualTLS => f.write_str("mutual TLS"),
        }
    }
}
