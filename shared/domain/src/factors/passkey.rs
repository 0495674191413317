//! Passkeys (WebAuthn): what is kept of one.
//!
//! A public key signs no one in, so nothing here is sealed. The signature counter is the one
//! thing that can show a copied authenticator: one that counts at all has to say more each
//! time (WebAuthn Level 3 §6.1.1).

use serde::{Deserialize, Serialize};

/// What only a passkey has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyState {
    /// The credential's id, in base64url.
    pub credential_id: String,
    /// The credential with its public key, as the library of the ceremonies writes it.
    pub credential: String,
    /// How often it says that it was used; zero for one that does not count.
    pub counter: u32,
    /// How a browser reaches it: `internal`, `usb` …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transports: Vec<String>,
}

impl PasskeyState {
    /// Whether `now`, the same passkey as it was shown just now, may follow on this one: not
    /// if its counter went back or stood still, by which a copy is known.
    #[must_use]
    pub fn may_become(&self, now: &Self) -> bool {
        let counts = self.counter > 0 || now.counter > 0;
        self.credential_id == now.credential_id && (!counts || now.counter > self.counter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(counter: u32) -> PasskeyState {
        PasskeyState {
            credential_id: "id".to_owned(),
            credential: String::new(),
            counter,
            transports: Vec::new(),
        }
    }

    #[test]
    fn a_counter_only_goes_up_and_one_that_is_not_kept_says_nothing() {
        assert!(counted(1).may_become(&counted(2)));
        assert!(counted(0).may_become(&counted(1)));
        assert!(counted(0).may_become(&counted(0)));
        assert!(!counted(2).may_become(&counted(2)));
        assert!(!counted(2).may_become(&counted(1)));
        assert!(!counted(2).may_become(&counted(0)));
    }

    #[test]
    fn another_passkey_is_no_successor() {
        let other = PasskeyState {
            credential_id: "other".to_owned(),
            ..counted(2)
        };
        assert!(!counted(1).may_become(&other));
    }
}
