//! The Lambda of the nauth family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(nauth::KEYS, nauth::function).await
}
