//! Hashes that come with accounts of another system.
//!
//! | form | from |
//! |---|---|
//! | `$2a$`, `$2b$`, `$2y$` and a cost | bcrypt, which most systems have used |
//! | `{bcrypt}` or `{CRYPT}` and such a hash | Spring; LDAP |
//! | `bcrypt$` and such a hash; `bcrypt_sha256$` and one of the SHA-256 in hex | Django |
//! | `argon2$` and a PHC string | Django |
//! | `$bcrypt-sha256$v=2,t=2b,r=…$salt$hash`, and before `$bcrypt-sha256$2b,…$salt$hash` | passlib, of the SHA-256 in base64 |
//! | `pbkdf2_sha256$iterations$salt$hash`, and `pbkdf2_sha1$` | Django |
//! | `scrypt$n$salt$r$p$hash` | Django |
//! | `$pbkdf2-sha256$rounds$salt$hash`, with `.` for `+`; `$pbkdf2-sha512$`, and `$pbkdf2$` of SHA-1 | passlib |
//! | `$scrypt$ln=…,r=…,p=…$salt$hash` | passlib, and PHC strings |
//! | `$p5k2$rounds$salt$hash` of SHA-1, the rounds in hex | Cryptacular and Dwayne Litzenberger's, by passlib |
//! | `{PKCS5S2}` and salt and hash together | Atlassian |
//! | `{PBKDF2-SHA256}rounds$salt$hash`, and of SHA-512 and SHA-1 | LDAP, as passlib writes it |
//! | `pbkdf2:sha256:iterations$salt$hex`, and of SHA-1 and SHA-512; `scrypt:n:r:p$salt$hex` | Werkzeug (Flask) |
//! | `$fbscrypt$v=1,n=…,r=…,p=…,ss=…,sk=…$salt$hash` | Firebase, with the project's parameters, as Supabase writes it |
//!
//! Base64 is read in either alphabet and with or without its padding: Firebase's
//! console shows the one and its Admin SDK lists the other.
//!
//! They are verified once each: the right password is hashed anew as ours. A bound
//! on the work keeps an import from deciding how long a sign-in takes. (bcrypt
//! looks at 72 bytes of a password and no further; that was so when the hash was
//! made, and ends with it. Where a NUL ends a text, it looks no further than that, and
//! where not it cannot tell `pass` from `pass`, NUL, `pass`: its key is repeated with a
//! NUL behind it. No user types one, so a password with a NUL is no password of
//! bcrypt's.)

use std::num::NonZeroU32;
use std::str::FromStr;

use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{constant_time, hmac, pbkdf2};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::STANDARD as STANDARD_BASE64;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The highest cost of a bcrypt hash: a second of work.
const MOST_BCRYPT: u32 = 14;
/// The most iterations of a PBKDF2 hash: Django's own number is below a million
/// and a half.
const MOST_ITERATIONS: u32 = 3_000_000;
/// The most blocks of 128 bytes that an scrypt hash may fill: 128 MiB, which is
/// what OWASP's parameters take.
const MOST_BLOCKS: u64 = 1 << 20;
/// The most blocks that it may fill in all its lanes, one after another: four
/// times that, a second or two of work. Django's parameters are a sixth of it.
const MOST_BLOCKS_IN_ALL: u64 = 1 << 22;
/// The lengths that an scrypt hash may have: a shorter one is guessed, and no
/// system makes longer ones.
const SCRYPT_LENGTHS: std::ops::RangeInclusive<usize> = 16..=64;

/// Base64 whose padding may be there or not, and whose last bits are not judged, since
/// other systems wrote it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether a hash is of a form that is known here.
#[must_use]
pub fn is_known_form(stored: &str) -> bool {
    Form::read(stored).is_some()
}

/// The PHC string in a hash of argon2: Django writes the name of its hasher before
/// it.
pub(super) fn phc(stored: &str) -> &str {
    let inner = stored.strip_prefix("argon2");
    inner
        .filter(|inner| inner.starts_with("$argon2"))
        .unwrap_or(stored)
}

