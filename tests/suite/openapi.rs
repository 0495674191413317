//! The documents that are published are those of the routes.

use domain::Contract;
use tests::contract::{functions, generated, problems};
use tests::golden;

/// What is of no contract: the pages about all of them, and those for people.
const OURS: [&str; 2] = ["docs", "page"];

#[test]
fn a_published_document_is_that_of_the_routes() {
    for contract in Contract::ALL {
        let document = serde_json::to_string_pretty(&generated(contract)).unwrap();
        let path = format!("functions/docs/openapi/{}.json", contract.name());
        golden(&path, &(document + "\n"));
    }
}

#[test]
fn a_published_document_is_openapi() {
    for contract in Contract::ALL {
        let document = serde_json::to_value(generated(contract)).unwrap();
        let problems = problems(&document, contract.name());
        assert!(problems.is_empty(), "{}: {problems:#?}", contract.name());
    }
}

/// A gateway hands a question mark in a parameter on decoded: the path ends there, and no
/// route has it.
#[test]
fn an_operation_with_a_parameter_in_its_path_may_not_be_found() {
    for contract in Contract::ALL {
        let document = serde_json::to_value(generated(contract)).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let found = !path.contains('{') || operation["responses"]["404"].is_object();
                assert!(found, "{method} {path} has no 404");
            }
        }
    }
}

#[test]
fn an_operation_is_in_the_document_of_its_contract() {
    for (_, document) in functions() {
        let document = serde_json::to_value(document).unwrap();
        let items = document["paths"].as_object().unwrap().iter();
        for (path, item) in items {
            for (method, operation) in item.as_object().unwrap() {
                let of = |name: &str| {
                    let tags = operation["tags"].as_array();
                    tags.is_some_and(|tags| tags.iter().any(|tag| tag == name))
                };
                let known = OURS.into_iter().any(of)
                    || Contract::ALL.iter().any(|contract| of(contract.name()));
                assert!(known, "{method} {path} is of no contract");
            }
        }
    }
}
