//! The Lambda of nauth's administration.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(nauth_admin::KEYS, nauth_admin::function).await
}
