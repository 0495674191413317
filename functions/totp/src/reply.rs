//! Shapes that several operations of the family take or answer.

use domain::factors::FEW_BACKUP_CODES;
use edge::djangocfg::User;
use edge::{Fields, Rejected};
use flows::Answer;
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong with a second factor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TotpError)]
pub struct FactorError {
    /// The sentence.
    error: String,
    /// `INVALID_CODE`, `CODE_REQUIRED`, `DEVICE_NOT_FOUND`, `SETUP_EXPIRED`,
    /// `2FA_ALREADY_ENABLED`, `2FA_NOT_ENABLED`, `NO_PRIMARY_DEVICE`,
    /// `SESSION_NOT_FOUND`, `SESSION_EXPIRED`, `MAX_ATTEMPTS_EXCEEDED`,
    /// `REAUTHENTICATION_REQUIRED`, `RATE_LIMITED` or `INTERNAL_ERROR`.
    code: String,
    /// Tries that the 2FA session still takes.
    #[schema(required = false)]
    attempts_remaining: Option<u32>,
}

/// What a 400 holds: `error` and `code` about a second factor, each field's list
/// of sentences under its name, or `detail` about the body as a whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TotpBadRequest)]
pub struct BadRequest {
    /// The sentence about a second factor.
    #[schema(required = false)]
    error: Option<String>,
    /// Its code.
    #[schema(required = false)]
    code: Option<serde_json::Value>,
    /// Tries that the 2FA session still takes.
    #[schema(required = false)]
    attempts_remaining: Option<u32>,
    /// The sentence about the body.
    #[schema(required = false)]
    detail: Option<String>,
}

/// The field `code`: six digits.
///
/// # Errors
/// [`Rejected`] if it is none.
pub fn code(fields: &mut Fields) -> Result<String, Rejected> {
    fields.text("code").bare().min(6).max(6).digits().required()
}

/// That the user is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VerifyResponse)]
pub struct SignedIn {
    /// A sentence.
    message: &'static str,
    /// The access token.
    access_token: String,
    /// The refresh token.
    refresh_token: String,
    /// Who signed in.
    user: User,
    /// How many backup codes are left, when one was used.
    #[schema(value_type = u32, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_backup_codes: Option<usize>,
    /// That few are left.
    #[schema(value_type = String, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

impl SignedIn {
    /// Signed in with an authenticator's code.
    #[must_use]
    pub fn by_totp(answer: Answer) -> Self {
        let user = User::from(&answer.tokens.signed);
        Self {
            message: "2FA verification successful",
            access_token: answer.tokens.access,
            refresh_token: answer.tokens.refresh,
            user,
            remaining_backup_codes: None,
            warning: None,
        }
    }

    /// Signed in with a backup code.
    #[must_use]
    pub fn by_backup_code(answer: Answer) -> Self {
        let left = answer.backup_codes_left;
        Self {
            remaining_backup_codes: Some(left),
            warning: running_low(left),
            ..Self::by_totp(answer)
        }
    }
}

/// What to say when `left` backup codes are few.
#[must_use]
pub fn running_low(left: usize) -> Option<String> {
    let plural = if left == 1 { "code" } else { "codes" };
    (left <= FEW_BACKUP_CODES)
        .then(|| format!("Only {left} backup {plural} left. Please generate new ones."))
}
