//! The Lambda of the nauth-social family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(nauth_social::KEYS, nauth_social::function).await
}
