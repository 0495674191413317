//! What came back to callers, over all of a world's requests.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The answers of a world since it was last asked.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Answers>);

/// Answers, and how long each took.
#[derive(Debug, Default)]
pub struct Answers {
    took: Vec<Duration>,
    /// Each answer of 500 and more: its request, status and body.
    pub broken: Vec<String>,
}

impl Tally {
    /// Notes an answer.
    pub(crate) fn note(&self, request: &str, status: u16, body: &str, took: Duration) {
        let mut answers = self.lock();
        answers.took.push(took);
        if status >= 500 {
            answers.broken.push(format!("{request}: {status} {body}"));
        }
    }

    /// The answers since it was last asked.
    #[must_use]
    pub fn take(&self) -> Answers {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers {
    /// How many there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.took.len()
    }

    /// In how many milliseconds so many of a hundred were there.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> u128 {
        let mut sorted = self.took.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).map_or(0, Duration::as_millis)
    }
}
