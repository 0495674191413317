//! A batch of the stream's records onto the bus.
//!
//! Calls follow one another, so that what is reported as failed is the first that failed:
//! Lambda takes all before it as sent, and sends it and all after it again.

use std::collections::BTreeSet;
use std::time::Duration;

use delivery::{BusEvent, EventBus};
use serde_json::{Value, json};
use store::AuditRow;

use super::Outbox;
use super::event::for_bus;
use crate::log;

/// How often an entry that the bus refuses is put before it is left to the next batch.
const TRIES: u32 = 3;

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// How many events the bus took.
    pub taken: usize,
    /// The objects of the bucket in which records were put aside.
    pub put_aside: BTreeSet<String>,
    /// The sequence number of the first record that was neither taken nor put aside: it and
    /// all after it are to come again.
    pub failed: Option<String>,
}

/// An event with the record that it was made of.
struct Pending {
    event: BusEvent,
    record: Value,
}

impl Outbox {
    /// Sends the events that the records of a batch tell of, in the form in which Lambda
    /// hands them over. Records of anything but new rows are passed over.
    pub async fn publish(&self, records: Vec<Value>) -> Published {
        let mut published = Published::default();
        let (mut pending, mut unread) = (Vec::new(), None);
        for record in records.into_iter().filter(is_new_row) {
            let reason = match self.read(&record) {
                Ok(event) => {
                    pending.push(Pending { event, record });
                    continue;
                }
                Err(reason) => reason,
            };
            let Some(object) = self.put_aside(&record, &reason).await else {
                // It and all behind it come again.
                unread = Some(sequence(&record));
                break;
            };
            published.put_aside.insert(object);
        }
        while !pending.is_empty() && published.failed.is_none() {
            let fitting = EventBus::fitting(pending.iter().map(|one| &one.event));
            let later = pending.split_off(fitting);
            self.put(pending, &mut published).await;
            pending = later;
        }
        published.failed = published.failed.or(unread);
        published
    }

    fn read(&self, record: &Value) -> Result<BusEvent, String> {
        let image = record.pointer("/dynamodb/NewImage");
        let image = image.unwrap_or(&Value::Null);
        let row = AuditRow::of_image(image).map_err(|error| error.to_string())?;
        Ok(for_bus(row, &self.0.stack))
    }

    /// Puts what one call carries, and again what was refused in passing.
    async fn put(&self, mut pending: Vec<Pending>, published: &mut Published) {
        for tried in 0..TRIES {
            if tried > 0 {
                tokio::time::sleep(Duration::from_millis(100 << tried)).await;
            }
            let events: Vec<_> = pending.iter().map(|one| one.event.clone()).collect();
            let said = match self.0.bus.put(&events).await {
                Ok(said) => said,
                Err(error) => {
                    log::event("publish_failed", [("reason", error.to_string().into())]);
                    break;
                }
            };
            let mut again = Vec::new();
            for (one, said) in pending.into_iter().zip(said) {
                match said {
                    Ok(()) => published.taken += 1,
                    Err(refusal) if refusal.passing => again.push(one),
                    Err(refusal) => {
                        let reason = format!("EventBridge: {}", refusal.code);
                        match self.put_aside(&one.record, &reason).await {
                            Some(object) => {
                                published.put_aside.insert(object);
                            }
                            None => again.push(one),
                        }
                    }
                }
            }
            pending = again;
            if pending.is_empty() {
                return;
            }
        }
        published.failed = pending.first().map(|one| sequence(&one.record));
    }

    /// Leaves a record in the bucket, under a name that is the same each time; the name, if
    /// the bucket took it.
    async fn put_aside(&self, record: &Value, reason: &str) -> Option<String> {
        let sequence = sequence(record);
        let object = format!("unreadable/{sequence}.json");
        let batch = json!({ "Records": [record] }).to_string();
        let put = self.0.bucket.put(&object, batch.into_bytes()).await;
        let mut fields = vec![
            ("sequence", Value::from(sequence.as_str())),
            ("reason", reason.into()),
        ];
        if let Err(error) = &put {
            fields.push(("not_put_aside", error.to_string().into()));
        }
        log::event("event_unreadable", fields);
        put.ok().map(|()| object)
    }
}

/// Whether a record is about a new row. Rows also go, when they have been kept for long
/// enough.
fn is_new_row(record: &Value) -> bool {
    record.get("eventName").is_some_and(|name| name == "INSERT")
}

/// The sequence number of a record, which it has from the stream.
fn sequence(record: &Value) -> String {
    let number = record.pointer("/dynamodb/SequenceNumber");
    let number = number.and_then(Value::as_str).unwrap_or("none");
    number.chars().filter(char::is_ascii_alphanumeric).collect()
}
