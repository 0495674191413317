//! When a running function last looked at a row that it keeps a copy of.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::UnixTime;

/// The instant of the last look, in seconds since the epoch.
#[derive(Debug)]
pub(crate) struct LastLook(AtomicI64);

impl LastLook {
    pub(crate) const fn at(now: UnixTime) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Whether it was `seconds` ago. If so, this caller is the one to look now: others
    /// at the same time are told no, and go on with the copy.
    pub(crate) fn is_due(&self, seconds: u64, now: UnixTime) -> bool {
        let looked_at = self.0.load(Ordering::Relaxed);
        now.seconds_since(UnixTime(looked_at)) >= seconds
            && self
                .0
                .compare_exchange(looked_at, now.0, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_caller_is_to_look_when_it_is_time() {
        let look = LastLook::at(UnixTime(1000));
        assert!(!look.is_due(60, UnixTime(1059)));
        assert!(look.is_due(60, UnixTime(1060)));
        assert!(!look.is_due(60, UnixTime(1060)));
        assert!(look.is_due(60, UnixTime(1120)));
    }
}
