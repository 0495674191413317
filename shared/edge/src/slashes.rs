//! One form of every path before routing.
//!
//! API Gateway creates no routes that end in a slash and passes on whatever the
//! client typed; the contracts' own servers knew exactly one form of each path.
//! Here both forms work: doubled slashes are folded and the last one is added
//! or removed as the contract that owns the prefix writes its paths.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// Prefixes whose contracts end every path in a slash.
const TRAILING: [&str; 2] = ["/cfg/", "/api/"];

/// `request` with its path in the form that routes are written in.
pub(crate) fn normalised(mut request: Request) -> Request {
    if let Some(uri) = rewritten(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

fn rewritten(uri: &Uri) -> Option<Uri> {
    let path = normal_form(uri.path());
    if path == uri.path() {
        return None;
    }
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}

fn normal_form(path: &str) -> String {
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let bare = format!("/{}", segments.join("/"));
    let slashed = format!("{bare}/");
    if TRAILING.iter().any(|prefix| slashed.starts_with(prefix)) {
        slashed
    } else {
        bare
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_path_become_one() {
        assert_eq!(
            normal_form("/cfg/accounts/profile"),
            "/cfg/accounts/profile/"
        );
        assert_eq!(
            normal_form("//cfg//accounts/profile//"),
            "/cfg/accounts/profile/"
        );
        assert_eq!(normal_form("/health/"), "/health");
        assert_eq!(normal_form("/"), "/");
        let uri: Uri = "/cfg/accounts/profile?a=b//c".parse().unwrap();
        assert_eq!(
            rewritten(&uri).unwrap().to_string(),
            "/cfg/accounts/profile/?a=b//c"
        );
        assert_eq!(rewritten(&"/health".parse().unwrap()), None);
    }
}
