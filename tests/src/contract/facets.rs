//! What is said of one place, beside what is said of it elsewhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Facets;
use super::combine::types;
use super::document::elements;
use super::fields::Side;

/// Limits above and below, and what counts as none.
const LIMITS: [(&str, f64, Option<f64>); 8] = [
    ("maxLength", -1.0, None),
    ("maximum", -1.0, None),
    ("exclusiveMaximum", -1.0, None),
    ("maxItems", -1.0, None),
    ("minLength", 1.0, Some(0.0)),
    ("minimum", 1.0, None),
    ("exclusiveMinimum", 1.0, None),
    ("minItems", 1.0, Some(0.0)),
];

/// Formats that leave out no value that the type has.
const WIDE: [&str; 3] = ["int64", "double", "password"];

/// The facts in which `held`, ours, does not do what `contract` says.
pub(super) fn narrower(side: Side, contract: &Facets, held: &Facets) -> Vec<String> {
    let (inner, outer) = match side {
        Side::Request => (contract, held),
        Side::Response => (held, contract),
    };
    let mut names = Vec::new();
    if outer.contains_key("required") && !inner.contains_key("required") {
        names.push("required");
    }
    if !types_fit(inner, outer) {
        names.push("type");
    }
    if !enumeration_fits(inner, outer) {
        names.push("enum");
    }
    if outer.get("format").is_some_and(|format| {
        !WIDE.iter().any(|wide| format == wide) && inner.get("format") != Some(format)
    }) {
        names.push("format");
    }
    if outer.contains_key("pattern") && inner.get("pattern") != outer.get("pattern") {
        names.push("pattern");
    }
    names.extend(
        LIMITS
            .iter()
            .filter(|limit| !limit_fits(limit, inner, outer))
            .map(|limit| limit.0),
    );
    if !closing_fits(side, contract, held) {
        names.push("additionalProperties");
    }
    // A client that leaves it out means the contract's default.
    if !inner.contains_key("required")
        && contract.contains_key("default")
        && contract.get("default") != held.get("default")
    {
        names.push("default");
    }
    let said = |facets: &Facets, name| match facets.get(name) {
        Some(value) if name == "type" => json!(types(value)).to_string(),
        Some(value) => value.to_string(),
        None => "none".to_owned(),
    };
    let say = |name| {
        let (contract, held) = (said(contract, name), said(held, name));
        format!("{name}: contract {contract}, ours {held}")
    };
    names.into_iter().map(say).collect()
}

fn types_fit(inner: &Facets, outer: &Facets) -> bool {
    let Some(outer) = outer.get("type").map(types) else {
        return true;
    };
    let Some(inner) = inner.get("type").map(types) else {
        return false;
    };
    let fits =
        |name: &String| outer.contains(name) || (name == "integer" && outer.contains("number"));
    inner.iter().all(fits)
}

fn enumeration_fits(inner: &Facets, outer: &Facets) -> bool {
    let values = |facets: &Facets| -> Option<BTreeSet<String>> {
        Some(
            elements(facets.get("enum")?)
                .map(Value::to_string)
                .collect(),
        )
    };
    match (values(inner), values(outer)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(inner), Some(outer)) => inner.is_subset(&outer),
    }
}

/// Whether the inner limit lies within the outer one. The sign says on which
/// side of a limit the values are.
fn limit_fits(
    (name, sign, none): &(&str, f64, Option<f64>),
    inner: &Facets,
    outer: &Facets,
) -> bool {
    let limit = |facets: &Facets| facets.get(*name).and_then(Value::as_f64).or(*none);
    match (limit(inner), limit(outer)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(inner), Some(outer)) => inner * sign >= outer * sign,
    }
}

/// A request must be closed exactly where the contract's is, for its clients rely on the
/// refusal of a field that is not read. An answer may be closed elsewhere, too.
fn closing_fits(side: Side, contract: &Facets, held: &Facets) -> bool {
    let closed = |facets: &Facets| facets.get("additionalProperties") == Some(&json!(false));
    match side {
        Side::Request => closed(contract) == closed(held),
        Side::Response => !closed(contract) || closed(held),
    }
}
