//! How far a sign-in differs from those before it, and what follows (nauth: `ADAPTIVE`).
//!
//! Seven factors have a weight each; their sum, at most [`HIGHEST`], is the risk. Up to 20 it
//! is low, and the sign-in goes on; up to 50 medium, which asks for a second factor; above
//! that high, which asks, too, or blocks, as the installation decides ([`HighRisk`]). What
//! could not be looked up counts for a factor, never against it. The first sign-in has no
//! history and therefore no risk.
//!
//! What is remembered of an account's sign-ins is a few hundred short marks
//! ([`SignInHistory`]), the oldest forgotten first: being forgotten costs its owner a second
//! factor once.

mod history;

use serde::{Deserialize, Serialize};

use crate::UnixTime;
use crate::network::NetworkMark;
use crate::place::{Location, Place};
use crate::sign_in::FactorDemand;
use crate::time::HOUR;

pub use history::{LastSignIn, REMEMBERED, SignInHistory};

/// The highest risk.
pub const HIGHEST: u32 = 100;
/// Up to here it is low.
const LOW: u32 = 20;
/// Up to here it is medium.
const MEDIUM: u32 = 50;
/// Kilometres an hour beyond which nobody travels.
const FASTEST: f64 = 900.0;
/// Seconds within which nobody gets to another country, as far as cities are unknown.
const BORDER: u64 = 2 * HOUR;
/// For how many seconds failures and suspicions of before count.
pub const RECENT: u64 = HOUR;
/// So many failures count as suspicious.
pub const FAILURES: usize = 3;

/// What makes a sign-in unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskFactor {
    /// A device that the account does not know.
    NewDevice,
    /// A country that it was not signed in from.
    NewCountry,
    /// Too far from the last sign-in for the time in between.
    ImpossibleTravel,
    /// A network that it was not signed in from, in a place that is nothing special.
    NewIp,
    /// Failures or suspicions within the hour.
    SuspiciousActivity,
    /// Another password since the last sign-in.
    RecentPasswordReset,
    /// A place of which only the country is known.
    IncompleteLocationData,
}

impl RiskFactor {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::NewDevice,
        Self::NewCountry,
        Self::ImpossibleTravel,
        Self::NewIp,
        Self::SuspiciousActivity,
        Self::RecentPasswordReset,
        Self::IncompleteLocationData,
    ];

    /// Its name in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewDevice => "new_device",
            Self::NewCountry => "new_country",
            Self::ImpossibleTravel => "impossible_travel",
            Self::NewIp => "new_ip",
            Self::SuspiciousActivity => "suspicious_activity",
            Self::RecentPasswordReset => "recent_password_reset",
            Self::IncompleteLocationData => "incomplete_location_data",
        }
    }

    /// What it adds to the risk.
    #[must_use]
    pub const fn weight(self) -> u32 {
        match self {
            Self::NewDevice | Self::NewCountry => 25,
            Self::ImpossibleTravel | Self::RecentPasswordReset => 40,
            Self::NewIp => 15,
            Self::SuspiciousActivity => 30,
            Self::IncompleteLocationData => 20,
        }
    }
}

/// A sign-in as it is held against those before it.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// When.
    pub now: UnixTime,
    /// The device, by the digest of the token that it showed.
    pub device: Option<&'a str>,
    /// Whether the account trusts that now.
    pub is_trusted: bool,
    /// The network.
    pub network: &'a NetworkMark,
    /// Where that is.
    pub location: &'a Location,
    /// When the account's password was chosen, if it has one.
    pub password_since: Option<UnixTime>,
    /// Whether there were failures or suspicions lately: also if that could not be read.
    pub is_suspicious: bool,
}

/// The risk of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Risk {
    /// What makes it up.
    pub factors: Vec<RiskFactor>,
}

/// How high a risk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskLevel {
    /// Up to 20.
    Low,
    /// Up to 50.
    Medium,
    /// Above that.
    High,
}

/// What follows a high risk (nauth: `RISK_HIGH`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum HighRisk {
    /// A second factor is asked for.
    #[default]
    Ask,
    /// The account is not signed in to for so many seconds; for good without any.
    Block(Option<u64>),
}

impl HighRisk {
    /// The one of that name; a block lasts `minutes`, and for good if those are none.
    #[must_use]
    pub fn parse(name: &str, minutes: u64) -> Option<Self> {
        match name {
            "mfa" => Some(Self::Ask),
            "block" => Some(Self::Block((minutes > 0).then_some(minutes * 60))),
            _ => None,
        }
    }
}

