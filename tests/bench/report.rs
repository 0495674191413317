//! The report: Markdown. First what docs/performance.md shows (budgets, processes,
//! operations), then each function's figures in full.

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::budget::{self, Verdict};
use crate::figures::{Figure, megabytes};
use crate::instance::{Invocation, Start};
use crate::machine;
use crate::meter::{self, Service};
use crate::options::Options;
use crate::passes::{Costs, Function, Results};

/// The whole report.
pub fn markdown(
    options: &Options,
    results: &Results,
    verdicts: &[Verdict],
) -> Result<String, fmt::Error> {
    let mut text = String::new();
    if options.counts {
        counts(&mut text, results)?;
        return Ok(text);
    }
    let reached = if options.plain {
        "plain HTTP, key file"
    } else {
        "TLS, KMS"
    };
    let build = options.binaries.file_name().unwrap_or_default();
    writeln!(
        text,
        "{}; {} build, {}, {reached}; {} starts and {} warm requests of each operation. Medians, in ms, without waiting for \
         AWS, GitHub or Google. The first password hash of a process takes {:.1}.\n",
        machine::described(),
        build.display(),
        options.algorithm,
        options.starts,
        options.requests,
        results.hash,
    )?;
    if !results.left_out.is_empty() {
        writeln!(text, "Left out: {}.\n", results.left_out.join("; "))?;
    }
    budgets(&mut text, verdicts)?;
    processes(&mut text, results)?;
    operations(&mut text, results)?;
    for function in &results.functions {
        writeln!(text, "### {}, in full\n", function.family.name)?;
        text.push_str("Median / 95th percentile.\n\n");
        starts(&mut text, function)?;
        times(&mut text, function)?;
        calls(&mut text, function)?;
    }
    Ok(text)
}

fn budgets(text: &mut String, verdicts: &[Verdict]) -> fmt::Result {
    text.push_str("| budget | at most | worst | |\n|---|--:|--:|---|\n");
    for verdict in verdicts {
        let Verdict {
            what, unit, budget, ..
        } = verdict;
        let over: Vec<&str> = verdict.over().filter(|who| !who.is_empty()).collect();
        let word = match (verdict.holds(), over.as_slice()) {
            (true, _) => "OK".to_owned(),
            (false, []) => "**OVER**".to_owned(),
            (false, over) => format!("**OVER**: {}", over.join(", ")),
        };
        let digits = if unit.is_empty() { 0 } else { 2 };
        let worst = verdict.worst();
        writeln!(
            text,
            "| {what} | {budget} {unit} | {worst:.digits$} {unit} | {word} |"
        )?;
    }
    text.push('\n');
    Ok(())
}

fn processes(text: &mut String, results: &Results) -> fmt::Result {
    text.push_str("| function | binary | start to first poll | CPU of a start | resident then | after the first request | the most, warm |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for function in &results.functions {
        let cpu = Figure::millis(function.starts.iter().map(|start| start.cpu));
        let firsts = function.operations.iter().map(budget::first_memory);
        writeln!(
            text,
            "| {} | {:.1} MB | {:.1} | {:.1} | {:.1} MB | {:.1} MB | {:.1} MB |",
            function.family.name,
            megabytes(function.binary),
            budget::start(function).median,
            cpu.median,
            resident(function).median,
            firsts.map(|figure| figure.median).fold(0.0, f64::max),
            megabytes(function.warm_memory.peak),
        )?;
    }
    text.push('\n');
    Ok(())
}

/// What depends on no machine.
fn counts(text: &mut String, results: &Results) -> fmt::Result {
    text.push_str(
        "| request | round trips | read units | write units | mails | log bytes | longest line |\n",
    );
    text.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for function in &results.functions {
        writeln!(text, "| **{}** | | | | | | |", function.family.name)?;
        for costs in &function.operations {
            let units = budget::units(costs);
            writeln!(
                text,
                "| {} | {} | {} | {} | {} | {:.0} | {:.0} |",
                costs.operation.name,
                trips(costs),
                units.read,
                units.write,
                last(costs, Service::Ses).len(),
                budget::log_bytes(costs).median,
                budget::longest_line(costs),
            )?;
        }
    }
    if !results.left_out.is_empty() {
        writeln!(text, "\nLeft out: {}.", results.left_out.join("; "))?;
    }
    Ok(())
}