/// Whether `password` is the one that `stored` was made of.
pub(super) fn verify(password: &[u8], stored: &str) -> bool {
    match Form::read(stored) {
        Some(Form::Bcrypt(_)) if password.contains(&0) => false,
        Some(Form::Bcrypt(hash)) => bcrypt::verify(password, hash).unwrap_or(false),
        Some(Form::BcryptOfSha256(hash)) => bcrypt::verify(sha256(password), hash).unwrap_or(false),
        Some(Form::BcryptOfPasslib(passlib)) => passlib.verify(password),
        Some(Form::Pbkdf2(pbkdf2)) => pbkdf2.verify(password),
        Some(Form::Scrypt(scrypt)) => scrypt.verify(password).unwrap_or(false),
        Some(Form::Firebase(firebase)) => firebase.verify(password).unwrap_or(false),
        None => false,
    }
}

enum Form<'a> {
    Bcrypt(&'a str),
    BcryptOfSha256(&'a str),
    BcryptOfPasslib(BcryptOfPasslib<'a>),
    Pbkdf2(Pbkdf2),
    Scrypt(Scrypt),
    Firebase(Firebase),
}

impl<'a> Form<'a> {
    fn read(stored: &'a str) -> Option<Self> {
        if let Some(hash) = stored.strip_prefix("bcrypt_sha256$") {
            return bcrypt_form(hash).map(Self::BcryptOfSha256);
        }
        let mut names = ["bcrypt$", "{bcrypt}", "{CRYPT}"].into_iter();
        let plain = names.find_map(|name| stored.strip_prefix(name));
        let plain = plain.unwrap_or(stored);
        if plain.starts_with("$2") {
            return bcrypt_form(plain).map(Self::Bcrypt);
        }
        if let Some(rest) = stored.strip_prefix("$bcrypt-sha256$") {
            return BcryptOfPasslib::read(rest).map(Self::BcryptOfPasslib);
        }
        for (prefix, algorithm) in DJANGO_PBKDF2 {
            if let Some(rest) = stored.strip_prefix(prefix) {
                return Pbkdf2::of_django(rest, algorithm).map(Self::Pbkdf2);
            }
        }
        for (prefix, algorithm) in PASSLIB_PBKDF2 {
            if let Some(rest) = stored.strip_prefix(prefix) {
                return Pbkdf2::of_passlib(rest, algorithm).map(Self::Pbkdf2);
            }
        }
        for (prefix, algorithm) in WERKZEUG_PBKDF2 {
            if let Some(rest) = stored.strip_prefix(prefix) {
                return Pbkdf2::of_werkzeug(rest, algorithm).map(Self::Pbkdf2);
            }
        }
        if let Some(rest) = stored.strip_prefix("$p5k2$") {
            return Pbkdf2::of_p5k2(rest).map(Self::Pbkdf2);
        }
        if let Some(rest) = stored.strip_prefix("{PKCS5S2}") {
            return Pbkdf2::of_atlassian(rest).map(Self::Pbkdf2);
        }
        if let Some(rest) = stored.strip_prefix("scrypt:") {
            return Scrypt::of_werkzeug(rest).map(Self::Scrypt);
        }
        if let Some(rest) = stored.strip_prefix("scrypt$") {
            return Scrypt::of_django(rest).map(Self::Scrypt);
        }
        if let Some(rest) = stored.strip_prefix("$scrypt$") {
            return Scrypt::of_passlib(rest).map(Self::Scrypt);
        }
        let rest = stored.strip_prefix("$fbscrypt$v=1,")?;
        Firebase::read(rest).map(Self::Firebase)
    }
}

/// A hash of bcrypt, if it asks for no more work than is sane.
fn bcrypt_form(hash: &str) -> Option<&str> {
    let cost = bcrypt::HashParts::from_str(hash).ok()?.get_cost();
    (cost <= MOST_BCRYPT && hash.starts_with("$2")).then_some(hash)
}

/// What Django gives to bcrypt, so that all of a long password counts.
fn sha256(password: &[u8]) -> String {
    let digest = digest(&SHA256, password);
    let bytes = digest.as_ref().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// bcrypt of a digest in base64, which passlib keys with the salt since its version
/// 1.7.3.
struct BcryptOfPasslib<'a> {
    salt: &'a str,
    keyed: bool,
    hash: String,
}

impl<'a> BcryptOfPasslib<'a> {
    fn read(rest: &'a str) -> Option<Self> {
        let [params, salt, hash] = parts(rest)?;
        let keyed = value(params, "v") == Some("2");
        let (kind, cost) = match keyed {
            true => (value(params, "t")?, value(params, "r")?),
            false => params.split_once(',')?,
        };
        let cost: u32 = cost.parse().ok()?;
        let hash = format!("${kind}${cost:02}${salt}{hash}");
        bcrypt_form(&hash)?;
        Some(Self { salt, keyed, hash })
    }

    fn verify(&self, password: &[u8]) -> bool {
        let text = match self.keyed {
            true => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.salt.as_bytes());
                STANDARD_BASE64.encode(hmac::sign(&key, password))
            }
            false => STANDARD_BASE64.encode(digest(&SHA256, password)),
        };
        bcrypt::verify(text, &self.hash).unwrap_or(false)
    }
}

