//! Hashes of passwords.
//!
//! Ours are argon2id with the parameters that OWASP's cheat sheet asks for first
//! (19 MiB, two passes, one lane: some 30 ms of a core), written as PHC strings
//! with a salt of 16 random bytes. Other forms come with accounts of another
//! system ([`imported`]): they are verified as they are, and since none of them is
//! ours, the sign-in that did so replaces them.
//!
//! Verifying against the hash of no account ([`DUMMY`]) costs what verifying against an
//! account's costs, so the time of an answer does not tell whether there is an account.
//! (One that was imported differs until its first sign-in.)

pub mod imported;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::Entropy;
use domain::password::Password;

use crate::CryptoError;

/// KiB of memory that a hash takes.
const MEMORY: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes of it.
const LANES: u32 = 1;

/// The most KiB that a hash we are shown may take: what is stored decides how much
/// work a sign-in is, and not every import is sane.
const MOST_MEMORY: u32 = 256 * 1024;
/// The most passes that a hash we are shown may take.
const MOST_PASSES: u32 = 16;

/// A hash with our parameters that no known password has: its bytes are
/// arbitrary.
pub const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
    bm9ib2R5J3Mgc2FsdC4uLg$IAUQMKw0vlOGoJhBhLSlbHPC7ztO8vXwM1Cx3n9hSJY";

/// What verifying a password said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another one.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and its hash is not as those made today: hash it anew.
    Outdated,
}

/// The hash of `password` as it is stored.
///
/// # Errors
/// [`CryptoError::Generation`] if there is no memory for it.
pub fn hash(password: &Password, entropy: &dyn Entropy) -> Result<String, CryptoError> {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    let hash = hasher()?.hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hash.map_err(|_| CryptoError::Generation)?.to_string())
}

/// Whether `password` is the one that `stored` was made of. A hash of an unknown form
/// matches no password.
///
/// What we make is made of the canonical form, and verified in no other. Anything
/// else may have been made of the password as it was typed, so both are tried, and
/// a match is replaced.
#[must_use]
pub fn verify(password: &Password, stored: &str) -> Verdict {
    let phc = imported::phc(stored);
    if !phc.starts_with("$argon2") {
        let is_it = |spelling: &[u8]| imported::verify(spelling, stored);
        return outdated(password.spellings().any(is_it));
    }
    let Some((hash, params)) = argon2_form(phc) else {
        return Verdict::Wrong;
    };
    // The parameters are those of the hash, whatever the hasher was made with.
    let is_it = |spelling: &[u8]| Argon2::default().verify_password(spelling, &hash).is_ok();
    if phc != stored || !is_ours(&hash, &params) {
        return outdated(password.spellings().any(is_it));
    }
    match is_it(password.as_bytes()) {
        true => Verdict::Right,
        false => Verdict::Wrong,
    }
}

/// The verdict on a hash that is not as those made today.
fn outdated(is_it: bool) -> Verdict {
    match is_it {
        true => Verdict::Outdated,
        false => Verdict::Wrong,
    }
}

/// Whether a hash is as those made today. One with other parameters is replaced,
/// be they larger: it may be another system's, and it would tell by the time of an
/// answer that there is an account.
fn is_ours(hash: &PasswordHash, params: &Params) -> bool {
    hash.algorithm.as_str() == Algorithm::Argon2id.as_str()
        && hash.version == Some(Version::V0x13.into())
        && (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY, PASSES, LANES)
}

/// Whether a hash from elsewhere is of a form that [`verify`] knows, within the
/// work that it does for one.
#[must_use]
pub fn is_known_form(stored: &str) -> bool {
    argon2_form(imported::phc(stored)).is_some() || imported::is_known_form(stored)
}

/// A hash of any of argon2's variants, if it asks for no more work than is sane.
fn argon2_form(stored: &str) -> Option<(PasswordHash, Params)> {
    let hash = PasswordHash::new(stored).ok()?;
    Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let sane = params.m_cost() <= MOST_MEMORY && params.t_cost() <= MOST_PASSES;
    (sane && hash.hash.is_some()).then_some((hash, params))
}

