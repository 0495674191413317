//! The two things a rule must not take from the machine by itself.
//!
//! Both are handed to Postern once, at start-up; clippy's `disallowed-methods`
//! refuses the system's own everywhere else. Tests hand in a clock that stands
//! still and bytes that repeat, and with them every run is the same run.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::UnixTime;

/// Time passing.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where "now" comes from. Read once per request and passed down from there, so
/// that one request never sees two instants.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> UnixTime;

    /// The present instant in milliseconds. It only orders what happens within a second.
    fn millis(&self) -> u64 {
        u64::try_from(self.now().0).unwrap_or_default() * 1000
    }

    /// Done once `seconds` have passed by this clock. For the few requests that
    /// wait for a user; those ask for the present instant again afterwards.
    fn sleep(&self, seconds: u64) -> Sleep;
}

/// A cryptographically secure source of random bytes (OWASP ASVS 11.5.1).
pub trait Entropy: Send + Sync {
    /// Fills `bytes` to the last one.
    fn fill(&self, bytes: &mut [u8]);
}

/// A random (version 4) UUID, RFC 9562 §5.4.
pub fn uuid(entropy: &dyn Entropy) -> uuid::Uuid {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Makes UUIDs that sort in the order in which they were made (version 7, RFC 9562 §5.7).
#[derive(Debug, Default)]
pub struct OrderedIds(AtomicU64);

impl OrderedIds {
    /// The next one. Within a process each is after the one before, also where `clock` shows
    /// the same millisecond; between processes their clocks decide.
    pub fn next(&self, clock: &dyn Clock, entropy: &dyn Entropy) -> uuid::Uuid {
        // The last twelve bits count within a millisecond, and a full count borrows the next.
        let now = clock.millis() << 12;
        let next = |last: u64| now.max(last + 1);
        let last = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(next(last))
            });
        let tick = next(last.unwrap_or_else(|last| last));
        let mut bytes = [0; 10];
        entropy.fill(&mut bytes);
        let [.., high, low] = tick.to_be_bytes();
        (bytes[0], bytes[1]) = (high & 0x0f, low);
        uuid::Builder::from_unix_timestamp_millis(tick >> 12, &bytes).into_uuid()
    }
}

/// An integer id for the contracts that want one: random, positive and below
/// 2^53, so that JavaScript clients read it exactly. An account's is kept unique
/// by its claim; those of sessions and events only name them within an account.
pub fn integer_id(entropy: &dyn Entropy) -> u64 {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    (u64::from_le_bytes(bytes) >> 11).max(1)
}

/// The integer id of what a random UUID names, for the contracts that list such things by
/// number: the same whenever it is asked for, positive and below 2^53.
#[must_use]
pub fn integer_of(id: uuid::Uuid) -> u64 {
    // The last 62 bits of a version 4 UUID are random.
    let (_, low) = id.as_u64_pair();
    (low & ((1 << 53) - 1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> UnixTime {
            UnixTime(1_800_000_000)
        }

        fn sleep(&self, _: u64) -> Sleep {
            Box::pin(std::future::pending())
        }
    }

    struct Falling(AtomicU64);

    impl Entropy for Falling {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(u8::try_from(self.0.fetch_sub(1, Ordering::Relaxed) % 256).unwrap());
        }
    }

    #[test]
    fn ordered_ids_are_in_order_within_a_millisecond_and_beyond_its_count() {
        let (ids, entropy) = (OrderedIds::default(), Falling(AtomicU64::new(u64::MAX)));
        let made: Vec<_> = (0..10_000).map(|_| ids.next(&Still, &entropy)).collect();
        assert!(made.is_sorted());
        assert!(made.iter().all(|id| id.get_version_num() == 7));
        let mut once = made.clone();
        once.dedup();
        assert_eq!(once.len(), made.len());
    }
}
