//! The Lambda of the oidc family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(oidc::KEYS, oidc::function).await
}
