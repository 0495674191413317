//! Log lines: one JSON object a line on standard output, which is what
//! CloudWatch Logs takes and metric filters match.
//!
//! Nothing personal and no secret goes in: names of things, numbers, ids.

use serde_json::{Map, Value};

/// Something that an operator may have to know about, by its stable name. The
/// template's metric filters match some of these: do not rename one alone.
pub fn event(name: &str, fields: impl IntoIterator<Item = (&'static str, Value)>) {
    let mut line = Map::from_iter([("event".to_owned(), Value::from(name))]);
    line.extend(
        fields
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value)),
    );
    println!("{}", Value::Object(line));
}
