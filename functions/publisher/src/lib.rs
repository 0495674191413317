//! Security events: from the audit table's stream to an event bus, where rules take them to
//! whoever wants to know.
//!
//! Lambda calls it with each batch of the stream, and a schedule calls it every hour to send
//! what was left. Why nothing gets lost on the way is told in `flows::Outbox`'s own module.

use domain::Error;
use flows::{Outbox, log};
use serde_json::{Value, json};

/// Sends a batch of the stream, and tells Lambda from which record on it is to come again;
/// for any other event, sends what was left.
///
/// # Errors
/// [`Error::Unavailable`] if what was left cannot be read or sent.
pub async fn answer(outbox: Outbox, mut event: Value) -> Result<Value, Error> {
    // In boxes: one in another, the futures down to the SDK's are deeper than the compiler goes.
    match event.get_mut("Records").map(Value::take) {
        Some(Value::Array(records)) => {
            let published = Box::pin(outbox.publish(records)).await;
            let failed = published.failed.iter();
            let failures: Vec<_> = failed
                .map(|sequence| json!({ "itemIdentifier": sequence }))
                .collect();
            Ok(json!({ "batchItemFailures": failures }))
        }
        _ => {
            let swept = Box::pin(outbox.sweep()).await?;
            log::event("schedule_served", []);
            Ok(json!({ "found": swept.found, "published": swept.taken, "left": swept.left }))
        }
    }
}
