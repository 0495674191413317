//! What was not sent in time is sent again.
//!
//! The bucket holds batches: those that Lambda gave up after six hours, in its own form
//! (the record of the invocation, with the batch as `payload`), and single records that were
//! put aside. Each is removed once all of it has left. What still cannot be read stays, is
//! logged each time, and goes with the bucket's own rule after a month.

use domain::Error;
use domain::time::MINUTE;
use serde_json::Value;

use super::Outbox;
use crate::log;

/// How long one sweep goes on: the function may run for a minute more.
const AT_MOST: u64 = 4 * MINUTE;

/// More than an object can have: a batch of Lambda has 6 MB at most, and a text of JSON in
/// JSON is twice as long.
const LARGEST: usize = 16 * 1024 * 1024;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many objects it found.
    pub found: usize,
    /// How many events it sent.
    pub taken: usize,
    /// How many objects it left, for the next sweep or for good.
    pub left: usize,
}

impl Outbox {
    /// Sends what lies in the bucket. What it found is logged if it is anything, since
    /// somebody waits for it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the bucket does not answer, or the bus takes nothing.
    pub async fn sweep(&self) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        let outcome = self.sweep_into(&mut swept).await;
        if swept.found > 0 {
            let fields = [
                ("objects", swept.found.into()),
                ("published", swept.taken.into()),
                ("left", swept.left.into()),
            ];
            log::event("events_late", fields);
        }
        outcome.map(|()| swept)
    }

    async fn sweep_into(&self, swept: &mut Swept) -> Result<(), Error> {
        let until = self.0.clock.now().plus(AT_MOST);
        let mut after: Option<String> = None;
        loop {
            let page = self.0.bucket.list(after.as_deref()).await;
            let page = page.map_err(|error| unavailable(&error))?;
            let Some(last) = page.last().cloned() else {
                return Ok(());
            };
            for object in page {
                if self.0.clock.now() >= until {
                    return Ok(());
                }
                swept.found += 1;
                if !self.sweep_object(&object, swept).await? {
                    swept.left += 1;
                }
            }
            after = Some(last);
        }
    }

    /// Whether nothing is left of an object.
    async fn sweep_object(&self, object: &str, swept: &mut Swept) -> Result<bool, Error> {
        let bytes = self.0.bucket.get(object, LARGEST).await;
        let Some(bytes) = bytes.map_err(|error| unavailable(&error))? else {
            return Ok(true);
        };
        let Some(records) = records(&bytes) else {
            log::event("event_unreadable", [("object", object.into())]);
            return Ok(false);
        };
        let published = self.publish(records).await;
        swept.taken += published.taken;
        if published.failed.is_some() {
            return Err(Error::Unavailable("the bus takes nothing".to_owned()));
        }
        if published.put_aside.contains(object) {
            return Ok(false);
        }
        let removed = self.0.bucket.remove(object).await;
        removed.map_err(|error| unavailable(&error))?;
        Ok(true)
    }
}

/// The records of a batch, by itself or in the record of an invocation.
fn records(bytes: &[u8]) -> Option<Vec<Value>> {
    let mut batch: Value = serde_json::from_slice(bytes).ok()?;
    if let Some(payload) = batch.get_mut("payload").map(Value::take) {
        batch = match payload {
            Value::String(text) => serde_json::from_str(&text).ok()?,
            payload => payload,
        };
    }
    match batch.get_mut("Records").map(Value::take) {
        Some(Value::Array(records)) => Some(records),
        _ => None,
    }
}

fn unavailable(error: &pictures::BucketError) -> Error {
    Error::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_batch_is_found_in_what_lambda_leaves_of_it() {
        let batch = json!({ "Records": [{ "eventName": "INSERT" }] });
        for object in [
            batch.clone(),
            json!({ "version": "1.0", "payload": batch.to_string() }),
            json!({ "version": "1.0", "payload": batch }),
        ] {
            let found = records(object.to_string().as_bytes());
            assert_eq!(found.map(|records| records.len()), Some(1), "{object}");
        }
        for object in ["", "{}", r#"{"payload":"x"}"#, r#"{"Records":7}"#] {
            assert_eq!(records(object.as_bytes()), None, "{object}");
        }
    }
}
