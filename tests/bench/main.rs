//! What the functions cost: their start, their requests, memory, calls.
//!
//! ```text
//! cargo build --release
//! cargo run --bin bench
//! ```
//!
//! The release binaries run as Lambda would run them, with this program in the
//! network of Lambda, AWS and GitHub. Only they need be built for release: the
//! figures are their own, and what they wait for others is taken off. A family
//! that is not built is left out, and the report says so.
//!
//! ```text
//! Gateway ─ event ─▶ RuntimeApi ◀─ poll ─ function ─ TLS ─▶ fronts: DynamoDB engine, SES, KMS, GitHub
//! (local)            times, CPU           (release)         count, time and delay each call
//! ```
//!
//! [`families`] lists who is measured, and for each operation what must have
//! happened before; that goes through the warm instances of [`stage`], each
//! request to the one that serves it. Four passes on every operation:
//! * **cold**: a new process for each request. From start to first poll, then
//!   the first request, whose network another instance has already counted.
//! * **warm**: one process, one request after another.
//! * **busy**: the same request again and again, the next waiting before the one
//!   before is answered, and every service answers at once, from [`tape`]: the CPU
//!   that a request takes of a core that does nothing else.
//! * **delayed**: each DynamoDB call is held back for `--delay`, so that calls
//!   which need not wait for each other overlap. The longest chain of calls that
//!   do not is the number of round trips that follow one another.
//!
//! CPU is what the kernel charged to the process (`/proc/PID/task/*/schedstat`)
//! from one poll to the next. The log is what a request printed. Units are what the engine reports, which are
//! DynamoDB's rules; a refused condition, for which no report comes, is charged
//! the least that DynamoDB takes: one unit, in a transaction two an item.
//!
//! `--counts` leaves out what times and CPU are measured by: units, mails, round trips and
//! bytes of the log are those of any build.
//!
//! Output is Markdown for docs/performance.md, each figure beside its budget. Budgets
//! are no tests: the exit code is 0 unless `--strict` is given. Linux only.

mod authenticator;
mod budget;
mod capacity;
mod families;
mod figures;
mod front;
mod hash;
mod instance;
mod kms;
mod machine;
mod meter;
mod operation;
mod options;
mod outside;
mod passes;
mod people;
mod process;
mod report;
mod runtime_api;
mod stage;
mod tape;
mod timed;
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
    if options.first_hash {
        return hash::print_first().map(|()| true);
    }
    // The functions have the other core to itself, as far as that is up to us.
    process::keep_to_core(0);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let results = runtime.block_on(passes::run(options))?;
    let verdicts = match options.counts {
        true => Vec::new(),
        false => budget::judge(&results),
    };
    print!("{}", report::markdown(options, &results, &verdicts)?);
    Ok(!options.strict || verdicts.iter().all(|verdict| verdict.holds()))
}

#[allow(clippy::disallowed_methods, reason = "a bench measures durations")]
fn now() -> Instant {
    Instant::now()
}
