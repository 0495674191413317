//! A function's process: starting it as Lambda would, and what the kernel
//! says about it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Failure, now};

/// A running function. Dropping it ends it.
pub struct Process {
    child: Child,
    started: Instant,
}

/// Memory in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// What is resident now.
    pub resident: u64,
    /// The most that ever was.
    pub peak: u64,
}

impl Process {
    /// Starts a binary with this environment and no other. What it prints goes
    /// to the file `log`.
    pub fn start(
        binary: &Path,
        environment: &BTreeMap<&'static str, String>,
        log: &Path,
    ) -> Result<Self, Failure> {
        let out = File::create(log)?;
        let mut command = Command::new(binary);
        command
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out);
        // A child inherits the cores of the thread that starts it.
        let starter = std::thread::spawn(move || {
            keep_to_core(1);
            let started = now();
            command.spawn().map(|child| Self { child, started })
        });
        let process = starter
            .join()
            .map_err(|_| "the process's starter panicked")?;
        process.map_err(|error| format!("{}: {error}", binary.display()).into())
    }

    /// The instant just before it was started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The CPU time of all its threads. One that has ended is no longer seen;
    /// tokio keeps idle ones for ten seconds.
    pub fn cpu(&self) -> Result<Duration, Failure> {
        let mut nanos = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            nanos += text
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// Its memory.
    pub fn memory(&self) -> Result<Memory, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes =
                line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
            kilobytes
                .map(|kilobytes| kilobytes * 1024)
                .ok_or_else(|| format!("no {name} in /proc"))
        };
        Ok(Memory {
            resident: bytes("VmRSS:")?,
            peak: bytes("VmHWM:")?,
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps the calling thread, and all that it starts, to one core. Where that
/// cannot be, the figures are a little less steady.
#[cfg(target_os = "linux")]
pub fn keep_to_core(core: usize) {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let mut only = CpuSet::new();
    only.set(core);
    let _ = sched_setaffinity(None, &only);
}

/// Other systems have no such call, nor the files that the figures come from.
#[cfg(not(target_os = "linux"))]
pub fn keep_to_core(_core: usize) {}
