//! Where in the world an address is, as far as a database of such places knows.

use serde::{Deserialize, Serialize};

/// The mean radius of the earth in kilometres (IUGG).
const EARTH_RADIUS: f64 = 6371.0;

/// A point on the earth, in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coordinates {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich.
    pub longitude: f64,
}

impl Coordinates {
    /// Kilometres to `other` along a great circle (the haversine formula).
    #[must_use]
    pub fn kilometres_to(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_north = (to - from) / 2.0;
        let half_east = (other.longitude - self.longitude).to_radians() / 2.0;
        let chord = half_north.sin().powi(2) + from.cos() * to.cos() * half_east.sin().powi(2);
        2.0 * EARTH_RADIUS * chord.sqrt().min(1.0).asin()
    }
}

/// Where an address is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The country, by its two letters (ISO 3166-1).
    pub country: String,
    /// The city's English name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Where that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<Coordinates>,
}

impl Place {
    /// Whether more than the country is known.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.city.is_some() && self.coordinates.is_some()
    }

    /// The same to be shown: without coordinates.
    #[must_use]
    pub fn shown(&self) -> Self {
        Self {
            coordinates: None,
            ..self.clone()
        }
    }
}

/// What looking up an address comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Location {
    /// It is there.
    Known(Place),
    /// It is in no list: the database has it not, or there is no database.
    Unlisted,
    /// The database could not be read.
    Failed,
}

impl Location {
    /// The place, if it is known.
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        match self {
            Self::Known(place) => Some(place),
            Self::Unlisted | Self::Failed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_an_atlas() {
        let berlin = Coordinates {
            latitude: 52.52,
            longitude: 13.405,
        };
        let sydney = Coordinates {
            latitude: -33.868,
            longitude: 151.209,
        };
        let far = berlin.kilometres_to(sydney);
        assert!((16_080.0..16_110.0).contains(&far), "{far}");
        assert!((berlin.kilometres_to(berlin)).abs() < f64::EPSILON);
        assert!((far - sydney.kilometres_to(berlin)).abs() < 1e-6);
    }
}
