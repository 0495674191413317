//! Shapes that several operations answer with.

use serde::Serialize;
use utoipa::ToSchema;

/// A refusal (RFC 6749 §5.2, RFC 6750 §3.1, RFC 8628 §3.5).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceTokenErrorResponse)]
pub struct OAuthError {
    /// A word of the registered lists.
    error: String,
    /// A sentence for people.
    error_description: String,
}
