//! Many measurements as one figure.

use std::time::Duration;

/// A median and a 95th percentile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figure {
    /// Half of the measurements are no larger.
    pub median: f64,
    /// 95 of 100 are no larger.
    pub p95: f64,
}

impl Figure {
    /// The figure of these measurements.
    pub fn of(measurements: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = measurements.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        // The nearest rank: a figure is a measurement, never between two.
        let rank = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).max(1);
            sorted.get(rank - 1).copied().unwrap_or_default()
        };
        Self {
            median: rank(50),
            p95: rank(95),
        }
    }

    /// The figure of these durations, in milliseconds.
    pub fn millis(durations: impl IntoIterator<Item = Duration>) -> Self {
        Self::of(
            durations
                .into_iter()
                .map(|duration| duration.as_secs_f64() * 1e3),
        )
    }

    /// The figure of these sizes, in megabytes of a million bytes.
    pub fn megabytes(sizes: impl IntoIterator<Item = u64>) -> Self {
        Self::of(sizes.into_iter().map(megabytes))
    }
}

/// Bytes in megabytes of a million.
#[allow(
    clippy::cast_precision_loss,
    reason = "no size here has more than 53 bits"
)]
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