/// What follows from the risk of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskDecision {
    /// It goes on.
    Allow,
    /// A second factor is asked for, and set up if there is none.
    Ask,
    /// It ends here, as every other does until that time; for good without one.
    Block(Option<UnixTime>),
}

impl Risk {
    /// What is unusual in a sign-in, against the `history` of the account.
    #[must_use]
    pub fn of(observed: &Observed<'_>, history: &SignInHistory) -> Self {
        let Some(last) = &history.last else {
            return Self::default();
        };
        let known_device =
            observed.is_trusted || observed.device.is_some_and(|own| history.knows_device(own));
        let new_country = history.is_new_country(observed.location);
        let travels = is_impossible(last, observed);
        let new_network = !history.networks.contains(observed.network);
        let incomplete = observed
            .location
            .place()
            .is_some_and(|place| !place.is_complete());
        let reset = observed.password_since.is_some_and(|since| since > last.at);
        let factors = RiskFactor::ALL.into_iter().filter(|factor| match factor {
            RiskFactor::NewDevice => !known_device,
            RiskFactor::NewCountry => new_country,
            RiskFactor::ImpossibleTravel => travels,
            RiskFactor::NewIp => new_network && !new_country && !travels,
            RiskFactor::SuspiciousActivity => observed.is_suspicious,
            RiskFactor::RecentPasswordReset => reset,
            RiskFactor::IncompleteLocationData => incomplete,
        });
        Self {
            factors: factors.collect(),
        }
    }

    /// The sum of its factors.
    #[must_use]
    pub fn score(&self) -> u32 {
        let sum: u32 = self.factors.iter().map(|factor| factor.weight()).sum();
        sum.min(HIGHEST)
    }

    /// How high that is.
    #[must_use]
    pub fn level(&self) -> RiskLevel {
        let score = self.score();
        if score <= LOW {
            RiskLevel::Low
        } else if score <= MEDIUM {
            RiskLevel::Medium
        } else {
            RiskLevel::High
        }
    }

    /// What follows at `now`.
    #[must_use]
    pub fn decision(&self, high: HighRisk, now: UnixTime) -> RiskDecision {
        match (self.level(), high) {
            (RiskLevel::Low, _) => RiskDecision::Allow,
            (RiskLevel::Medium, _) | (RiskLevel::High, HighRisk::Ask) => RiskDecision::Ask,
            (RiskLevel::High, HighRisk::Block(seconds)) => {
                RiskDecision::Block(seconds.map(|seconds| now.plus(seconds)))
            }
        }
    }

    /// Whether the trail is to show it as suspicious.
    #[must_use]
    pub fn is_suspicious(&self) -> bool {
        let grave = [RiskFactor::ImpossibleTravel, RiskFactor::SuspiciousActivity];
        self.level() == RiskLevel::High || grave.iter().any(|one| self.factors.contains(one))
    }
}

impl RiskDecision {
    /// Whether a second factor is asked for by a sign-in that is not blocked, `spared` by
    /// the trust in its device.
    #[must_use]
    pub const fn demand(self, spared: bool) -> FactorDemand {
        match (self, spared) {
            (Self::Allow, true) => FactorDemand::Waived,
            (Self::Allow, false) => FactorDemand::IfSetUp,
            (Self::Ask | Self::Block(_), _) => FactorDemand::Always,
        }
    }
}

/// A time in which an account is not signed in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskBlock {
    /// Until then; for good without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixTime>,
}

impl RiskBlock {
    /// Whether it holds at `now`.
    #[must_use]
    pub fn holds(self, now: UnixTime) -> bool {
        self.until.is_none_or(|until| until > now)
    }
}

/// Whether nobody gets from the last sign-in to this one in time.
fn is_impossible(last: &LastSignIn, observed: &Observed<'_>) -> bool {
    let Some(from) = &last.place else {
        return false;
    };
    let seconds = observed.now.seconds_since(last.at);
    match observed.location {
        Location::Unlisted => false,
        // It may be anywhere.
        Location::Failed => seconds < BORDER,
        Location::Known(to) => match (from.coordinates, to.coordinates) {
            (Some(start), Some(end)) if knows_cities(from, to) => {
                let hours = seconds as f64 / HOUR as f64;
                start.kilometres_to(end) > FASTEST * hours
            }
            _ => from.country != to.country && seconds < BORDER,
        },
    }
}

const fn knows_cities(from: &Place, to: &Place) -> bool {
    from.is_complete() && to.is_complete()
}

#[cfg(test)]
mod tests;
