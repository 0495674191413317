//! Where a browser goes once it is signed in: one of our own pages, and no other.
//!
//! The path comes back to us from a query or a form, so anybody can have written it. It is
//! taken apart and each part held against what such a path is made of; there is no list of
//! tricks to refuse. Of letters, digits, `-` and `_` nobody builds a scheme, a host, a
//! backslash, a step upwards or an escape that a browser would read as one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most characters of such a path with its query.
const LONGEST: usize = 512;

/// A page of ours that a sign-in leads to: the device page, or an authorization request
/// that waits for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NextPage(String);

impl NextPage {
    /// Reads the path that a caller names; `None` for all that is not such a page.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        let is_ours = match segments.as_slice() {
            ["device", ..] => true,
            ["oauth", "authorize", rest @ ..] => !rest.is_empty(),
            _ => false,
        };
        let plain = |segment: &&str| !segment.is_empty() && segment.bytes().all(is_plain);
        let sound = is_ours
            && text.len() <= LONGEST
            && segments.iter().all(plain)
            && query.bytes().all(is_of_query);
        sound.then(|| Self(text.to_owned()))
    }

    /// The device page, with the code that it was asked for, if that was one.
    #[must_use]
    pub fn device(user_code: &str) -> Self {
        let code = crate::device_grant::UserCode::parse(user_code);
        Self(code.map_or_else(
            || "/device".to_owned(),
            |code| format!("/device?user_code={code}"),
        ))
    }

    /// The path, with its query.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

const fn is_of_query(byte: u8) -> bool {
    is_plain(byte) || matches!(byte, b'.' | b'~' | b'=' | b'&')
}

impl TryFrom<String> for NextPage {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no page of ours")
    }
}

impl From<NextPage> for String {
    fn from(page: NextPage) -> Self {
        page.0
    }
}

impl fmt::Display for NextPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_pages_are_taken() {
        for page in [
            "/device",
            "/device?user_code=WDJB-MJHT",
            "/oauth/authorize/Zm9v-_1",
            "/oauth/authorize/Zm9v?step=consent&n=1",
        ] {
            assert_eq!(NextPage::parse(page).unwrap().as_str(), page);
        }
        assert_eq!(
            NextPage::device("wdjb mjht").as_str(),
            "/device?user_code=WDJB-MJHT"
        );
        assert_eq!(NextPage::device("//evil").as_str(), "/device");
    }

    #[test]
    fn nothing_else_is() {
        for other in [
            "",
            "/",
            "device",
            "//device",
            "//evil.example/device",
            "///device",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/device",
            "javascript:alert(1)",
            "/device/../account",
            "/device/./x",
            "/device//x",
            "/device/",
            "/devices",
            "/device@evil.example",
            "/device:80",
            "/device#x",
            "/device%2f..",
            "/device?next=%2f%2fevil.example",
            "/device?next=//evil.example",
            "/device\r\nset-cookie: a=b",
            "/device\t",
            " /device",
            "/device\u{0}",
            "/dévice",
            "/oauth/authorize",
            "/oauth/authorize/",
            "/oauth/token",
            "/oauth/authorize/..",
            "/sign-in?continue=/device",
            "/%64evice",
            "/device;x",
        ] {
            assert_eq!(NextPage::parse(other), None, "{other:?}");
        }
        let long = format!("/device?user_code={}", "A".repeat(LONGEST));
        assert_eq!(NextPage::parse(&long), None);
        assert!(serde_json::from_str::<NextPage>("\"//evil.example\"").is_err());
    }
}
