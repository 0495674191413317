//! Shapes that several operations answer with.

use serde::Serialize;
use utoipa::ToSchema;

/// A refusal of the operations that are OAuth's (RFC 6749 §5.2).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub struct OAuthError {
    /// A stable code.
    error: String,
    /// A sentence.
    error_description: String,
}
