//! Hashes of scrypt, and what Firebase makes of it.

use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::constant_time;
use aws_lc_rs::iv::FixedLength;

use super::{bytes, hex, parts, value};

/// The most blocks of 128 bytes that an scrypt hash may fill: 128 MiB, which is
/// what OWASP's parameters take.
const MOST_BLOCKS: u64 = 1 << 20;
/// The most blocks that it may fill in all its lanes, one after another: four
/// times that, a second or two of work. Django's parameters are a sixth of it.
const MOST_BLOCKS_IN_ALL: u64 = 1 << 22;
/// The lengths that an scrypt hash may have: a shorter one is guessed, and no
/// system makes longer ones.
const SCRYPT_LENGTHS: std::ops::RangeInclusive<usize> = 16..=64;

pub(super) struct Scrypt {
    params: scrypt::Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Scrypt {
    /// Its salt is text, and its cost the number itself.
    pub(super) fn of_django(rest: &str) -> Option<Self> {
        let [n, salt, r, p, hash] = parts(rest)?;
        let n: u64 = n.parse().ok()?;
        let log_n = n.is_power_of_two().then(|| n.trailing_zeros())?;
        let params = scrypt_params(log_n, r.parse().ok()?, p.parse().ok()?)?;
        Self::new(params, salt.as_bytes().to_vec(), bytes(hash)?)
    }

    /// As Django's, with the numbers before the salt and the hash in hex.
    pub(super) fn of_werkzeug(rest: &str) -> Option<Self> {
        let [params, salt, hash] = parts(rest)?;
        let mut numbers = params.split(':').map(str::parse::<u32>);
        let mut next = || numbers.next()?.ok();
        let (n, r, p) = (next()?, next()?, next()?);
        let log_n = n.is_power_of_two().then(|| n.trailing_zeros())?;
        let params = scrypt_params(log_n, r, p)?;
        Self::new(params, salt.as_bytes().to_vec(), hex(hash)?)
    }

    /// Its salt is bytes, and its cost a logarithm.
    pub(super) fn of_passlib(rest: &str) -> Option<Self> {
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

    pub(super) fn verify(&self, password: &[u8]) -> Option<bool> {
        let mut made = vec![0; self.hash.len()];
        scrypt::scrypt(password, &self.salt, &self.params, &mut made).ok()?;
        Some(constant_time::verify_slices_are_equal(&made, &self.hash).is_ok())
    }
}

/// scrypt makes a key, and the "hash" is the project's signer key encrypted with
/// it.
pub(super) struct Firebase {
    params: scrypt::Params,
    separator: Vec<u8>,
    signer: Vec<u8>,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Firebase {
    pub(super) fn read(rest: &str) -> Option<Self> {
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

    pub(super) fn verify(&self, password: &[u8]) -> Option<bool> {
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
