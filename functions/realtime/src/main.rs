//! The Lambda of the realtime family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(realtime::KEYS, realtime::function).await
}
