//! What DynamoDB charges for a call.
//!
//! Every call asks for `ReturnConsumedCapacity`, and the engine answers by
//! DynamoDB's rules: a strongly consistent read is a unit for each 4 KB, a
//! write one for each 1 KB of the larger of the item before and after, twice
//! that in a transaction (a condition check included), and an index row that
//! changes one more for each KB.
//!
//! A refused condition is charged as well, but comes back without a report.
//! It counts here as the least that DynamoDB takes.

use serde_json::{Value, json};

/// Units of capacity.
#[derive(Clone, Copy, Debug, Default)]
pub struct Units {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
}

impl std::iter::Sum for Units {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, next| Self {
            read: sum.read + next.read,
            write: sum.write + next.write,
        })
    }
}

/// Asks for a report.
pub fn ask(request: &mut Value) {
    if let Some(request) = request.as_object_mut() {
        request.insert("ReturnConsumedCapacity".to_owned(), json!("TOTAL"));
    }
}

/// Takes the report out of an answer, which then is what the function would
/// have got without it.
pub fn taken(operation: &str, request: &Value, answer: &mut Value) -> Units {
    if let Some(least) = refused(request, answer) {
        return Units {
            read: 0.0,
            write: least,
        };
    }
    let report = answer
        .as_object_mut()
        .and_then(|answer| answer.remove("ConsumedCapacity"));
    let tables = match report {
        Some(Value::Array(tables)) => tables,
        Some(table) => vec![table],
        None => Vec::new(),
    };
    let units = tables
        .iter()
        .filter_map(|table| table.get("CapacityUnits")?.as_f64())
        .sum();
    match operation {
        "GetItem" | "BatchGetItem" | "TransactGetItems" | "Query" | "Scan" => Units {
            read: units,
            write: 0.0,
        },
        _ => Units {
            read: 0.0,
            write: units,
        },
    }
}

/// The least that is charged for a write whose condition did not hold.
fn refused(request: &Value, answer: &Value) -> Option<f64> {
    let kind = answer.get("__type")?.as_str()?;
    if kind.ends_with("ConditionalCheckFailedException") {
        return Some(1.0);
    }
    let items = request
        .get("TransactItems")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    kind.ends_with("TransactionCanceledException")
        .then(|| f64::from(u32::try_from(items).unwrap_or_default()) * 2.0)
}