fn hasher() -> Result<Argon2<'static>, CryptoError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| CryptoError::Generation)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    fn password(text: &str) -> Password {
        Password::typed(text)
    }

    #[test]
    fn a_hash_is_a_phc_string_with_our_parameters_and_a_salt_of_its_own() {
        let made = || hash(&password("qz7-kv2x"), &SystemEntropy).unwrap();
        let (one, other) = (made(), made());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert_eq!(verify(&password("qz7-kv2x"), &one), Verdict::Right);
        assert_eq!(verify(&password("qz7-kv2X"), &one), Verdict::Wrong);
    }

    #[test]
    fn the_whole_password_counts() {
        let long = "x".repeat(127);
        let stored = hash(&password(&format!("{long}a")), &SystemEntropy).unwrap();
        assert_eq!(
            verify(&password(&format!("{long}b")), &stored),
            Verdict::Wrong
        );
    }

    #[test]
    fn one_text_in_two_spellings_is_one_password() {
        let stored = hash(&password("sch\u{f6}nes Haus"), &SystemEntropy).unwrap();
        assert_eq!(
            verify(&password("scho\u{308}nes Haus"), &stored),
            Verdict::Right
        );
    }

    #[test]
    fn other_parameters_and_other_variants_are_outdated() {
        // argon2-cffi: PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1), and low_level.Type.I.
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(1024, 1, 1, None).unwrap(),
        );
        let other = Argon2::new(
            Algorithm::Argon2i,
            Version::V0x13,
            Params::new(MEMORY, 3, 1, None).unwrap(),
        );
        let stronger = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(2 * MEMORY, PASSES, LANES, None).unwrap(),
        );
        for hasher in [weak, other, stronger] {
            let stored = hasher
                .hash_password_with_salt(b"qz7-kv2x", b"0123456789abcdef")
                .unwrap()
                .to_string();
            assert!(is_known_form(&stored));
            assert_eq!(verify(&password("qz7-kv2x"), &stored), Verdict::Outdated);
            assert_eq!(verify(&password("qz7-kv2y"), &stored), Verdict::Wrong);
        }
    }

    #[test]
    fn hashes_of_others_are_tried_on_what_was_typed_and_ours_are_not() {
        // django.contrib.auth.hashers of the decomposed text, and of the composed one.
        let decomposed = "pbkdf2_sha256$1000$seasalt$ZHl463Q4amVR6YZ6PuKthUk+BB/1Z1PJC7mTVKdrVLc=";
        let composed = "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=";
        let (long, short) = ("le\u{300}tmein", "l\u{e8}tmein");
        assert_eq!(verify(&password(long), decomposed), Verdict::Outdated);
        assert_eq!(verify(&password(long), composed), Verdict::Outdated);
        assert_eq!(verify(&password(short), composed), Verdict::Outdated);
        // The composed text does not tell which of its spellings was hashed.
        assert_eq!(verify(&password(short), decomposed), Verdict::Wrong);
        let argon2 = |params: Params| {
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_with_salt(long.as_bytes(), b"0123456789abcdef")
                .unwrap()
                .to_string()
        };
        let theirs = argon2(Params::new(1024, 3, 1, None).unwrap());
        assert_eq!(verify(&password(long), &theirs), Verdict::Outdated);
        let ours = argon2(Params::new(MEMORY, PASSES, LANES, None).unwrap());
        assert_eq!(verify(&password(long), &ours), Verdict::Wrong);
        // The same hash behind Django's name is Django's.
        let named = format!("argon2{ours}");
        assert_eq!(verify(&password(long), &named), Verdict::Outdated);
    }

    #[test]
    fn a_hash_of_djangos_argon2_is_read_behind_its_name() {
        // django.contrib.auth.hashers.Argon2PasswordHasher, one pass over 1 MiB in two lanes.
        let stored = "argon2$argon2id$v=19$m=1024,t=1,p=2$c2Vhc2FsdHNlYXNhbHQ$\
            vUISioNYJE0jY2m0IEPIyP2nrrMTUVZpUM8jwmRJf1Y";
        assert!(is_known_form(stored));
        assert_eq!(verify(&password("l\u{e8}tmein"), stored), Verdict::Outdated);
        assert_eq!(verify(&password("letmein"), stored), Verdict::Wrong);
        assert!(!is_known_form(&stored.replace("m=1024", "m=4294967295")));
    }

    #[test]
    fn nobodys_hash_is_of_our_form_and_costs_as_much() {
        let (hash, params) = argon2_form(DUMMY).unwrap();
        assert_eq!((params.m_cost(), params.t_cost()), (MEMORY, PASSES));
        assert_eq!(params.p_cost(), LANES);
        assert_eq!(hash.hash.unwrap().len(), 32);
        assert_eq!(hash.salt.unwrap().as_ref().len(), 16);
        for text in ["", "password", "qz7-kv2x"] {
            assert_eq!(verify(&password(text), DUMMY), Verdict::Wrong);
        }
    }

    #[test]
    fn what_is_no_hash_or_asks_for_too_much_is_nobodys() {
        for stored in [
            "",
            "qz7-kv2x",
            "$argon2id$v=19$m=19456,t=2,p=1$",
            "$argon2id$v=19$m=4294967295,t=2,p=1$bm9ib2R5J3Mgc2FsdC4uLg$IAUQMKw0vlOGoJhBhLSlbHPC7ztO8vXwM1Cx3n9hSJY",
            "$argon2id$v=19$m=19456,t=4000000,p=1$bm9ib2R5J3Mgc2FsdC4uLg$IAUQMKw0vlOGoJhBhLSlbHPC7ztO8vXwM1Cx3n9hSJY",
            "$argon2x$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdC4uLg$IAUQMKw0vlOGoJhBhLSlbHPC7ztO8vXwM1Cx3n9hSJY",
        ] {
            assert!(!is_known_form(stored), "{stored}");
            assert_eq!(verify(&password("qz7-kv2x"), stored), Verdict::Wrong);
        }
    }
}
