//! The Lambda of the tokens family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(tokens::KEYS, tokens::function).await
}
