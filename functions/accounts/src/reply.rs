//! Shapes that several operations of the family answer with.

use serde::Serialize;
use utoipa::ToSchema;

/// A refusal of the sign-in operations.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OTPErrorResponse)]
pub struct CodeError {
    /// The sentence.
    error: String,
    /// `invalid_identifier`, `cooldown`, `hourly_limit`, `daily_limit`,
    /// `rate_limited`, `send_failed` or `internal_error`.
    #[schema(required = false)]
    error_code: Option<String>,
    /// Seconds until trying again can help.
    #[schema(required = false)]
    retry_after: Option<i64>,
}
