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

mod with_bcrypt;
mod with_pbkdf2;
mod with_scrypt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use self::with_bcrypt::{BcryptOfPasslib, bcrypt_form, sha256};
use self::with_pbkdf2::{DJANGO_PBKDF2, PASSLIB_PBKDF2, Pbkdf2, WERKZEUG_PBKDF2};
use self::with_scrypt::{Firebase, Scrypt};

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
