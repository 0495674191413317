//! KMS, as far as a key ring needs it: GenerateDataKey and Decrypt.
//!
//! The wrapped key is the plain one: what is measured here is a call over TLS,
//! not the keeping of a secret.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto::SystemEntropy;
use domain::Entropy as _;
use serde_json::{Value, json};

/// The address that stands for KMS.
pub fn router() -> Router {
    Router::new().fallback(act)
}

async fn act(headers: HeaderMap, body: Bytes) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default();
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let key = request.get("KeyId").cloned().unwrap_or_default();
    let answer = match target {
        "TrentService.GenerateDataKey" => {
            let mut plain = [0; 32];
            SystemEntropy.fill(&mut plain);
            let plain = STANDARD.encode(plain);
            json!({ "CiphertextBlob": plain, "KeyId": key, "Plaintext": plain })
        }
        "TrentService.Decrypt" => {
            json!({ "EncryptionAlgorithm": "SYMMETRIC_DEFAULT", "KeyId": key, "Plaintext": request.get("CiphertextBlob") })
        }
        _ => return (StatusCode::BAD_REQUEST, format!("no such target: {target}")).into_response(),
    };
    (
        [(header::CONTENT_TYPE, "application/x-amz-json-1.1")],
        answer.to_string(),
    )
        .into_response()
}
