//! The body of an OAuth error (RFC 6749 §5.2), and the words that both styles which
//! speak it share: for grants, and for parameters.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::{GrantFailure, Problem, ProblemKind};
use serde_json::json;

use super::json;

/// The body.
pub(super) fn say(status: StatusCode, error: &str, description: &str) -> Response {
    json(
        status,
        json!({ "error": error, "error_description": description }),
    )
}

/// Why a grant buys nothing, or not yet (RFC 6749 §5.2, RFC 8628 §3.5).
pub(super) fn grant(failure: GrantFailure) -> Response {
    let (error, description) = match failure {
        GrantFailure::Pending => (
            "authorization_pending",
            "Nobody has answered yet. Ask again after the interval.",
        ),
        GrantFailure::SlowDown => (
            "slow_down",
            "Nobody has answered yet. From now on wait five seconds longer between two requests.",
        ),
        GrantFailure::Expired => (
            "expired_token",
            "The device code has expired or was exchanged before. Begin again.",
        ),
        GrantFailure::Denied => ("access_denied", "The request was denied."),
        GrantFailure::Unknown => (
            "invalid_grant",
            "The grant is not valid here, or not any more.",
        ),
        GrantFailure::UnknownClient => (
            "invalid_client",
            "No client of this client_id is registered.",
        ),
        GrantFailure::BadClient => return bad_client(),
        GrantFailure::UnauthorizedClient => (
            "unauthorized_client",
            "The client may not use this type of grant.",
        ),
        GrantFailure::UnsupportedType => (
            "unsupported_grant_type",
            "This type of grant is not served here.",
        ),
        GrantFailure::BadScope => (
            "invalid_scope",
            "The client may not have these scopes, or the grant does not.",
        ),
        GrantFailure::BadTarget => (
            "invalid_target",
            "The client may not call what resource names, or names nothing.",
        ),
        GrantFailure::BadRedirect => (
            "invalid_request",
            "The redirect_uri is not one that is registered for the client.",
        ),
    };
    say(StatusCode::BAD_REQUEST, error, description)
}

/// A client that did not show who it is. The challenge names the one scheme that is read in
/// a header (RFC 6749 §5.2).
fn bad_client() -> Response {
    let mut response = say(
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        "The client did not show that it is the one it names.",
    );
    let challenge = HeaderValue::from_static("Basic realm=\"clients\"");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// What is wrong with a request's parameters, all of it.
pub(super) fn invalid(problems: &[Problem]) -> Response {
    let all: Vec<String> = problems.iter().map(sentence).collect();
    say(StatusCode::BAD_REQUEST, "invalid_request", &all.join("; "))
}

/// What is wrong with a parameter. An unknown one is named only if its name is harmless.
fn sentence(problem: &Problem) -> String {
    let name = problem.path.join(".");
    let sound = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let name = match name.as_str() {
        "" => "the body",
        name if name.len() <= 64 && name.chars().all(sound) => name,
        _ => "a parameter",
    };
    let what = match problem.kind {
        ProblemKind::Required => "is required".to_owned(),
        ProblemKind::PhoneRequired => "must be a telephone number here".to_owned(),
        ProblemKind::NotADate => "must be an instant of RFC 3339".to_owned(),
        ProblemKind::TooDeep { max } => format!("must have at most {max} levels"),
        ProblemKind::Null | ProblemKind::Blank => "must not be empty".to_owned(),
        ProblemKind::NotText => "must be a string".to_owned(),
        ProblemKind::NotAnObject => "must be an object".to_owned(),
        ProblemKind::TooShort { min } => format!("must have at least {min} characters"),
        ProblemKind::TooLong { max } => format!("must have at most {max} characters"),
        ProblemKind::NullCharacter => "must not hold a null character".to_owned(),
        ProblemKind::NotAnEmail => "must be an e-mail address".to_owned(),
        ProblemKind::NotAUrl => "must be a URL of http or https".to_owned(),
        ProblemKind::NotDigits => "must hold digits only".to_owned(),
        ProblemKind::NotAPhone => "must be a telephone number".to_owned(),
        ProblemKind::CountryNotServed => "must be of a country that texts are sent to".to_owned(),
        ProblemKind::NotAUuid => "must be a UUID".to_owned(),
        ProblemKind::NotAChoice => "must be one of the values that there are".to_owned(),
        ProblemKind::UnknownField => "is not known".to_owned(),
        ProblemKind::Repeated => "must be sent once".to_owned(),
        ProblemKind::NotANumber => "must be a number".to_owned(),
        ProblemKind::NotAnInteger => "must be a whole number".to_owned(),
        ProblemKind::Below { min } => format!("must not be below {min}"),
        ProblemKind::Above { max } => format!("must not be above {max}"),
        ProblemKind::NotAList => "must be a list".to_owned(),
        ProblemKind::TooMany { max } => format!("must have at most {max} entries"),
        ProblemKind::NotAScope => "must be a scope".to_owned(),
        ProblemKind::NotATimeZone => "must be a time zone".to_owned(),
        ProblemKind::FileTooLarge { max } => format!("must have at most {max} bytes"),
        ProblemKind::NotAPicture => "must be a picture".to_owned(),
        ProblemKind::NotACredential => "must be a WebAuthn credential".to_owned(),
        ProblemKind::NotAUsername => "must be a username".to_owned(),
        ProblemKind::NotAnId => "must be a whole number".to_owned(),
        ProblemKind::CommonPassword => "is too common a password".to_owned(),
        ProblemKind::BreachedPassword => "is known from a data breach".to_owned(),
        ProblemKind::NamedPassword => "is too similar to a name".to_owned(),
        ProblemKind::FormerPassword => "was used before".to_owned(),
        ProblemKind::NotABoolean => "must be true or false".to_owned(),
    };
    format!("{name} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_holds_nothing_that_was_sent() {
        let odd = Problem::of("a\"b\u{e9}", ProblemKind::Repeated);
        assert_eq!(sentence(&odd), "a parameter must be sent once");
        let known = Problem::of("token", ProblemKind::Required);
        assert_eq!(sentence(&known), "token is required");
    }
}
