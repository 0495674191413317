//! What browsers answer, as they send it.

use serde_json::{Map, Value};
use webauthn_rs::prelude::{PublicKeyCredential, RegisterPublicKeyCredential};

/// How a browser tells of a passkey that was made (`RegistrationResponseJSON`).
#[derive(Clone, Debug)]
pub struct NewCredential(RegisterPublicKeyCredential);

/// How a browser shows a passkey (`AuthenticationResponseJSON`).
#[derive(Clone, Debug)]
pub struct Assertion(PublicKeyCredential);

impl NewCredential {
    /// Reads what a browser sent. `None` if it has not the form.
    #[must_use]
    pub fn parse(sent: &Map<String, Value>) -> Option<Self> {
        let sent = serde_json::from_value(Value::Object(sent.clone()));
        sent.ok().map(Self)
    }

    pub(crate) const fn as_sent(&self) -> &RegisterPublicKeyCredential {
        &self.0
    }

    /// How the browser says that the authenticator is reached, for its own next time.
    pub(crate) fn transports(&self) -> Vec<String> {
        let sent = self.0.response.transports.iter().flatten();
        let mut names: Vec<String> = sent
            .filter_map(|transport| serde_json::to_value(transport).ok())
            .filter_map(|name| name.as_str().map(str::to_owned))
            .filter(|name| name != "unknown")
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

impl Assertion {
    /// Reads what a browser sent. `None` if it has not the form.
    #[must_use]
    pub fn parse(sent: &Map<String, Value>) -> Option<Self> {
        let sent = serde_json::from_value(Value::Object(sent.clone()));
        sent.ok().map(Self)
    }

    pub(crate) const fn as_sent(&self) -> &PublicKeyCredential {
        &self.0
    }
}
