//! What the circumstances of a sign-in say about its second factor.

use serde::{Deserialize, Serialize};

use crate::account::User;

/// Whether a second factor is asked for, as far as the device and the risk of a sign-in
/// decide that. Whoever is exempt is asked for none in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorDemand {
    /// If the account has one.
    #[default]
    IfSetUp,
    /// No: the device is trusted, and nothing speaks against it.
    Waived,
    /// Yes, and one has to be set up if the account has none (nauth: `ADAPTIVE`).
    Always,
}

impl FactorDemand {
    /// Whether one of the factors that `user` has must be shown.
    #[must_use]
    pub fn asks(self, user: &User) -> bool {
        self != Self::Waived && user.owes_factor()
    }

    /// Whether `user` must set one up first, having none.
    #[must_use]
    pub fn asks_for_setup(self, user: &User) -> bool {
        self == Self::Always && user.factors.is_empty() && !user.mfa_exempt
    }
}

/// What a sign-in was decided by as it began. It stays with the sign-in that waits: an
/// answer from elsewhere does not change it.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Circumstances {
    /// The trusted device that it comes from, by the digest of its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Whether a second factor is asked for.
    #[serde(default)]
    pub demand: FactorDemand,
    /// Whether the account's owner was told that it looks unusual.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told: bool,
}

impl Circumstances {
    /// The same once the device is not trusted any more.
    #[must_use]
    pub const fn without_device(&self) -> Self {
        Self {
            device: None,
            demand: match self.demand {
                FactorDemand::IfSetUp | FactorDemand::Waived => FactorDemand::IfSetUp,
                FactorDemand::Always => FactorDemand::Always,
            },
            told: self.told,
        }
    }

    /// Whether a sign-in in these circumstances may go on with one that waits in `other`s.
    #[must_use]
    pub fn are_those_of(&self, other: &Self) -> bool {
        self.device == other.device && self.demand == other.demand
    }

    /// Whether nothing is special about them, as with the sign-ins of most contracts.
    #[must_use]
    pub fn are_plain(&self) -> bool {
        *self == Self::default()
    }
}