/// What Django calls its hashes of PBKDF2.
const DJANGO_PBKDF2: [(&str, pbkdf2::Algorithm); 2] = [
    ("pbkdf2_sha256$", pbkdf2::PBKDF2_HMAC_SHA256),
    ("pbkdf2_sha1$", pbkdf2::PBKDF2_HMAC_SHA1),
];
/// What Werkzeug calls them.
const WERKZEUG_PBKDF2: [(&str, pbkdf2::Algorithm); 3] = [
    ("pbkdf2:sha256:", pbkdf2::PBKDF2_HMAC_SHA256),
    ("pbkdf2:sha512:", pbkdf2::PBKDF2_HMAC_SHA512),
    ("pbkdf2:sha1:", pbkdf2::PBKDF2_HMAC_SHA1),
];
/// What passlib calls them, and what it calls them in LDAP.
const PASSLIB_PBKDF2: [(&str, pbkdf2::Algorithm); 6] = [
    ("{PBKDF2-SHA256}", pbkdf2::PBKDF2_HMAC_SHA256),
    ("{PBKDF2-SHA512}", pbkdf2::PBKDF2_HMAC_SHA512),
    ("{PBKDF2}", pbkdf2::PBKDF2_HMAC_SHA1),
    ("$pbkdf2-sha256$", pbkdf2::PBKDF2_HMAC_SHA256),
    ("$pbkdf2-sha512$", pbkdf2::PBKDF2_HMAC_SHA512),
    ("$pbkdf2$", pbkdf2::PBKDF2_HMAC_SHA1),
];

