//! The lists beside the facts, and the rules of a document of our own.

use domain::Contract;
use serde_json::{Value, json};

use super::document;
use crate::contract::{Accepted, Difference, problems};

#[test]
fn a_difference_is_accepted_only_in_its_own_words() {
    let row = Accepted {
        contract: "djangocfg".to_owned(),
        operation: "*".to_owned(),
        what: "caller: cookie is not accepted".to_owned(),
        reason: "it is meant".to_owned(),
    };
    let difference = |what: &str| Difference {
        operation: "GET /x".to_owned(),
        what: what.to_owned(),
    };
    let same = difference(&row.what);
    assert!(row.covers(Contract::Djangocfg, &same));
    assert!(!row.covers(Contract::Ravi, &same));
    assert!(!row.covers(Contract::Djangocfg, &difference("another")));
    let of_one = |name: &str| Accepted {
        operation: name.to_owned(),
        ..row.clone()
    };
    assert!(of_one("GET /x").covers(Contract::Djangocfg, &same));
    assert!(!of_one("PUT /x").covers(Contract::Djangocfg, &same));
}

/// A document of ours that nothing is wrong with.
fn sound() -> Value {
    let mut sound = document(&json!({
        "operationId": "x", "tags": ["us"], "security": [{"jwt": []}],
        "parameters": [{"in": "path", "name": "id", "required": true, "schema": {"type": "string"}}],
        "responses": {"200": {"description": "Done", "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Name"}},
        }}},
    }));
    sound["openapi"] = json!("3.1.0");
    sound["info"] = json!({"title": "Ours", "version": "1"});
    let item = sound["paths"]["/x"].take();
    sound["paths"] = json!({"/x/{id}": item});
    sound
}

#[test]
fn what_makes_a_document_unfit_is_named() {
    assert_eq!(problems(&sound(), "us"), [""; 0]);
    let operation = "/paths/~1x~1{id}/post";
    let media = "/responses/200/content/application~1json";
    for (pointer, value, problem) in [
        (
            "/openapi".to_owned(),
            json!("3.0.3"),
            "it is not OpenAPI 3.1",
        ),
        ("/info/title".to_owned(), json!(""), "info has no title"),
        (
            format!("{operation}/operationId"),
            json!(""),
            "1 operations are named \"\"",
        ),
        (
            format!("{operation}/tags"),
            json!(["them"]),
            "not tagged us",
        ),
        (
            format!("{operation}/security"),
            json!([]),
            "it does not say who may call it",
        ),
        (
            format!("{operation}/security"),
            json!([{"x": []}]),
            "x is not described",
        ),
        (
            format!("{operation}/parameters"),
            json!([]),
            "it declares the path parameters {}",
        ),
        (
            format!("{operation}/parameters/0/required"),
            json!(false),
            "a path parameter is not required",
        ),
        (
            format!("{operation}/responses"),
            json!({}),
            "it never answers",
        ),
        (
            format!("{operation}/responses/200/description"),
            json!(""),
            "response 200 has no description",
        ),
        (
            format!("{operation}{media}/schema"),
            json!(null),
            "response 200: application/json has no schema",
        ),
        (
            format!("{operation}{media}/schema/$ref"),
            json!("#/x"),
            "#/x leads nowhere",
        ),
        (
            format!("{operation}{media}/schema/$ref"),
            json!("#/components/schemas/Pair<a,b>"),
            "Pair<a,b> is no URI",
        ),
        (
            "/components/schemas/Name/type".to_owned(),
            json!("text"),
            "Name: text is no type",
        ),
        (
            "/components/schemas/Name".to_owned(),
            json!({"required": ["a"]}),
            "Name: a is required but not described",
        ),
        (
            "/components/schemas/Name".to_owned(),
            json!({"minLength": 2, "maxLength": 1}),
            "Name: minLength is above maxLength",
        ),
    ] {
        let mut unfit = sound();
        *unfit.pointer_mut(&pointer).unwrap() = value;
        let found = problems(&unfit, "us");
        assert_eq!(found.len(), 1, "{pointer}: {found:?}");
        assert!(found[0].ends_with(problem), "{pointer}: {found:?}");
    }
}

#[test]
fn two_operations_of_one_name_are_named() {
    let mut unfit = sound();
    unfit["paths"]["/y/{id}"] = unfit["paths"]["/x/{id}"].clone();
    assert_eq!(problems(&unfit, "us"), ["2 operations are named \"x\""]);
}
