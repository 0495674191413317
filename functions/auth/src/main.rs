//! The Lambda of the auth family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(auth::KEYS, auth::function).await
}
