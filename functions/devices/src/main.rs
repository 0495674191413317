//! The Lambda of the devices family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(devices::KEYS, devices::function).await
}