struct Pbkdf2 {
    algorithm: pbkdf2::Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Pbkdf2 {
    /// Its salt is text.
    fn of_django(rest: &str, algorithm: pbkdf2::Algorithm) -> Option<Self> {
        let [iterations, salt, hash] = parts(rest)?;
        Self::new(
            algorithm,
            iterations,
            salt.as_bytes().to_vec(),
            bytes(hash)?,
        )
    }

    /// Its salt is text, and its hash in hex.
    fn of_werkzeug(rest: &str, algorithm: pbkdf2::Algorithm) -> Option<Self> {
        let [iterations, salt, hash] = parts(rest)?;
        Self::new(algorithm, iterations, salt.as_bytes().to_vec(), hex(hash)?)
    }

    /// Its salt is bytes.
    fn of_passlib(rest: &str, algorithm: pbkdf2::Algorithm) -> Option<Self> {
        let [rounds, salt, hash] = parts(rest)?;
        Self::new(algorithm, rounds, bytes(salt)?, bytes(hash)?)
    }

    /// Of two systems with one name. The one takes the bytes of its salt. The other takes
    /// all before the hash for its salt, leaves out its usual number of rounds, and its
    /// hash is a fifth longer than a digest.
    fn of_p5k2(rest: &str) -> Option<Self> {
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
    fn of_atlassian(rest: &str) -> Option<Self> {
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

    fn verify(&self, password: &[u8]) -> bool {
        let Self {
            algorithm,
            iterations,
            salt,
            hash,
        } = self;
        pbkdf2::verify(*algorithm, *iterations, salt, password, hash).is_ok()
    }
}

struct Scrypt {
    params: scrypt::Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Scrypt {
    /// Its salt is text, and its cost the number itself.
    fn of_django(rest: &str) -> Option<Self> {
        let [n, salt, r, p, hash] = parts(rest)?;
        let n: u64 = n.parse().ok()?;
        let log_n = n.is_power_of_two().then(|| n.trailing_zeros())?;
        let params = scrypt_params(log_n, r.parse().ok()?, p.parse().ok()?)?;
        Self::new(params, salt.as_bytes().to_vec(), bytes(hash)?)
    }

    /// As Django's, with the numbers before the salt and the hash in hex.
    fn of_werkzeug(rest: &str) -> Option<Self> {
        let [params, salt, hash] = parts(rest)?;
        let mut numbers = params.split(':').map(str::parse::<u32>);
        let mut next = || numbers.next()?.ok();
        let (n, r, p) = (next()?, next()?, next()?);
        let log_n = n.is_power_of_two().then(|| n.trailing_zeros())?;
        let params = scrypt_params(log_n, r, p)?;
        Self::new(params, salt.as_bytes().to_vec(), hex(hash)?)
    }

    /// Its salt is bytes, and its cost a logarithm.
    fn of_passlib(rest: &str) -> Option<Self> {
        let [params, salt, hash] = parts(rest)?;
        let number = |name: &str| value(params, name)?.parse::<u32>().ok();
        let params = scrypt_params(number("ln")?, number("r")?, number("p")?)?;
        Self::new(params, bytes(salt)?, bytes(hash)?)
    }

    fn new(params: scrypt::Params, salt: Vec<u8>, hash: Vec<u8>) -> Option<Self> {
        SCRYPT_LENGTHS
            .contains(&hash.len())
            .then_some(Self { params, salt, hash })
    }

    fn verify(&self, password: &[u8]) -> Option<bool> {
        let mut made = vec![0; self.hash.len()];
        scrypt::scrypt(password, &self.salt, &self.params, &mut made).ok()?;
        Some(constant_time::verify_slices_are_equal(&made, &self.hash).is_ok())
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
        let number = |name: &str| value(params, name)?.parse::<u32>().ok();
        Some(Self {
            params: scrypt_params(number("n")?, number("r")?, number("p")?)?,
            separator: bytes(value(params, "ss")?)?,
            signer: bytes(value(params, "sk")?)?,
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

/// Parameters of scrypt, if they ask for no more work than is sane.
fn scrypt_params(log_n: u32, r: u32, p: u32) -> Option<scrypt::Params> {
    let blocks = 1_u64.checked_shl(log_n)?.checked_mul(u64::from(r))?;
    let in_all = blocks.checked_mul(u64::from(p))?;
    if blocks > MOST_BLOCKS || in_all > MOST_BLOCKS_IN_ALL || log_n == 0 {
        return None;
    }
    scrypt::Params::new(u8::try_from(log_n).ok()?, r, p).ok()
}

/// The value of a name in `name=value,name=value`.
fn value<'a>(params: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = params.split(',');
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Bytes in hexadecimal digits.
fn hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    let pairs = pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    pairs
        .collect::<Option<Vec<u8>>>()
        .filter(|bytes| bytes.len() * 2 == text.len())
}

/// The bytes of a base64 text, in whichever alphabet: the signs in which they
/// differ mean the same in each.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let standard: String = text
        .chars()
        .map(|c| match c {
            '-' | '.' => '+',
            '_' => '/',
            c => c,
        })
        .collect();
    BASE64.decode(standard).ok()
}

/// Exactly so many parts between dollar signs.
fn parts<const N: usize>(rest: &str) -> Option<[&str; N]> {
    let parts: Vec<&str> = rest.split('$').collect();
    parts.try_into().ok()
}

#[cfg(test)]
mod tests;
