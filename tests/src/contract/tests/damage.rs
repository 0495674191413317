//! Each fact of each contract, damaged: a house that keeps to all but one is
//! found out.

use serde_json::{Value, json};

use crate::contract::combine::types;
use crate::contract::{Content, Facets, Operation, WITH_FACTS, differences, facts};

/// Ways to break a promise about one place, with what it is on the wire.
type Damage = fn(&mut Facets) -> bool;

/// Ways to take less than promised. Each says whether there was anything to damage.
const REQUEST: [Damage; 6] = [
    |facets| facets.insert("type".to_owned(), json!([])) != Some(json!([])),
    |facets| facets.insert("required".to_owned(), json!(true)).is_none(),
    |facets| facets.insert("format".to_owned(), json!("odd")) != Some(json!("odd")),
    |facets| move_limit(facets, "maxLength", -1),
    |facets| {
        facets
            .insert("minLength".to_owned(), json!(99))
            .is_none_or(|least| least != 99)
    },
    |facets| match facets.get("additionalProperties") {
        Some(_) => facets.remove("additionalProperties").is_some(),
        None => facets
            .insert("additionalProperties".to_owned(), json!(false))
            .is_none(),
    },
];

/// Ways to answer more than promised.
const RESPONSE: [Damage; 6] = [
    |facets| facets.remove("required").is_some(),
    |facets| facets.remove("format").is_some(),
    |facets| facets.remove("enum").is_some(),
    |facets| move_limit(facets, "maxLength", 1),
    |facets| facets.remove("type").is_some(),
    |facets| {
        let Some(mut names) = facets.get("type").map(types) else {
            return false;
        };
        let nullable = !names.insert("null".to_owned());
        facets.insert("type".to_owned(), json!(names));
        !nullable
    },
];

fn move_limit(facets: &mut Facets, name: &str, by: i64) -> bool {
    let Some(limit) = facets.get(name).and_then(Value::as_i64) else {
        return false;
    };
    facets.insert(name.to_owned(), json!(limit + by));
    true
}

/// Every copy of `whole` with damage at one place, and what was done where.
fn damaged(whole: &Content, ways: &[Damage]) -> Vec<(String, Content)> {
    let mut copies = Vec::new();
    for (media, fields) in whole {
        for place in fields.keys() {
            let mut copy = whole.clone();
            let facets = copy.get_mut(media).unwrap();
            if place != "." {
                facets.remove(place);
                copies.push((format!("{place} taken away"), copy));
            }
            for (number, damage) in ways.iter().enumerate() {
                let mut copy = whole.clone();
                let facets = copy.get_mut(media).unwrap().get_mut(place).unwrap();
                if damage(facets) {
                    copies.push((format!("{place} damaged in way {number}"), copy));
                }
            }
        }
    }
    copies
}

/// An operation, less one promise.
fn broken(whole: &Operation) -> Vec<(String, Operation)> {
    let mut copies = Vec::new();
    for (what, parameters) in damaged(&whole.parameters, &REQUEST) {
        copies.push((
            what,
            Operation {
                parameters,
                ..whole.clone()
            },
        ));
    }
    for (what, request) in damaged(&whole.request, &REQUEST) {
        copies.push((
            what,
            Operation {
                request,
                ..whole.clone()
            },
        ));
    }
    for (status, content) in &whole.responses {
        for (what, content) in damaged(content, &RESPONSE) {
            let mut copy = whole.clone();
            copy.responses.insert(status.clone(), content);
            copies.push((format!("{status} {what}"), copy));
        }
        let mut copy = whole.clone();
        copy.responses.remove(status);
        copies.push((format!("{status} never answered"), copy));
    }
    copies
}

#[test]
fn no_damage_goes_unnoticed() {
    let mut tried = 0;
    for contract in WITH_FACTS {
        let contract = facts(contract);
        assert_eq!(differences(&contract, &contract), []);
        for (name, operation) in &contract {
            for (what, copy) in broken(operation) {
                let ours = [(name.clone(), copy)].into();
                assert_ne!(differences(&contract, &ours), [], "{name}: {what}");
                tried += 1;
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}
