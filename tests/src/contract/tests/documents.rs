//! What stands around the bodies, and what cannot be read.

use serde_json::{Value, json};

use super::{answering, between, document};
use crate::contract::read;

#[test]
fn what_stands_around_the_bodies_is_compared() {
    let parameter = json!({"in": "query", "name": "q", "schema": {"type": "string"}});
    let body =
        json!({"content": {"application/json": {"schema": {"type": "string"}}}, "required": true});
    let cases = [
        (
            json!({"operationId": "x"}),
            json!({"operationId": "y"}),
            "operationId: contract x, ours y",
        ),
        (
            json!({"parameters": [parameter]}),
            json!({}),
            "parameter query q: missing",
        ),
        (
            json!({"parameters": [parameter]}),
            json!({"parameters": [with(&parameter, "required")]}),
            "parameter query q .: required: contract none, ours true",
        ),
        (
            json!({}),
            json!({"parameters": [with(&parameter, "required")]}),
            "parameter query q: required, the contract has none",
        ),
        (
            json!({"requestBody": body}),
            json!({}),
            "request application/json: missing",
        ),
        (
            json!({}),
            json!({"requestBody": body}),
            "request: required, the contract has none",
        ),
        (
            json!({"responses": {"404": {}}}),
            json!({"responses": {"400": {}}}),
            "response 404: missing",
        ),
        (
            json!({"responses": {"200": body}}),
            json!({"responses": {"200": {}}}),
            "response 200 application/json: missing",
        ),
        (
            json!({"security": [{"key": []}]}),
            json!({}),
            "caller: open, but not in the contract",
        ),
        (
            json!({}),
            json!({"security": [{"jwt": []}]}),
            "caller: anyone is not accepted",
        ),
        (
            json!({"security": [{"jwt": []}, {"key": []}]}),
            json!({"security": [{"oauth": []}]}),
            "caller: header X-Key is not accepted",
        ),
        (
            json!({"security": [{"jwt": []}]}),
            json!({"security": [{"jwt": [], "key": []}]}),
            "caller: bearer is not accepted",
        ),
    ];
    for (theirs, ours, what) in cases {
        let (theirs, ours) = (document(&theirs), document(&ours));
        assert_eq!(between(&theirs, &ours), [what]);
        assert_eq!(between(&theirs, &theirs), [""; 0]);
    }
}

fn with(parameter: &Value, flag: &str) -> Value {
    let mut parameter = parameter.clone();
    parameter[flag] = json!(true);
    parameter
}

#[test]
fn what_cannot_be_read_is_an_error() {
    for (schema, problem) in [
        (
            json!({"type": "string", "multipleOf": 2}),
            "nobody compares multipleOf",
        ),
        (
            json!({"$ref": "#/components/schemas/None"}),
            "leads nowhere",
        ),
        (
            json!({"$ref": "#/components/schemas/Loop"}),
            "contains itself",
        ),
        (
            json!({"oneOf": [{"properties": {}}, {"type": "string"}]}),
            "one of several objects",
        ),
        (
            json!({"anyOf": [{"maxLength": 1}, {"maxLength": 2}]}),
            "differ in maxLength",
        ),
        (
            json!({"allOf": [{"maxLength": 1}, {"maxLength": 2}]}),
            "set maxLength",
        ),
        (
            json!({"$ref": "#/components/schemas/Name", "maxLength": 8}),
            "set maxLength",
        ),
        (json!({"properties": {"a.b": {}}}), "a property named"),
    ] {
        let found = read(&answering(&schema)).unwrap_err();
        assert!(found.contains(problem), "{found}");
    }
}
