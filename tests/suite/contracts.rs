//! Nothing that a contract promises is missing, and nothing is narrower.

use std::collections::BTreeSet;

use domain::Contract;
use tests::contract::{
    BY_NAME, Difference, Operations, WITH_FACTS, accepted, differences, facts, generated, not_yet,
    of_routes, read, schemas, words,
};

/// What the house serves of `contract`, by its own document.
fn served(contract: Contract) -> Operations {
    let document = serde_json::to_value(generated(contract)).unwrap();
    let read = if contract == BY_NAME {
        schemas(&document)
    } else {
        read(&document)
    };
    read.unwrap_or_else(|problem| panic!("{}: {problem}", contract.name()))
}

/// The schemas that operations bring.
fn brought() -> BTreeSet<String> {
    let components = of_routes(BY_NAME).components.unwrap();
    components.schemas.into_keys().collect()
}

/// Every difference between a contract and the house.
fn found() -> Vec<(Contract, Difference)> {
    let found = |contract| differences(&facts(contract), &served(contract));
    let all = WITH_FACTS
        .into_iter()
        .map(|contract| (contract, found(contract)));
    all.flat_map(|(contract, found)| found.into_iter().map(move |one| (contract, one)))
        .collect()
}

#[test]
fn what_is_served_keeps_to_its_contract() {
    let accepted = accepted();
    let meant = |contract, difference: &Difference| {
        accepted.iter().any(|row| row.covers(contract, difference))
    };
    let stumbles: Vec<String> = found()
        .iter()
        .filter(|(contract, difference)| !meant(*contract, difference))
        .map(|(contract, difference)| format!("{}: {difference}", contract.name()))
        .collect();
    assert!(
        stumbles.is_empty(),
        "{} differences that nobody meant:\n{}",
        stumbles.len(),
        stumbles.join("\n")
    );
}

#[test]
fn an_accepted_difference_is_there() {
    let found = found();
    for row in accepted() {
        assert!(
            found
                .iter()
                .any(|(contract, difference)| row.covers(*contract, difference)),
            "no longer a difference: {row:?}"
        );
    }
}

#[test]
fn an_operation_is_served_or_awaited() {
    let listed = not_yet();
    let mut awaited = BTreeSet::new();
    for contract in WITH_FACTS {
        let served: BTreeSet<String> = if contract == BY_NAME {
            let described = words().schemas.into_keys();
            brought().into_iter().chain(described).collect()
        } else {
            served(contract).into_keys().collect()
        };
        let missing = facts(contract)
            .into_keys()
            .filter(|name| !served.contains(name));
        awaited.extend(missing.map(|name| format!("{} {name}", contract.name())));
    }
    let lost: Vec<_> = awaited.difference(&listed).collect();
    assert!(
        lost.is_empty(),
        "neither served nor in not-yet.txt: {lost:#?}"
    );
    let stale: Vec<_> = listed.difference(&awaited).collect();
    assert!(
        stale.is_empty(),
        "in not-yet.txt, but served or unknown: {stale:#?}"
    );
}

#[test]
fn no_word_is_left_over() {
    let [brought, facts] = [brought(), facts(BY_NAME).into_keys().collect()];
    let described: BTreeSet<String> = words().schemas.into_keys().collect();
    let twice: Vec<_> = described.intersection(&brought).collect();
    assert!(
        twice.is_empty(),
        "in nauth-words.json, but brought by operations: {twice:#?}"
    );
    let unknown: Vec<_> = described.difference(&facts).collect();
    assert!(
        unknown.is_empty(),
        "in nauth-words.json, but not in the contract: {unknown:#?}"
    );

    let document = serde_json::to_string(&generated(BY_NAME)).unwrap();
    let said = |text: &String| {
        let text = serde_json::json!({ "description": text }).to_string();
        document.contains(text.trim_matches(['{', '}']))
    };
    let mut words = words().properties;
    words.retain(|_, text| !said(text));
    assert!(
        words.is_empty(),
        "in nauth-words.json, but said of no property: {words:#?}"
    );
}
