//! Where a browser goes once a provider has answered.
//!
//! It is decided before the browser leaves, and only pages of the installation's own
//! applications are taken. Otherwise a link to us would lead to any site there is, and
//! bring it the token that buys the sign-in (OWASP: unvalidated redirects).

use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use crate::origin::{Origin, OriginKind};

/// A page of an application of the installation, without a fragment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Reads a path of the site at `frontend`, or the address of a page whose origin is
    /// `listed` or that site's own. The fragment is dropped.
    ///
    /// A path begins with one slash: two, or a slash and a backslash, begin a host. Tabs and
    /// line breaks are refused since URL parsers leave them out, which would join two
    /// slashes.
    #[must_use]
    pub fn parse(text: &str, frontend: &str, listed: impl Fn(&str) -> bool) -> Option<Self> {
        let left_out = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
        if text.contains(left_out) {
            return None;
        }
        let home = Url::parse(frontend).ok()?;
        if text.starts_with('/') {
            let page = Url::parse(&format!("{frontend}{text}")).ok()?;
            let one_slash = !text.starts_with("//");
            return (one_slash && page.origin() == home.origin()).then(|| Self::at(page));
        }
        let page = Url::parse(text).ok()?;
        let bare = page.username().is_empty() && page.password().is_none();
        let origin = origin(&page)?;
        let own = Origin::of_url(frontend).as_ref() == Some(&origin);
        (bare && (own || listed(origin.as_str()))).then(|| Self::at(page))
    }

    fn at(mut page: Url) -> Self {
        page.set_fragment(None);
        Self(page.into())
    }

    /// Its address with these `pairs` at the end of its query.
    #[must_use]
    pub fn with(&self, pairs: &[(&str, &str)]) -> String {
        let added = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        match (added.is_empty(), self.0.contains('?')) {
            (true, _) => self.0.clone(),
            (false, true) => format!("{}&{added}", self.0),
            (false, false) => format!("{}?{added}", self.0),
        }
    }
}

/// The origin of a page of the web or of an app.
fn origin(page: &Url) -> Option<Origin> {
    let host = page.host_str()?;
    let authority = match page.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Origin::parse(
        OriginKind::Native,
        &format!("{}://{authority}", page.scheme()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://app.example.com";

    fn read(text: &str) -> Option<String> {
        let listed = |origin: &str| {
            ["https://other.example.com:8443", "capacitor://localhost"].contains(&origin)
        };
        ReturnTo::parse(text, SITE, listed).map(|page| page.with(&[("a", "b c")]))
    }

    #[test]
    fn paths_are_of_the_site_and_addresses_of_what_is_listed() {
        for (text, page) in [
            (
                "/auth/callback",
                "https://app.example.com/auth/callback?a=b+c",
            ),
            ("/in?x=1#top", "https://app.example.com/in?x=1&a=b+c"),
            ("/", "https://app.example.com/?a=b+c"),
            (
                "/a@evil.example",
                "https://app.example.com/a@evil.example?a=b+c",
            ),
            (
                "https://app.example.com/x",
                "https://app.example.com/x?a=b+c",
            ),
            (
                "https://OTHER.example.com:8443/x",
                "https://other.example.com:8443/x?a=b+c",
            ),
            ("capacitor://localhost/in", "capacitor://localhost/in?a=b+c"),
        ] {
            assert_eq!(read(text).as_deref(), Some(page), "{text}");
        }
    }

    #[test]
    fn nothing_leads_elsewhere() {
        for text in [
            "",
            "auth/callback",
            "//evil.example/x",
            "///evil.example/x",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "\t//evil.example",
            "/ /evil.example",
            "https://evil.example/x",
            "https:evil.example",
            "https://app.example.com.evil.example/x",
            "https://app.example.com@evil.example/x",
            "https://ada:x@app.example.com/x",
            "https://app.example.com:8443/x",
            "http://app.example.com/x",
            "https://other.example.com/x",
            "capacitor://evil/in",
            "capacitor:localhost",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        // The name of the site followed by more of a name, where a path is missing.
        assert_eq!(ReturnTo::parse(".evil.example", SITE, |_| false), None);
        assert_eq!(ReturnTo::parse("/x", "", |_| true), None);
    }
}
