//! What a client may send by the contract, we take.

use serde_json::{Value, json};

use super::{between, requiring, taking, with};

/// The differences between a contract that lets clients send `theirs` and a
/// house that takes `ours`.
fn found(theirs: &Value, ours: &Value) -> Vec<String> {
    let prefix = "request application/json ";
    let found = between(&taking(theirs), &taking(ours)).into_iter();
    found
        .map(|what| what.strip_prefix(prefix).unwrap().to_owned())
        .collect()
}

#[test]
fn a_wider_request_is_fine() {
    let text = json!({"type": "string"});
    for (theirs, ours) in [
        (requiring(&text), with(&text)),
        (with(&text), with(&json!({}))),
        (with(&text), with(&json!({"type": ["string", "null"]}))),
        (
            with(&json!({"type": "integer"})),
            with(&json!({"type": "number"})),
        ),
        (
            with(&json!({"type": "integer"})),
            with(&json!({"type": "integer", "format": "int64"})),
        ),
        (
            with(&json!({"type": "string", "format": "uuid"})),
            with(&text),
        ),
        (
            with(&json!({"enum": ["x"]})),
            with(&json!({"enum": ["x", "y"]})),
        ),
        (
            with(&json!({"type": "string", "minLength": 2, "maxLength": 8})),
            with(&json!({"type": "string", "minLength": 1, "maxLength": 9})),
        ),
        // A map takes any name, and more fields than theirs do no harm.
        (
            with(&text),
            json!({"type": "object", "additionalProperties": text}),
        ),
        (
            with(&text),
            json!({"type": "object", "properties": {"b": text, "a": text}}),
        ),
    ] {
        assert_eq!(found(&theirs, &ours), [""; 0], "{theirs} {ours}");
    }
}

#[test]
fn a_narrower_request_is_not() {
    let text = json!({"type": "string"});
    let short = json!({"type": "string", "maxLength": 8});
    for (theirs, ours, what) in [
        (with(&text), json!({"type": "object"}), ".a: missing"),
        (
            with(&text),
            requiring(&text),
            ".a: required: contract none, ours true",
        ),
        (
            json!({}),
            with(&text),
            r#".: type: contract none, ours ["object"]"#,
        ),
        (
            with(&json!({"type": ["string", "null"]})),
            with(&text),
            r#".a: type: contract ["null","string"], ours ["string"]"#,
        ),
        (
            with(&text),
            with(&short),
            ".a: maxLength: contract none, ours 8",
        ),
        (
            with(&short),
            with(&json!({"type": "string", "maxLength": 7})),
            ".a: maxLength: contract 8, ours 7",
        ),
        (
            with(&text),
            with(&json!({"type": "string", "minLength": 1})),
            ".a: minLength: contract none, ours 1",
        ),
        (
            with(&json!({"type": "integer"})),
            with(&json!({"type": "integer", "minimum": 0})),
            ".a: minimum: contract none, ours 0",
        ),
        (
            with(&text),
            with(&json!({"type": "string", "format": "email"})),
            r#".a: format: contract none, ours "email""#,
        ),
        (
            with(&text),
            with(&json!({"type": "string", "pattern": "x"})),
            r#".a: pattern: contract none, ours "x""#,
        ),
        (
            with(&json!({"enum": ["x", "y"]})),
            with(&json!({"enum": ["x"]})),
            r#".a: enum: contract ["x","y"], ours ["x"]"#,
        ),
        (
            with(&json!({"type": "boolean", "default": true})),
            with(&json!({"type": "boolean"})),
            ".a: default: contract true, ours none",
        ),
        (
            with(&text),
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            r#".a: type: contract ["string"], ours ["integer"]"#,
        ),
        (
            json!({"type": "object"}),
            requiring(&text),
            ".a: required, the contract has none",
        ),
        // A closed form refuses what it does not know, in both directions.
        (
            json!({"type": "object"}),
            json!({"type": "object", "additionalProperties": false}),
            ".: additionalProperties: contract none, ours false",
        ),
        (
            json!({"type": "object", "additionalProperties": false}),
            json!({"type": "object"}),
            ".: additionalProperties: contract false, ours none",
        ),
    ] {
        assert_eq!(found(&theirs, &ours), [what], "{theirs} {ours}");
    }
}

#[test]
fn every_difference_is_named_at_once() {
    let theirs = json!({"type": "object", "properties": {
        "gone": with(&json!({"type": "string"})),
        "list": {"type": "array", "items": {"type": "array", "items": with(&json!({"type": "string"}))}},
    }});
    let ours = json!({"type": "object", "required": ["list"], "properties": {
        "list": {"type": "array", "items": {"type": "array", "items": requiring(&json!({"type": "integer"}))}},
    }});
    let expected = [
        ".gone: missing",
        ".list: required: contract none, ours true",
        ".list[][].a: required: contract none, ours true",
        r#".list[][].a: type: contract ["string"], ours ["integer"]"#,
    ];
    assert_eq!(found(&theirs, &ours), expected);
}
