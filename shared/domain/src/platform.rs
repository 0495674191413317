//! The two things a rule must not take from the machine by itself.
//!
//! Both are handed to Postern once, at start-up; clippy's `disallowed-methods`
//! refuses the system's own everywhere else. Tests hand in a clock that stands
//! still and bytes that repeat, and with them every run is the same run.

use std::pin::Pin;

use crate::UnixTime;

/// Time passing.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where "now" comes from. Read once per request and passed down from there, so
/// that one request never sees two instants.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> UnixTime;

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
