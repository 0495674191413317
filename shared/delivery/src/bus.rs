//! An event bus of EventBridge. A call carries several events, and of these the bus may take
//! some and refuse others.

use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use domain::UnixTime;

use crate::DeliveryError;
use crate::courier::in_time;

/// What all our events have as their source: rules match it.
pub const SOURCE: &str = "postern";

/// An event on its way to a bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusEvent {
    /// What kind of event: `detail-type` in rules.
    pub detail_type: String,
    /// The event itself, as a JSON object.
    pub detail: String,
    /// When it happened.
    pub time: UnixTime,
}

/// An event that the bus did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// EventBridge's code.
    pub code: String,
    /// Whether it may take the same event later.
    pub passing: bool,
}

/// A bus. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EventBus {
    client: aws_sdk_eventbridge::Client,
    name: String,
}

impl BusEvent {
    /// What it counts for in the size of a call, in bytes.
    fn size(&self) -> usize {
        // EventBridge's own sum: a time counts 14.
        14 + SOURCE.len() + self.detail_type.len() + self.detail.len()
    }
}

impl EventBus {
    /// How many events a call carries at most.
    pub const MOST: usize = 10;
    /// How many bytes they have together, at most.
    pub const LARGEST: usize = 256 * 1024;

    /// The bus of that name.
    #[must_use]
    pub fn new(config: &aws_config::SdkConfig, name: &str) -> Self {
        Self {
            client: aws_sdk_eventbridge::Client::new(config),
            name: name.to_owned(),
        }
    }

    /// How many of the first of `events` one call carries: at least one, if there is one.
    pub fn fitting<'a>(events: impl IntoIterator<Item = &'a BusEvent>) -> usize {
        let mut size = 0;
        let fits = |event: &&BusEvent| {
            let first = size == 0;
            size += event.size();
            first || size <= Self::LARGEST
        };
        events.into_iter().take(Self::MOST).take_while(fits).count()
    }

    /// Puts as many events as one call carries ([`EventBus::fitting`]), and says of each
    /// what became of it. Taken means that EventBridge keeps it and hands it to the rules.
    ///
    /// # Errors
    /// [`DeliveryError`] if EventBridge refuses the call or does not answer within four
    /// seconds. It may have taken them all the same.
    pub async fn put(
        &self,
        events: &[BusEvent],
    ) -> Result<Vec<Result<(), Refusal>>, DeliveryError> {
        let entry = |event: &BusEvent| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.name)
                .source(SOURCE)
                .detail_type(&event.detail_type)
                .detail(&event.detail)
                .time(DateTime::from_secs(event.time.0))
                .build()
        };
        let entries = events.iter().map(entry).collect();
        let call = self.client.put_events().set_entries(Some(entries));
        let answer = in_time("EventBridge", call.send()).await?;
        let said = answer.entries().iter();
        let said: Vec<_> = said
            .map(|entry| match entry.error_code() {
                None => Ok(()),
                Some(code) => Err(Refusal {
                    code: code.to_owned(),
                    passing: is_passing(code),
                }),
            })
            .collect();
        if said.len() != events.len() {
            return Err(DeliveryError::of("EventBridge: an answer for other events"));
        }
        Ok(said)
    }
}

/// Whether what EventBridge says of an event is about its own state, not about the event.
fn is_passing(code: &str) -> bool {
    ["Throttling", "Internal", "ServiceUnavailable"]
        .iter()
        .any(|begin| code.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(bytes: usize) -> BusEvent {
        BusEvent {
            detail_type: "SIGN_IN".to_owned(),
            detail: "x".repeat(bytes),
            time: UnixTime(0),
        }
    }

    #[test]
    fn a_call_carries_ten_events_and_a_quarter_of_a_megabyte() {
        let fitting = |sizes: &[usize]| {
            let events: Vec<_> = sizes.iter().map(|size| event(*size)).collect();
            EventBus::fitting(&events)
        };
        assert_eq!(fitting(&[]), 0);
        assert_eq!(fitting(&[300; 25]), 10);
        assert_eq!(fitting(&[100 * 1024; 3]), 2);
        // Alone, one that is too large is EventBridge's to refuse.
        assert_eq!(fitting(&[300 * 1024, 10]), 1);
    }
}
