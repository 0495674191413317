//! A contract's document, cut from the operations of all functions.

mod nauth;

use std::collections::BTreeSet;

use domain::Contract;
use serde_json::Value;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};

pub use nauth::Record;

/// The document of `contract`: those operations of `functions` that carry its
/// name as a tag, the schemas that they reach, and the ways to authenticate
/// that they name.
#[must_use]
pub fn document(contract: Contract, functions: impl IntoIterator<Item = OpenApi>) -> OpenApi {
    let info = InfoBuilder::new()
        .title(format!("Postern: {}", contract.title()))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(format!(
            "What Postern answers to clients of the {} contract.",
            contract.title()
        )))
        .build();
    let mut document = OpenApiBuilder::new().info(info).build();
    for mut function in functions {
        // Before the others come in: contracts use the same names for other schemas.
        function
            .paths
            .paths
            .retain(|_, item| keep(item, contract.name()));
        if let Some(components) = &mut function.components {
            let named = referenced(&function.paths, &components.schemas);
            components.schemas.retain(|name, _| named.contains(name));
        }
        document.merge(function);
    }
    let mut components = document.components.take().unwrap_or_default();
    let operations = serde_json::to_string(&document.paths).unwrap_or_default();
    for (name, scheme) in schemes() {
        if operations.contains(&format!("\"{name}\":[]")) {
            components
                .security_schemes
                .insert(name.to_owned(), scheme.into());
        }
    }
    if contract == Contract::Nauth {
        nauth::finish(&mut components);
    }
    document.components = Some(components);
    document
}

/// The ways to authenticate that operations may name.
fn schemes() -> [(&'static str, SecurityScheme); 3] {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    let agent = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let key = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
    [
        ("agentKey", SecurityScheme::Http(agent)),
        ("apiKeyAuth", SecurityScheme::ApiKey(key)),
        ("jwtAuth", SecurityScheme::Http(bearer)),
    ]
}

/// Drops the operations of `item` that do not carry `tag`; whether one is left.
fn keep(item: &mut PathItem, tag: &str) -> bool {
    let mut any = false;
    for slot in [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.patch,
        &mut item.delete,
    ] {
        let tagged = |operation: &Operation| {
            operation
                .tags
                .as_ref()
                .is_some_and(|tags| tags.iter().any(|found| found == tag))
        };
        if !slot.as_ref().is_some_and(tagged) {
            *slot = None;
        }
        if let Some(operation) = slot {
            any = true;
            tidy(operation);
        }
    }
    any
}

/// The handler's documentation as the operation's: without the section that
/// rustdoc wants for errors (the responses say it better), in one line.
fn tidy(operation: &mut Operation) {
    for text in [&mut operation.summary, &mut operation.description]
        .into_iter()
        .flatten()
    {
        let about = text.split("# Errors").next().unwrap_or_default();
        *text = about.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    operation.description = operation.description.take().filter(|text| !text.is_empty());
}

/// The names of all schemas that `paths` reach, directly or through others.
fn referenced(paths: &impl serde::Serialize, schemas: &impl serde::Serialize) -> BTreeSet<String> {
    let schemas = serde_json::to_value(schemas).unwrap_or_default();
    let mut found = BTreeSet::new();
    let mut unread = vec![serde_json::to_value(paths).unwrap_or_default()];
    while let Some(value) = unread.pop() {
        let mut names = Vec::new();
        references(&value, &mut names);
        for name in names {
            if found.insert(name.clone()) {
                unread.extend(schemas.get(&name).cloned());
            }
        }
    }
    found
}

fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get("$ref") {
                names.extend(
                    target
                        .strip_prefix("#/components/schemas/")
                        .map(str::to_owned),
                );
            }
            object.values().for_each(|inner| references(inner, names));
        }
        Value::Array(array) => array.iter().for_each(|inner| references(inner, names)),
        _ => {}
    }
}
