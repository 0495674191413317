//! What services answered to one request, to be said again at once.
//!
//! While the real stand-ins work, milliseconds each time, a function's core sleeps, and
//! its caches and branch predictions are lost when it wakes: the same instructions then
//! take two or three times as long. Without these waits the figure is what they cost a
//! core that is at work. A request whose answers are on tape can be sent a thousand
//! times: what it uses up stays unused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use crate::meter::Service;

/// The tape. A clone is another handle to the same one.
#[derive(Clone, Default)]
pub struct Tape(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    mode: Mode,
    answers: HashMap<Asked, Vec<Answer>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Off,
    Recording,
    Playing,
}

/// What is asked, as far as it is the same each time: the operation, and the
/// key of the row where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    service: Service,
    operation: String,
    key: String,
}

#[derive(Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    /// What a call asks. The bodies of AWS's JSON protocols have keys.
    pub fn of(service: Service, operation: &str, body: &Bytes) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self {
            service,
            operation: operation.to_owned(),
            key: body.get("Key").map(Value::to_string).unwrap_or_default(),
        }
    }
}

impl Tape {
    /// Puts on tape, in the place of what is there, what is answered from now on.
    pub fn record(&self) {
        let mut state = self.state();
        state.mode = Mode::Recording;
        state.answers.clear();
    }

    /// Says from now on what is on tape, and passes the rest on.
    pub fn play(&self) {
        self.state().mode = Mode::Playing;
    }

    /// Stands aside.
    pub fn stop(&self) {
        self.state().mode = Mode::Off;
    }

    /// Whether answers are put on it.
    pub fn is_recording(&self) -> bool {
        self.state().mode == Mode::Recording
    }

    /// Puts an answer on it.
    pub fn add(&self, asked: Asked, status: StatusCode, headers: &HeaderMap, body: &Bytes) {
        let mut headers = headers.clone();
        headers.remove(header::CONTENT_LENGTH);
        let answer = Answer {
            status,
            headers,
            body: body.clone(),
        };
        self.state().answers.entry(asked).or_default().push(answer);
    }

    /// What it answers, if it is playing and knows. Of several answers to one
    /// thing each is said in its turn, over and over.
    pub fn answer(&self, asked: &Asked) -> Option<Response> {
        let mut state = self.state();
        if state.mode != Mode::Playing {
            return None;
        }
        let answers = state.answers.get_mut(asked)?;
        let answer = answers.first().cloned()?;
        answers.rotate_left(1);
        drop(state);
        Some((answer.status, answer.headers, answer.body).into_response())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
