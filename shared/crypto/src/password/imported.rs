//! Hashes that come with accounts of another system.
//!
//! | form | from |
//! |---|---|
//! | `$2a$`, `$2b$`, `$2y$` and a cost | bcrypt, which nearly everybody has used |
//! | `{bcrypt}` or `{CRYPT}` and such a hash | Spring; LDAP |
//! | `bcrypt$` and such a hash; `bcrypt_sha256$` and one of the SHA-256 in hex | Django |
//! | `argon2$` and a PHC string | Django |
//! | `$bcrypt-sha256$v=2,t=2b,r=…$salt$hash`, and before `$bcrypt-sha256$2b,…$salt$hash` | passlib, of the SHA-256 in base64 |
//! | `pbkdf2_sha256$iterations$salt$hash`, and `pbkdf2_sha1$` | Django |
//! | `scrypt$n$salt$r$p$hash` | Django |
//! | `$pbkdf2-sha256$rounds$salt$hash`, with `.` for `+`; `$pbkdf2-sha512$`, and `$pbkdf2$` of SHA-1 | passlib |
//! | `$scrypt$ln=…,r=…,p=…$salt$hash` | passlib, and PHC strings |
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
//! NUL behind it. Nobody types one, so a password with a NUL is no password of bcrypt's.)

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

