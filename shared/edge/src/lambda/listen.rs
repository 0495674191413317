//! Functions that no HTTP request reaches: called by a schedule, by a stream, or by API
//! Gateway about a request to another API.

use std::time::Instant;

use domain::key_ring::KeyParts;
use flows::log::{self, RequestIds};
use flows::{Outbox, Postern};
use lambda_http::{LambdaEvent, lambda_runtime};
use serde_json::Value;

use crate::serve;

/// Opens the installation, with these parts of its key ring, and answers each event with
/// what `answer` makes of it, until Lambda ends the process. An error fails the invocation: Lambda counts it, and the
/// caller is told that there is no answer.
///
/// # Errors
/// As [`serve::open`]; Lambda reports it as a failed initialisation.
pub async fn listen<F, A>(parts: KeyParts, answer: F) -> Result<(), lambda_http::Error>
where
    F: Fn(Postern, Value) -> A,
    A: Future<Output = Result<Value, domain::Error>>,
{
    let postern = serve::open(parts).await.inspect_err(serve::start_failed)?;
    poll(postern, answer).await
}

/// The same for the function that sends security events, which opens no installation and
/// so no key ring: all that it is told is where they go.
///
/// # Errors
/// A setting that is missing, or when Lambda's runtime API cannot be reached.
pub async fn listen_with_outbox<F, A>(answer: F) -> Result<(), lambda_http::Error>
where
    F: Fn(Outbox, Value) -> A,
    A: Future<Output = Result<Value, domain::Error>>,
{
    let outbox = serve::outbox().inspect_err(serve::start_failed)?;
    poll(outbox, answer).await
}

async fn poll<S, F, A>(state: S, answer: F) -> Result<(), lambda_http::Error>
where
    S: Clone,
    F: Fn(S, Value) -> A,
    A: Future<Output = Result<Value, domain::Error>>,
{
    let handler = async |event: LambdaEvent<Value>| {
        #[allow(clippy::disallowed_methods, reason = "a log line tells durations")]
        let started = Instant::now();
        // An authorizer's event names the request that it is asked about.
        let gateway = event.payload.pointer("/requestContext/requestId");
        let ids = RequestIds {
            lambda: event.context.request_id.clone(),
            gateway: gateway.and_then(Value::as_str).map(str::to_owned),
        };
        let answering = async {
            let answered = answer(state.clone(), event.payload).await;
            let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            let mut fields = vec![("micros", Value::from(micros))];
            if let Err(error) = &answered {
                fields.push(("outcome", error.name().into()));
                fields.push(("cause", error.to_string().into()));
            }
            log::event("invocation", fields);
            answered.map_err(|error| lambda_http::Error::from(error.name()))
        };
        log::during(ids, answering).await
    };
    lambda_runtime::run(lambda_http::service_fn(handler)).await
}

/// The same for the one function that makes the key ring: that is done first.
///
/// # Errors
/// As [`listen`].
pub async fn listen_with_new_keys<F, A>(
    parts: KeyParts,
    answer: F,
) -> Result<(), lambda_http::Error>
where
    F: Fn(Postern, Value) -> A,
    A: Future<Output = Result<Value, domain::Error>>,
{
    let made = serve::make_key_ring().await;
    made.inspect_err(serve::start_failed)?;
    listen(parts, answer).await
}
