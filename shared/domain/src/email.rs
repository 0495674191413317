//! E-mail addresses in the one form in which they identify an account.

use std::fmt;

use email_address::{EmailAddress as Syntax, Options};
use idna::AsciiDenyList;
use serde::{Deserialize, Serialize};

use crate::paste;

/// The longest address that SMTP can carry (RFC 5321 §4.5.3.1.3, as RFC 3696's
/// erratum 1690 counts it).
pub const MAX_LENGTH: usize = 254;

/// A syntactically valid address, trimmed and in lower case, so that one mailbox
/// is one account however its owner types it. An international domain is written in
/// punycode, the form that DNS and SES know. A dot at the end, which names the root of
/// DNS or ends a sentence, is left out. Whether a person reads the address is only known
/// once a code sent there comes back.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address as a person types it. `None` if it cannot be one: no
    /// display names, no bare host, no address literals, 254 characters at most;
    /// and nothing that SES would refuse: no quoted local parts (a second spelling
    /// of the same mailbox), and none outside ASCII.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut address = with_ascii_domain(paste::trimmed(typed).to_lowercase())?;
        if address.ends_with('.') {
            address.pop();
        }
        let options = Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();
        let plain = address
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"');
        let valid = address.len() <= MAX_LENGTH
            && plain
            && Syntax::parse_with_options(&address, options).is_ok();
        valid.then_some(Self(address))
    }

    /// The address itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The address with its domain in punycode, if it is international. What is ASCII
/// already stays as it is, whatever it decodes to.
fn with_ascii_domain(address: String) -> Option<String> {
    match address.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => {
            let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), AsciiDenyList::STD3).ok()?;
            Some(format!("{local}@{ascii}"))
        }
        _ => Some(address),
    }
}

/// An address as its owner reads it, if its domain is international. For searching
/// only: what is shown in punycode poses as no other domain.
#[must_use]
pub fn in_unicode(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let is_international = domain.split('.').any(|label| label.starts_with("xn--"));
    is_international.then(|| {
        let (domain, _) = idna::domain_to_unicode(domain);
        format!("{local}@{domain}")
    })
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Debug output ends up in logs and panics, where no address belongs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_is_one_address() {
        let typed = EmailAddress::parse("  Ada.Lovelace@Example.COM ");
        assert_eq!(typed, EmailAddress::parse("ada.lovelace@example.com"));
        assert_eq!(typed.unwrap().as_str(), "ada.lovelace@example.com");
    }

    #[test]
    fn an_address_is_read_out_of_what_is_pasted() {
        for typed in [
            "ada@example.com.",
            "\u{200b}ada@example.com\u{feff}",
            "\u{a0}ada@example.com\u{200e}\r\n",
            "\u{202a}ada@example.com\u{202c}",
            "ada@\u{ff45}xample\u{ff0e}com",
            "ada@example\u{3002}com\u{3002}",
        ] {
            let address = EmailAddress::parse(typed).map(|address| address.0);
            assert_eq!(address.as_deref(), Some("ada@example.com"), "{typed:?}");
        }
        // No address has two dots at its end, one before its `@`, or an invisible
        // character.
        for typed in [
            "ada@example.com..",
            "a\u{200b}da@example.com",
            "ada.@example.com",
            "ada@.",
        ] {
            assert_eq!(EmailAddress::parse(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn an_international_domain_is_one_domain() {
        let known = "ada@xn--bcher-kva.example";
        for typed in [
            "ada@bücher.example",
            "Ada@BÜCHER.example",
            "ada@bu\u{308}cher.example",
            "ada@bü\u{ad}cher.example",
            "ada@bücher\u{3002}example",
            "ada@XN--BCHER-KVA.example",
        ] {
            let address = EmailAddress::parse(typed);
            assert_eq!(address.unwrap().as_str(), known, "{typed}");
        }
        let long = format!("ada@{}.example", "ü".repeat(64));
        assert_eq!(EmailAddress::parse(&long), None);
    }

    #[test]
    fn an_international_domain_can_be_read() {
        let read = in_unicode("ada@xn--bcher-kva.example");
        assert_eq!(read.as_deref(), Some("ada@b\u{fc}cher.example"));
        assert_eq!(in_unicode("xn--ada@example.com"), None);
        assert_eq!(in_unicode("ada"), None);
    }

    #[test]
    fn refuses_what_cannot_be_one() {
        for typed in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "Ada <ada@example.com>",
            "ada@[127.0.0.1]",
            "ada@example.com\r\nBcc: eve@example.com",
            "a b@example.com",
            "ü@example.com",
            "ada@ex\u{202e}ample.com",
            "ada@bü cher.example",
            "ada@bü/cher.example",
            "ada@bücher",
            "ada@bücher..example",
            "\"ada\"@example.com",
        ] {
            assert_eq!(EmailAddress::parse(typed), None, "{typed:?}");
        }
        let long = format!("{}@example.com", "a".repeat(260));
        assert_eq!(EmailAddress::parse(&long), None);
    }
}
