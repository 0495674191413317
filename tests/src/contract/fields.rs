//! One body beside another, place by place.
//!
//! Of two schemas, the values of the *inner* must all be values of the *outer*.
//! In a request the contract's is the inner and ours the outer: whatever a client
//! may send, we take. In a response ours is the inner and the contract's the
//! outer: whatever we answer, a client can read.

use super::facets::narrower;
use super::schema::under;
use super::{Facets, Fields};

/// Which way a body goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    /// From the client to us.
    Request,
    /// From us to the client.
    Response,
}

/// What is wrong with `ours`, as ` .place: what`.
pub(super) fn compare(side: Side, theirs: &Fields, ours: &Fields) -> Vec<String> {
    let mut found = Vec::new();
    for (place, contract) in theirs {
        let held = match side {
            // A map of ours takes any field.
            Side::Request => find(ours, place),
            // But one that it may or may not answer is not a promise.
            Side::Response => ours.get(place),
        };
        if let Some(held) = held {
            let problems = narrower(side, contract, held);
            found.extend(
                problems
                    .iter()
                    .map(|problem| format!(" {place}: {problem}")),
            );
        } else if is_missing(side, place, ours) {
            found.push(format!(" {place}: missing"));
        }
    }
    for (place, held) in ours {
        if !theirs.contains_key(place) {
            let problems = surplus(side, place, held, theirs);
            found.extend(
                problems
                    .iter()
                    .map(|problem| format!(" {place}: {problem}")),
            );
        }
    }
    found
}

/// Whether a place of the contract that `ours` does not have should be there.
fn is_missing(side: Side, place: &str, ours: &Fields) -> bool {
    let (parent, step) = split(place);
    // If the parent is missing, only the parent is reported.
    let Some(holder) = find(ours, parent) else {
        return false;
    };
    // Fields that have names of their own are values of a map, each compared with
    // what the map holds.
    let named = || {
        ours.keys()
            .any(|other| other != "." && split(other).0 == parent)
    };
    let is_map = side == Side::Response && step == ".*";
    !(is_map && (named() || is_closed(holder)))
}

/// What is wrong with a place that the contract does not name.
fn surplus(side: Side, place: &str, held: &Facets, theirs: &Fields) -> Vec<String> {
    let (parent, _) = split(place);
    match (side, find(theirs, place), find(theirs, parent)) {
        // One of the values of their map.
        (Side::Response, Some(contract), _) => narrower(side, contract, held),
        (Side::Response, None, Some(holder)) if is_closed(holder) => {
            vec!["the contract closes this object".to_owned()]
        }
        (Side::Request, _, Some(_)) if held.contains_key("required") => {
            vec!["required, the contract has none".to_owned()]
        }
        _ => Vec::new(),
    }
}

/// The facts of a place, by its own name or as a value of a map.
fn find<'f>(fields: &'f Fields, place: &str) -> Option<&'f Facets> {
    fields.get(&key(fields, place)?)
}

fn key(fields: &Fields, place: &str) -> Option<String> {
    if place == "." {
        return Some(place.to_owned());
    }
    let (parent, step) = split(place);
    let parent = key(fields, parent)?;
    let value = if step.starts_with('.') { ".*" } else { step };
    let mut keys = [step, value].into_iter().map(|step| under(&parent, step));
    keys.find(|key| fields.contains_key(key))
}

/// The place that a place is in, and the step from there.
fn split(place: &str) -> (&str, &str) {
    if let Some(list) = place.strip_suffix("[]") {
        return (list, "[]");
    }
    match place.rsplit_once('.') {
        Some(("", _)) | None => (".", place),
        Some((parent, _)) => (parent, &place[parent.len()..]),
    }
}

fn is_closed(object: &Facets) -> bool {
    object
        .get("additionalProperties")
        .is_some_and(|open| open == false)
}
