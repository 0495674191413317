//! One DynamoDB table: the CreateTable request that makes it, and its TTL.

use serde_json::{Map, Value, json};

use super::TemplateError;

/// What CloudFormation and CreateTable call alike. The rest of a table's
/// properties (encryption, backups, tags) mean nothing to a local engine.
const SHARED: [&str; 5] = [
    "KeySchema",
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "BillingMode",
];

/// A DynamoDB table.
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    creation: Value,
    expiry: Option<String>,
    has_stream: bool,
}

impl Table {
    pub(super) fn read(id: &str, resource: &Value) -> Result<Self, TemplateError> {
        let properties = resource.get("Properties").unwrap_or(&Value::Null);
        let name = properties
            .get("TableName")
            .and_then(Value::as_str)
            .ok_or_else(|| TemplateError::resource(id, "TableName does not come to a text"))?;
        let mut creation = Map::from_iter([("TableName".to_owned(), json!(name))]);
        for property in SHARED {
            if let Some(value) = properties.get(property) {
                creation.insert(property.to_owned(), value.clone());
            }
        }
        if !creation.contains_key("KeySchema") || !creation.contains_key("AttributeDefinitions") {
            let problem = "a table needs KeySchema and AttributeDefinitions";
            return Err(TemplateError::resource(id, problem));
        }
        // CloudFormation switches a stream on by naming what it shows.
        let stream = properties.get("StreamSpecification");
        let shows = stream.and_then(|stream| stream.get("StreamViewType"));
        if let Some(shows) = shows {
            let stream = json!({ "StreamEnabled": true, "StreamViewType": shows });
            creation.insert("StreamSpecification".to_owned(), stream);
        }
        let ttl = properties.get("TimeToLiveSpecification");
        let enabled = ttl.and_then(|ttl| ttl.get("Enabled")) == Some(&json!(true));
        let attribute = ttl.and_then(|ttl| ttl.get("AttributeName"));
        let attribute = attribute.and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            name: name.to_owned(),
            creation: Value::Object(creation),
            expiry: attribute.filter(|_| enabled),
            has_stream: shows.is_some(),
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The CreateTable request that makes it, in DynamoDB's JSON.
    #[must_use]
    pub fn creation(&self) -> &Value {
        &self.creation
    }

    /// Whether its changes can be read as a stream.
    #[must_use]
    pub fn has_stream(&self) -> bool {
        self.has_stream
    }

    /// The attribute that holds an item's expiry, if items expire.
    #[must_use]
    pub fn expiry(&self) -> Option<&str> {
        self.expiry.as_deref()
    }
}
