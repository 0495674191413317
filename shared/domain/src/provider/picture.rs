//! Pictures that providers name: shown from where they are, never fetched.

/// The longest address of a picture, in bytes: it is stored with the account,
/// which every request reads.
const PICTURE_LENGTH: usize = 500;

/// The picture at `url`, if a browser may be told to fetch it; else none.
#[must_use]
pub fn shown(url: Option<String>) -> String {
    url.filter(|url| is_shown(url)).unwrap_or_default()
}

/// Whether a browser may be told to fetch a picture from `url`: over TLS, or from
/// this machine, which browsers trust as much (W3C Secure Contexts) and where a
/// provider under test is.
fn is_shown(url: &str) -> bool {
    let Ok(parsed) = url::Url::parse(url) else {
        return false;
    };
    let here = match parsed.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => return false,
    };
    let safe = parsed.scheme() == "https" || (parsed.scheme() == "http" && here);
    let bare = parsed.username().is_empty() && parsed.password().is_none();
    safe && bare && url.len() <= PICTURE_LENGTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_over_tls_or_from_this_machine() {
        for shown in [
            "https://avatars.githubusercontent.com/u/7?v=4",
            "http://127.0.0.1:9004/avatar.svg",
            "http://localhost:9004/avatar.svg",
        ] {
            assert!(is_shown(shown), "{shown}");
        }
        for hidden in [
            "",
            "/avatar.svg",
            "http://avatars.example.com/7",
            "http://localhost.example.com/7",
            "javascript:alert(1)",
            "data:image/png;base64,AA==",
            "https://ada:secret@example.com/7",
            &format!("https://example.com/{}", "7".repeat(PICTURE_LENGTH)),
        ] {
            assert!(!is_shown(hidden), "{hidden}");
        }
    }
}
