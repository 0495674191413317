//! The spellings of a path. Each operation has a twin under `/nauth/mobile`, which always
//! answers in bodies; some have it as a suffix or under `/auth`, too.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Whether a request came by the mobile twin of its path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Twin(pub bool);

/// Operations that are known by a suffix, too.
const SUFFIXED: [&str; 5] = ["signup", "login", "refresh", "respond-challenge", "logout"];

/// `request` at the one path of its operation.
pub(super) fn folded(mut request: Request) -> Request {
    if let Some(path) = plain(request.uri().path()) {
        request.extensions_mut().insert(Twin(true));
        if let Some(uri) = at(request.uri(), &path) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// The plain path of a twin.
fn plain(path: &str) -> Option<String> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    if segments.next() != Some("nauth") {
        return None;
    }
    let rest: Vec<&str> = segments.collect();
    let plain: &[&str] = match rest.as_slice() {
        ["mobile", "auth", name @ ("signup" | "login" | "refresh")] => &[*name],
        ["mobile", rest @ ..] => rest,
        [name, "mobile"] if SUFFIXED.contains(name) => &[*name],
        _ => return None,
    };
    Some(format!("/nauth/{}", plain.join("/")))
}

fn at(uri: &Uri, path: &str) -> Option<Uri> {
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_one_operation() {
        for (spelled, meant) in [
            ("/nauth/mobile/login", "/nauth/login"),
            ("/nauth/login/mobile/", "/nauth/login"),
            ("/nauth/mobile/auth/login", "/nauth/login"),
            (
                "//nauth//mobile/challenge/resend/",
                "/nauth/challenge/resend",
            ),
            ("/nauth/mobile/sessions/12", "/nauth/sessions/12"),
            (
                "/nauth/respond-challenge/mobile",
                "/nauth/respond-challenge",
            ),
        ] {
            assert_eq!(plain(spelled).as_deref(), Some(meant), "{spelled}");
        }
        for other in [
            "/nauth/login",
            "/nauth/profile/mobile",
            "/auth/mobile/login",
            "/nauth",
        ] {
            assert_eq!(plain(other), None, "{other}");
        }
        let uri: Uri = "/nauth/mobile/audit/history?page=2".parse().unwrap();
        let folded = at(&uri, &plain(uri.path()).unwrap()).unwrap();
        assert_eq!(folded.to_string(), "/nauth/audit/history?page=2");
    }
}
