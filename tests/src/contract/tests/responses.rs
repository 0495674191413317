//! What we answer, a client of the contract can read.

use serde_json::{Value, json};

use super::{answering, between, requiring, with};

/// The differences between a contract by which clients read `theirs` and a house
/// that answers `ours`.
fn found(theirs: &Value, ours: &Value) -> Vec<String> {
    let prefix = "response 200 application/json ";
    let found = between(&answering(theirs), &answering(ours)).into_iter();
    found
        .map(|what| what.strip_prefix(prefix).unwrap().to_owned())
        .collect()
}

fn map(values: &Value) -> Value {
    json!({"type": "object", "additionalProperties": values})
}

#[test]
fn a_narrower_answer_is_fine() {
    let text = json!({"type": "string"});
    let nullable = json!({"type": ["string", "null"]});
    for (theirs, ours) in [
        (with(&text), requiring(&text)),
        (json!({}), with(&text)),
        (with(&nullable), with(&text)),
        (
            with(&nullable),
            with(&json!({"oneOf": [{"type": "null"}, text]})),
        ),
        (
            with(&json!({"oneOf": [text, {"type": "null"}]})),
            with(&nullable),
        ),
        (
            with(&json!({"type": "number"})),
            with(&json!({"type": "integer"})),
        ),
        (
            with(&json!({"enum": ["x", "y"]})),
            with(&json!({"enum": ["y"]})),
        ),
        (
            with(&text),
            with(&json!({"type": "string", "format": "uuid"})),
        ),
        // Further fields do no harm; each value of a map is one.
        (
            with(&text),
            json!({"type": "object", "properties": {"b": text, "a": text}}),
        ),
        (map(&text), requiring(&text)),
        (map(&json!({})), map(&text)),
    ] {
        assert_eq!(found(&theirs, &ours), [""; 0], "{theirs} {ours}");
    }
}

#[test]
fn a_wider_answer_is_not() {
    let text = json!({"type": "string"});
    let nullable = json!({"type": ["string", "null"]});
    let or_null = json!({"oneOf": [text, {"type": "null"}]});
    let null = r#".a: type: contract ["string"], ours ["null","string"]"#;
    for (theirs, ours, what) in [
        (with(&text), json!({"type": "object"}), ".a: missing"),
        (with(&text), map(&text), ".a: missing"),
        (
            requiring(&text),
            with(&text),
            ".a: required: contract true, ours none",
        ),
        (with(&text), with(&nullable), null),
        (with(&text), with(&or_null), null),
        (
            with(&text),
            with(&json!({})),
            r#".a: type: contract ["string"], ours none"#,
        ),
        (
            with(&json!({"type": "string", "format": "date-time"})),
            with(&text),
            r#".a: format: contract "date-time", ours none"#,
        ),
        (
            with(&json!({"type": "string", "maxLength": 8})),
            with(&text),
            ".a: maxLength: contract 8, ours none",
        ),
        (
            with(&json!({"type": "string", "enum": ["x"]})),
            with(&json!({"type": "string", "enum": ["x", "y"]})),
            r#".a: enum: contract ["x"], ours ["x","y"]"#,
        ),
        (
            map(&text),
            requiring(&json!({"type": "integer"})),
            r#".a: type: contract ["string"], ours ["integer"]"#,
        ),
        (map(&text), json!({"type": "object"}), ".*: missing"),
        (
            json!({"type": "array", "items": {"type": "array", "items": text}}),
            json!({"type": "array", "items": {"type": "array", "items": nullable}}),
            r#".[][]: type: contract ["string"], ours ["null","string"]"#,
        ),
        (
            json!({"type": "object", "additionalProperties": false}),
            json!({"type": "object", "additionalProperties": false, "properties": {"a": text}}),
            ".a: the contract closes this object",
        ),
    ] {
        assert_eq!(found(&theirs, &ours), [what], "{theirs} {ours}");
    }
}

#[test]
fn the_order_of_things_means_nothing() {
    let one = json!({"type": ["string", "null"], "enum": ["x", "y", null]});
    let other = json!({"enum": ["y", null, "x"], "type": ["null", "string"]});
    let one = json!({"required": ["a", "b"], "properties": {"a": one, "b": {"allOf": [{"minLength": 1}, {"type": "string"}]}}});
    let other = json!({"properties": {"b": {"type": "string", "minLength": 1}, "a": other}, "required": ["b", "a"]});
    assert_eq!(found(&one, &other), [""; 0]);
    assert_eq!(found(&other, &one), [""; 0]);
}
