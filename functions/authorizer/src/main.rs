//! The Lambda authorizer.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::listen(authorizer::KEYS, authorizer::authorize).await
}
