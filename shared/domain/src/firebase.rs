//! What a Firebase ID token must say (Firebase Authentication, "Verify ID tokens
//! using a third-party JWT library").
//!
//! `crypto::id_token` checks that its signature is Google's; here it is read as a
//! statement about a person, for one project, for an hour. A token is no secret between
//! two parties, so it only proves that Google's Firebase signed this person in to this
//! project.

use serde::Deserialize;

use crate::id_token::SKEW;
use crate::provider::picture;
use crate::provider::{Profile, short_name};
use crate::{EmailAddress, PhoneNumber, UnixTime};

/// Who issues the tokens of a project, before its id.
pub const ISSUER: &str = "https://securetoken.google.com/";

/// The claims of a token whose signature is good.
#[derive(Clone, Debug, Deserialize)]
pub struct IdClaims {
    iss: String,
    aud: String,
    sub: String,
    iat: UnixTime,
    exp: UnixTime,
    nbf: Option<UnixTime>,
    auth_time: UnixTime,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    phone_number: Option<String>,
    name: Option<String>,
    picture: Option<String>,
    firebase: Option<SignedInBy>,
}

#[derive(Clone, Debug, Deserialize)]
struct SignedInBy {
    sign_in_provider: Option<String>,
}

impl IdClaims {
    /// Whether it is valid at `now`, for `project`, about a person who has signed in.
    #[must_use]
    pub fn are_good(&self, project: &str, now: UnixTime) -> bool {
        let soon = now.plus(SKEW);
        self.aud == project
            && self.iss.strip_prefix(ISSUER) == Some(project)
            && (1..=128).contains(&self.sub.len())
            && self.iat <= soon
            && self.nbf.is_none_or(|since| since <= soon)
            && self.auth_time <= soon
            && self.exp > now
    }

    /// When it was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.iat
    }

    /// When the person proved to Firebase who they are: an ID token is renewed for as
    /// long as its session there lives, and says each time when that began.
    #[must_use]
    pub const fn proven_at(&self) -> UnixTime {
        self.auth_time
    }

    /// Whether the person showed Firebase a texted code and nothing else: passed on,
    /// it is no more than a texted code.
    #[must_use]
    pub fn by_text(&self) -> bool {
        let by = self.firebase.as_ref();
        by.and_then(|by| by.sign_in_provider.as_deref()) == Some("phone")
    }

    /// What it says of the person: an address only if Firebase has proven it; a
    /// number always is.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let email = self.email.as_deref().filter(|_| self.email_verified);
        let name = self.name.as_deref().unwrap_or_default();
        let (first_name, last_name) = short_name(name);
        Profile {
            subject: self.sub.clone(),
            username: name.chars().take(100).collect(),
            email: email.and_then(EmailAddress::parse),
            phone: self.phone_number.as_deref().and_then(PhoneNumber::parse),
            first_name,
            last_name,
            picture: picture::shown(self.picture.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn claims(change: Value) -> IdClaims {
        let mut all = json!({
            "iss": "https://securetoken.google.com/shop", "aud": "shop", "sub": "u1",
            "iat": NOW.0 - 5, "exp": NOW.0 + 3595, "auth_time": NOW.0 - 9,
            "email": "Ada@example.com", "email_verified": true,
        });
        for (name, value) in change.as_object().unwrap() {
            all[name] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn a_token_is_for_one_project_and_its_time() {
        assert!(claims(json!({})).are_good("shop", NOW));
        assert!(!claims(json!({})).are_good("bank", NOW));
        for wrong in [
            json!({ "iss": "https://securetoken.google.com/bank" }),
            json!({ "iss": "https://securetoken.google.com.example/shop" }),
            json!({ "iss": "shop" }),
            json!({ "aud": "bank" }),
            json!({ "sub": "" }),
            json!({ "sub": "u".repeat(129) }),
            json!({ "exp": NOW.0 }),
            json!({ "iat": NOW.0 + 61 }),
            json!({ "auth_time": NOW.0 + 61 }),
        ] {
            assert!(!claims(wrong.clone()).are_good("shop", NOW), "{wrong}");
        }
    }

    #[test]
    fn only_what_is_proven_counts() {
        let known = claims(json!({ "phone_number": "+4915112345678", "name": "Ada  King" }));
        let profile = known.profile();
        assert_eq!(profile.email, EmailAddress::parse("ada@example.com"));
        assert_eq!(profile.phone, PhoneNumber::parse("+4915112345678"));
        assert_eq!(
            (profile.first_name, profile.last_name),
            ("Ada".into(), "King".into())
        );
        let unproven = claims(json!({ "email_verified": false }));
        assert_eq!(unproven.profile().email, None);
        let texted = json!({ "firebase": { "sign_in_provider": "phone" } });
        assert!(claims(texted).by_text() && !unproven.by_text());
    }
}
