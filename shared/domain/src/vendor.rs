//! Vendors: who sells, in the Auth Service.
//!
//! A vendor is a principal of its own kind. It has claims of its own, so that its
//! address may be a user's too; a password by the same rules as a user's; and tokens of
//! its own type and audience, which open nothing of a user's, as a user's open nothing of
//! a vendor's.
//!
//! Its tokens are no sessions: nothing is kept of one. Each carries the vendor's epoch,
//! and every act that takes something away moves that on, which ends them.

mod reset;
mod state;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::Status;
use crate::limit::{Limit, Quota};
use crate::password::PasswordCredential;
use crate::time::DAY;
use crate::{EmailAddress, UnixTime};

/// The most characters of a name.
pub const LONGEST_NAME: usize = 200;

/// New vendors, per network and day.
pub const REGISTRATIONS_PER_NETWORK: Limit = Limit {
    name: "register-vendor",
    window: DAY,
    budget: 100,
    quota: Quota::Network,
};

/// A vendor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vendor {
    /// Its name for ever.
    pub id: Uuid,
    /// The integer id of the contract; below 2^53.
    pub number: u64,
    /// Counts edits of this row. Every edit names the one it was made from. 0 in rows
    /// from before they were counted.
    #[serde(default)]
    pub rev: u64,
    /// Tokens carry the epoch that they were made in, and open nothing once it has
    /// moved on: one write ends them all. 0 in rows from before there were any.
    #[serde(rename = "epoch", default)]
    pub token_epoch: u64,
    /// Whether it may be used.
    #[serde(default)]
    pub status: Status,
    /// Whether its password has to be replaced before that opens anything again.
    #[serde(default)]
    pub must_change_password: bool,
    /// What people call it.
    pub name: String,
    /// Its address, said at its registration. `None` once it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// When a letter's token first came back from that address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_proven_at: Option<UnixTime>,
    /// Whether notices wait that could not be sent.
    #[serde(default)]
    pub notices_wait: bool,
    /// Its password, hashed. `None` once it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<PasswordCredential>,
    /// What it sells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where its picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_picture: Option<String>,
    /// How it is rated, as said at its registration.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_text")]
    pub rating: Option<f64>,
    /// What clients keep about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferences: Option<String>,
    /// When it was made.
    pub created_at: UnixTime,
    /// The key under which personal data in its audit events is sealed, itself sealed
    /// by the ring.
    pub audit_key: String,
}

/// Claims of a vendor's token (`typ` `vt+jwt`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorClaims {
    /// The installation's public URL.
    pub iss: String,
    /// The vendors' API: see [`VendorClaims::audience`].
    pub aud: String,
    /// The vendor.
    pub sub: Uuid,
    /// The vendor's integer id, under the name that the contract's clients read.
    pub user_id: u64,
    /// The vendor's epoch when it was made. Tokens from before there were epochs have
    /// none, and belong to rows that have none either.
    #[serde(rename = "epoch", default)]
    pub token_epoch: u64,
    /// Always false, as the contract has it.
    pub is_admin: bool,
    /// `vendor`.
    pub role: String,
    /// `vendor`.
    pub token_type: String,
    /// The token's own name.
    pub jti: Uuid,
    /// When it was made.
    pub iat: UnixTime,
    /// When it ends.
    pub exp: UnixTime,
}

impl VendorClaims {
    /// The claims of a token for `vendor`, made at `now` for `life` seconds.
    #[must_use]
    pub fn new(issuer: &str, vendor: &Vendor, jti: Uuid, now: UnixTime, life: u64) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: Self::audience(issuer),
            sub: vendor.id,
            user_id: vendor.number,
            token_epoch: vendor.token_epoch,
            is_admin: false,
            role: "vendor".to_owned(),
            token_type: "vendor".to_owned(),
            jti,
            iat: now,
            exp: now.plus(life),
        }
    }

    /// The audience of such tokens.
    #[must_use]
    pub fn audience(issuer: &str) -> String {
        format!("{issuer}#vendor")
    }
}

/// A number as text: DynamoDB's own have 38 digits and end at 10^126.
mod as_text {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        number: &Option<f64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) => serializer.collect_str(number),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<f64>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let parsed = text.map(|text| text.parse().map_err(|_| D::Error::custom("no number")));
        parsed.transpose()
    }
}
