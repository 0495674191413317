//! The five published contracts by which clients speak to Postern, and the pages by which
//! people do.

use serde::{Deserialize, Serialize};

/// A wire contract. It decides shapes, words and how long its sessions live;
/// never who a person is or what they may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contract {
    /// DjangoCFG accounts, under /cfg.
    Djangocfg,
    /// cashless-auth, under /auth, /admin, /tokens and /devices.
    Cashless,
    /// Auth Service, under /auth, /admin, /vendor and /chatbot.
    AuthService,
    /// Ravi device authorization, under /api.
    Ravi,
    /// nauth-toolkit, under /nauth.
    Nauth,
    /// None of them: a person signs in on our own pages.
    Pages,
}

impl Contract {
    /// Those that are published, in the order in which documents list them.
    pub const ALL: [Self; 5] = [
        Self::Djangocfg,
        Self::Cashless,
        Self::AuthService,
        Self::Ravi,
        Self::Nauth,
    ];

    /// The name that its document is published under.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Djangocfg => "djangocfg",
            Self::Cashless => "cashless",
            Self::AuthService => "auth-service",
            Self::Ravi => "ravi",
            Self::Nauth => "nauth",
            Self::Pages => "pages",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Djangocfg => "DjangoCFG accounts",
            Self::Cashless => "cashless-auth",
            Self::AuthService => "Auth Service",
            Self::Ravi => "Ravi device authorization",
            Self::Nauth => "nauth-toolkit",
            Self::Pages => "Sign-in pages",
        }
    }
}
