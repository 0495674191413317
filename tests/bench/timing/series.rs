//! The times of two kinds of names, and whether they can be told apart.

use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

/// How far an AUC may be from one half: what [`TRIES`] stray by.
const NOISE: f64 = 0.05;

/// How many tries that is of. Fewer stray further, by the root of their number.
const TRIES: f64 = 200.0;

/// Times of two kinds.
#[derive(Default)]
pub struct Pair {
    first: Vec<Duration>,
    second: Vec<Duration>,
}

impl Pair {
    /// Adds a time of either kind.
    pub fn add(&mut self, first: Duration, second: Duration) {
        self.first.push(first);
        self.second.push(second);
    }

    /// How often the slower of two answers is of the first kind.
    fn auc(&self) -> f64 {
        let mut slower = 0.0;
        for first in &self.first {
            for second in &self.second {
                slower += match first.cmp(second) {
                    Ordering::Greater => 1.0,
                    Ordering::Equal => 0.5,
                    Ordering::Less => 0.0,
                };
            }
        }
        let pairs = self.first.len() * self.second.len();
        slower / f64::from(u32::try_from(pairs).unwrap_or(u32::MAX).max(1))
    }

    /// Which kind is the slower one, 1 or -1; 0 if that cannot be told.
    pub fn side(&self) -> i8 {
        let apart = self.auc() - 0.5;
        let tries = f64::from(u32::try_from(self.first.len()).unwrap_or(u32::MAX).max(1));
        match apart.abs() > NOISE * (TRIES / tries).sqrt().max(1.0) {
            false => 0,
            true if apart > 0.0 => 1,
            true => -1,
        }
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = (median(&self.first), median(&self.second));
        let auc = self.auc();
        write!(f, "{first:.1} ms | {second:.1} ms | {auc:.2}")
    }
}

/// In milliseconds.
fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1000.0
}
