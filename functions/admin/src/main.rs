//! The Lambda of the admin family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(admin::KEYS, admin::function).await
}
