//! Hashes of PBKDF2, in the forms of each system that makes them.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;

use super::{bytes, hex, parts};

/// The most iterations of a PBKDF2 hash: Django's own number is below a million
/// and a half.
const MOST_ITERATIONS: u32 = 3_000_000;

/// What Django calls its hashes of PBKDF2.
pub(super) const DJANGO_PBKDF2: [(&str, pbkdf2::Algorithm); 2] = [
    ("pbkdf2_sha256$", pbkdf2::PBKDF2_HMAC_SHA256),
    ("pbkdf2_sha1$", pbkdf2::PBKDF2_HMAC_SHA1),
];
/// What Werkzeug calls them.
pub(super) const WERKZEUG_PBKDF2: [(&str, pbkdf2::Algorithm); 3] = [
    ("pbkdf2:sha256:", pbkdf2::PBKDF2_HMAC_SHA256),
    ("pbkdf2:sha512:", pbkdf2::PBKDF2_HMAC_SHA512),
    ("pbkdf2:sha1:", pbkdf2::PBKDF2_HMAC_SHA1),
];
/// What passlib calls them, and what it calls them in LDAP.
pub(super) const PASSLIB_PBKDF2: [(&str, pbkdf2::Algorithm); 6] = [
    ("{PBKDF2-SHA256}", pbkdf2::PBKDF2_HMAC_SHA256),
    ("{PBKDF2-SHA512}", pbkdf2::PBKDF2_HMAC_SHA512),
    ("{PBKDF2}", pbkdf2::PBKDF2_HMAC_SHA1),
    ("$pbkdf2-sha256$", pbkdf2::PBKDF2_HMAC_SHA256),
    ("$pbkdf2-sha512$", pbkdf2::PBKDF2_HMAC_SHA512),
    ("$pbkdf2$", pbkdf2::PBKDF2_HMAC_SHA1),
];

pub(super) struct Pbkdf2 {
    algorithm: pbkdf2::Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Pbkdf2 {
    /// Its salt is text.
    pub(super) fn of_django(rest: &str, algorithm: pbkdf2::Algorithm) -> Option<Self> {
        let [iterations, salt, hash] = parts(rest)?;
        Self::new(
            algorithm,
            iterations,
            salt.as_bytes().to_vec(),
            bytes(hash)?,
        )
    }

    /// Its salt is text, and its hash in hex.
    pub(super) fn of_werkzeug(rest: &str, algorithm: pbkdf2::Algorithm) -> Option<Self> {
        let [iterations, salt, hash] = parts(rest)?;
        Self::new(algorithm, iterations, salt.as_bytes().to_vec(), hex(hash)?)
    }

    /// Its salt is bytes.
    pub(super) fn of_passlib(rest: &str, algorithm: pbkdf2::Algorithm) -> Option<Self> {
        let [rounds, salt, hash] = parts(rest)?;
        Self::new(algorithm, rounds, bytes(salt)?, bytes(hash)?)
    }

    /// Of two systems with one name. The one takes the bytes of its salt. The other takes
    /// all before the hash for its salt, leaves out its usual number of rounds, and its
    /// hash is a fifth longer than a digest.
    pub(super) fn of_p5k2(rest: &str) -> Option<Self> {
        let [rounds, salt, hash] = parts(rest)?;
        let hash = bytes(hash)?;
        let rounds_or = |usual: &str| if rounds.is_empty() { usual } else { rounds }.to_owned();
        let iterations = u32::from_str_radix(&rounds_or("190"), 16).ok()?;
        let salt = match hash.len() {
            20 => bytes(salt)?,
            24 => format!("$p5k2${rounds}${salt}").into_bytes(),
            _ => return None,
        };
        Self::of_sha1(iterations, salt, hash)
    }

    /// Of 10,000 iterations: 16 bytes of salt, and 32 of the hash.
    pub(super) fn of_atlassian(rest: &str) -> Option<Self> {
        let whole = bytes(rest).filter(|whole| whole.len() == 48)?;
        let (salt, hash) = whole.split_at(16);
        Self::of_sha1(10_000, salt.to_vec(), hash.to_vec())
    }

    fn of_sha1(iterations: u32, salt: Vec<u8>, hash: Vec<u8>) -> Option<Self> {
        let iterations = NonZeroU32::new(iterations)?;
        (iterations.get() <= MOST_ITERATIONS).then_some(Self {
            algorithm: pbkdf2::PBKDF2_HMAC_SHA1,
            iterations,
            salt,
            hash,
        })
    }

    /// Its hash is one digest long: more would be more work than the iterations say,
    /// and less is guessed.
    fn new(
        algorithm: pbkdf2::Algorithm,
        iterations: &str,
        salt: Vec<u8>,
        hash: Vec<u8>,
    ) -> Option<Self> {
        let iterations: NonZeroU32 = iterations.parse().ok()?;
        let length = match algorithm {
            it if it == pbkdf2::PBKDF2_HMAC_SHA1 => 20,
            it if it == pbkdf2::PBKDF2_HMAC_SHA256 => 32,
            _ => 64,
        };
        let sane = iterations.get() <= MOST_ITERATIONS && hash.len() == length;
        sane.then_some(Self {
            algorithm,
            iterations,
            salt,
            hash,
        })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let Self {
            algorithm,
            iterations,
            salt,
            hash,
        } = self;
        pbkdf2::verify(*algorithm, *iterations, salt, password, hash).is_ok()
    }
}
