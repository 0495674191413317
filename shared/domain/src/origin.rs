//! Origins (RFC 6454): from where browsers and apps may call us.
//!
//! A browser names the origin of the page that asks, letter for letter in one form. So an
//! origin is kept in that form and compared as text: an entry in any other form would
//! never fit, and nobody would see why.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::time::MINUTE;

/// Seconds after which a function looks again at the installation's origins.
pub const LOOK_EVERY: u64 = MINUTE;

/// The longest origin: a long scheme, the longest host name there is (RFC 1035 §2.3.4)
/// and a port.
const LONGEST: usize = 320;

/// What runs at an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginKind {
    /// A site in a browser, which keeps tokens in cookies.
    Web,
    /// An app that shows pages of its own (Capacitor, Ionic), and keeps tokens itself.
    Native,
}

impl OriginKind {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Native => "native",
        }
    }
}

/// An origin as clients send it: `scheme://host`, with a port unless it is the scheme's
/// own, in lower case and ASCII.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin of this kind. `http` and `https` may be either; other schemes are
    /// apps' own. A path or a `*` makes it none: both would look as if they limited or
    /// widened what is allowed, and do neither.
    #[must_use]
    pub fn parse(kind: OriginKind, text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let alone = |c: char| !c.is_whitespace() && !c.is_control() && !r"/\?#@*%".contains(c);
        if text.len() > LONGEST || !authority.chars().all(alone) {
            return None;
        }
        match (scheme.to_ascii_lowercase().as_str(), kind) {
            ("http" | "https", _) => Self::of_url(text),
            (scheme, OriginKind::Native) => of_an_app(scheme, &authority.to_ascii_lowercase()),
            (_, OriginKind::Web) => None,
        }
    }

    /// The origin that a page of this URL has, if it is one of `http` or `https`: its host
    /// in punycode, and no port that is the scheme's own, as browsers write it.
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let of_the_web = matches!(url.scheme(), "http" | "https");
        of_the_web.then(|| Self(url.origin().ascii_serialization()))
    }

    /// The origin itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A page of the web, held as it was parsed: a text that reads as a URL may hold more than
/// one, a line break or a user's name before the host among it, and must not get anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page(Url);

