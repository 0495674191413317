//! Where answers to a client go (RFC 6749 §3.1.2), and how they are put there.
//!
//! A redirect URI is compared letter for letter (RFC 9700 §2.1): whoever normalises one
//! before comparing it has an attacker's host in it one day. One thing is free, the port of
//! a loopback address, because a native app takes the one that is (RFC 8252 §7.3); it is cut
//! out of the text, and the rest is compared letter for letter, too.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// The longest one.
const LONGEST: usize = 512;

/// The hosts of this machine, by number: a name may be made to point elsewhere.
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// A redirect URI as it is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Reads one as an operator types it: of `https`; of `http` on this machine alone; or
    /// of a scheme of an app's own, which is a domain name turned round (RFC 8252 §7.1).
    /// Nothing that a reader could take for another address: no fragment, no user's name,
    /// no pattern, no other spelling of what the text says.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !br#"\*"<>^`{|}#"#.contains(&byte);
        if text.len() > LONGEST || !text.bytes().all(plain) {
            return None;
        }
        let url = Url::parse(text).ok()?;
        let bare = url.username().is_empty() && url.password().is_none() && !text.contains('@');
        // A host without a path gets a `/` from the parser, which changes nothing.
        let as_typed = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
        let sound = match url.scheme() {
            "https" => url.host_str().is_some_and(|host| !host.is_empty()),
            "http" => matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost")),
            scheme => scheme.contains('.'),
        };
        (bare && as_typed && sound).then(|| Self(text.to_owned()))
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a request that names `asked` means this one.
    #[must_use]
    pub fn takes(&self, asked: &str) -> bool {
        if self.0 == asked {
            return true;
        }
        match (behind_loopback(&self.0), behind_loopback(asked)) {
            (Some(own), Some(other)) => own == other,
            _ => false,
        }
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The host of a loopback URI and what stands behind its port. `None` for any other text,
/// also for one whose port is none.
fn behind_loopback(uri: &str) -> Option<(&'static str, &str)> {
    let host = LOOPBACK.into_iter().find(|host| uri.starts_with(host))?;
    let rest = uri.get(host.len()..)?;
    let rest = match rest.strip_prefix(':') {
        None => rest,
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let port: u16 = rest.get(..digits)?.parse().ok()?;
            rest.get(digits..).filter(|_| port > 0)?
        }
    };
    // A host ends here: `127.0.0.1.example.com` begins like ours, too.
    let ends = rest.is_empty() || rest.starts_with(['/', '?']);
    ends.then_some((host, rest))
}

/// `uri` with these parameters in its query, beside those that it has.
#[must_use]
pub fn callback(uri: &str, parameters: &[(&'static str, String)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        query.append_pair(name, value);
    }
    let joint = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{joint}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(text: &str) -> RedirectUri {
        RedirectUri::parse(text).unwrap()
    }

    #[test]
    fn what_can_be_mistaken_is_not_registered() {
        for good in [
            "https://app.example.com",
            "https://app.example.com/cb?tenant=1",
            "https://app.example.com:8443/cb",
            "http://127.0.0.1/cb",
            "http://[::1]:4000/cb",
            "http://localhost:3000/cb",
            "com.example.app:/cb",
        ] {
            assert!(RedirectUri::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "/cb",
            "http://app.example.com/cb",
            "https://app.example.com/cb#x",
            "https://user@app.example.com/cb",
            "https://*.example.com/cb",
            "https://app.example.com/a/../cb",
            "https://APP.example.com/cb",
            "https://app.example.com:443/cb",
            "https://b\u{fc}cher.example/cb",
            "https://app.example.com/c b",
            "https:\\\\app.example.com/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/cb",
        ] {
            assert_eq!(RedirectUri::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn another_text_is_another_address() {
        let own = registered("https://app.example.com/cb");
        assert!(own.takes("https://app.example.com/cb"));
        for trick in [
            "https://app.example.com/cb/",
            "https://app.example.com/CB",
            "https://app.example.com/cb?x=1",
            "https://app.example.com/cb#x",
            "https://app.example.com/%63b",
            "https://app.example.com/cb/../cb",
            "https://app.example.com:443/cb",
            "https://app.example.com:8443/cb",
            "https://App.example.com/cb",
            "https://app.example.com@evil.example/cb",
            "https://app.example.com.evil.example/cb",
            "https://evil.example/https://app.example.com/cb",
            "http://app.example.com/cb",
            "https://app.example.com/cb\u{0}",
            "https://app.ex\u{e0}mple.com/cb",
            "https://xn--app-example.com/cb",
            " https://app.example.com/cb",
            "",
        ] {
            assert!(!own.takes(trick), "{trick}");
        }
    }

    #[test]
    fn the_port_of_this_machine_is_free_and_nothing_else_of_it() {
        let own = registered("http://127.0.0.1/cb");
        for port in ["", ":1", ":49152", ":65535"] {
            assert!(own.takes(&format!("http://127.0.0.1{port}/cb")), "{port}");
        }
        for trick in [
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.1:80@evil.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:80/cb/x",
            "http://127.0.0.1:80/cb?x",
            "http://127.0.0.2:80/cb",
            "http://localhost:80/cb",
            "http://[::1]:80/cb",
            "https://127.0.0.1:80/cb",
        ] {
            assert!(!own.takes(trick), "{trick}");
        }
        let named = registered("http://localhost:3000/cb");
        assert!(!named.takes("http://localhost:3001/cb"));
    }

    #[test]
    fn an_answer_goes_beside_the_query_that_is_there() {
        let parameters = [("code", "a b&c".to_owned()), ("state", "=".to_owned())];
        let bare = callback("https://a.example/cb", &parameters);
        assert_eq!(bare, "https://a.example/cb?code=a+b%26c&state=%3D");
        let asked = callback("https://a.example/cb?t=1", &parameters);
        assert_eq!(asked, "https://a.example/cb?t=1&code=a+b%26c&state=%3D");
    }
}
