//! Instants as whole seconds since the Unix epoch: what JWTs (RFC 7519
//! NumericDate), DynamoDB's TTL and every contract's dates agree on.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A minute, in seconds.
pub const MINUTE: u64 = 60;
/// An hour, in seconds.
pub const HOUR: u64 = 60 * MINUTE;
/// A day, in seconds.
pub const DAY: u64 = 24 * HOUR;

/// Seconds since 1970-01-01T00:00:00Z. Arithmetic saturates: a hostile number
/// can make an instant absurd, never make us panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// This instant, `seconds` later.
    #[must_use]
    pub fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add_unsigned(seconds))
    }

    /// This instant, `seconds` earlier.
    #[must_use]
    pub fn minus(self, seconds: u64) -> Self {
        Self(self.0.saturating_sub_unsigned(seconds))
    }

    /// Whole seconds from `earlier` to this instant; zero if it lies ahead.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// The instant that RFC 3339 text names, in any offset; a fraction is cut.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let instant: jiff::Timestamp = text.parse().ok()?;
        Some(Self(instant.as_second()))
    }

    /// The same, or the beginning of the day that `2026-11-22` names.
    #[must_use]
    pub fn parse_loosely(text: &str) -> Option<Self> {
        let date: Option<jiff::civil::Date> = text.parse().ok().filter(|_| text.len() == 10);
        match date {
            None => Self::parse(text),
            Some(date) => {
                let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
                Some(Self(midnight.timestamp().as_second()))
            }
        }
    }

    /// The instant that a duration since the epoch names.
    #[must_use]
    pub fn from_epoch(elapsed: Duration) -> Self {
        Self(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
    }
}

/// RFC 3339 in UTC without a fraction, `2026-11-22T00:33:31Z`: the only form
/// that every contract's clients parse.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(timestamp) => write!(f, "{}", timestamp.strftime("%Y-%m-%dT%H:%M:%SZ")),
            // Only reachable beyond the year 9999; the number itself is still the truth.
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

/// The time zone of that name in the IANA database, spelled as it is there
/// (`europe/berlin` is `Europe/Berlin`).
#[must_use]
pub fn time_zone(name: &str) -> Option<String> {
    let zone = jiff::tz::db().get(name).ok()?;
    zone.iana_name()
        .filter(|name| *name != "Etc/Unknown")
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_utc_without_a_fraction() {
        assert_eq!(UnixTime(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(UnixTime(1_795_307_611).to_string(), "2026-11-22T00:33:31Z");
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(UnixTime(i64::MAX).plus(1), UnixTime(i64::MAX));
        assert_eq!(UnixTime(5).seconds_since(UnixTime(9)), 0);
    }

    #[test]
    fn knows_the_zones_of_the_world() {
        assert_eq!(time_zone("asia/seoul").as_deref(), Some("Asia/Seoul"));
        assert_eq!(time_zone("UTC").as_deref(), Some("UTC"));
        for name in ["Mars/Olympus", "", "Etc/Unknown"] {
            assert_eq!(time_zone(name), None, "{name}");
        }
    }
}
