//! Schemas by name, and alternatives within them.

use serde_json::{Value, json};

use crate::contract::{differences, schemas};

/// The differences between two lists of schemas.
fn between(theirs: &Value, ours: &Value) -> Vec<String> {
    let [theirs, ours] = [theirs, ours].map(|list| {
        let document = json!({"components": {"schemas": list}});
        schemas(&document).unwrap()
    });
    let found = differences(&theirs, &ours);
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_schema_is_compared_the_way_it_goes() {
    let narrow = json!({"type": "string", "enum": ["a"]});
    let wide = json!({"type": "string", "enum": ["a", "b"]});
    let one = |name: &str, schema: &Value| json!({ (name): schema });
    for (name, theirs, ours) in [
        ("LoginDTO", &wide, &narrow),
        ("VerifyEmailResponse", &wide, &narrow),
        ("LoginResponseDTO", &narrow, &wide),
        ("UserResponseDto", &narrow, &wide),
        ("TokenResponse", &narrow, &wide),
        ("Kind", &narrow, &wide),
        ("Kind", &wide, &narrow),
    ] {
        let found = between(&one(name, theirs), &one(name, ours));
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(found[0].starts_with(&format!("{name}: ")), "{found:?}");
        let back = between(&one(name, ours), &one(name, theirs));
        assert_eq!(back.is_empty(), name != "Kind", "{name}: {back:?}");
    }
}

#[test]
fn each_of_several_objects_is_compared() {
    let part = |word: &str| {
        json!({
            "type": "object", "properties": {"type": {"type": "string", "enum": [word]}}, "required": ["type"],
        })
    };
    let any = |names: &[&str]| {
        let parts = names
            .iter()
            .map(|name| json!({"$ref": format!("#/components/schemas/{name}")}));
        json!({
            "ADTO": part("a"), "BDTO": part("b"), "ChallengeResponseData": {"anyOf": parts.collect::<Vec<_>>()},
        })
    };
    let both = any(&["ADTO", "BDTO"]);
    assert_eq!(between(&both, &both), [""; 0]);
    assert_eq!(
        between(&both, &any(&["ADTO"])),
        ["ChallengeResponseData: request #/components/schemas/BDTO: missing"]
    );
}

#[test]
fn alternatives_that_are_apart_have_a_flat_form() {
    let kinds = |schema: Value| json!({"Kind": schema});
    let [one, other] =
        [&["a", "c"][..], &["b"]].map(|values| json!({"type": "string", "enum": values}));
    let whole = kinds(json!({"type": "string", "enum": ["a", "b", "c"]}));
    assert_eq!(
        between(&kinds(json!({"anyOf": [one, other]})), &whole),
        [""; 0]
    );

    let list = json!({"type": "array", "items": {"type": "string"}});
    let text = json!({"type": "string"});
    let either = kinds(json!({"anyOf": [list, text]}));
    assert_eq!(between(&either, &either), [""; 0]);
    assert_ne!(between(&either, &kinds(list)), [""; 0]);
    assert_ne!(between(&either, &kinds(text)), [""; 0]);
}
