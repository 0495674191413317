//! The local stack's database of places: the networks of documentation (RFC 5737), put where
//! journeys can be made between them.

use maxminddb_writer::Database;
use maxminddb_writer::paths::IpAddrWithMask;
use serde_json::json;

/// In Berlin.
pub const BERLIN: &str = "192.0.2.7";
/// In New York.
pub const NEW_YORK: &str = "198.51.100.7";
/// In Sydney.
pub const SYDNEY: &str = "203.0.113.7";

const PLACES: [(&str, &str, &str, f64, f64); 3] = [
    ("192.0.2.0/24", "DE", "Berlin", 52.52, 13.405),
    ("198.51.100.0/24", "US", "New York", 40.7128, -74.006),
    ("203.0.113.0/24", "AU", "Sydney", -33.8688, 151.2093),
];

/// The file.
///
/// # Panics
/// Never: what it is made of stands above.
#[must_use]
pub fn database() -> Vec<u8> {
    let mut database = Database::default();
    "Postern-Documentation-City".clone_into(&mut database.metadata.database_type);
    database.metadata.languages = vec!["en".to_owned()];
    database.metadata.binary_format_major_version = 2;
    // The day of RFC 5737: the file is the same whenever it is made.
    database.metadata.build_epoch = 1_262_304_000;
    for (network, iso_code, city, latitude, longitude) in PLACES {
        // The fields that are read, as a GeoLite2 City database has them.
        let entry = json!({
            "country": { "iso_code": iso_code },
            "city": { "names": { "en": city } },
            "location": { "latitude": latitude, "longitude": longitude },
        });
        let network: IpAddrWithMask = network.parse().expect("a network");
        let entry = database.insert_value(entry).expect("an entry");
        database.insert_node(network, entry);
    }
    database.write_to(Vec::new()).expect("a database")
}
