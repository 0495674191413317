//! The Lambda of the avatar family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(avatar::KEYS, avatar::function).await
}
