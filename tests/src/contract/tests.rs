//! That the comparison is able to fail: small documents that must differ, and
//! each fact of each contract, damaged.

mod damage;
mod documents;
mod lists;
mod requests;
mod responses;
mod schemas;

use serde_json::{Value, json};

use super::{Operations, differences, read};

/// The differences between two documents.
fn between(theirs: &Value, ours: &Value) -> Vec<String> {
    let [theirs, ours]: [Operations; 2] = [theirs, ours].map(|document| read(document).unwrap());
    let found = differences(&theirs, &ours).into_iter();
    found.map(|difference| difference.what).collect()
}

/// A document with one operation.
fn document(operation: &Value) -> Value {
    json!({
        "paths": {"/x": {"post": operation}},
        "components": {
            "schemas": {
                "Name": {"type": "string", "maxLength": 9},
                "Pair<a,b>": {"type": "object"},
                "Loop": {"type": "object", "properties": {"loop": {"$ref": "#/components/schemas/Loop"}}},
            },
            "securitySchemes": {
                "jwt": {"type": "http", "scheme": "Bearer"},
                "oauth": {"type": "oauth2", "flows": {}},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            },
        },
    })
}

/// An operation that takes `schema`.
fn taking(schema: &Value) -> Value {
    document(&json!({
        "operationId": "x",
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {}},
    }))
}

/// An operation that answers `schema`.
fn answering(schema: &Value) -> Value {
    let body = json!({"content": {"application/json": {"schema": schema}}});
    document(&json!({"operationId": "x", "responses": {"200": body}}))
}

/// An object with the one property `a`.
fn with(a: &Value) -> Value {
    json!({"type": "object", "properties": {"a": a}})
}

/// An object whose property `a` is required.
fn requiring(a: &Value) -> Value {
    json!({"type": "object", "properties": {"a": a}, "required": ["a"]})
}