impl Page {
    /// Reads the URL of a page of `http` or `https`. One with a user's name in it looks
    /// like a page of another host, and a fragment would swallow what is added.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let bare = url.username().is_empty() && url.password().is_none();
        let sound = matches!(url.scheme(), "http" | "https") && bare && url.fragment().is_none();
        sound.then_some(Self(url))
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin(self.0.origin().ascii_serialization())
    }

    /// Its URL with `name=value` in the query, in place of what the query said of `name`.
    #[must_use]
    pub fn with_parameter(&self, name: &str, value: &str) -> String {
        let mut url = self.0.clone();
        let pairs = self.0.query_pairs().filter(|(other, _)| other != name);
        let mut query = url.query_pairs_mut();
        query.clear().extend_pairs(pairs);
        query.append_pair(name, value);
        drop(query);
        url.into()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Written by hand, as `url` knows no origin of a scheme that is not the web's.
fn of_an_app(scheme: &str, authority: &str) -> Option<Origin> {
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let in_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let in_host = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let in_port = |c: char| c.is_ascii_digit();
    let sound = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(in_scheme)
        && !host.is_empty()
        && host.chars().all(in_host)
        && port.is_none_or(|port| port.chars().all(in_port) && port.parse::<u16>().is_ok());
    sound.then(|| Origin(format!("{scheme}://{authority}")))
}

/// The origins of an installation's own applications, as operators list them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Listed")]
pub struct Origins {
    /// How often the lists were changed; an edit names the revision that it was made from.
    pub rev: u64,
    /// Those of sites.
    pub web: Vec<Origin>,
    /// Those of apps.
    pub native: Vec<Origin>,
}

impl Origins {
    /// What runs at `origin`, or nothing if it is not listed.
    #[must_use]
    pub fn kind(&self, origin: &str) -> Option<OriginKind> {
        let lists = |list: &[Origin]| list.iter().any(|listed| listed.as_str() == origin);
        if lists(&self.web) {
            Some(OriginKind::Web)
        } else if lists(&self.native) {
            Some(OriginKind::Native)
        } else {
            None
        }
    }

    /// The next revision, with `origin` listed too; nothing if it is listed already, as
    /// either kind. It has one: the kind decides where a client's tokens go.
    #[must_use]
    pub fn with(&self, kind: OriginKind, origin: Origin) -> Option<Self> {
        if self.kind(origin.as_str()).is_some() {
            return None;
        }
        let mut next = self.next();
        match kind {
            OriginKind::Web => next.web.push(origin),
            OriginKind::Native => next.native.push(origin),
        }
        Some(next)
    }

    /// The next revision, without `origin`; nothing if it is not listed.
    #[must_use]
    pub fn without(&self, origin: &Origin) -> Option<Self> {
        self.kind(origin.as_str())?;
        let mut next = self.next();
        next.web.retain(|listed| listed != origin);
        next.native.retain(|listed| listed != origin);
        Some(next)
    }

    fn next(&self) -> Self {
        Self {
            rev: self.rev.saturating_add(1),
            ..self.clone()
        }
    }
}

/// The lists as they are stored, before anything in them is believed.
#[derive(Deserialize)]
struct Listed {
    rev: u64,
    web: Vec<String>,
    native: Vec<String>,
}

impl TryFrom<Listed> for Origins {
    type Error = &'static str;

    fn try_from(listed: Listed) -> Result<Self, Self::Error> {
        let read = |kind, texts: Vec<String>| {
            let origins = texts.iter().map(|text| {
                Origin::parse(kind, text).filter(|origin| origin.as_str() == text.as_str())
            });
            origins
                .collect::<Option<Vec<_>>>()
                .ok_or("an entry is no origin")
        };
        Ok(Self {
            rev: listed.rev,
            web: read(OriginKind::Web, listed.web)?,
            native: read(OriginKind::Native, listed.native)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::OriginKind::{Native, Web};
    use super::*;

    fn read(kind: OriginKind, text: &str) -> Option<String> {
        Origin::parse(kind, text).map(|origin| origin.to_string())
    }

    #[test]
    fn an_origin_is_kept_as_browsers_send_it() {
        for (kind, typed, sent) in [
            (Web, "https://app.example.com", "https://app.example.com"),
            (
                Web,
                "HTTPS://App.Example.com:443",
                "https://app.example.com",
            ),
            (Web, "http://localhost:4200", "http://localhost:4200"),
            (Web, "http://[::1]:80", "http://[::1]"),
            (
                Web,
                "https://bücher.example",
                "https://xn--bcher-kva.example",
            ),
            (Native, "http://localhost", "http://localhost"),
            (Native, "Capacitor://LocalHost", "capacitor://localhost"),
            (Native, "ionic://localhost:8100", "ionic://localhost:8100"),
            (
                Native,
                "com.example.app://localhost",
                "com.example.app://localhost",
            ),
        ] {
            assert_eq!(read(kind, typed).as_deref(), Some(sent), "{typed}");
        }
    }

    #[test]
    fn a_url_has_the_origin_that_its_pages_send() {
        let of = |url| Origin::of_url(url).map(|origin| origin.to_string());
        let origin = |text: &str| Some(text.to_owned());
        assert_eq!(
            of("https://id.example.com"),
            origin("https://id.example.com")
        );
        assert_eq!(
            of("http://127.0.0.1:9000/x?y"),
            origin("http://127.0.0.1:9000")
        );
        assert_eq!(
            of("https://id.example.com:443/"),
            origin("https://id.example.com")
        );
        for none in ["", "id.example.com", "capacitor://localhost", "file:///x"] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for typed in [
            "",
            "*",
            "null",
            "app.example.com",
            "https://",
            "https://*",
            "https://*.example.com",
            "https://app.example.com/",
            "https://app.example.com/path",
            "https://app.example.com?q",
            "https://app.example.com#f",
            "https://ada@app.example.com",
            "https://app.example.com:99999",
            "https://app .example.com",
            "https://app.example\t.com",
            "https://app%2eexample.com",
            "file:///index.html",
            "capacitor:localhost",
            "capacitor://",
            "capacitor://local host",
            "capacitor://localhost:",
            "capacitor://localhost:99999",
            "capacitor://localhost/",
            "1app://localhost",
            " capacitor://localhost",
        ] {
            assert_eq!(read(Native, typed), None, "{typed}");
            assert_eq!(read(Web, typed), None, "{typed}");
        }
        assert_eq!(read(Web, "capacitor://localhost"), None);
        assert_eq!(read(Web, &format!("https://{}", "a.".repeat(200))), None);
    }

    #[test]
    fn an_origin_is_listed_once_and_each_change_is_a_revision() {
        let app = Origin::parse(Web, "https://app.example.com").unwrap();
        let phone = Origin::parse(Native, "capacitor://localhost").unwrap();
        let first = Origins::default().with(Web, app.clone()).unwrap();
        let second = first.with(Native, phone.clone()).unwrap();
        assert_eq!((first.rev, second.rev), (1, 2));
        assert_eq!(second.kind("https://app.example.com"), Some(Web));
        assert_eq!(second.kind("capacitor://localhost"), Some(Native));
        for stranger in [
            "https://app.example.com.evil",
            "https://APP.example.com",
            "null",
            "",
        ] {
            assert_eq!(second.kind(stranger), None, "{stranger}");
        }
        assert_eq!(second.with(Native, app.clone()), None);
        let third = second.without(&app).unwrap();
        assert_eq!((third.rev, third.kind(app.as_str())), (3, None));
        assert_eq!(third.without(&app), None);
        assert_eq!(third.kind(phone.as_str()), Some(Native));
    }

    #[test]
    fn stored_lists_are_believed_only_if_each_entry_is_an_origin() {
        let stored = |web: &str| {
            let row = serde_json::json!({ "rev": 7, "web": [web], "native": [] });
            serde_json::from_value::<Origins>(row)
        };
        let read = stored("https://app.example.com").unwrap();
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(serde_json::from_value::<Origins>(written).unwrap(), read);
        for no_origin in ["*", "capacitor://localhost", "https://App.example.com"] {
            assert!(stored(no_origin).is_err(), "{no_origin}");
        }
    }
}
