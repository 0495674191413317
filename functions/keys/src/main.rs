//! The Lambda that rotates the signing key.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::listen(keys::rotate).await
}
