//! Accounts that an operator excused from second factors.

use serde::{Deserialize, Serialize};

use super::User;
use crate::UnixTime;

/// Since when an account is excused from second factors, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaExemption {
    /// Since when.
    pub at: UnixTime,
    /// The operator's reason, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl User {
    /// Whether it must show a second factor: it has one, and is not excused. This is what a
    /// sign-in asks, and therefore what may be asked of the session that it becomes: the
    /// factors of an account that is excused guard nothing, and no sign-in shows them.
    #[must_use]
    pub fn owes_factor(&self) -> bool {
        !self.factors.is_empty() && !self.mfa_exempt
    }

    /// This account once it is excused from second factors at `now`, or not any more;
    /// `None` if it stands so already. Its factors stay as they are.
    #[must_use]
    pub fn excused(&self, exempt: bool, reason: Option<&str>, now: UnixTime) -> Option<Self> {
        let exemption = exempt.then(|| MfaExemption {
            at: now,
            reason: reason.map(str::to_owned),
        });
        let said = |exemption: &Option<MfaExemption>| {
            exemption
                .as_ref()
                .and_then(|exemption| exemption.reason.clone())
        };
        if exempt == self.mfa_exempt && said(&exemption) == said(&self.mfa_exemption) {
            return None;
        }
        Some(Self {
            rev: self.rev + 1,
            mfa_exempt: exempt,
            mfa_exemption: exemption,
            ..self.clone()
        })
    }
}
