//! What a client can see in an OpenAPI 3.1 document.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::schema::Reader;
use super::{Content, Operation, Operations};

/// The methods that an item of `paths` may have.
pub(super) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "patch", "head", "options", "trace",
];

/// The operations of `document`.
///
/// # Errors
/// Something that there is no place for, or that is not OpenAPI.
pub fn read(document: &Value) -> Result<Operations, String> {
    let reader = Reader(document);
    let mut operations = Operations::new();
    for (path, item) in members(&document["paths"]) {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let name = format!("{} {path}", method.to_uppercase());
            let read = reader.operation(item, operation);
            let read = read.map_err(|problem| format!("{name}: {problem}"))?;
            operations.insert(name, read);
        }
    }
    Ok(operations)
}

impl Reader<'_> {
    fn operation(&self, item: &Value, operation: &Value) -> Result<Operation, String> {
        let body = self.resolve(&operation["requestBody"])?;
        let mut read = Operation {
            id: text(&operation["operationId"]),
            callers: self.callers(operation)?,
            parameters: Content::new(),
            request: self.content(body, body["required"] == true)?,
            responses: Default::default(),
        };
        // An operation's own parameters come last, and beat its path's.
        for parameter in elements(&item["parameters"]).chain(elements(&operation["parameters"])) {
            let parameter = self.resolve(parameter)?;
            let name = format!("{} {}", text(&parameter["in"]), text(&parameter["name"]));
            let fields = self.fields(&parameter["schema"], parameter["required"] == true)?;
            read.parameters.insert(name, fields);
        }
        for (status, response) in members(&operation["responses"]) {
            let content = self.content(self.resolve(response)?, false)?;
            read.responses.insert(status.clone(), content);
        }
        Ok(read)
    }

    fn content(&self, value: &Value, required: bool) -> Result<Content, String> {
        members(&value["content"])
            .map(|(media, body)| Ok((media.clone(), self.fields(&body["schema"], required)?)))
            .collect()
    }

    /// Each way to call, by what is sent. An operation that asks for no credential is
    /// open.
    fn callers(&self, operation: &Value) -> Result<BTreeSet<String>, String> {
        let own = operation.get("security");
        let ways = own.or_else(|| self.0.get("security"));
        let mut callers = BTreeSet::new();
        for way in ways.into_iter().flat_map(elements) {
            let sent = members(way).map(|(name, _)| self.credential(name));
            let sent: BTreeSet<_> = sent.collect::<Result<_, _>>()?;
            let sent: Vec<_> = sent.into_iter().collect();
            callers.insert(if sent.is_empty() {
                "anyone".to_owned()
            } else {
                sent.join(" and ")
            });
        }
        if callers.is_empty() {
            callers.insert("anyone".to_owned());
        }
        Ok(callers)
    }

    /// What a way to authenticate sends. An OAuth 2 token is sent as a bearer
    /// (RFC 6750 §2.1).
    fn credential(&self, name: &str) -> Result<String, String> {
        let scheme = &self.0["components"]["securitySchemes"][name];
        match text(&scheme["type"]).as_str() {
            "oauth2" => Ok("bearer".to_owned()),
            "http" => Ok(text(&scheme["scheme"]).to_lowercase()),
            "apiKey" => Ok(format!("{} {}", text(&scheme["in"]), text(&scheme["name"]))),
            _ => Err(format!("the way to authenticate {name}")),
        }
    }
}

/// What `reference` leads to: a JSON pointer as the fragment of a URI (RFC 6901 §6).
pub(super) fn target<'d>(document: &'d Value, reference: &str) -> Option<&'d Value> {
    let pointer = percent_decode_str(reference.strip_prefix('#')?);
    document.pointer(&pointer.decode_utf8().ok()?)
}

/// The members of an object, or nothing.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The elements of an array, or nothing.
pub(super) fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A string, or nothing.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
