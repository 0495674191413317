//! The functions' real binaries, under `cargo lambda watch`.
//!
//! The gateway stays in front and calls them through the emulator's Invoke
//! API. The emulator could serve HTTP by itself (and `cargo lambda watch` alone
//! does, with the router in the workspace's manifest), but it keeps only the
//! first of repeated headers, calls every client 127.0.0.1 and knows no limits;
//! through the gateway the events are the same as without it.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use local::local_stack::{LocalStack, Part};
use local::stack::Environment;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Each instance answers one request at a time, as on AWS.
const INSTANCES: &str = "4";

/// How long the emulator may take to end its functions.
const FAREWELL: Duration = Duration::from_secs(5);

/// What no function should take over from the developer's shell: it would
/// point the SDK at an account.
const NOT_INHERITED: [&str; 3] = ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"];

/// A running `cargo lambda watch`.
pub struct Emulator {
    child: Child,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    #[error("--lambda needs cargo-lambda, which is not here: pip install cargo-lambda")]
    Missing,
    #[error("the functions do not build")]
    Build,
    #[error("cargo lambda ended at once: {0}")]
    Ended(ExitStatus),
    #[error("cargo: {0}")]
    Cargo(#[from] std::io::Error),
}

impl Emulator {
    /// Builds the functions and starts the emulator.
    pub async fn start(
        place: &LocalStack,
        environment: &Environment,
        functions: &[&str],
    ) -> Result<Self, EmulatorError> {
        let mut probe = cargo(place);
        probe.args(["lambda", "--version"]);
        probe.stdout(Stdio::null()).stderr(Stdio::null());
        if !probe.status().await?.success() {
            return Err(EmulatorError::Missing);
        }
        // Built before, they start within the time that a request has. `cargo ctl` with
        // them: built later, it would keep the emulator's own cargo waiting.
        let mut build = cargo(place);
        build.args(["build", "--bin", "ctl"]).kill_on_drop(true);
        for function in functions {
            build.args(["--bin", function]);
        }
        if !build.status().await?.success() {
            return Err(EmulatorError::Build);
        }
        let port = place.port(Part::Emulator).to_string();
        let mut watch = cargo(place);
        watch
            .args(["lambda", "watch", "--invoke-address", "127.0.0.1"])
            .args(["--invoke-port", &port, "--concurrency", INSTANCES])
            .envs(environment.for_process(place))
            // A group of its own: Ctrl-C is told to it by us, in our order.
            .process_group(0)
            .kill_on_drop(true);
        for name in NOT_INHERITED {
            watch.env_remove(name);
        }
        let mut emulator = Self {
            child: watch.spawn()?,
        };
        tokio::select! {
            () = listening(place.port(Part::Emulator)) => Ok(emulator),
            ended = emulator.ended() => Err(EmulatorError::Ended(ended?)),
        }
    }

    /// Resolves when the emulator ends by itself.
    pub async fn ended(&mut self) -> std::io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Ends the emulator, which ends its functions; one that does not listen is
    /// killed with its group.
    pub async fn stop(mut self) {
        let pid = self
            .child
            .id()
            .and_then(|id| Pid::from_raw(id.cast_signed()));
        let Some(pid) = pid else {
            return;
        };
        // Only the emulator is told: its functions have groups of their own, and it ends
        // them itself unless it is killed by force.
        let _ = kill_process(pid, Signal::TERM);
        if tokio::time::timeout(FAREWELL, self.child.wait())
            .await
            .is_err()
        {
            let _ = kill_process_group(pid, Signal::KILL);
            let _ = self.child.wait().await;
        }
    }
}

/// Resolves when something accepts connections there.
async fn listening(port: u16) {
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The cargo that runs us, in the workspace.
fn cargo(place: &LocalStack) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(place.root()).stdin(Stdio::null());
    command
}
