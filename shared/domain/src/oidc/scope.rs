//! Scopes (RFC 6749 §3.3): what a client may ask for.
//!
//! Some are ours and mean the same for every client. Others name what an API of the
//! installation's lets callers do; they mean nothing here and travel in tokens.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who the person is: makes a request one of OpenID Connect.
pub const OPENID: &str = "openid";
/// Their name and how they appear.
pub const PROFILE: &str = "profile";
/// Their proven address.
pub const EMAIL: &str = "email";
/// Their proven number.
pub const PHONE: &str = "phone";
/// Where they live, of which nothing is kept here.
pub const ADDRESS: &str = "address";
/// A refresh token, with which the client goes on when the person is gone.
pub const OFFLINE_ACCESS: &str = "offline_access";
/// The whole account, as far as a session that changes no credential may use it: what a
/// device that is let in gets.
pub const ACCOUNT: &str = "account";

/// Those that are ours, in the order in which people are told of them.
pub const OURS: [&str; 7] = [
    OPENID,
    PROFILE,
    EMAIL,
    PHONE,
    ADDRESS,
    OFFLINE_ACCESS,
    ACCOUNT,
];

/// The most that one client may have, and that one request is read for.
const MOST: usize = 32;

/// Some scopes, each once, as a list between spaces.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(String);

impl Scopes {
    /// Reads a list, without what can be no scope.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut scopes: Vec<&str> = Vec::new();
        for scope in text.split(' ').filter(|scope| is_scope(scope)) {
            if scopes.len() < MOST && !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Self(scopes.join(" "))
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|scope| !scope.is_empty())
    }

    /// As they travel.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `scope` is among them.
    #[must_use]
    pub fn have(&self, scope: &str) -> bool {
        self.iter().any(|own| own == scope)
    }

    /// Whether all of them are among `others`.
    #[must_use]
    pub fn are_within(&self, others: &Self) -> bool {
        self.iter().all(|scope| others.have(scope))
    }

    /// Those that are among `others`, too.
    #[must_use]
    pub fn within(&self, others: &Self) -> Self {
        let both: Vec<&str> = self.iter().filter(|scope| others.have(scope)).collect();
        Self(both.join(" "))
    }

    /// These and others.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        Self::parse(&format!("{} {}", self.0, others.0))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text may be one scope: of the characters of RFC 6749 §3.3, and short.
#[must_use]
pub fn is_scope(text: &str) -> bool {
    let sound = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    (1..=64).contains(&text.len()) && text.bytes().all(sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_each_scope_once_and_nothing_else() {
        let scopes = Scopes::parse("openid  email openid \"x\" a:read");
        assert_eq!(scopes.as_str(), "openid email a:read");
        let narrower = Scopes::parse("email phone").within(&scopes);
        assert_eq!(narrower.as_str(), "email");
        assert!(narrower.are_within(&scopes) && !scopes.are_within(&narrower));
        assert!(Scopes::parse(" ").is_empty());
    }
}
