//! The budgets, and whether the figures keep them.
//!
//! Those of every process, and of CPU, stand here; what one operation may cost
//! stands beside it (see [`crate::operation::Limits`]). A figure over its budget
//! is told with the name of whose it is.

use crate::capacity::Units;
use crate::families::{accounts, oauth, totp};
use crate::figures::{Figure, megabytes};
use crate::operation::{Deliberate, Operation};
use crate::passes::{Costs, Function, Results};

/// One budget and what was measured.
pub struct Verdict {
    /// What is limited.
    pub what: String,
    /// Its unit.
    pub unit: &'static str,
    /// The limit.
    pub budget: f64,
    /// The figures, and whose each is.
    pub measured: Vec<(String, f64)>,
}

impl Verdict {
    /// The largest figure.
    pub fn worst(&self) -> f64 {
        let figures = self.measured.iter().map(|(_, figure)| *figure);
        figures.fold(f64::NEG_INFINITY, f64::max)
    }

    /// Whether every figure is within the budget.
    pub fn holds(&self) -> bool {
        self.over().next().is_none()
    }

    /// Whose figures are not.
    pub fn over(&self) -> impl Iterator<Item = &str> {
        let over = self.measured.iter();
        over.filter(|(_, figure)| *figure > self.budget)
            .map(|(who, _)| who.as_str())
    }
}

/// What every process may take: what, its unit, the limit, the figure.
type OfProcess = (&'static str, &'static str, f64, fn(&Function) -> f64);

const PROCESS: &[OfProcess] = &[
    ("process start to first poll", "ms", 10.0, |function| {
        start(function).median
    }),
    ("binary, stripped", "MB", 12.0, |function| {
        megabytes(function.binary)
    }),
];

/// What an operation may take, as the first request of a process above all, if it is
/// measured by that.
type OfFirst = (
    &'static str,
    &'static str,
    f64,
    fn(&Results, &Costs) -> Option<f64>,
);

const FIRST: &[OfFirst] = &[
    ("first request", "ms", 10.0, |results, costs| {
        let beside = first_own(costs).median;
        Some(match costs.operation.deliberate {
            Deliberate::Nothing => beside,
            Deliberate::Hash => beside - results.hash,
            // A pause takes no CPU.
            Deliberate::Pause => first_cpu(costs).median,
        })
    }),
    (
        "resident after the first request, before the first hash",
        "MB",
        15.0,
        |_, costs| {
            let before = costs.operation.deliberate != Deliberate::Hash;
            before.then(|| first_memory(costs).median)
        },
    ),
    ("a line of the log", "bytes", 450.0, |_, costs| {
        Some(longest_line(costs))
    }),
];

/// CPU in milliseconds: the sum of some operations, less that of others.
struct Cpu {
    what: &'static str,
    budget: f64,
    of: &'static [&'static Operation],
    less: &'static [&'static Operation],
}

/// A request of a sign-in may take 2 ms.
const CPU: &[Cpu] = &[
    Cpu {
        what: "CPU, sign-in by code (request, verify)",
        budget: 4.0,
        of: &[&accounts::REQUEST_CODE, &accounts::VERIFY_CODE],
        less: &[],
    },
    Cpu {
        what: "CPU, sign-in by code and authenticator (request, verify, verify)",
        budget: 6.0,
        of: &[
            &accounts::REQUEST_CODE,
            &accounts::VERIFY_GUARDED,
            &totp::VERIFY,
        ],
        less: &[],
    },
    Cpu {
        what: "CPU, sign-in through GitHub (setting out, coming back)",
        budget: 4.0,
        of: &[&oauth::DEPART, &oauth::RETURN],
        less: &[],
    },
    Cpu {
        what: "CPU, token check (forged token less unknown path)",
        budget: 0.5,
        of: &[&accounts::FORGED_TOKEN],
        less: &[&accounts::NOTHING],
    },
];

