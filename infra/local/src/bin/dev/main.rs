//! `cargo dev`: Postern on this machine, whole, with one command.
//!
//! The order matters: the ports are taken first, so that a second start stops
//! before it touches the first one's data; then the data, the engine and the
//! sinks; then the functions, which open their connections as they do on AWS;
//! and last the line that says it is ready, after `GET /health` was answered.

mod args;
mod emulator;
mod start;

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    let args = args::Args::parse();
    match start::run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("cargo dev: {problem}");
            ExitCode::FAILURE
        }
    }
}
