//! The Lambda of nauth's second factors.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(nauth_mfa::KEYS, nauth_mfa::function).await
}
