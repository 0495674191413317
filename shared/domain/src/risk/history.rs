//! What is remembered of an account's sign-ins.

use serde::{Deserialize, Serialize};

use super::Observed;
use crate::UnixTime;
use crate::network::NetworkMark;
use crate::place::{Location, Place};

/// How many devices, networks and countries are remembered of an account.
pub const REMEMBERED: usize = 50;

/// The last sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastSignIn {
    /// When it was.
    pub at: UnixTime,
    /// Where, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// The sign-ins of an account so far. It says where a person lives, and is kept sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignInHistory {
    /// The epoch of trust that the devices are of: those of before are forgotten.
    pub trust_epoch: u64,
    /// The devices that the account has trusted, by short digests, latest first.
    pub devices: Vec<String>,
    /// The networks, latest first.
    pub networks: Vec<NetworkMark>,
    /// The countries, latest first.
    pub countries: Vec<String>,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastSignIn>,
}

impl SignInHistory {
    /// The same in the account's epoch of trust.
    #[must_use]
    pub fn in_epoch(mut self, trust_epoch: u64) -> Self {
        if self.trust_epoch != trust_epoch {
            self.trust_epoch = trust_epoch;
            self.devices.clear();
        }
        self
    }

    /// Whether the account has trusted the device of this digest.
    #[must_use]
    pub fn knows_device(&self, digest: &str) -> bool {
        self.devices.iter().any(|known| *known == short(digest))
    }

    /// Whether countries are known, and this is none of them.
    #[must_use]
    pub(super) fn is_new_country(&self, location: &Location) -> bool {
        let known = |place: &Place| self.countries.contains(&place.country);
        !self.countries.is_empty()
            && match location {
                Location::Known(place) => !known(place),
                Location::Unlisted => false,
                Location::Failed => true,
            }
    }

    /// The history with a sign-in that was completed. A device is remembered if the account
    /// trusts it: any client may show a token that it made up.
    #[must_use]
    pub fn with(&self, observed: &Observed<'_>) -> Self {
        let place = observed.location.place();
        let device = observed.device.filter(|_| observed.is_trusted);
        Self {
            trust_epoch: self.trust_epoch,
            devices: remembering(&self.devices, device.map(short)),
            networks: remembering(&self.networks, Some(observed.network.clone())),
            countries: remembering(&self.countries, place.map(|place| place.country.clone())),
            last: Some(LastSignIn {
                at: observed.now,
                place: place.cloned(),
            }),
        }
    }

    /// The history without the device of this digest.
    #[must_use]
    pub fn without_device(&self, digest: &str) -> Self {
        let mut without = self.clone();
        without.devices.retain(|known| *known != short(digest));
        without
    }
}

/// Enough of a digest to know it again.
fn short(digest: &str) -> String {
    digest.chars().take(16).collect()
}

/// `marks` with `mark` as the latest one.
fn remembering(marks: &[String], mark: Option<String>) -> Vec<String> {
    let others = marks.iter().filter(|known| Some(*known) != mark.as_ref());
    let all = mark.iter().chain(others);
    all.take(REMEMBERED).cloned().collect()
}
