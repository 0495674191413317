//! Time-based one-time passwords (RFC 6238): what is kept of an app that makes them.

use serde::{Deserialize, Serialize};

/// What only an authenticator app has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpState {
    /// The shared secret, sealed for this account and this authenticator; empty once it is
    /// out of force.
    pub secret: String,
    /// The latest time step whose code was accepted. No earlier one ever will be.
    #[serde(default)]
    pub last_step: u64,
}

impl TotpState {
    /// A new one, of whose sealed secret no code has come yet.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self {
            secret,
            last_step: 0,
        }
    }

    /// One of whose sealed secret the code of `step` has come.
    #[must_use]
    pub const fn shown(secret: String, step: u64) -> Self {
        Self {
            secret,
            last_step: step,
        }
    }

    /// Whether the code of `step`, or of a later one, was accepted before.
    pub(super) const fn has_used(&self, step: u64) -> bool {
        self.last_step >= step
    }

    /// After the code of `step` was accepted.
    pub(super) fn at(&self, step: u64) -> Self {
        Self {
            last_step: step,
            ..self.clone()
        }
    }

    /// Without its secret.
    pub(super) const fn disabled(&self) -> Self {
        Self {
            secret: String::new(),
            last_step: self.last_step,
        }
    }
}
