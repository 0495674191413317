//! What accounts may do.

use serde::{Deserialize, Serialize};

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Their own account and nothing else.
    #[default]
    User,
    /// Runs POS devices at an event.
    Operator,
    /// Runs the network of an event.
    NetworkManager,
    /// Everything: staff and superuser of the DjangoCFG contract.
    Admin,
}

impl Role {
    /// The name that tokens and operators use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Operator => "operator",
            Self::NetworkManager => "network_manager",
            Self::Admin => "admin",
        }
    }

    /// Every role, from the least.
    pub const ALL: [Self; 4] = [
        Self::User,
        Self::Operator,
        Self::NetworkManager,
        Self::Admin,
    ];

    /// Their names.
    pub const NAMES: [&str; 4] = [
        Self::User.name(),
        Self::Operator.name(),
        Self::NetworkManager.name(),
        Self::Admin.name(),
    ];

    /// The role of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}
