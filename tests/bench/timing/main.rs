//! Whether the time of an answer tells who has an account.
//!
//! ```text
//! cargo run --release --bin timing > /dev/null
//! ```
//!
//! The figures are on standard error, as Markdown; the other stream has the
//! functions' log.
//!
//! Two kinds of names are tried in turns, each of them once and from a network of its own,
//! so that no count or rest of one affects the other; which comes first changes with every
//! pair. A busy machine affects both alike. What is printed beside the medians is the AUC:
//! how often an attacker is right who takes the slower of two answers for the first kind.
//! That is one in two where time tells nothing, and in 200 tries it strays by 0.03 on its
//! own. So a row outside of 0.45 to 0.55 is measured once more, and tells if it is outside on
//! the same side again. Then the exit code is 1.
//!
//! [`rows`] has what is tried. An operation that anyone may call stands there, or among those
//! that no name is typed at, or whose answer itself tells: one in none of the lists ends the
//! run.

mod people;
mod rows;
mod series;

use std::net::IpAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use futures_util::future::try_join_all;
use local::gateway::Gateway;
use stand::{Failure, Stand, send};

use self::rows::{Names, ROWS, Request, Row};
use self::series::Pair;

/// Pairs of a row with a floor that run at the same time: it waits most of it.
const AT_ONCE: usize = 4;

/// Measures what two kinds of names cost.
#[derive(Debug, Parser)]
struct Options {
    /// Names of each kind that are tried.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(20..=10_000))]
    tries: u16,
    /// Pairs that go before, for caches and connections.
    #[arg(long, default_value_t = 20)]
    before: u16,
    /// Only the rows in whose names this occurs.
    #[arg(long)]
    row: Option<String>,
}

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

/// Whether no row tells.
fn measured(options: &Options) -> Result<bool, Failure> {
    rows::none_is_missing()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stand = Stand::start("RS256").await?;
        let gateway = stand.instance().await?;
        people::make(&stand, &gateway, options.before + options.tries).await?;
        let bench = Bench {
            stand: &stand,
            gateway: &gateway,
            options,
        };
        eprintln!("| what is tried | first | second | AUC | |");
        eprintln!("|---|--:|--:|--:|---|");
        let mut silent = true;
        let wanted = |row: &&Row| {
            let part = options.row.as_deref().unwrap_or_default();
            row.name.contains(part)
        };
        for row in ROWS.iter().filter(wanted) {
            silent &= bench.is_silent(row).await?;
        }
        Ok(silent)
    })
}

struct Bench<'a> {
    stand: &'a Stand,
    gateway: &'a Gateway,
    options: &'a Options,
}

impl Bench<'_> {
    /// Measures a row, once more if it seems to tell. Whether it does not.
    async fn is_silent(&self, row: &Row) -> Result<bool, Failure> {
        let first = self.pair(row).await?;
        let second = match first.side() {
            0 => None,
            _ => Some(self.pair(row).await?),
        };
        let tells = second
            .as_ref()
            .is_some_and(|again| again.side() == first.side());
        let shown = second.as_ref().unwrap_or(&first);
        let word = if tells { "**told apart**" } else { "one" };
        eprintln!("| {} | {shown} | {word} |", row.name);
        Ok(!tells)
    }

    async fn pair(&self, row: &Row) -> Result<Pair, Failure> {
        // What earlier rows tried is not to weigh on this one.
        self.stand.forget_tries().await?;
        let pairs = self.options.before + self.options.tries;
        let numbers: Vec<u16> = (0..pairs).collect();
        let mut pair = Pair::default();
        let at_once = if row.waits { AT_ONCE } else { 1 };
        for some in numbers.chunks(at_once) {
            let times = some.iter().map(|n| self.both(row, *n));
            for (n, (first, second)) in some.iter().zip(try_join_all(times).await?) {
                if *n >= self.options.before {
                    pair.add(first, second);
                }
            }
        }
        Ok(pair)
    }

    /// The times of one name of either kind.
    async fn both(&self, row: &Row, n: u16) -> Result<(Duration, Duration), Failure> {
        let [first, second] = &row.kinds;
        Ok(if n.is_multiple_of(2) {
            let first = self.time(row, *first, n, 0).await?;
            (first, self.time(row, *second, n, 1).await?)
        } else {
            let second = self.time(row, *second, n, 1).await?;
            (self.time(row, *first, n, 0).await?, second)
        })
    }

    /// How long the last request of one name takes.
    async fn time(&self, row: &Row, kind: Names, n: u16, which: u16) -> Result<Duration, Failure> {
        let name = people::name(kind.holders, n);
        let mut step = 0;
        for request in kind.before.iter().chain(row.before) {
            self.answer(request, &name, network(which, n, step)).await?;
            step += 1;
        }
        let at = network(which, n, step);
        let sent = now();
        self.answer(&row.request, &name, at).await?;
        Ok(sent.elapsed())
    }

    async fn answer(
        &self,
        request: &Request,
        name: &people::Name,
        at: IpAddr,
    ) -> Result<(), Failure> {
        let body = (request.body)(name);
        let answer = send(self.gateway, at, request.path, request.media, body).await?;
        match answer.status().as_u16() {
            200 | 400 | 401 => Ok(()),
            status => {
                let text = String::from_utf8_lossy(answer.body()).into_owned();
                Err(format!("{} answered {status}: {text}", request.path).into())
            }
        }
    }
}

/// A network that no other request of a row comes from.
fn network(which: u16, n: u16, step: u16) -> IpAddr {
    IpAddr::from([0x2001, 0xdb8, 16 * which + step, n, 0, 0, 0, 1])
}

#[allow(clippy::disallowed_methods, reason = "a bench measures durations")]
fn now() -> Instant {
    Instant::now()
}
