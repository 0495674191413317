//! Log lines: one JSON object a line on standard output, which is what
//! CloudWatch Logs takes and metric filters match. Here, because no crate below this one
//! writes any.
//!
//! Nothing personal and no secret goes in: names of things, numbers, ids. A line that is
//! written while a request is answered says which: by the id under which Lambda's own
//! lines stand, and by the one under which the gateway's access log has it.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value};

/// What the request that is being answered is called elsewhere.
#[derive(Clone, Debug, Default)]
pub struct RequestIds {
    /// Lambda's name of the invocation.
    pub lambda: String,
    /// API Gateway's name of the request, if it came through one.
    pub gateway: Option<String>,
}

tokio::task_local! {
    static IDS: RequestIds;
}

/// Does `work`, whose lines name the request `ids`.
pub async fn during<T>(ids: RequestIds, work: impl Future<Output = T>) -> T {
    IDS.scope(ids, work).await
}

/// Something that an administrator may have to know about, by its stable name. The
/// template's metric filters match some of these: do not rename one alone.
pub fn event(name: &str, fields: impl IntoIterator<Item = (&'static str, Value)>) {
    let line = line(name, fields);
    if TO_STANDARD_ERROR.load(Ordering::Relaxed) {
        eprintln!("{line}");
    } else {
        println!("{line}");
    }
}

/// The text of such a line.
pub fn line(name: &str, fields: impl IntoIterator<Item = (&'static str, Value)>) -> String {
    let mut line = Map::from_iter([("event".to_owned(), Value::from(name))]);
    let fields = fields.into_iter();
    line.extend(fields.map(|(key, value)| (key.to_owned(), value)));
    // Outside a request there are none.
    let _ = IDS.try_with(|ids| {
        line.insert("request_id".to_owned(), ids.lambda.clone().into());
        if let Some(gateway) = &ids.gateway {
            line.insert("gateway_id".to_owned(), gateway.clone().into());
        }
    });
    Value::Object(line).to_string()
}

static TO_STANDARD_ERROR: AtomicBool = AtomicBool::new(false);

/// Has all lines go to standard error from now on: a program whose standard output is its
/// answer would mix them into it.
pub fn to_standard_error() {
    TO_STANDARD_ERROR.store(true, Ordering::Relaxed);
}
