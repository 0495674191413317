//! Hashes that come with accounts of another system.
//!
//! | form | from |
//! |---|---|
//! | `$2a$`, `$2b$`, `$2y$` and a cost | bcrypt, which nearly everybody has used |
//! | `pbkdf2_sha256$iterations$salt$hash` | Django |
//! | `$fbscrypt$v=1,n=…,r=…,p=…,ss=…,sk=…$salt$hash` | Firebase, with the project's parameters, as Supabase writes it |
//!
//! They are verified once each: the right password is hashed anew as ours. A bound
//! on the work keeps an import from deciding how long a sign-in takes. (bcrypt
//! looks at 72 bytes of a password and no further; that was so when the hash was
//! made, and ends with it.)

use std::num::NonZeroU32;
use std::str::FromStr;

use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{constant_time, pbkdf2};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The highest cost of a bcrypt hash: a second of work.
const MOST_BCRYPT: u32 = 14;
/// The most iterations of a PBKDF2 hash: Django's own number is below a million
/// and a half.
const MOST_ITERATIONS: u32 = 3_000_000;
/// The largest memory parameter of an scrypt hash: 2^16 blocks.
const MOST_SCRYPT: u8 = 16;

/// Whether a hash is of a form that is known here.
#[must_use]
pub fn is_known_form(stored: &str) -> bool {
    Form::read(stored).is_some()
}

/// Whether `password` is the one that `stored` was made of.
pub(super) fn verify(password: &[u8], stored: &str) -> bool {
    match Form::read(stored) {
        Some(Form::Bcrypt) => bcrypt::verify(password, stored).unwrap_or(false),
        Some(Form::Django(django)) => django.verify(password),
        Some(Form::Firebase(firebase)) => firebase.verify(password).unwrap_or(false),
        None => false,
    }
}

enum Form {
    Bcrypt,
    Django(Django),
    Firebase(Firebase),
}

impl Form {
    fn read(stored: &str) -> Option<Self> {
        if stored.starts_with("$2") {
            let cost = bcrypt::HashParts::from_str(stored).ok()?.get_cost();
            return (cost <= MOST_BCRYPT).then_some(Self::Bcrypt);
        }
        if let Some(rest) = stored.strip_prefix("pbkdf2_sha256$") {
            return Django::read(rest).map(Self::Django);
        }
        let rest = stored.strip_prefix("$fbscrypt$v=1,")?;
        Firebase::read(rest).map(Self::Firebase)
    }
}

struct Django {
    iterations: NonZeroU32,
    salt: String,
    hash: Vec<u8>,
}

impl Django {
    fn read(rest: &str) -> Option<Self> {
        let [iterations, salt, hash] = parts(rest)?;
        let iterations: NonZeroU32 = iterations.parse().ok()?;
        let hash = STANDARD.decode(hash).ok()?;
        let sane = iterations.get() <= MOST_ITERATIONS && hash.len() == 32;
        sane.then(|| Self {
            iterations,
            salt: salt.to_owned(),
            hash,
        })
    }

    fn verify(&self, password: &[u8]) -> bool {
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        let salt = self.salt.as_bytes();
        pbkdf2::verify(algorithm, self.iterations, salt, password, &self.hash).is_ok()
    }
}

/// scrypt makes a key, and the "hash" is the project's signer key encrypted with
/// it.
struct Firebase {
    params: scrypt::Params,
    separator: Vec<u8>,
    signer: Vec<u8>,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Firebase {
    fn read(rest: &str) -> Option<Self> {
        let [params, salt, hash] = parts(rest)?;
        let value = |name: &str| {
            params
                .split(',')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        let number = |name: &str| value(name)?.parse::<u32>().ok();
        let bytes = |text: &str| STANDARD.decode(text).ok();
        let log_n = u8::try_from(number("n")?).ok()?;
        let (r, p) = (number("r")?, number("p")?);
        if log_n > MOST_SCRYPT || r > 16 || p > 4 {
            return None;
        }
        Some(Self {
            params: scrypt::Params::new(log_n, r, p).ok()?,
            separator: bytes(value("ss")?)?,
            signer: bytes(value("sk")?)?,
            salt: bytes(salt)?,
            hash: bytes(hash)?,
        })
    }

    fn verify(&self, password: &[u8]) -> Option<bool> {
        let salt = [self.salt.as_slice(), &self.separator].concat();
        let mut key = [0; 32];
        scrypt::scrypt(password, &salt, &self.params, &mut key).ok()?;
        let key = UnboundCipherKey::new(&AES_256, &key).ok()?;
        let mut sealed = self.signer.clone();
        let from_zero = EncryptionContext::Iv128(FixedLength::from([0; 16]));
        EncryptingKey::ctr(key)
            .ok()?
            .less_safe_encrypt(&mut sealed, from_zero)
            .ok()?;
        Some(constant_time::verify_slices_are_equal(&sealed, &self.hash).is_ok())
    }
}

/// Exactly three parts between dollar signs.
fn parts(rest: &str) -> Option<[&str; 3]> {
    let parts: Vec<&str> = rest.split('$').collect();
    parts.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // bcrypt of the Python package of that name, cost 4; 2y is what PHP calls 2b.
    const BCRYPT: &str = "$2b$04$sGlE7dHG877leZZvMDo8ROZSdB.IlWqA/yCq18pXLky7k4N2ZFfR6";
    // django.contrib.auth.hashers.make_password("lètmein", "seasalt", "pbkdf2_sha256"), 1,000 iterations.
    const DJANGO: &str = "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=";
    // The example of Firebase's own scrypt repository.
    const FIREBASE: &str = "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,\
        sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==\
        $42xEC+ixf3L2lw==\
        $lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";

    #[test]
    fn each_form_knows_its_password_and_no_other() {
        for (stored, password) in [
            (BCRYPT, "correct horse"),
            (&BCRYPT.replace("$2b$", "$2y$"), "correct horse"),
            (&BCRYPT.replace("$2b$", "$2a$"), "correct horse"),
            (DJANGO, "l\u{e8}tmein"),
            (FIREBASE, "user1password"),
        ] {
            assert!(is_known_form(stored), "{stored}");
            assert!(verify(password.as_bytes(), stored), "{stored}");
            assert!(!verify(b"another", stored), "{stored}");
        }
    }

    #[test]
    fn what_asks_for_too_much_work_is_no_form() {
        for stored in [
            BCRYPT.replace("$04$", "$31$"),
            DJANGO.replace("$1000$", "$4000000000$"),
            DJANGO.replace("$1000$", "$0$"),
            FIREBASE.replace("n=14", "n=30"),
            FIREBASE.replace("r=8", "r=4000000000"),
        ] {
            assert!(!is_known_form(&stored), "{stored}");
            assert!(!verify(b"correct horse", &stored));
        }
    }

    #[test]
    fn what_is_damaged_is_no_form() {
        for stored in [
            "",
            "$2b$04$",
            "pbkdf2_sha256$1000$salt",
            "pbkdf2_sha256$1000$salt$AAAA",
            "pbkdf2_sha1$1000$salt$AAAA",
            "$fbscrypt$v=1,n=14,r=8,p=1$a$b",
            "md5$salt$0123",
            "plain",
        ] {
            assert!(!is_known_form(stored), "{stored}");
        }
    }
}