/// Holds every figure against its budget. Times are medians. What was not
/// measured is not judged.
pub fn judge(results: &Results) -> Vec<Verdict> {
    let functions = &results.functions;
    let of_process = PROCESS.iter().map(|(what, unit, budget, measure)| Verdict {
        what: (*what).to_owned(),
        unit,
        budget: *budget,
        measured: functions
            .iter()
            .map(|function| (function.family.name.to_owned(), measure(function)))
            .collect(),
    });
    // One figure for each function: that of its worst operation.
    let of_first = FIRST.iter().map(|(what, unit, budget, measure)| Verdict {
        what: format!("{what}, worst operation"),
        unit,
        budget: *budget,
        measured: functions
            .iter()
            .map(|function| {
                let figures = function.operations.iter();
                let figures = figures.filter_map(|costs| measure(results, costs));
                let name = function.family.name.to_owned();
                (name, figures.fold(0.0, f64::max))
            })
            .collect(),
    });
    let operations = || functions.iter().flat_map(|function| &function.operations);
    let limited = operations().flat_map(of_operation);
    let cpu = CPU.iter().filter_map(|sum| {
        let each = |all: &[&Operation]| -> Option<f64> {
            let find = |operation: &&Operation| {
                let costs = operations().find(|costs| costs.operation.name == operation.name)?;
                busy(costs).map(|figure| figure.median)
            };
            all.iter().map(find).sum()
        };
        Some(Verdict {
            what: sum.what.to_owned(),
            unit: "ms",
            budget: sum.budget,
            measured: vec![(String::new(), each(sum.of)? - each(sum.less)?)],
        })
    });
    of_process
        .chain(of_first)
        .chain(limited)
        .chain(cpu)
        .collect()
}

/// An operation's own budgets.
fn of_operation(costs: &Costs) -> Vec<Verdict> {
    let Costs {
        operation,
        round_trips,
        first_round_trips,
        ..
    } = costs;
    let verdict = |what: &str, budget: u32, measured| Verdict {
        what: format!("{what}, {}", operation.name),
        unit: "",
        budget: f64::from(budget),
        measured,
    };
    let trips = operation.limits.round_trips.map(|budget| {
        let measured = vec![
            ("warm".to_owned(), count(*round_trips)),
            ("a new instance".to_owned(), count(*first_round_trips)),
        ];
        verdict("round trips", budget, measured)
    });
    let writes = operation.limits.write_units.map(|budget| {
        let measured = vec![(String::new(), units(costs).write)];
        verdict("write units", budget, measured)
    });
    trips.into_iter().chain(writes).collect()
}

/// From nothing to the first poll.
pub fn start(function: &Function) -> Figure {
    Figure::millis(function.starts.iter().map(|start| start.own))
}

/// CPU of a request that waits for no other service, if it can be repeated.
pub fn busy(costs: &Costs) -> Option<Figure> {
    let any = !costs.busy.is_empty();
    any.then(|| Figure::millis(costs.busy.iter().copied()))
}

/// CPU of a warm request, with the waits for others in between.
pub fn cpu(costs: &Costs) -> Figure {
    Figure::millis(costs.warm.iter().map(|done| done.cpu))
}

/// A first request, without what it waited for others.
pub fn first_own(costs: &Costs) -> Figure {
    Figure::millis(costs.first.iter().map(|(done, _)| done.own()))
}

/// CPU of a first request.
fn first_cpu(costs: &Costs) -> Figure {
    Figure::millis(costs.first.iter().map(|(done, _)| done.cpu))
}

/// What is resident after a first request.
pub fn first_memory(costs: &Costs) -> Figure {
    Figure::megabytes(costs.first.iter().map(|(_, memory)| memory.resident))
}

/// Bytes that a warm request logs.
pub fn log_bytes(costs: &Costs) -> Figure {
    Figure::of(costs.warm.iter().map(|done| as_figure(done.logged.bytes)))
}

/// Bytes of the longest line that any request of it logged.
pub fn longest_line(costs: &Costs) -> f64 {
    let first = costs.first.iter().map(|(done, _)| done);
    let all = first.chain(&costs.warm);
    let longest = all.map(|done| as_figure(done.logged.longest));
    longest.fold(0.0, f64::max)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "no log here has more than 53 bits"
)]
fn as_figure(bytes: u64) -> f64 {
    bytes as f64
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
fn count(trips: usize) -> f64 {
    trips as f64
}
