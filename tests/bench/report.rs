//! The report: Markdown, for the README.

use std::fmt::{self, Write as _};

use crate::budget::{self, Verdict};
use crate::figures::{Figure, megabytes};
use crate::machine;
use crate::meter::{self, Service};
use crate::options::Options;
use crate::passes::{Costs, Results};

/// The whole report.
pub fn markdown(
    options: &Options,
    results: &Results,
    verdicts: &[Verdict],
) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let reached = if options.plain {
        "plain HTTP, key file"
    } else {
        "TLS, KMS"
    };
    writeln!(
        text,
        "`accounts`, release build, {}, {reached}; {}.",
        options.algorithm,
        machine::described()
    )?;
    writeln!(
        text,
        "Times in ms, median / 95th percentile, without waiting for AWS unless it says so; {} starts, {} warm requests each.\n",
        results.starts.len(),
        options.requests,
    )?;
    budgets(&mut text, verdicts)?;
    requests(&mut text, results)?;
    storage(&mut text, results)?;
    start(&mut text, results)?;
    Ok(text)
}

fn budgets(text: &mut String, verdicts: &[Verdict]) -> fmt::Result {
    text.push_str("| budget | at most | measured | |\n|---|--:|--:|---|\n");
    for verdict in verdicts {
        let Verdict {
            what,
            unit,
            budget,
            measured,
        } = verdict;
        let word = if verdict.holds() { "OK" } else { "**OVER**" };
        let digits = if unit.is_empty() { 0 } else { 2 };
        writeln!(
            text,
            "| {what} | {budget} {unit} | {measured:.digits$} {unit} | {word} |"
        )?;
    }
    text.push('\n');
    Ok(())
}

fn requests(text: &mut String, results: &Results) -> fmt::Result {
    text.push_str("| request | warm | warm, with waiting | CPU | first | first, with waiting | CPU, first |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for costs in &results.operations {
        let warm = |measure: fn(&crate::instance::Invocation) -> std::time::Duration| {
            Spread(Figure::millis(costs.warm.iter().map(measure)))
        };
        let first = |measure: fn(&crate::instance::Invocation) -> std::time::Duration| {
            Spread(Figure::millis(
                costs.first.iter().map(|(done, _)| measure(done)),
            ))
        };
        let name = costs.operation.name();
        let (own, wall, cpu) = (
            warm(|done| done.own()),
            warm(|done| done.wall),
            warm(|done| done.cpu),
        );
        let (first_own, first_wall, first_cpu) = (
            first(|done| done.own()),
            first(|done| done.wall),
            first(|done| done.cpu),
        );
        writeln!(
            text,
            "| {name} | {own} | {wall} | {cpu} | {first_own} | {first_wall} | {first_cpu} |"
        )?;
    }
    text.push('\n');
    Ok(())
}

fn storage(text: &mut String, results: &Results) -> fmt::Result {
    text.push_str("| request | DynamoDB calls | one after another | … new instance | read units | write units | mails |\n");
    text.push_str("|---|---|--:|--:|--:|--:|--:|\n");
    for costs in &results.operations {
        let Costs {
            operation,
            round_trips,
            first_round_trips,
            ..
        } = costs;
        let calls = costs
            .warm
            .last()
            .map(|done| done.calls.as_slice())
            .unwrap_or_default();
        let named = meter::named(&meter::of(calls, Service::DynamoDb));
        let mails = meter::of(calls, Service::Ses).len();
        let units = budget::units(costs);
        writeln!(
            text,
            "| {} | {named} | {round_trips} | {first_round_trips} | {} | {} | {mails} |",
            operation.name(),
            units.read,
            units.write,
        )?;
    }
    text.push('\n');
    Ok(())
}

fn start(text: &mut String, results: &Results) -> fmt::Result {
    let millis = |measure: fn(&crate::instance::Start) -> std::time::Duration| {
        Spread(Figure::millis(results.starts.iter().map(measure)))
    };
    let resident = Spread(Figure::megabytes(
        results.starts.iter().map(|start| start.memory.resident),
    ));
    let firsts = results.operations.iter().flat_map(|costs| &costs.first);
    let first = Spread(Figure::megabytes(firsts.map(|(_, memory)| memory.resident)));
    text.push_str("| process | |\n|---|--:|\n");
    writeln!(
        text,
        "| start to first poll | {} ms |",
        millis(|start| start.own)
    )?;
    writeln!(
        text,
        "| start to first poll, with waiting | {} ms |",
        millis(|start| start.wall)
    )?;
    writeln!(
        text,
        "| CPU of a start | {} ms |",
        millis(|start| start.cpu)
    )?;
    writeln!(text, "| resident at the first poll | {resident} MB |")?;
    writeln!(text, "| resident after the first request | {first} MB |")?;
    writeln!(
        text,
        "| the most ever resident, warm process | {:.1} MB |",
        megabytes(results.warm_memory.peak)
    )?;
    writeln!(
        text,
        "| binary, stripped | {:.1} MB |",
        megabytes(results.binary)
    )
}

/// A figure as the tables show it.
struct Spread(Figure);

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} / {:.2}", self.0.median, self.0.p95)
    }
}
