//! The Lambda of the totp family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(totp::KEYS, totp::function).await
}
