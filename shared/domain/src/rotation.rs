//! When a signing key signs, and for how long it can still be verified with.
//!
//! Every service that verifies our tokens keeps a copy of the published keys for a
//! while: API Gateway's JWT authorizer for up to two hours, clients for as long
//! as the answer's `Cache-Control` lets them. So a key is published
//! [`AHEAD`] of its first signature, and a retired one stays published for
//! [`OVERLAP`], longer than any token lives that it signed.
//!
//! The clock decides which key signs, not an event: every key says from when on it signs,
//! and every function that knows the ring changes over by itself.
//!
//! ```text
//!            made, published      signs                 retired             gone
//! first key  ──────────────────────────────────────────▶├─ OVERLAP ────────▶│
//! second key                 ├──── AHEAD ──────────────▶│ signs …
//! ```

use crate::UnixTime;
use crate::time::{DAY, HOUR};

/// Seconds for which a key is published before it signs.
pub const AHEAD: u64 = 3 * HOUR;

/// The longest life of a token that is verified without asking us (cashless:
/// offline tokens, 72 h), and an hour for clocks that differ and for functions
/// that cannot read the ring.
pub const OVERLAP: u64 = 3 * DAY + HOUR;

/// Seconds after which a function looks at the ring again: within these all of them know
/// that a key was revoked, or that all sign-ins were ended. To know it at once, every
/// request would read the one row, which could not be read so often.
pub const LOOK_EVERY: u64 = 30;

/// Seconds between two looks that strangers can bring about, by showing tokens
/// of unknown keys. A key that took over from a revoked one is unknown until the next look.
pub const LOOK_AT_MOST_EVERY: u64 = 5;

/// Seconds for which others may keep a copy of the published keys. A third of
/// [`AHEAD`], as there may be a copy of a copy.
pub const CACHED_FOR: u64 = HOUR;

/// Which of the keys that begin to sign at `starts`, in order, signs at `now`:
/// the latest that has begun, or the first if our clock is behind all of them.
#[must_use]
pub fn in_force(starts: &[UnixTime], now: UnixTime) -> usize {
    let begun = starts.iter().take_while(|start| **start <= now).count();
    begun.saturating_sub(1)
}

/// Whether a key may still be verified with at `now`, when its successor began
/// to sign, or will, at `successor`.
#[must_use]
pub fn is_published(successor: Option<UnixTime>, now: UnixTime) -> bool {
    successor.is_none_or(|successor| now < successor.plus(OVERLAP))
}

/// Why a key is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The schedule looks whether it is time: each key signs for this many seconds.
    Schedule {
        /// How long a key signs, in seconds.
        period: u64,
    },
    /// An operator wants it now.
    Operator,
}

/// From when on a new key is to sign, if one is to be made at `now`. While one
/// waits for its time no other is made: it would only push the date back.
#[must_use]
pub fn next_start(starts: &[UnixTime], occasion: Occasion, now: UnixTime) -> Option<UnixTime> {
    let latest = *starts.last()?;
    if latest > now {
        return None;
    }
    let start = now.plus(AHEAD);
    match occasion {
        Occasion::Operator => Some(start),
        Occasion::Schedule { period } => (latest.plus(period) <= start).then_some(start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    #[test]
    fn the_latest_that_has_begun_signs() {
        let starts = [NOW, NOW.plus(100), NOW.plus(200)];
        assert_eq!(in_force(&starts, NOW.minus(5)), 0);
        assert_eq!(in_force(&starts, NOW.plus(99)), 0);
        assert_eq!(in_force(&starts, NOW.plus(100)), 1);
        assert_eq!(in_force(&starts, NOW.plus(999)), 2);
    }

    #[test]
    fn a_retired_key_outlives_every_token_that_it_signed() {
        assert!(is_published(None, NOW));
        assert!(is_published(Some(NOW.plus(AHEAD)), NOW));
        assert!(is_published(Some(NOW), NOW.plus(3 * DAY)));
        assert!(!is_published(Some(NOW), NOW.plus(OVERLAP)));
    }

    #[test]
    fn the_schedule_makes_a_key_when_one_is_due_and_never_two() {
        let period = 30 * DAY;
        let asked =
            |starts: &[UnixTime], now| next_start(starts, Occasion::Schedule { period }, now);
        assert_eq!(asked(&[NOW], NOW.plus(DAY)), None);
        let due = NOW.plus(period - AHEAD);
        assert_eq!(asked(&[NOW], due), Some(NOW.plus(period)));
        assert_eq!(asked(&[NOW, NOW.plus(period)], due), None);
        assert_eq!(
            asked(&[NOW], NOW.plus(90 * DAY)),
            Some(NOW.plus(90 * DAY + AHEAD))
        );
    }

    #[test]
    fn an_operator_need_not_wait_for_the_schedule() {
        let next = next_start(&[NOW], Occasion::Operator, NOW.plus(1));
        assert_eq!(next, Some(NOW.plus(1 + AHEAD)));
        assert_eq!(
            next_start(&[NOW, NOW.plus(2)], Occasion::Operator, NOW.plus(1)),
            None
        );
    }

    #[test]
    fn copies_are_renewed_before_a_new_key_signs() {
        const { assert!(CACHED_FOR + LOOK_EVERY <= AHEAD) };
    }
}
