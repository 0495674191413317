//! An address that an account is to move to (nauth).
//!
//! Its owner sees it at once; everybody else sees, and signs in by, the proven one until
//! the new one is proven. One that is not proven in a week lapses, since a mistyped
//! address must not ask for a code at every sign-in for ever.

use serde::{Deserialize, Serialize};

use super::User;
use crate::time::DAY;
use crate::{EmailAddress, UnixTime};

/// Seconds after which a move that was not proven lapses.
const LIFETIME: u64 = 7 * DAY;

/// An address that waits for its proof, beside the one that the account has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingEmail {
    /// The address.
    pub address: EmailAddress,
    /// When the owner asked for it.
    pub since: UnixTime,
}

impl User {
    /// The address that it is to move to, unless that has lapsed at `now`.
    #[must_use]
    pub fn pending_email(&self, now: UnixTime) -> Option<&EmailAddress> {
        let pending = self.pending_email.as_ref();
        pending
            .filter(|pending| pending.since.plus(LIFETIME) > now)
            .map(|pending| &pending.address)
    }
}
