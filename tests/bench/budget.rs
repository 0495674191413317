//! The budgets, and whether the figures keep them.

use crate::capacity::Units;
use crate::figures::{Figure, megabytes};
use crate::operation::Operation;
use crate::passes::{Costs, Results};

/// One budget and what was measured.
pub struct Verdict {
    /// What is limited.
    pub what: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The limit.
    pub budget: f64,
    /// The figure.
    pub measured: f64,
}

impl Verdict {
    /// Whether the figure is within the budget.
    pub fn holds(&self) -> bool {
        self.measured <= self.budget
    }
}

/// Holds every figure against its budget. Times are medians.
pub fn judge(results: &Results) -> Vec<Verdict> {
    let of = |operation: Operation| {
        results
            .operations
            .iter()
            .find(|costs| costs.operation == operation)
    };
    let cpu = |operation| of(operation).map_or(0.0, |costs| cpu(costs).median);
    let trips = |operation| of(operation).map_or(0.0, |costs| count(costs.round_trips));
    let first_trips = |operation| of(operation).map_or(0.0, |costs| count(costs.first_round_trips));
    let first = results
        .operations
        .iter()
        .map(|costs| first_own(costs).median);
    let resident = results
        .operations
        .iter()
        .map(|costs| first_memory(costs).median);
    let verdict = |what, unit, budget, measured| Verdict {
        what,
        unit,
        budget,
        measured,
    };
    vec![
        verdict(
            "process start to first poll",
            "ms",
            10.0,
            Figure::millis(results.starts.iter().map(|start| start.own)).median,
        ),
        verdict(
            "first request, of the slowest operation",
            "ms",
            10.0,
            first.fold(0.0, f64::max),
        ),
        verdict("binary, stripped", "MB", 12.0, megabytes(results.binary)),
        verdict(
            "resident after the first request, of the largest operation",
            "MB",
            15.0,
            resident.fold(0.0, f64::max),
        ),
        verdict(
            "sequential round trips, refresh",
            "",
            2.0,
            trips(Operation::Refresh),
        ),
        verdict(
            "… in a place that only other instances have counted",
            "",
            2.0,
            first_trips(Operation::Refresh),
        ),
        verdict(
            "write units, refresh",
            "",
            4.0,
            of(Operation::Refresh).map_or(0.0, |costs| units(costs).write),
        ),
        verdict(
            "sequential round trips, sign-in by code",
            "",
            3.0,
            trips(Operation::VerifyCode),
        ),
        verdict(
            "… from a new place",
            "",
            3.0,
            trips(Operation::VerifyElsewhere),
        ),
        verdict(
            "… which makes the account",
            "",
            3.0,
            trips(Operation::VerifyNew),
        ),
        verdict(
            "… in a place that only other instances have counted",
            "",
            3.0,
            first_trips(Operation::VerifyCode),
        ),
        verdict(
            "CPU, sign-in by code (request and verify)",
            "ms",
            2.0,
            cpu(Operation::RequestCode) + cpu(Operation::VerifyCode),
        ),
        verdict(
            "CPU, token check (forged token less unknown path)",
            "ms",
            0.2,
            cpu(Operation::ForgedToken) - cpu(Operation::Nothing),
        ),
    ]
}

/// CPU of a warm request.
pub fn cpu(costs: &Costs) -> Figure {
    Figure::millis(costs.warm.iter().map(|done| done.cpu))
}

/// A first request, without what it waited for AWS.
pub fn first_own(costs: &Costs) -> Figure {
    Figure::millis(costs.first.iter().map(|(done, _)| done.own()))
}

/// What is resident after a first request.
pub fn first_memory(costs: &Costs) -> Figure {
    Figure::megabytes(costs.first.iter().map(|(_, memory)| memory.resident))
}

/// Units of a warm request.
pub fn units(costs: &Costs) -> Units {
    let each = costs
        .warm
        .iter()
        .map(|done| done.calls.iter().map(|call| call.units).sum::<Units>());
    let (read, write): (Vec<f64>, Vec<f64>) = each.map(|units| (units.read, units.write)).unzip();
    Units {
        read: Figure::of(read).median,
        write: Figure::of(write).median,
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "nobody makes that many round trips"
)]
fn count(trips: u128) -> f64 {
    trips as f64
}
