//! The Lambda of the oauth family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(oauth::KEYS, oauth::function).await
}
