//! The command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Failure;
use crate::families::{self, Family};

/// Measures the functions' release binaries against their budgets.
#[derive(Debug, clap::Parser)]
pub struct Options {
    /// A family to measure; all that are built, if left out. May be repeated.
    #[arg(long = "family", value_name = "NAME", value_parser = families::ALL.iter().map(|family| family.name).collect::<Vec<_>>())]
    pub families: Vec<String>,
    /// The folder of the functions' binaries.
    #[arg(long, value_name = "FOLDER", default_value_os_t = in_workspace("target/release"))]
    pub binaries: PathBuf,
    /// The template that the tables and routes come from.
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
    /// POSTERN_NAUTH_MFA_ENFORCEMENT: with ADAPTIVE, nauth weighs the risk of each sign-in.
    #[arg(long, default_value = "OPTIONAL")]
    pub enforcement: String,
    /// Plain HTTP instead of TLS, and a key file instead of KMS.
    #[arg(long)]
    pub plain: bool,
    /// Only count what depends on no machine: calls, units, mails, round trips, bytes of the log. Any build will
    /// do (`--binaries target/debug`).
    #[arg(long)]
    pub counts: bool,
    /// Only make one password hash, and print how long it took.
    #[arg(long, hide = true)]
    pub first_hash: bool,
    /// Fail when a figure is over its budget.
    #[arg(long)]
    pub strict: bool,
}

impl Options {
    /// The delay of the delayed pass.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.delay)
    }

    /// A family's binary.
    pub fn binary(&self, family: &Family) -> PathBuf {
        self.binaries.join(family.name)
    }

    /// The families that are built, asked for or not: what comes before a request
    /// may be another's.
    pub fn built(&self) -> impl Iterator<Item = &'static Family> {
        let all = families::ALL.iter().copied();
        all.filter(|family| self.binary(family).exists())
    }

    /// The families to measure.
    ///
    /// # Errors
    /// When one that was asked for, or every one, is not built.
    pub fn measured(&self) -> Result<Vec<&'static Family>, Failure> {
        let named = |family: &&Family| self.families.iter().any(|name| name == family.name);
        let built: Vec<&Family> = self.built().collect();
        let asked: Vec<&Family> = match self.families.as_slice() {
            [] => built.clone(),
            _ => families::ALL.iter().copied().filter(named).collect(),
        };
        let is_built = |family: &&Family| built.iter().any(|own| own.name == family.name);
        let absent = asked.iter().find(|family| !is_built(family));
        if let Some(family) = absent.or(families::ALL.first().filter(|_| asked.is_empty())) {
            return Err(format!(
                "there is no {}: cargo build --release -p {}",
                self.binary(family).display(),
                family.name,
            )
            .into());
        }
        Ok(asked)
    }
}

/// A path in the workspace, wherever the bench is run.
pub fn in_workspace(path: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).join(path)
}
