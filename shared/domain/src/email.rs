//! E-mail addresses in the one form in which they identify an account.

use std::fmt;

use email_address::{EmailAddress as Syntax, Options};
use serde::{Deserialize, Serialize};

/// The longest address that SMTP can carry (RFC 5321 §4.5.3.1.3, as RFC 3696's
/// erratum 1690 counts it).
pub const MAX_LENGTH: usize = 254;

/// A syntactically valid address, trimmed and in lower case, so that one mailbox
/// is one account however its owner types it. Whether anybody reads it is only
/// known once a code sent there comes back.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address as a person types it. `None` if it cannot be one: no
    /// display names, no bare host, no address literals, 254 characters at most;
    /// and nothing that SES would refuse: no quoted local parts (a second spelling
    /// of the same mailbox), and international domains only as punycode.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let address = typed.trim().to_lowercase();
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
            "ada@exämple.com",
            "\"ada\"@example.com",
        ] {
            assert_eq!(EmailAddress::parse(typed), None, "{typed:?}");
        }
        let long = format!("{}@example.com", "a".repeat(260));
        assert_eq!(EmailAddress::parse(&long), None);
    }
}
