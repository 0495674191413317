//! Claims of the two tokens that devices hold.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{OFFLINE_TOKEN_LIFETIME, OperatorSession, PosDevice};
use crate::UnixTime;
use crate::account::{Role, User};

/// Claims of an offline token (`typ` `offline+jwt`): any service can verify it by our
/// published keys, and none of our own routes takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineClaims {
    /// The installation's public URL.
    pub iss: String,
    /// Devices that are offline: see [`OfflineClaims::audience`].
    pub aud: String,
    /// Who works with the device.
    pub sub: Uuid,
    /// Their integer id.
    pub user_id: u64,
    /// What they may do.
    pub role: String,
    /// Their account's epoch when it was made: a service that asks us learns that it is
    /// no good once that has moved on.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// The event that it is good for.
    pub event_id: u64,
    /// The device that it is good on, if it is bound to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<u64>,
    /// What that device calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev_mac: Option<String>,
    /// `offline`.
    pub token_type: String,
    /// The token's own name.
    pub jti: String,
    /// When it was made.
    pub iat: UnixTime,
    /// When it ends.
    pub exp: UnixTime,
}

impl OfflineClaims {
    /// The claims of a token for `user`, who acts as `role`, at `event` and perhaps on
    /// `device`.
    #[must_use]
    pub fn new(
        issuer: &str,
        (user, role): (&User, Role),
        event: u64,
        device: Option<&PosDevice>,
        jti: String,
        now: UnixTime,
    ) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: Self::audience(issuer),
            sub: user.sub,
            user_id: user.uid,
            role: role.name().to_owned(),
            session_epoch: user.session_epoch,
            event_id: event,
            device_id: device.map(|device| device.id),
            dev_mac: device.map(|device| device.mac.to_string()),
            token_type: "offline".to_owned(),
            jti,
            iat: now,
            exp: now.plus(OFFLINE_TOKEN_LIFETIME),
        }
    }

    /// The audience of such tokens.
    #[must_use]
    pub fn audience(issuer: &str) -> String {
        format!("{issuer}#offline")
    }
}

/// Claims of an operator token (`typ` `op+jwt`). It holds nothing that its row and
/// account do not, so that the same token can be made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorClaims {
    /// The installation's public URL.
    pub iss: String,
    /// Who asks us what it is worth: see [`OperatorClaims::audience`].
    pub aud: String,
    /// The operator.
    pub sub: Uuid,
    /// The operator's integer id.
    pub user_id: u64,
    /// The session.
    pub sid: Uuid,
    /// What the operator may do.
    pub role: String,
    /// The event that the operator works at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<u64>,
    /// The kind of device.
    pub dev_type: String,
    /// The device.
    pub dev_mac: String,
    /// What the operator may work with.
    pub mode: u8,
    /// `operator`.
    pub token_type: String,
    /// When the session began.
    pub iat: UnixTime,
    /// When it ends.
    pub exp: UnixTime,
}

impl OperatorClaims {
    /// The claims of the one token of `session`.
    #[must_use]
    pub fn new(issuer: &str, operator: &User, session: &OperatorSession) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: Self::audience(issuer),
            sub: session.sub,
            user_id: operator.uid,
            sid: session.id,
            role: Role::Operator.name().to_owned(),
            event_id: session.event,
            dev_type: session.dev_type.name().to_owned(),
            dev_mac: session.mac.to_string(),
            mode: session.mode,
            token_type: "operator".to_owned(),
            iat: session.created_at,
            exp: session.expires_at,
        }
    }

    /// The audience of such tokens.
    #[must_use]
    pub fn audience(issuer: &str) -> String {
        format!("{issuer}#operator")
    }
}
