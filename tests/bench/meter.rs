//! What a function asked of others: each call, when, and what it consumed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::capacity::Units;

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// DynamoDB.
    DynamoDb,
    /// SES.
    Ses,
    /// SNS.
    Sns,
    /// KMS.
    Kms,
    /// GitHub or Google.
    Provider,
    /// S3.
    S3,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Of whom.
    pub service: Service,
    /// `GetItem`, `SendEmail`, …
    pub operation: String,
    /// When it had arrived.
    pub begun: Instant,
    /// When its answer was ready.
    pub ended: Instant,
    /// What DynamoDB charges for it.
    pub units: Units,
}

/// The record of calls. A clone is another handle to the same one.
#[derive(Clone, Default)]
pub struct Meter(Arc<State>);

#[derive(Default)]
struct State {
    calls: Mutex<Vec<Call>>,
    waits: Mutex<Vec<(Instant, Instant)>>,
    delay_millis: AtomicU64,
}

impl Meter {
    /// Notes a call.
    pub fn add(&self, call: Call) {
        self.calls().push(call);
    }

    /// The calls since it was last asked.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls())
    }

    /// Notes that a caller waited for an answer from then until then.
    pub fn waited(&self, since: Instant, until: Instant) {
        self.waits().push((since, until));
    }

    /// The time since it was last asked in which at least one answer was waited for.
    pub fn take_waited(&self) -> Duration {
        let mut waits = std::mem::take(&mut *self.waits());
        waits.sort_unstable();
        let mut total = Duration::ZERO;
        let mut reached: Option<Instant> = None;
        for (since, until) in waits {
            let from = reached.map_or(since, |reached| reached.max(since));
            total += until.saturating_duration_since(from);
            reached = Some(reached.map_or(until, |reached| reached.max(until)));
        }
        total
    }

    /// From now on each DynamoDB call is held back for so long.
    pub fn set_delay(&self, delay: Duration) {
        let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.0.delay_millis.store(millis, Ordering::Relaxed);
    }

    /// How long a call of `service` is held back.
    pub fn delay(&self, service: Service) -> Duration {
        match service {
            Service::DynamoDb => Duration::from_millis(self.0.delay_millis.load(Ordering::Relaxed)),
            Service::Ses | Service::Sns | Service::Kms | Service::Provider | Service::S3 => {
                Duration::ZERO
            }
        }
    }

    fn waits(&self) -> MutexGuard<'_, Vec<(Instant, Instant)>> {
        self.0.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The calls of one service.
pub fn of(calls: &[Call], service: Service) -> Vec<Call> {
    calls
        .iter()
        .filter(|call| call.service == service)
        .cloned()
        .collect()
}

/// How many of these calls followed one another: the longest chain in which each began
/// when the one before had ended.
pub fn chained(calls: &[Call]) -> usize {
    let mut by_end: Vec<&Call> = calls.iter().collect();
    by_end.sort_by_key(|call| call.ended);
    let mut until: Option<Instant> = None;
    let mut chain = 0;
    for call in by_end {
        if until.is_none_or(|until| until <= call.begun) {
            until = Some(call.ended);
            chain += 1;
        }
    }
    chain
}

/// The calls by name, as in `BatchGetItem + 2 UpdateItem`.
pub fn named(calls: &[Call]) -> String {
    let mut names: Vec<(&str, usize)> = Vec::new();
    for call in calls {
        match names.iter_mut().find(|(name, _)| *name == call.operation) {
            Some((_, count)) => *count += 1,
            None => names.push((&call.operation, 1)),
        }
    }
    names.sort_unstable();
    let names: Vec<String> = names
        .into_iter()
        .map(|(name, count)| match count {
            1 => name.to_owned(),
            _ => format!("{count} {name}"),
        })
        .collect();
    names.join(" + ")
}
