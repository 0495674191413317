//! One pass: so many callers, until all requests are done.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;

use stand::{Failure, Stand, post};

/// What a pass showed.
pub struct Figures {
    callers: usize,
    /// Each request's time, the shortest first.
    times: Vec<Duration>,
    whole: Duration,
    reads: u64,
    writes: u64,
    refused: usize,
}

/// Lets `callers` callers send `requests` requests, `share` of them from one network.
pub async fn run(
    stand: &Stand,
    token: &str,
    callers: usize,
    requests: u32,
    share: u32,
) -> Result<Figures, Failure> {
    let mut gateways = Vec::with_capacity(callers);
    for _ in 0..callers {
        gateways.push(stand.instance().await?);
    }
    stand.calls.take();
    let next = Arc::new(AtomicU32::new(0));
    let begun = now();
    let tasks: Vec<_> = gateways
        .into_iter()
        .map(|gateway| {
            let (next, asked) = (next.clone(), json!({ "token": token }));
            tokio::spawn(async move {
                let mut done = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= requests {
                        return Ok::<_, Failure>(done);
                    }
                    let peer = network(callers, n / share);
                    let sent = now();
                    let answer = post(&gateway, peer, "/tokens/verify", &asked).await?;
                    done.push((sent.elapsed(), answer.status()));
                }
            })
        })
        .collect();
    let mut done = Vec::new();
    for task in tasks {
        done.extend(task.await??);
    }
    let whole = begun.elapsed();
    let refused = done
        .iter()
        .filter(|(_, status)| *status == StatusCode::TOO_MANY_REQUESTS)
        .count();
    let mut times: Vec<Duration> = done.into_iter().map(|(time, _)| time).collect();
    times.sort_unstable();
    let (reads, writes) = stand.calls.take();
    Ok(Figures {
        callers,
        times,
        whole,
        reads,
        writes,
        refused,
    })
}

/// The network that callers share; another for each pass, whose windows are still open.
fn network(callers: usize, n: u32) -> IpAddr {
    let pass = u16::try_from(callers).unwrap_or(u16::MAX);
    let [_, _, low, lower] = n.to_be_bytes();
    let n = u16::from_be_bytes([low, lower]);
    IpAddr::from([0x2001, 0xdb8, pass, n, 0, 0, 0, 1])
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests = self.times.len();
        let each = |count: u64| precise(count) / precise_len(requests);
        let at = |hundredths: usize| {
            let network = (requests * hundredths / 100).min(requests.saturating_sub(1));
            let time = self.times.get(network).copied().unwrap_or_default();
            format!("{:.2} ms", time.as_secs_f64() * 1000.0)
        };
        write!(
            f,
            "| {} | {:.0} | {} | {} | {} | {:.2} | {:.3} | {} |",
            self.callers,
            precise_len(requests) / self.whole.as_secs_f64(),
            at(50),
            at(95),
            at(99),
            each(self.reads),
            each(self.writes),
            self.refused,
        )
    }
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn precise(count: u64) -> f64 {
    count as f64
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn precise_len(count: usize) -> f64 {
    count as f64
}

#[allow(clippy::disallowed_methods, reason = "a bench measures durations")]
fn now() -> Instant {
    Instant::now()
}
