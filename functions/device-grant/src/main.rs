//! The Lambda of the device-grant family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(device_grant::KEYS, device_grant::function).await
}
