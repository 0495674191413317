//! What a function costs: its start, its requests, its memory, its calls.
//!
//! ```text
//! cargo build --release -p accounts && cargo run -p bench
//! ```
//!
//! The release binary of `accounts` runs as Lambda would run it, with this
//! program in Lambda's and AWS's place. Only that binary need be built for
//! release: the figures are its own, and what it waits for AWS is taken off.
//!
//! ```text
//! Gateway ─ event ─▶ RuntimeApi ◀─ poll ─ accounts ─ TLS ─▶ fronts: DynamoDB engine, SES, KMS
//! (local)            times, CPU           (release)          count, time and delay each call
//! ```
//!
//! Three passes, each on the operations of [`operation`]:
//! * **cold**: a new process for each request. From start to first poll, then
//!   the first request, whose place another instance has already counted.
//! * **warm**: one process, one request after another.
//! * **delayed**: each DynamoDB call is held back for `--delay`, so the time
//!   a request takes, divided by that, is the number of round trips that
//!   follow one another.
//!
//! CPU is what the kernel charged to the process (`/proc/PID/task/*/schedstat`)
//! from one poll to the next. Units are what the engine reports, which are
//! DynamoDB's rules; a refused condition, for which no report comes, is charged
//! the least that DynamoDB takes: one unit, in a transaction two an item.
//!
//! Output is Markdown for the README, each figure beside its budget. Budgets
//! are no tests: the exit code is 0 unless `--strict` is given. Linux only.

mod aws;
mod budget;
mod capacity;
mod figures;
mod instance;
mod kms;
mod machine;
mod meter;
mod operation;
mod options;
mod passes;
mod people;
mod process;
mod report;
mod runtime_api;
mod tls;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser as _;

use options::Options;

/// Why the bench ended early.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match measured(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Measures and reports. Whether that is a success.
fn measured(options: &Options) -> Result<bool, Failure> {
    options.build_if_absent()?;
    // The function has the other core to itself, as far as that is up to us.
    process::keep_to_core(0);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let results = runtime.block_on(passes::run(options))?;
    let verdicts = budget::judge(&results);
    print!("{}", report::markdown(options, &results, &verdicts)?);
    Ok(!options.strict || verdicts.iter().all(|verdict| verdict.holds()))
}

#[allow(clippy::disallowed_methods, reason = "a bench measures durations")]
fn now() -> Instant {
    Instant::now()
}
