//! How identities are proven.

use serde::{Deserialize, Serialize};

/// How an identity was proven: authentication method references of RFC 8176.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amr {
    /// A one-time code.
    Otp,
    /// A one-time code by text message.
    Sms,
    /// A password.
    Pwd,
    /// More than one factor.
    Mfa,
    /// Another identity provider. RFC 8176 has no value for it; this is the one
    /// that is in use elsewhere.
    #[serde(rename = "fed")]
    Federated,
}
