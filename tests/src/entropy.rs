//! A clock that stands still and entropy that repeats.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::platform::Sleep;
use domain::{Clock, Entropy, UnixTime};
use tokio::sync::watch;

/// Shows one instant until it is moved, which wakes all that sleep by it.
#[derive(Debug)]
pub struct TestClock(watch::Sender<i64>);

impl TestClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn new(start: UnixTime) -> Self {
        Self(watch::Sender::new(start.0))
    }

    /// Moves the clock on.
    pub fn advance(&self, seconds: i64) {
        self.0.send_modify(|now| *now += seconds);
    }

    /// Returns once a task sleeps by this clock.
    pub async fn slept_by(&self) {
        while self.0.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
    }
}

impl Clock for TestClock {
    fn now(&self) -> UnixTime {
        UnixTime(*self.0.borrow())
    }

    fn sleep(&self, seconds: u64) -> Sleep {
        let mut time = self.0.subscribe();
        let until = self.now().plus(seconds).0;
        Box::pin(async move {
            // An error says that the clock is gone, and with it the test.
            let _ = time.wait_for(|now| *now >= until).await;
        })
    }
}

/// Bytes that look random and are the same in every run (SplitMix64).
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// The bytes that belong to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn word(&self) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.word().to_le_bytes()[..chunk.len()]);
        }
    }
}
