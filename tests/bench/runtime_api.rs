//! The Lambda Runtime API of one process, and the Invoke API in front of it.
//!
//! The gateway invokes; the event waits for the process's next poll; the
//! process's answer goes back to the gateway. In between the clock is read: when
//! the event left here, and when the answer arrived.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{Failure, now};

/// How long a process may take to start, and to come back for more.
const PATIENCE: Duration = Duration::from_secs(20);

/// What template.yaml gives a function of ours.
const TIMEOUT: Duration = Duration::from_secs(25);

/// One process's Runtime API.
#[derive(Clone)]
pub struct RuntimeApi {
    state: Arc<Inner>,
    authority: String,
}

struct Inner {
    events: mpsc::Sender<Event>,
    waiting: tokio::sync::Mutex<mpsc::Receiver<Event>>,
    desk: Mutex<Desk>,
    invoked: AtomicU64,
    polls: watch::Sender<u64>,
}

/// Who waits for an answer, and when things happened.
#[derive(Default)]
struct Desk {
    callers: HashMap<String, oneshot::Sender<Answer>>,
    first_poll: Option<Instant>,
    handed_out: Option<Instant>,
    answered: Option<Instant>,
    failed_start: Option<String>,
}

struct Event {
    id: String,
    body: Bytes,
}

enum Answer {
    Response(Bytes),
    Error(Bytes),
}

impl RuntimeApi {
    /// Opens the API on a port of its own.
    pub async fn open() -> Result<Self, Failure> {
        let (events, waiting) = mpsc::channel(1);
        let state = Arc::new(Inner {
            events,
            waiting: tokio::sync::Mutex::new(waiting),
            desk: Mutex::default(),
            invoked: AtomicU64::default(),
            polls: watch::Sender::new(0),
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .with_state(Arc::clone(&state));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let authority = listener.local_addr()?.to_string();
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { state, authority })
    }

    /// Host and port, as a process is told them.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// How often the process has polled.
    pub fn polls(&self) -> u64 {
        *self.state.polls.borrow()
    }

    /// Waits until the process has polled more than `polls` times.
    pub async fn polled_beyond(&self, polls: u64) -> Result<(), Failure> {
        let mut watch = self.state.polls.subscribe();
        let waited = tokio::time::timeout(PATIENCE, watch.wait_for(|now| *now > polls)).await;
        match (waited, self.desk().failed_start.take()) {
            (Ok(Ok(_)), None) => Ok(()),
            (_, Some(problem)) => Err(format!("the function did not start: {problem}").into()),
            _ => Err("the function does not poll".into()),
        }
    }

    /// When the process polled for the first time.
    pub fn first_poll(&self) -> Option<Instant> {
        self.desk().first_poll
    }

    /// How long the last event was with the process.
    pub fn last(&self) -> Option<Duration> {
        let desk = self.desk();
        Some(desk.answered?.saturating_duration_since(desk.handed_out?))
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.state.desk()
    }
}

impl Inner {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A poll. Lambda holds it until there is an event.
async fn next(State(api): State<Arc<Inner>>) -> Response {
    api.desk().first_poll.get_or_insert_with(now);
    api.polls.send_modify(|polls| *polls += 1);
    let Some(event) = api.waiting.lock().await.recv().await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        ("lambda-runtime-aws-request-id", event.id),
        ("lambda-runtime-deadline-ms", deadline().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:bench".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-00000000-000000000000000000000000;Sampled=0".to_owned(),
        ),
        ("content-type", "application/json".to_owned()),
    ];
    api.desk().handed_out = Some(now());
    (headers, event.body).into_response()
}

async fn response(
    State(api): State<Arc<Inner>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    answered(&api, &id, Answer::Response(body))
}

async fn error(State(api): State<Arc<Inner>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    answered(&api, &id, Answer::Error(body))
}

fn answered(api: &Inner, id: &str, answer: Answer) -> StatusCode {
    let mut desk = api.desk();
    desk.answered = Some(now());
    match desk.callers.remove(id) {
        Some(caller) => {
            let _ = caller.send(answer);
            StatusCode::ACCEPTED
        }
        None => StatusCode::FORBIDDEN,
    }
}

async fn init_error(State(api): State<Arc<Inner>>, body: Bytes) -> StatusCode {
    api.desk().failed_start = Some(String::from_utf8_lossy(&body).into_owned());
    api.polls.send_modify(|polls| *polls += 1);
    StatusCode::ACCEPTED
}

async fn invoke(State(api): State<Arc<Inner>>, body: Bytes) -> Response {
    let number = api.invoked.fetch_add(1, Ordering::Relaxed);
    let id = uuid::Uuid::from_u128(u128::from(number)).to_string();
    let (caller, answer) = oneshot::channel();
    api.desk().callers.insert(id.clone(), caller);
    let sent = api.events.send(Event { id, body }).await;
    match (sent, answer.await) {
        (Ok(()), Ok(Answer::Response(body))) => body.into_response(),
        (Ok(()), Ok(Answer::Error(body))) => {
            ([("x-amz-function-error", "Unhandled")], body).into_response()
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "Lambda tells a function its deadline by the clock"
)]
fn deadline() -> u128 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    (now + TIMEOUT).as_millis()
}
