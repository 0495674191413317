//! Time-based one-time passwords (RFC 6238) as authenticator apps make them:
//! SHA-1, six digits, steps of thirty seconds; nothing else works in all of them.
//! And the backup codes that stand in for a lost app.

use domain::key_ring::KeyPart;
use domain::{Entropy, UnixTime};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::{CryptoError, KeyRing};

/// Bytes of a secret: as many as the hash has (RFC 4226 §4, requirement 6).
const SECRET_LENGTH: usize = 20;

const BACKUP_CODE_LENGTH: usize = 8;
const BACKUP_CODE_LETTERS: [u8; 36] = *b"abcdefghijklmnopqrstuvwxyz0123456789";

/// A secret that an authenticator app shares with us.
pub struct SharedSecret(Zeroizing<[u8; SECRET_LENGTH]>);

impl SharedSecret {
    /// A fresh one.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; SECRET_LENGTH]);
        entropy.fill(bytes.as_mut());
        Self(bytes)
    }

    /// Seals it for the authenticator that `context` names.
    ///
    /// # Errors
    /// As [`KeyRing::seal_text`].
    pub fn seal(
        &self,
        ring: &KeyRing,
        context: &str,
        entropy: &dyn Entropy,
    ) -> Result<String, CryptoError> {
        ring.seal_text(KeyPart::Factors, context, self.0.as_ref(), entropy)
    }

    /// The secret that [`SharedSecret::seal`] sealed.
    ///
    /// # Errors
    /// [`CryptoError::Seal`] if it was sealed for something else.
    pub fn open(ring: &KeyRing, context: &str, sealed: &str) -> Result<Self, CryptoError> {
        let plain = Zeroizing::new(ring.open_text(KeyPart::Factors, context, sealed)?);
        let bytes = plain.as_slice().try_into().map_err(|_| CryptoError::Seal)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// In base32, for people who type it: 32 letters.
    #[must_use]
    pub fn base32(&self) -> String {
        Secret::from(*self.0).to_base32()
    }

    /// The time step whose code `typed` is: the one in force at `now`, or one of
    /// its neighbours. `None` if it is none of theirs.
    #[must_use]
    pub fn step_of(&self, typed: &str, now: UnixTime) -> Option<u64> {
        self.app().check(typed, u64::try_from(now.0).ok()?)
    }

    /// The code in force at `now`, as an app would show it.
    #[must_use]
    pub fn code(&self, now: UnixTime) -> String {
        self.app()
            .generate(u64::try_from(now.0).unwrap_or_default())
            .to_string()
    }

    /// The address that apps read (`otpauth://totp/…`), naming `issuer` and `account`.
    ///
    /// # Errors
    /// [`CryptoError::Authenticator`] for names that no such address can hold.
    pub fn uri(&self, issuer: &str, account: &str) -> Result<String, CryptoError> {
        let app = self.builder().with_issuer(Some(issuer));
        let app = app.with_account_name(account).build();
        let app = app.map_err(|_| CryptoError::Authenticator)?;
        app.to_url().map_err(|_| CryptoError::Authenticator)
    }

    fn builder(&self) -> Builder {
        Builder::new()
            .with_secret(Secret::from(*self.0))
            .with_skew(1)
    }

    /// What the user's app computes.
    fn app(&self) -> Totp {
        self.builder().build_noncompliant()
    }
}

/// A code that stands in for a lost authenticator: 8 of 36 letters, 41 bits.
#[must_use]
pub fn backup_code(entropy: &dyn Entropy) -> String {
    let letters = BACKUP_CODE_LETTERS.len();
    // The last few values of a byte would favour the first letters.
    let fair = 256 - 256 % letters;
    let mut code = String::with_capacity(BACKUP_CODE_LENGTH);
    while code.len() < BACKUP_CODE_LENGTH {
        let mut byte = [0];
        entropy.fill(&mut byte);
        let value = usize::from(byte[0]);
        if let Some(letter) = BACKUP_CODE_LETTERS.get(value % letters)
            && value < fair
        {
            code.push(char::from(*letter));
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, SystemEntropy};

    /// The secret of RFC 6238's test vectors for SHA-1.
    fn vector() -> SharedSecret {
        SharedSecret(Zeroizing::new(*b"12345678901234567890"))
    }

    /// RFC 6238, appendix B, to the six digits that apps show of its eight.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (at, code) in VECTORS {
            let step = u64::try_from(at).unwrap() / 30;
            assert_eq!(vector().step_of(code, UnixTime(at)), Some(step), "{at}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_before_and_after_its_own() {
        let (start, code) = (1_111_111_110, "050471");
        let good = |at: i64| vector().step_of(code, UnixTime(at)).is_some();
        assert!(good(start - 30) && good(start + 59));
        assert!(!good(start - 31) && !good(start + 60));
        assert!(!good(-1) && vector().step_of("50471", UnixTime(start)).is_none());
    }

    #[test]
    fn the_address_holds_the_names_and_the_secret() {
        let uri = vector().uri("My Shop", "ada+x@example.com").unwrap();
        assert_eq!(
            uri,
            "otpauth://totp/My%20Shop:ada%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20Shop"
        );
        assert_eq!(vector().base32().len(), 32);
        assert!(vector().uri("a:b", "x").is_err());
    }

    #[test]
    fn a_secret_opens_only_for_its_own_authenticator() {
        let ring = KeyRing::generate(Algorithm::EdDSA, &SystemEntropy, UnixTime(0)).unwrap();
        let sealed = vector().seal(&ring, "a", &SystemEntropy).unwrap();
        let opened = SharedSecret::open(&ring, "a", &sealed).unwrap();
        assert_eq!(opened.base32(), vector().base32());
        assert!(SharedSecret::open(&ring, "b", &sealed).is_err());
    }

    #[test]
    fn backup_codes_use_all_their_letters() {
        let codes: Vec<String> = (0..200).map(|_| backup_code(&SystemEntropy)).collect();
        let used: std::collections::BTreeSet<char> = codes.iter().flat_map(|c| c.chars()).collect();
        assert_eq!(used.len(), 36);
        assert!(codes.iter().all(|code| code.len() == 8));
    }
}
