//! How a provider's sign-in fails, in the words that the contracts share: a
//! status, a code, a sentence. Each dialect puts them in its own shape.

use axum::http::StatusCode;
use domain::provider::OauthFailure;

/// Status, code and sentence. A locked account looks like a refused code.
pub(super) const fn words(failure: OauthFailure) -> (StatusCode, &'static str, &'static str) {
    const BAD: StatusCode = StatusCode::BAD_REQUEST;
    match failure {
        OauthFailure::Disabled => (
            StatusCode::SERVICE_UNAVAILABLE,
            "github_oauth_disabled",
            "GitHub OAuth is not enabled.",
        ),
        OauthFailure::RedirectUri => (
            BAD,
            "invalid_redirect_uri",
            "This redirect URI is not allowed.",
        ),
        OauthFailure::State => (
            BAD,
            "invalid_state",
            "The state is invalid or expired. Please start again.",
        ),
        OauthFailure::Refused | OauthFailure::Closed(_) => (
            BAD,
            "oauth_error",
            "GitHub sign-in failed. Please start again.",
        ),
        OauthFailure::Unreachable => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "GitHub does not answer. Please try again later.",
        ),
        OauthFailure::NoProvenAddress => (
            BAD,
            "oauth_error",
            "Your GitHub account has no verified primary email address.",
        ),
        OauthFailure::UnprovenHolder => (
            BAD,
            "oauth_error",
            "Sign in with a code by email first: your address was never verified here.",
        ),
        OauthFailure::OtherLink => (
            BAD,
            "oauth_error",
            "Your account is connected to somebody else there. Disconnect that first.",
        ),
        OauthFailure::LastWayIn => (
            BAD,
            "last_sign_in_method",
            "This is the only way to sign in to your account.",
        ),
    }
}
