//! The Lambda that sends security events to an event bus.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::listen_with_outbox(publisher::answer).await
}
