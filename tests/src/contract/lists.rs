//! The files of tests/contracts: facts, meant differences, operations to come.

use std::collections::BTreeSet;

use domain::Contract;
use serde_json::Value;

use super::by_name::{BY_NAME, schemas};
use super::document::{elements, members, text};
use super::{Content, Difference, Operation, Operations};
use crate::root;

/// The facts of `contract`, which is one of [`WITH_FACTS`](super::WITH_FACTS).
///
/// # Panics
/// If there are none.
#[must_use]
pub fn facts(contract: Contract) -> Operations {
    if contract == BY_NAME {
        return schemas(&schema_facts()).expect("schemas that can be compared");
    }
    let paths = json(contract);
    let mut operations = Operations::new();
    for (path, methods) in members(&paths) {
        for (method, facts) in members(methods) {
            let operation = operation(facts);
            operations.insert(format!("{} {path}", method.to_uppercase()), operation);
        }
    }
    operations
}

/// The schemas of [`BY_NAME`], as a document without words.
pub(super) fn schema_facts() -> Value {
    json(BY_NAME)
}

fn json(contract: Contract) -> Value {
    let source = file(&format!("{}.json", contract.name()));
    serde_json::from_str(&source).expect("facts are JSON")
}

fn operation(facts: &Value) -> Operation {
    let content = |value: &Value| -> Content {
        serde_json::from_value(value.clone()).expect("places and their facts")
    };
    Operation {
        id: text(&facts["operationId"]),
        callers: elements(&facts["callers"]).map(text).collect(),
        parameters: content(&facts["parameters"]),
        request: content(&facts["request"]),
        responses: members(&facts["responses"])
            .map(|(status, bodies)| (status.clone(), content(bodies)))
            .collect(),
    }
}

/// A difference that is meant.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// In which contract.
    pub contract: String,
    /// At which operation; `*` for all.
    pub operation: String,
    /// The difference, in the words of the test that finds it.
    pub what: String,
    /// Why.
    pub reason: String,
}

impl Accepted {
    /// Whether `difference`, found in `contract`, is the one that is meant.
    #[must_use]
    pub fn covers(&self, contract: Contract, difference: &Difference) -> bool {
        self.contract == contract.name()
            && self.what == difference.what
            && ["*", &difference.operation].contains(&self.operation.as_str())
    }
}

/// The rows of accepted.md.
///
/// # Panics
/// If a row has too many or too few cells, or an empty one.
#[must_use]
pub fn accepted() -> Vec<Accepted> {
    let file = file("accepted.md");
    // The first two rows of a table are its head.
    let rows = file.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(row).collect()
}

fn row(line: &str) -> Accepted {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [contract, operation, what, reason] = cells[..] else {
        panic!("not four cells: {line}");
    };
    assert!(!cells.contains(&""), "an empty cell: {line}");
    Accepted {
        contract: contract.to_owned(),
        operation: operation.to_owned(),
        what: what.to_owned(),
        reason: reason.to_owned(),
    }
}

/// The lines of not-yet.txt: `contract METHOD /path`, or `contract Schema`.
///
/// # Panics
/// If there is no such file, or it is out of order.
#[must_use]
pub fn not_yet() -> BTreeSet<String> {
    let file = file("not-yet.txt");
    let lines: Vec<&str> = file.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.is_sorted(), "not-yet.txt is kept in order");
    lines.into_iter().map(str::to_owned).collect()
}

pub(super) fn file(name: &str) -> String {
    let path = root().join("tests/contracts").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
