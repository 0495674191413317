//! Where the stack's own parts (gateway, inbox, sinks) read the time.
//!
//! A value and not a call, so that a test can stop it: the gateway stamps
//! every event, and what a function decides may hang on that stamp.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The machine's clock.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "this is the clock that the others are given"
)]
pub fn system() -> Clock {
    Arc::new(Timestamp::now)
}

/// A clock that always shows `instant`.
#[must_use]
pub fn stopped(instant: Timestamp) -> Clock {
    Arc::new(move || instant)
}
