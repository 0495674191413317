use serde_json::json;

use super::*;

fn section() -> Section {
    let document = json!({
        "paths": { "/a/{id}": {
            "post": {
                "operationId": "make",
                "security": [{ "jwtAuth": [] }, { "key": [] }],
                "parameters": [{
                    "name": "id", "in": "path", "required": true, "schema": { "type": "integer", "minimum": 1 },
                }],
                "requestBody": { "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Thing" },
                } } },
                "responses": {
                    "204": { "description": "Made" },
                    "422": { "description": "No", "content": { "application/json": { "schema": {
                        "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } },
                    } } } },
                },
            },
            "get": { "operationId": "look", "security": [{ "key": [] }, {}] },
        } },
        "components": {
            "schemas": {
                "Thing": {
                    "type": "object", "required": ["word"], "additionalProperties": false,
                    "properties": {
                        "also": { "oneOf": [
                            { "$ref": "#/components/schemas/Thing", "description": "Inside." }, { "type": "null" },
                        ] },
                        "word": {
                            "type": ["string", "null"], "format": "email",
                            "minLength": 4, "maxLength": 9, "enum": ["a", "b"], "default": "",
                        },
                    },
                },
            },
            "securitySchemes": {
                "jwtAuth": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "key": { "type": "apiKey", "name": "X-API-Key", "in": "header" },
            },
        },
    });
    Section::read(Contract::Ravi, &document.to_string()).unwrap()
}

fn text(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect()
}

#[test]
fn operations_are_read_with_their_callers() {
    let section = section();
    let all: Vec<_> = section
        .operations
        .iter()
        .map(|it| (it.method, it.path.as_str(), it.id.as_str()))
        .collect();
    assert_eq!(
        all,
        [
            ("GET", "/a/{id}", "ravi.look"),
            ("POST", "/a/{id}", "ravi.make")
        ]
    );
    assert!(section.operations[0].callers.is_empty());
    assert_eq!(
        section.operations[1].callers,
        ["Authorization: bearer", "X-API-Key (header)"]
    );
}

#[test]
fn a_request_shows_the_fields_of_the_shape_it_names() {
    let section = section();
    let request = &section.operations[1].requests[0];
    assert_eq!(
        (request.media.as_str(), text(&request.kind).as_str()),
        ("application/json", "Thing")
    );
    assert_eq!(request.kind[0].shape.as_deref(), Some("ravi.shape.Thing"));
    assert_eq!(section.shapes[0].id, "ravi.shape.Thing");
    let [word, also] = &request.fields[..] else {
        panic!("{:?}", request.fields)
    };
    assert!(word.required && !also.required);
    assert_eq!(text(&word.kind), "string (email) or null");
    assert_eq!(
        word.limits,
        [
            "one of a, b",
            "min length 4",
            "max length 9",
            "default \"\""
        ]
    );
    assert_eq!(text(&also.kind), "Thing or null");
    assert_eq!(also.about[0].spans[0].text, "Inside.");
}

#[test]
fn parameters_and_answers_are_read() {
    let section = section();
    let operation = &section.operations[1];
    let id = &operation.parameters[0];
    assert_eq!(
        (id.place.as_deref(), id.required, text(&id.kind).as_str()),
        (Some("path"), true, "integer")
    );
    assert_eq!(id.limits, ["min 1"]);
    let kinds: Vec<_> = operation
        .answers
        .iter()
        .map(|it| (it.status.as_str(), text(&it.kind)))
        .collect();
    assert_eq!(
        kinds,
        [
            ("204", String::new()),
            ("422", "object of array of string".to_owned())
        ]
    );
}

#[test]
fn a_name_that_a_uri_cannot_hold_is_shown_as_it_is() {
    let document = json!({ "paths": {}, "components": { "schemas": {
        "Map<string,any>": { "type": "object", "properties": { "word": { "type": "string" } } },
        "Other": { "type": "array", "items": { "$ref": "#/components/schemas/Map%3Cstring%2Cany%3E" } },
    } } });
    let section = Section::read(Contract::Ravi, &document.to_string()).unwrap();
    let [map, other] = &section.shapes[..] else {
        panic!("{:?}", section.shapes)
    };
    assert_eq!(text(&other.kind), "array of Map<string,any>");
    assert_eq!(other.kind[1].shape.as_ref(), Some(&map.id));
}
