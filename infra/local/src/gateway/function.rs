//! A function as the gateway sees it: an event in, an answer out, both JSON.
//!
//! It is either a router in this process, behind the same adapter that the
//! real binary runs, or that binary itself under `cargo lambda watch`, called
//! through the Invoke API of its emulator.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use lambda_http::{Context, LambdaEvent};
use serde_json::Value;
use serde_json::value::RawValue;

/// What a Lambda may answer: 6 MB and a little.
const LARGEST_ANSWER: usize = 6_291_556;

/// How long the emulator may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// One function of the stack.
#[derive(Clone)]
pub struct Function {
    name: String,
    target: Target,
}

#[derive(Clone)]
enum Target {
    Here(Router),
    Emulator(Box<Emulator>),
}

#[derive(Clone)]
struct Emulator {
    client: Client<HttpConnector, Body>,
    url: String,
}

/// A function that failed, as opposed to one that answered with an error.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the event is no JSON: {0}")]
    Event(serde_json::Error),
    #[error("the function panicked")]
    Panic,
    #[error("the event is none of API Gateway's, or its answer is no JSON: {0}")]
    Answer(String),
    #[error("the answer is larger than a Lambda's may be")]
    TooLarge,
    #[error("cargo lambda: {0}")]
    Emulator(String),
}

impl Function {
    /// A function in this process: what its `main` hands to `edge::run`.
    #[must_use]
    pub fn new(name: &str, router: Router) -> Self {
        Self {
            name: name.to_owned(),
            target: Target::Here(router),
        }
    }

    /// A function's binary behind `cargo lambda watch` at `emulator`
    /// (`http://127.0.0.1:9003`).
    #[must_use]
    pub fn emulated(name: &str, emulator: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        Self {
            name: name.to_owned(),
            target: Target::Emulator(Box::new(Emulator {
                client: Client::builder(TokioExecutor::new()).build(connector),
                url: format!("{emulator}/2015-03-31/functions/{name}/invocations"),
            })),
        }
    }

    /// The name of its binary.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls it with an event that is no request. Only one behind the emulator takes those:
    /// in this process they are called by their own functions.
    ///
    /// # Errors
    /// What went wrong with the call.
    pub async fn call(&self, event: Value) -> Result<Value, String> {
        let Target::Emulator(emulator) = &self.target else {
            return Err("only a function behind the emulator is called with events".to_owned());
        };
        let answer = emulator.invoke(event.to_string()).await;
        let answer = answer.map_err(|failure| failure.to_string())?;
        serde_json::from_str(&answer).map_err(|error| error.to_string())
    }

    /// Hands it an event.
    pub(super) async fn invoke(
        &self,
        event: String,
        request_id: &str,
        deadline: Timestamp,
    ) -> Result<String, Failure> {
        let answer = match &self.target {
            Target::Here(router) => {
                let call = call(router.clone(), event, context(request_id, deadline));
                // In a task of its own, a panic ends the call and not the gateway.
                tokio::spawn(call).await.map_err(|_| Failure::Panic)??
            }
            Target::Emulator(emulator) => emulator.invoke(event).await?,
        };
        if answer.len() > LARGEST_ANSWER {
            return Err(Failure::TooLarge);
        }
        Ok(answer)
    }
}

fn context(request_id: &str, deadline: Timestamp) -> Context {
    let mut context = Context::default();
    request_id.clone_into(&mut context.request_id);
    context.deadline = u64::try_from(deadline.as_millisecond()).unwrap_or_default();
    context
}

async fn call(router: Router, event: String, context: Context) -> Result<String, Failure> {
    let payload = RawValue::from_string(event).map_err(Failure::Event)?;
    let answer = edge::event::answer(router, LambdaEvent::new(payload, context)).await;
    answer
        .map(|answer| answer.get().to_owned())
        .map_err(|error| Failure::Answer(error.to_string()))
}

impl Emulator {
    async fn invoke(&self, event: String) -> Result<String, Failure> {
        let failed = |problem: &dyn ToString| Failure::Emulator(problem.to_string());
        let request = Request::builder().method(Method::POST).uri(&self.url);
        let request = request.body(Body::from(event)).map_err(|e| failed(&e))?;
        let response = self.client.request(request).await.map_err(|e| failed(&e))?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|e| failed(&e))?.to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        // The status is the invocation's, not the function's answer's.
        if head.status.is_success() {
            Ok(text)
        } else {
            Err(Failure::Emulator(format!("{}: {text}", head.status)))
        }
    }
}
