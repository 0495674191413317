//! Whether the time of an answer tells who has an account.
//!
//! ```text
//! cargo run --release --bin timing > /dev/null
//! ```
//!
//! The figures are on standard error, as Markdown; the other stream has the
//! functions' log.
//!
//! Names with an account and names without are tried in turns, each of them once and from
//! a network of its own, so that no count or rest of one affects the other; which comes
//! first changes with every pair. A busy machine affects both alike. The noise of a
//! series is half the distance of its quartiles. If two medians lie closer together than
//! either noise, an attacker who asks as often cannot tell them apart; if any two do not,
//! the exit code is 1.

use std::fmt;
use std::net::IpAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use local::gateway::Gateway;
use serde_json::json;
use stand::{Failure, Stand, post, send};

/// Measures what known and unknown names cost.
#[derive(Debug, Parser)]
struct Options {
    /// Names of each kind that are tried.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(20..=10_000))]
    tries: u16,
    /// Pairs that go before, for caches and connections.
    #[arg(long, default_value_t = 20)]
    before: u16,
}

/// A route whose time must not tell whether a name has an account.
struct Door {
    path: &'static str,
    media: &'static str,
    body: fn(&str) -> String,
}

const DOORS: [Door; 5] = [
    Door {
        path: "/auth/login",
        media: "application/x-www-form-urlencoded",
        body: |name| format!("username={name}%40example.com&password=a-wrong-guess"),
    },
    Door {
        path: "/cfg/accounts/otp/request/",
        media: "application/json",
        body: |name| json!({ "identifier": format!("{name}@example.com") }).to_string(),
    },
    Door {
        path: "/auth/password-reset-request",
        media: "application/json",
        body: |name| json!({ "email": format!("{name}@example.com") }).to_string(),
    },
    Door {
        path: "/vendor/login",
        media: "application/json",
        body: |name| {
            let email = format!("{name}@example.com");
            json!({ "email": email, "password": "a-wrong-guess" }).to_string()
        },
    },
    Door {
        path: "/vendor/password-reset-request",
        media: "application/json",
        body: |name| json!({ "email": format!("{name}@example.com") }).to_string(),
    },
];

fn main() -> ExitCode {
    match measured(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("timing: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Whether no route tells.
fn measured(options: &Options) -> Result<bool, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stand = Stand::start("RS256").await?;
        let gateway = stand.instance().await?;
        let pairs = options.before + options.tries;
        for n in 0..pairs {
            let body = json!({
                "username": format!("known-{n}"), "email": format!("known-{n}@example.com"),
                "password": "qz7-kv2x-engine",
            });
            post(&gateway, network(0, n, 0), "/auth/register", &body).await?;
            let body = json!({
                "name": "Bench", "email": format!("known-{n}@example.com"),
                "password": "qz7-kv2x-engine",
            });
            post(&gateway, network(0, n, 1), "/vendor/register_vendor", &body).await?;
        }
        eprintln!("| request | known | unknown | apart | |");
        eprintln!("|---|--:|--:|--:|---|");
        let mut silent = true;
        for (number, door) in (1..).zip(DOORS) {
            let (mut known, mut unknown) = (Vec::new(), Vec::new());
            for n in 0..pairs {
                let known_first = n % 2 == 0;
                for is_known in [known_first, !known_first] {
                    let kind = if is_known { "known" } else { "nobody" };
                    let peer = network(number, n, u16::from(is_known));
                    let time = tried(&gateway, &door, peer, &format!("{kind}-{n}")).await?;
                    let series = if is_known { &mut known } else { &mut unknown };
                    series.extend((n >= options.before).then_some(time));
                }
            }
            let (known, unknown) = (Series::of(known), Series::of(unknown));
            let apart = known.median.abs_diff(unknown.median);
            let holds = apart < known.noise.min(unknown.noise);
            silent &= holds;
            let word = if holds { "one" } else { "**TOLD APART**" };
            let apart = millis(apart);
            eprintln!(
                "| {} | {known} | {unknown} | {apart} ms | {word} |",
                door.path
            );
        }
        Ok(silent)
    })
}

/// How long an answer takes. A refusal by a limit is an error.
async fn tried(
    gateway: &Gateway,
    door: &Door,
    peer: IpAddr,
    name: &str,
) -> Result<Duration, Failure> {
    let sent = now();
    let answer = send(gateway, peer, door.path, door.media, (door.body)(name)).await?;
    let time = sent.elapsed();
    match answer.status().as_u16() {
        200 | 400 | 401 => Ok(time),
        status => Err(format!("{} answered {status}", door.path).into()),
    }
}

/// A network that no other request comes from.
fn network(door: u16, n: u16, which: u16) -> IpAddr {
    IpAddr::from([0x2001, 0xdb8, 2 * door + which, n, 0, 0, 0, 1])
}

/// The times of one kind of name.
struct Series {
    median: Duration,
    /// Half the distance of the quartiles.
    noise: Duration,
}

impl Series {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |quarter: usize| times.get(times.len() * quarter / 4).copied();
        let [low, median, high] = [1, 2, 3].map(|quarter| at(quarter).unwrap_or_default());
        Self {
            median,
            noise: high.saturating_sub(low) / 2,
        }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ± {} ms", millis(self.median), millis(self.noise))
    }
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

#[allow(clippy::disallowed_methods, reason = "a bench measures durations")]
fn now() -> Instant {
    Instant::now()
}
