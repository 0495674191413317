//! The command line.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Failure;

/// Measures the release binary of `accounts` against its budgets.
#[derive(Debug, clap::Parser)]
pub struct Options {
    /// The binary; built with `cargo build --release -p accounts` if absent.
    #[arg(long, default_value_os_t = in_workspace("target/release/accounts"))]
    pub binary: PathBuf,
    /// The template that the tables come from.
    #[arg(long, default_value_os_t = in_workspace("template.yaml"))]
    pub template: PathBuf,
    /// Processes to start for each operation.
    #[arg(long, default_value_t = 20)]
    pub starts: usize,
    /// Requests of each operation to the warm process.
    #[arg(long, default_value_t = 100)]
    pub requests: usize,
    /// Milliseconds that each DynamoDB call is held back while round trips are counted.
    #[arg(long, default_value_t = 100)]
    pub delay: u64,
    /// POSTERN_SIGNING_ALGORITHM.
    #[arg(long, default_value = "RS256")]
    pub algorithm: String,
    /// Plain HTTP instead of TLS, and a key file instead of KMS.
    #[arg(long)]
    pub plain: bool,
    /// Fail when a figure is over its budget.
    #[arg(long)]
    pub strict: bool,
}

impl Options {
    /// The delay of the delayed pass.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.delay)
    }

    /// Builds the binary if it is not there.
    pub fn build_if_absent(&self) -> Result<(), Failure> {
        if self.binary.exists() {
            return Ok(());
        }
        eprintln!("building the release binary, which takes some minutes");
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let status = build
            .args(["build", "--release", "-p", "accounts"])
            .current_dir(in_workspace(""))
            .status()?;
        if status.success() && self.binary.exists() {
            return Ok(());
        }
        Err(format!("there is no {}", self.binary.display()).into())
    }
}

/// A path in the workspace, wherever the bench is run.
pub fn in_workspace(path: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).join(path)
}
