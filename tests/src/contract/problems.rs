//! What makes a document of ours unfit to publish: the rules of OpenAPI 3.1 that
//! a generator from annotations can break, and the house's own, that every
//! operation names its contract and says who may call it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::{METHODS, elements, members, target, text};

/// What is wrong with `document`, whose operations must all carry `tag`.
#[must_use]
pub fn problems(document: &Value, tag: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text(&document["openapi"]).starts_with("3.1.") {
        found.push("it is not OpenAPI 3.1".to_owned());
    }
    for name in ["title", "version"] {
        if text(&document["info"][name]).is_empty() {
            found.push(format!("info has no {name}"));
        }
    }
    let mut ids = BTreeMap::<String, usize>::new();
    for (path, item) in members(&document["paths"]) {
        if !path.starts_with('/') {
            found.push(format!("the path {path} is relative"));
        }
        for (method, operation) in members(item) {
            *ids.entry(text(&operation["operationId"])).or_default() += 1;
            let name = format!("{} {path}", method.to_uppercase());
            let problems = self::operation(document, path, method, operation, tag);
            found.extend(problems.iter().map(|problem| format!("{name}: {problem}")));
        }
    }
    let twice = ids
        .iter()
        .filter(|(id, count)| id.is_empty() || **count > 1);
    found.extend(twice.map(|(id, count)| format!("{count} operations are named {id:?}")));
    references(document, document, &mut found);
    for (name, schema) in members(&document["components"]["schemas"]) {
        schemas(schema, name, &mut found);
    }
    found
}

fn operation(
    document: &Value,
    path: &str,
    method: &str,
    operation: &Value,
    tag: &str,
) -> Vec<String> {
    let mut found = Vec::new();
    if !METHODS.contains(&method) {
        found.push("no such method".to_owned());
    }
    if !elements(&operation["tags"]).any(|found| found == tag) {
        found.push(format!("not tagged {tag}"));
    }
    if elements(&operation["security"]).next().is_none() {
        found.push("it does not say who may call it".to_owned());
    }
    for (scheme, _) in elements(&operation["security"]).flat_map(members) {
        if document["components"]["securitySchemes"][scheme].is_null() {
            found.push(format!("{scheme} is not described"));
        }
    }
    let declared = elements(&operation["parameters"]).filter(|parameter| parameter["in"] == "path");
    let declared: BTreeSet<String> = declared.map(|parameter| text(&parameter["name"])).collect();
    if declared != segments(path) {
        found.push(format!("it declares the path parameters {declared:?}"));
    }
    if elements(&operation["parameters"]).any(|one| one["in"] == "path" && one["required"] != true)
    {
        found.push("a path parameter is not required".to_owned());
    }
    if members(&operation["responses"]).next().is_none() {
        found.push("it never answers".to_owned());
    }
    content("request", &operation["requestBody"], &mut found);
    for (status, response) in members(&operation["responses"]) {
        if status.len() != 3 || !status.starts_with(['1', '2', '3', '4', '5']) {
            found.push(format!("{status} is no status"));
        }
        if text(&response["description"]).is_empty() {
            found.push(format!("response {status} has no description"));
        }
        content(&format!("response {status}"), response, &mut found);
    }
    found
}

/// The names in braces.
fn segments(path: &str) -> BTreeSet<String> {
    let name = |segment: &str| Some(segment.strip_prefix('{')?.strip_suffix('}')?.to_owned());
    path.split('/').filter_map(name).collect()
}

fn content(place: &str, body: &Value, found: &mut Vec<String>) {
    for (media, body) in members(&body["content"]) {
        if !media.contains('/') {
            found.push(format!("{place}: {media} is no media type"));
        }
        if !body["schema"].is_object() {
            found.push(format!("{place}: {media} has no schema"));
        }
        schemas(&body["schema"], place, found);
    }
}

fn references(document: &Value, value: &Value, found: &mut Vec<String>) {
    if let Some(reference) = value.get("$ref").map(text) {
        // What a URI cannot hold, readers may take for anything (RFC 3986 §2).
        if reference.contains(|sign: char| !sign.is_ascii_graphic() || "<>\"\\^`{|}".contains(sign))
        {
            found.push(format!("{reference} is no URI"));
        }
        if target(document, &reference).is_none() {
            found.push(format!("{reference} leads nowhere"));
        }
    }
    for (_, inner) in members(value) {
        references(document, inner, found);
    }
    for inner in elements(value) {
        references(document, inner, found);
    }
}

/// The rules within a schema and all that it contains.
fn schemas(schema: &Value, place: &str, found: &mut Vec<String>) {
    const TYPES: [&str; 7] = [
        "null", "boolean", "object", "array", "number", "string", "integer",
    ];
    for name in super::combine::types(&schema["type"]) {
        if !TYPES.contains(&name.as_str()) {
            found.push(format!("{place}: {name} is no type"));
        }
    }
    for name in elements(&schema["required"]).map(text) {
        if schema["properties"][&name].is_null() {
            found.push(format!("{place}: {name} is required but not described"));
        }
    }
    for (low, high) in [
        ("minLength", "maxLength"),
        ("minimum", "maximum"),
        ("minItems", "maxItems"),
    ] {
        let limits = schema[low].as_f64().zip(schema[high].as_f64());
        if limits.is_some_and(|(low, high)| low > high) {
            found.push(format!("{place}: {low} is above {high}"));
        }
    }
    for (name, inner) in members(&schema["properties"]) {
        schemas(inner, &format!("{place}.{name}"), found);
    }
    for word in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(word) {
            schemas(inner, &format!("{place}.{word}"), found);
        }
    }
    for word in ["allOf", "anyOf", "oneOf"] {
        for inner in elements(&schema[word]) {
            schemas(inner, place, found);
        }
    }
}
