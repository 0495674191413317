//! That the comparison is able to fail: small documents that must differ, and
//! each fact of each contract, damaged.

mod damage;
mod documents;
mod lists;
mod requests;
mod responses;

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
mod probe {
    use serde_json::Value;
    use utoipa::openapi::RefOr;
    use utoipa::openapi::path::Operation;

    /// No body at all is an empty form ([`Body`](crate::Body)): where a form
    /// requires no field, nobody has to send one.
    fn relax(operation: &mut Operation, forms: &Value) {
        let Some(RefOr::T(body)) = &mut operation.request_body else {
            return;
        };
        let content = serde_json::to_value(&body.content).unwrap_or_default();
        let mut media = content.as_object().into_iter().flatten();
        let optional = media.all(|(_, media)| {
            let named = media.pointer("/schema/$ref").and_then(Value::as_str);
            let name = named.and_then(|name| name.strip_prefix("#/components/schemas/"));
            name.and_then(|name| forms.get(name))
                .is_some_and(|form| form.get("required").is_none())
        });
        if optional {
            body.required = None;
        }
    }

    #[test]
    fn probe() {
        let mut d = crate::contract::generated(domain::Contract::Djangocfg);
        let forms = serde_json::to_value(&d.components.as_ref().unwrap().schemas).unwrap();
        for item in d.paths.paths.values_mut() {
            for o in [&mut item.get, &mut item.put, &mut item.post, &mut item.patch].into_iter().flatten() { relax(o, &forms); }
        }
        let ours = super::read(&serde_json::to_value(&d).unwrap()).unwrap();
        for x in super::differences(&crate::contract::facts(domain::Contract::Djangocfg), &ours) { println!("{x}"); }
    }
}
