//! Operations of a contract beside ours.

use std::fmt;

use super::fields::{Side, compare};
use super::{Content, Operation, Operations};

/// Something that a client of the contract would stumble over.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// At which operation, as `METHOD /path`.
    pub operation: String,
    /// Where in it, and what.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.what)
    }
}

/// All differences in the operations that both have.
#[must_use]
pub fn differences(theirs: &Operations, ours: &Operations) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, theirs) in theirs {
        let Some(ours) = ours.get(name) else {
            continue;
        };
        found.extend(operation(theirs, ours).into_iter().map(|what| Difference {
            operation: name.clone(),
            what,
        }));
    }
    found
}

fn operation(theirs: &Operation, ours: &Operation) -> Vec<String> {
    let mut found = Vec::new();
    if theirs.id != ours.id {
        let (theirs, ours) = (&theirs.id, &ours.id);
        found.push(format!("operationId: contract {theirs}, ours {ours}"));
    }
    callers(theirs, ours, &mut found);
    let side = Side::Request;
    each(
        "parameter",
        side,
        &theirs.parameters,
        &ours.parameters,
        &mut found,
    );
    for (name, fields) in &ours.parameters {
        if !theirs.parameters.contains_key(name) && fields["."].contains_key("required") {
            found.push(format!("parameter {name}: required, the contract has none"));
        }
    }
    each("request", side, &theirs.request, &ours.request, &mut found);
    let body_is_required = ours
        .request
        .values()
        .any(|fields| fields["."].contains_key("required"));
    if theirs.request.is_empty() && body_is_required {
        found.push("request: required, the contract has none".to_owned());
    }
    for (status, theirs) in &theirs.responses {
        let place = format!("response {status}");
        match ours.responses.get(status) {
            Some(ours) => each(&place, Side::Response, theirs, ours, &mut found),
            None => found.push(format!("{place}: missing")),
        }
    }
    found
}

/// Every caller that the contract accepts must be accepted; only an operation that is
/// open in the contract may be open.
fn callers(theirs: &Operation, ours: &Operation, found: &mut Vec<String>) {
    let open = |operation: &Operation| operation.callers.contains("anyone");
    if open(ours) && !open(theirs) {
        found.push("caller: open, but not in the contract".to_owned());
    }
    if !open(ours) {
        for caller in theirs.callers.difference(&ours.callers) {
            found.push(format!("caller: {caller} is not accepted"));
        }
    }
}

/// Everything that the contract names must be there, and fit.
fn each(place: &str, side: Side, theirs: &Content, ours: &Content, found: &mut Vec<String>) {
    for (name, theirs) in theirs {
        let problems = match ours.get(name) {
            Some(ours) => compare(side, theirs, ours),
            None => vec![": missing".to_owned()],
        };
        found.extend(
            problems
                .iter()
                .map(|problem| format!("{place} {name}{problem}")),
        );
    }
}
