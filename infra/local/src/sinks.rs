//! Mail and text messages end here instead of at SES and SNS, events instead of at
//! EventBridge, and objects in a folder instead of in S3.
//!
//! The functions use the real SDK clients, so this speaks the protocols that
//! those speak. SES and SNS speak AWS Query: a form in, XML out, errors in AWS's
//! envelope. EventBridge speaks AWS JSON, and names the action in a header. They share
//! one address, `/`, since the action tells them apart; any
//! other path is an object of S3. What SES
//! or SNS would refuse for its shape is refused here too, in their words;
//! what depends on an account (verified senders, spending limits) is not
//! known here and passes.

mod event_bridge;
mod query;
mod s3;
mod ses;
mod sns;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};

use axum::routing::any;

use crate::inbox::Inbox;
use query::{Answer, Fault, Form};
pub use s3::Buckets;

/// SES takes messages of up to 10 MB; a form writes a byte in up to three.
const LARGEST_BODY: usize = 30 * 1024 * 1024;

/// The address that stands for SES, SNS and EventBridge. Its messages go to `inbox`.
pub fn router(inbox: Inbox) -> Router {
    Router::new()
        .fallback(act)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(inbox)
}

/// The address that stands for SES, SNS, EventBridge and S3.
pub fn with_buckets(inbox: Inbox, buckets: Buckets) -> Router {
    let objects = async move |request: Request| buckets.answer(request).await;
    Router::new()
        .route("/", any(act))
        .fallback(objects)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(inbox)
}

async fn act(
    State(inbox): State<Inbox>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = headers.get("x-amz-target");
    if target.is_some_and(|target| target == event_bridge::PUT_EVENTS)
        && headers.contains_key(header::AUTHORIZATION)
    {
        return event_bridge::put_events(&body, &inbox);
    }
    let form = Form::parse(&body);
    let outcome = if method != Method::POST {
        Err(Fault::sender(
            "InvalidAction",
            "the action is sent with POST",
        ))
    } else if !headers.contains_key(header::AUTHORIZATION) {
        Err(Fault::unsigned())
    } else {
        match form.get("Action") {
            Some("SendEmail") => ses::send_email(&form, &inbox),
            Some("Publish") => sns::publish(&form, &inbox),
            action => Err(Fault::unknown_action(action.unwrap_or_default(), &form)),
        }
    };
    outcome.map_or_else(Fault::into_response, Answer::into_response)
}

#[cfg(test)]
mod tests;
