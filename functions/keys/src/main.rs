//! The Lambda that makes the key ring, and rotates the signing key.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::listen_with_new_keys(keys::KEYS, keys::answer).await
}
