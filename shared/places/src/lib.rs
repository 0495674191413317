//! Where an address is, by a database in MaxMind's format (MMDB 2.0).
//!
//! The file is mapped and not read: such a database has tens of megabytes, of which a
//! look-up touches a few hundred bytes, and a function that starts waits for none of it. No
//! service is asked, so no address leaves the installation.

use std::net::IpAddr;
use std::path::Path;

use domain::place::{Coordinates, Location, Place};
use maxminddb::{Mmap, Reader};
use serde::Deserialize;

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
#[error("the database of places cannot be read: {0}")]
pub struct PlacesError(String);

/// A database of places.
pub struct Places(Reader<Mmap>);

/// What is read of an entry: fewer fields than `maxminddb::geoip2` has, and the names in
/// one language.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    country: Option<Country<'a>>,
    #[serde(borrow)]
    city: Option<City<'a>>,
    location: Option<Point>,
}

#[derive(Deserialize)]
struct Country<'a> {
    iso_code: Option<&'a str>,
}

#[derive(Deserialize)]
struct City<'a> {
    #[serde(borrow)]
    names: Option<Names<'a>>,
}

#[derive(Deserialize)]
struct Names<'a> {
    en: Option<&'a str>,
}

#[derive(Deserialize)]
struct Point {
    latitude: Option<f64>,
    longitude: Option<f64>,
}

impl Places {
    /// The database in the file at `path`, which nothing may change while it is open: on AWS
    /// it is part of a layer, which is never written to.
    ///
    /// # Errors
    /// [`PlacesError`] if there is none of that format.
    pub fn open(path: &Path) -> Result<Self, PlacesError> {
        #[allow(
            unsafe_code,
            reason = "the file is part of the deployment, and nothing writes to it while it is mapped"
        )]
        // SAFETY: see the reason.
        let reader = unsafe { Reader::open_mmap(path) };
        reader
            .map(Self)
            .map_err(|error| PlacesError(error.to_string()))
    }

    /// Where `address` is.
    #[must_use]
    pub fn locate(&self, address: IpAddr) -> Location {
        let address = address.to_canonical();
        if address.is_ipv6() && self.0.metadata().ip_version == 4 {
            return Location::Unlisted;
        }
        let entry = self
            .0
            .lookup(address)
            .and_then(|found| found.decode::<Entry<'_>>());
        match entry {
            Ok(entry) => entry
                .and_then(Entry::place)
                .map_or(Location::Unlisted, Location::Known),
            Err(_) => Location::Failed,
        }
    }
}

impl Entry<'_> {
    /// The place, if the country is known.
    fn place(self) -> Option<Place> {
        let country = self.country.and_then(|country| country.iso_code)?;
        let city = self.city.and_then(|city| city.names);
        let city = city.and_then(|names| names.en);
        let point = self
            .location
            .and_then(|point| point.latitude.zip(point.longitude));
        Some(Place {
            country: country.to_owned(),
            city: city.map(str::to_owned),
            coordinates: point.map(|(latitude, longitude)| Coordinates {
                latitude,
                longitude,
            }),
        })
    }
}
