//! The machine that the figures come from.

use std::fs;

/// CPU, cores, how busy they were in the last five minutes, and the day.
pub fn described() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown CPU", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cores = cpuinfo
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count()
        .max(cores);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().nth(1).unwrap_or("unknown");
    format!(
        "{model}, {cores} cores, load {load}, {}, {}",
        std::env::consts::ARCH,
        today()
    )
}

#[allow(clippy::disallowed_methods, reason = "a report is dated")]
fn today() -> String {
    jiff::Timestamp::now().strftime("%-d %B %Y").to_string()
}
