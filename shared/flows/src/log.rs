//! Log lines: one JSON object a line on standard output, which is what
//! CloudWatch Logs takes and metric filters match.
//!
//! Nothing personal and no secret goes in: names of things, numbers, ids.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value};

/// Something that an administrator may have to know about, by its stable name. The
/// template's metric filters match some of these: do not rename one alone.
pub fn event(name: &str, fields: impl IntoIterator<Item = (&'static str, Value)>) {
    let mut line = Map::from_iter([("event".to_owned(), Value::from(name))]);
    line.extend(
        fields
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value)),
    );
    if TO_STANDARD_ERROR.load(Ordering::Relaxed) {
        eprintln!("{}", Value::Object(line));
    } else {
        println!("{}", Value::Object(line));
    }
}

static TO_STANDARD_ERROR: AtomicBool = AtomicBool::new(false);

/// Has all lines go to standard error from now on: a program whose standard output is its
/// answer would mix them into it.
pub fn to_standard_error() {
    TO_STANDARD_ERROR.store(true, Ordering::Relaxed);
}
