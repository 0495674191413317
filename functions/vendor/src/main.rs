//! The Lambda of the vendor family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(vendor::KEYS, vendor::function).await
}
