//! The Lambda of the accounts family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(accounts::KEYS, accounts::function).await
}