/// Round trips that follow one another, and those of a new instance if they are others.
fn trips(costs: &Costs) -> String {
    match (costs.round_trips, costs.first_round_trips) {
        (warm, first) if warm == first => warm.to_string(),
        (warm, first) => format!("{warm}, {first} in a new instance"),
    }
}

fn operations(text: &mut String, results: &Results) -> fmt::Result {
    text.push_str(
        "| request | round trips | read units | write units | mails | log bytes | first | warm | CPU | CPU, with waits |\n",
    );
    text.push_str("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    for function in &results.functions {
        writeln!(text, "| **{}** | | | | | | | | | |", function.family.name)?;
        for costs in &function.operations {
            let trips = trips(costs);
            let units = budget::units(costs);
            let busy = budget::busy(costs).map(|figure| format!("{:.2}", figure.median));
            let busy = busy.as_deref().unwrap_or("–");
            writeln!(
                text,
                "| {} | {trips} | {} | {} | {} | {:.0} | {:.1} | {:.1} | {busy} | {:.1} |",
                costs.operation.name,
                units.read,
                units.write,
                last(costs, Service::Ses).len(),
                budget::log_bytes(costs).median,
                budget::first_own(costs).median,
                Figure::millis(costs.warm.iter().map(Invocation::own)).median,
                budget::cpu(costs).median,
            )?;
        }
    }
    text.push('\n');
    Ok(())
}

fn starts(text: &mut String, function: &Function) -> fmt::Result {
    let millis = |measure: fn(&Start) -> Duration| {
        Spread(Figure::millis(function.starts.iter().map(measure)))
    };
    let firsts = function.operations.iter().flat_map(|costs| &costs.first);
    let first = Spread(Figure::megabytes(firsts.map(|(_, memory)| memory.resident)));
    text.push_str("| process | |\n|---|--:|\n");
    for (what, figure, unit) in [
        ("start to first poll", millis(|start| start.own), "ms"),
        ("… with waiting", millis(|start| start.wall), "ms"),
        ("CPU of a start", millis(|start| start.cpu), "ms"),
        (
            "resident at the first poll",
            Spread(resident(function)),
            "MB",
        ),
        ("resident after the first request", first, "MB"),
    ] {
        writeln!(text, "| {what} | {figure} {unit} |")?;
    }
    text.push('\n');
    Ok(())
}

fn times(text: &mut String, function: &Function) -> fmt::Result {
    text.push_str("| request | warm | warm, with waiting | CPU | first | first, with waiting | CPU, first |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for costs in &function.operations {
        let warm = |measure: fn(&Invocation) -> Duration| {
            Spread(Figure::millis(costs.warm.iter().map(measure)))
        };
        let first = |measure: fn(&Invocation) -> Duration| {
            let firsts = costs.first.iter().map(|(done, _)| measure(done));
            Spread(Figure::millis(firsts))
        };
        write!(text, "| {} |", costs.operation.name)?;
        let measures: [fn(&Invocation) -> Duration; 3] =
            [Invocation::own, |done| done.wall, |done| done.cpu];
        for figure in measures.map(warm).into_iter().chain(measures.map(first)) {
            write!(text, " {figure} |")?;
        }
        text.push('\n');
    }
    text.push('\n');
    Ok(())
}

fn calls(text: &mut String, function: &Function) -> fmt::Result {
    text.push_str(
        "| request | DynamoDB calls | calls to providers and S3 | one after another | … new instance |\n",
    );
    text.push_str("|---|---|---|--:|--:|\n");
    for costs in &function.operations {
        let [dynamodb, provider, s3] = [Service::DynamoDb, Service::Provider, Service::S3]
            .map(|of| meter::named(&last(costs, of)));
        writeln!(
            text,
            "| {} | {dynamodb} | {provider}{s3} | {} | {} |",
            costs.operation.name, costs.round_trips, costs.first_round_trips,
        )?;
    }
    text.push('\n');
    Ok(())
}

/// The calls of the last warm request.
fn last(costs: &Costs, service: Service) -> Vec<meter::Call> {
    let done = costs.warm.last();
    meter::of(done.map_or(&[][..], |done| &done.calls), service)
}

/// What is resident at the first poll.
fn resident(function: &Function) -> Figure {
    Figure::megabytes(function.starts.iter().map(|start| start.memory.resident))
}

/// A figure as the tables in full show it.
struct Spread(Figure);

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} / {:.2}", self.0.median, self.0.p95)
    }
}
