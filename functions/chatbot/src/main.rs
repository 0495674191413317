//! The Lambda of the chatbot family.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::serve(chatbot::KEYS, chatbot::function).await
}
