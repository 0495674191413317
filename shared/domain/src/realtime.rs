//! What connects a person to a realtime server (Centrifugo): a token of claims
//! that the server checks by itself, and the channels that they open.

use serde::{Deserialize, Serialize};

use crate::UnixTime;
use crate::account::{Role, User};
use crate::time::DAY;

/// How long a connection token is good (djangocfg: 30 days).
pub const LIFETIME: u64 = 30 * DAY;

/// Claims of a connection token, as Centrifugo reads them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionClaims {
    /// The account's integer id, in digits.
    pub sub: String,
    /// When it ends.
    pub exp: UnixTime,
    /// When it was made.
    pub iat: UnixTime,
    /// What it may subscribe to.
    pub channels: Vec<String>,
    /// What the server says of the connection to the operator's own proxies, and shows to
    /// no client.
    pub meta: ConnectionMeta,
}

/// What a proxy of the realtime server may compare with the account as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionMeta {
    /// The account's session epoch when the token was made.
    pub session_epoch: u64,
}

impl ConnectionClaims {
    /// The claims of a token for `user` with the rights of `role`, made at `now`.
    #[must_use]
    pub fn new(user: &User, role: Role, now: UnixTime) -> Self {
        Self {
            sub: user.uid.to_string(),
            exp: now.plus(LIFETIME),
            iat: now,
            channels: channels(user.uid, role),
            meta: ConnectionMeta {
                session_epoch: user.session_epoch,
            },
        }
    }
}

/// The account's own channels, the staff's for administrators, and the one for all.
fn channels(uid: u64, role: Role) -> Vec<String> {
    let own = [format!("user#{uid}"), format!("notifications#user#{uid}")];
    let staff = ["centrifugo#dashboard", "admin#notifications", "grpc#*"];
    let staff = staff.into_iter().filter(|_| role == Role::Admin);
    own.into_iter()
        .chain(staff.map(str::to_owned))
        .chain(["broadcast".to_owned()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_hear_more_than_others() {
        assert_eq!(
            channels(7, Role::Operator),
            ["user#7", "notifications#user#7", "broadcast"]
        );
        assert_eq!(
            channels(7, Role::Admin)[2..],
            [
                "centrifugo#dashboard",
                "admin#notifications",
                "grpc#*",
                "broadcast"
            ]
        );
    }
}