/// Base64 whose padding may be there or not, and whose last bits are not judged:
/// whoever wrote it did not write it for us.
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
/// What passlib calls them.
const PASSLIB_PBKDF2: [(&str, pbkdf2::Algorithm); 3] = [
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
        Self::new(algorithm, iterations, salt.as_bytes().to_vec(), hash)
    }

    /// Its salt is bytes.
    fn of_passlib(rest: &str, algorithm: pbkdf2::Algorithm) -> Option<Self> {
        let [rounds, salt, hash] = parts(rest)?;
        Self::new(algorithm, rounds, bytes(salt)?, hash)
    }

    /// Its hash is one digest long: more would be more work than the iterations say,
    /// and less is guessed.
    fn new(
        algorithm: pbkdf2::Algorithm,
        iterations: &str,
        salt: Vec<u8>,
        hash: &str,
    ) -> Option<Self> {
        let iterations: NonZeroU32 = iterations.parse().ok()?;
        let hash = bytes(hash)?;
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
        Self::new(params, salt.as_bytes().to_vec(), hash)
    }

    /// Its salt is bytes, and its cost a logarithm.
    fn of_passlib(rest: &str) -> Option<Self> {
        let [params, salt, hash] = parts(rest)?;
        let number = |name: &str| value(params, name)?.parse::<u32>().ok();
        let params = scrypt_params(number("ln")?, number("r")?, number("p")?)?;
        Self::new(params, bytes(salt)?, hash)
    }

    fn new(params: scrypt::Params, salt: Vec<u8>, hash: &str) -> Option<Self> {
        let hash = bytes(hash)?;
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

    // Each hasher of django.contrib.auth.hashers, of "lètmein"; cheap parameters, and scrypt's own.
    const DJANGO_BCRYPT: &str =
        "bcrypt$$2b$04$EzKba9WhBaTrBKKJCqGMLeFiG.T/aaxpqHrRKsCv3Rx0i95uAXedO";
    const DJANGO_BCRYPT_SHA256: &str =
        "bcrypt_sha256$$2b$04$.gnf9cdDmPq8VyW0tSiuxuFgN7kb/Q.sVQV6baJsHjyD.1h/LV2dm";
    const DJANGO_SCRYPT: &str = "scrypt$16384$seasalt$8$5$\
        ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==";
    // passlib.hash.pbkdf2_sha256 and scrypt, with a salt in which the alphabets differ.
    const PASSLIB_PBKDF2_SHA256: &str =
        "$pbkdf2-sha256$1000$..../wECAw$ug6FfPRIIB3Gn59RmK8zaxmN80fVRR/JVaP0jl.MRs4";
    const PASSLIB_PBKDF2_SHA512: &str = "$pbkdf2-sha512$1000$/..///ABAgME$\
        cTW.Jias2RW6CUxRK6VHQGNpBGAXSyEDG3PXCzd5Ro8QqXb7BQFGqeKNLZqqfUhqChLaIlwDRlizGYyHd8Tlyg";
    const PASSLIB_PBKDF2_SHA1: &str = "$pbkdf2$1000$/..///ABAgME$.jCOYnBltxWcm5NaievwgSBxUe4";
    const PASSLIB_BCRYPT_SHA256: &str =
        "$bcrypt-sha256$v=2,t=2b,r=4$n79VH.0Q2TMWmt3Oqt9uku$jhrrfvSSFN4SSqAzLr2oXENhvG6sLrm";
    const PASSLIB_BCRYPT_SHA256_OF_BEFORE: &str =
        "$bcrypt-sha256$2b,4$n79VH.0Q2TMWmt3Oqt9uku$.QsIx2K/n0A/0xc3gZ/JixbBmHwLRo6";
    // hashlib.pbkdf2_hmac("sha1", …), as PBKDF2SHA1PasswordHasher writes it.
    const DJANGO_PBKDF2_SHA1: &str = "pbkdf2_sha1$1000$seasalt$ljleU4wBmTtz/MoG5YTwxpM0d7I=";
    const PASSLIB_SCRYPT: &str =
        "$scrypt$ln=10,r=8,p=1$++++/wECAw$RDeFLtjl6MYi0N/Yd/C44XfvJ+Y9vS0ktrFK7tHa3Q0";

    #[test]
    fn each_form_knows_its_password_and_no_other() {
        for (stored, password) in [
            (BCRYPT, "correct horse"),
            (&BCRYPT.replace("$2b$", "$2y$"), "correct horse"),
            (&BCRYPT.replace("$2b$", "$2a$"), "correct horse"),
            (&format!("{{bcrypt}}{BCRYPT}"), "correct horse"),
            (&format!("{{CRYPT}}{BCRYPT}"), "correct horse"),
            (DJANGO, "l\u{e8}tmein"),
            (FIREBASE, "user1password"),
            (DJANGO_BCRYPT, "l\u{e8}tmein"),
            (DJANGO_BCRYPT_SHA256, "l\u{e8}tmein"),
            (DJANGO_SCRYPT, "l\u{e8}tmein"),
            (PASSLIB_PBKDF2_SHA256, "l\u{e8}tmein"),
            (PASSLIB_PBKDF2_SHA512, "l\u{e8}tmein"),
            (PASSLIB_PBKDF2_SHA1, "l\u{e8}tmein"),
            (PASSLIB_BCRYPT_SHA256, "l\u{e8}tmein"),
            (PASSLIB_BCRYPT_SHA256_OF_BEFORE, "l\u{e8}tmein"),
            (DJANGO_PBKDF2_SHA1, "l\u{e8}tmein"),
            (PASSLIB_SCRYPT, "l\u{e8}tmein"),
        ] {
            assert!(is_known_form(stored), "{stored}");
            assert!(verify(password.as_bytes(), stored), "{stored}");
            assert!(!verify(b"another", stored), "{stored}");
        }
    }

    #[test]
    fn base64_is_read_as_it_comes() {
        // As the Admin SDK lists it: the other alphabet, whatever the padding.
        let listed = FIREBASE.replace('+', "-").replace('/', "_");
        let bare = |text: &str| {
            let (params, hashes) = text.split_at(text.find(",ss=").unwrap());
            // Only what pads: the other equals signs belong to names.
            let hashes = hashes.replace("==", "");
            format!("{params}{hashes}")
        };
        for (stored, password) in [
            (listed.clone(), "user1password"),
            (bare(&listed), "user1password"),
            (bare(FIREBASE), "user1password"),
            (DJANGO.trim_end_matches('=').to_owned(), "l\u{e8}tmein"),
            (format!("{PASSLIB_SCRYPT}="), "l\u{e8}tmein"),
            (PASSLIB_PBKDF2_SHA256.replace('.', "+"), "l\u{e8}tmein"),
        ] {
            assert!(verify(password.as_bytes(), &stored), "{stored}");
        }
    }

    #[test]
    fn all_of_a_long_password_counts_where_it_is_digested_first() {
        for stored in [
            "bcrypt_sha256$$2b$04$7ALEPyyQHgx5n.1ANs2dmOzNyMEkTEiGGC.k3d3UpXD.HD7TCI6ey",
            "$bcrypt-sha256$v=2,t=2b,r=4$n79VH.0Q2TMWmt3Oqt9uku$VQHkry9Q9Aks9o9E6eGSjG7.PMh3Xbm",
        ] {
            assert!(verify("x".repeat(100).as_bytes(), stored), "{stored}");
            assert!(!verify("x".repeat(99).as_bytes(), stored), "{stored}");
        }
    }

    #[test]
    fn bcrypt_knows_72_bytes_of_a_password_and_no_nul() {
        // bcrypt of Python and password_hash of PHP cut there, or had their callers do it.
        let long = bcrypt::hash("x".repeat(72), 4).unwrap();
        for (password, is_it) in [
            ("x".repeat(72), true),
            ("x".repeat(100), true),
            (format!("{}y", "x".repeat(72)), true),
            ("x".repeat(71), false),
            (format!("{}y", "x".repeat(71)), false),
        ] {
            assert_eq!(verify(password.as_bytes(), &long), is_it, "{password}");
        }
        // 36 letters of two bytes each, and one that the cut goes through.
        let cut = bcrypt::hash("\u{e8}".repeat(36), 4).unwrap();
        assert!(verify("\u{e8}".repeat(40).as_bytes(), &cut));
        let cut = bcrypt::hash(format!("x{}", "\u{e8}".repeat(40)), 4).unwrap();
        assert!(verify(format!("x{}", "\u{e8}".repeat(40)).as_bytes(), &cut));
        let short = bcrypt::hash("pass", 4).unwrap();
        for nul in ["pass\0word", "pass\0pass", "pass\0", "\0pass", "\0"] {
            assert!(!verify(nul.as_bytes(), &short), "{nul:?}");
        }
        // Of a digest all counts, a NUL too.
        let digested = format!(
            "bcrypt_sha256${}",
            bcrypt::hash(sha256(b"pass\0word"), 4).unwrap()
        );
        assert!(verify(b"pass\0word", &digested));
        for other in ["pass", "pass\0", "pass\0worx"] {
            assert!(!verify(other.as_bytes(), &digested), "{other:?}");
        }
        let empty = bcrypt::hash("", 4).unwrap();
        assert!(!verify(b"\0", &empty));
    }

    #[test]
    fn django_writes_a_name_before_argon2() {
        assert_eq!(phc("argon2$argon2id$v=19$"), "$argon2id$v=19$");
        for other in ["$argon2id$v=19$", "argon2$$argon2id$", "argon2", ""] {
            assert_eq!(phc(other), other);
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
            FIREBASE.replace("p=1", "p=4000000000"),
            DJANGO_BCRYPT.replace("$04$", "$31$"),
            DJANGO_BCRYPT_SHA256.replace("$04$", "$31$"),
            DJANGO_SCRYPT.replace("$16384$", "$1073741824$"),
            DJANGO_SCRYPT.replace("$16384$", "$0$"),
            DJANGO_SCRYPT.replace("$8$5$", "$8$500$"),
            PASSLIB_PBKDF2_SHA256.replace("$1000$", "$4000000$"),
            PASSLIB_BCRYPT_SHA256.replace("r=4", "r=31"),
            PASSLIB_BCRYPT_SHA256_OF_BEFORE.replace("2b,4", "2b,31"),
            DJANGO_PBKDF2_SHA1.replace("$1000$", "$4000000$"),
            PASSLIB_PBKDF2_SHA512.replace("$1000$", "$0$"),
            PASSLIB_SCRYPT.replace("ln=10", "ln=18"),
            PASSLIB_SCRYPT.replace("ln=10", "ln=64"),
            PASSLIB_SCRYPT.replace("r=8", "r=0"),
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
            // Without its separator no password of Firebase's can be told.
            &FIREBASE.replace("ss=Bw==,", ""),
            &FIREBASE.replace("ss=", "SS="),
            "bcrypt$",
            "bcrypt$2b$04$EzKba9WhBaTrBKKJCqGMLeFiG.T/aaxpqHrRKsCv3Rx0i95uAXedO",
            "bcrypt_sha256$pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
            "scrypt$16384$seasalt$8$AAAAAAAAAAAAAAAAAAAAAA==",
            "scrypt$16385$seasalt$8$5$AAAAAAAAAAAAAAAAAAAAAA==",
            "scrypt$16384$seasalt$8$5$",
            "pbkdf2_sha1$1000$salt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
            "$bcrypt-sha256$v=3,t=2b,r=4$n79VH.0Q2TMWmt3Oqt9uku$jhrrfvSSFN4SSqAzLr2oXENhvG6sLrm",
            "$bcrypt-sha256$v=2,t=2b$n79VH.0Q2TMWmt3Oqt9uku$jhrrfvSSFN4SSqAzLr2oXENhvG6sLrm",
            "$scrypt$ln=10,r=8$AAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$pbkdf2-sha256$1000$AAAA$AAAA",
            "$pbkdf2-sha256$1000$!$ug6FfPRIIB3Gn59RmK8zaxmN80fVRR/JVaP0jl.MRs4",
            "md5$salt$0123",
            "plain",
        ] {
            assert!(!is_known_form(stored), "{stored}");
        }
    }
}
