//! How a provider's sign-in fails, in the words that the contracts share: a
//! status, a code, a sentence. Each dialect puts them in its own shape.

use axum::http::StatusCode;
use domain::provider::{OauthFailure, Provider};

/// Status, code and sentence. A locked account looks like a refused code.
pub(super) fn words(failure: OauthFailure) -> (StatusCode, String, String) {
    const BAD: StatusCode = StatusCode::BAD_REQUEST;
    let of = |provider: Provider, rest: &str| format!("{} {rest}", provider.title());
    let (status, code, text) = match failure {
        OauthFailure::Disabled(provider) => {
            let code = format!("{}_oauth_disabled", provider.name());
            let text = of(provider, "OAuth is not enabled.");
            return (StatusCode::SERVICE_UNAVAILABLE, code, text);
        }
        OauthFailure::RedirectUri => (
            BAD,
            "invalid_redirect_uri",
            "This redirect URI is not allowed.".to_owned(),
        ),
        OauthFailure::State => (
            BAD,
            "invalid_state",
            "The state is invalid or expired. Please start again.".to_owned(),
        ),
        OauthFailure::Refused(provider) | OauthFailure::Closed(provider, _) => (
            BAD,
            "oauth_error",
            of(provider, "sign-in failed. Please start again."),
        ),
        OauthFailure::Unreachable(provider) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            of(provider, "does not answer. Please try again later."),
        ),
        OauthFailure::NoProvenAddress(provider) => (
            BAD,
            "oauth_error",
            format!(
                "Your {} account has no verified primary email address.",
                provider.title()
            ),
        ),
        OauthFailure::UnprovenHolder => (
            BAD,
            "oauth_error",
            "Sign in with a code by email first: your address was never verified here.".to_owned(),
        ),
        OauthFailure::OtherLink => (
            BAD,
            "oauth_error",
            "Your account is connected to another account there. Disconnect that first.".to_owned(),
        ),
        OauthFailure::LastWayIn => (
            BAD,
            "last_sign_in_method",
            "This is the only way to sign in to your account.".to_owned(),
        ),
        OauthFailure::NotLinked => (
            StatusCode::NOT_FOUND,
            "not_found",
            "Your account is not connected to one there.".to_owned(),
        ),
        OauthFailure::LinkedElsewhere => (
            BAD,
            "oauth_error",
            "Another account is connected to that account there.".to_owned(),
        ),
        OauthFailure::ExchangeToken => (
            BAD,
            "invalid_request",
            "The exchange token is invalid or expired. Please start again.".to_owned(),
        ),
    };
    (status, code.to_owned(), text)
}
