//! The Lambda of the pages family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(pages::KEYS, pages::function).await
}
