//! What `/tokens/verify` costs at 1, 8 and 64 concurrent callers.
//!
//! ```text
//! cargo run --release --bin verify > /dev/null
//! ```
//!
//! The figures are on standard error, as Markdown for docs/performance.md; the other
//! stream has the functions' log.
//!
//! Lambda gives every caller at a time a process of its own. So does this: as
//! many installations as callers, each with its own keys and leases, on one
//! engine. All share this machine's cores with the engine and with the gateway's
//! translation into events, so the times are upper bounds, and at 64 callers
//! they tell of the queue for the cores. The calls per request do not depend on
//! the machine: one read, and a write for every block that is leased.
//!
//! The limit is 600 a minute and network. Callers share one network for `--share`
//! requests and then all move to the next: what is refused then is what others have
//! leased and not used.

mod pass;

use std::process::ExitCode;

use clap::Parser;

use stand::{Failure, Stand};

/// Measures /tokens/verify.
#[derive(Debug, Parser)]
struct Options {
    /// Requests of each pass.
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    requests: u32,
    /// Requests from one network before all callers move to the next.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(20..=600))]
    share: u32,
    /// Concurrent callers, one pass each.
    #[arg(long, value_delimiter = ',', default_value = "1,8,64")]
    callers: Vec<usize>,
    /// `POSTERN_SIGNING_ALGORITHM`.
    #[arg(long, default_value = "RS256")]
    algorithm: String,
}

fn main() -> ExitCode {
    match measured(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("verify: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measured(options: &Options) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stand = Stand::start(&options.algorithm).await?;
        let token = stand.sign_in().await?;
        eprintln!(
            "| callers | requests a second | p50 | p95 | p99 | reads each | writes each | refused |"
        );
        eprintln!("|--:|--:|--:|--:|--:|--:|--:|--:|");
        for callers in &options.callers {
            let figures =
                pass::run(&stand, &token, *callers, options.requests, options.share).await?;
            eprintln!("{figures}");
        }
        Ok(())
    })
}
