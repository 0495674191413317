//! Nothing that a contract promises is missing, and nothing is narrower.

use std::collections::BTreeSet;

use domain::Contract;
use tests::contract::{
    Difference, Operations, WITH_FACTS, accepted, differences, facts, generated, not_yet, read,
};

/// What the house serves of `contract`, by its own document.
fn served(contract: Contract) -> Operations {
    let document = serde_json::to_value(generated(contract)).unwrap();
    read(&document).unwrap_or_else(|problem| panic!("{}: {problem}", contract.name()))
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
        let served = served(contract);
        let missing = facts(contract)
            .into_keys()
            .filter(|name| !served.contains_key(name));
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
