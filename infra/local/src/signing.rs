//! Keys of providers on this machine, and tokens that they sign.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, SigningKey as _};
use serde_json::{Value, json};

/// The signing keys, the newest last. Made at the first use: an RSA key takes a
/// while.
#[derive(Default)]
pub(crate) struct Keys {
    keys: Vec<Key>,
    made: u32,
}

struct Key {
    kid: String,
    pair: KeyPair,
}

impl Keys {
    fn newest(&mut self) -> Result<&Key, rcgen::Error> {
        if self.keys.is_empty() {
            self.make()?;
        }
        self.keys
            .last()
            .ok_or(rcgen::Error::KeyGenerationUnavailable)
    }

    fn make(&mut self) -> Result<(), rcgen::Error> {
        let pair = KeyPair::generate_for(&PKCS_RSA_SHA256)?;
        self.made += 1;
        self.keys.push(Key {
            kid: format!("key-{}", self.made),
            pair,
        });
        Ok(())
    }

    /// Signs with another key from now on, and forgets the one before.
    pub(crate) fn rotate(&mut self) -> Result<(), rcgen::Error> {
        self.keys.clear();
        self.make()
    }

    /// A token that says `claims`.
    pub(crate) fn sign(&mut self, claims: &Value) -> Result<String, rcgen::Error> {
        let key = self.newest()?;
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key.kid });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let signature = key.pair.sign(signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The keys as certificates by key id.
    pub(crate) fn certificates(&mut self) -> Result<BTreeMap<String, String>, rcgen::Error> {
        self.newest()?;
        let named = self.keys.iter().map(|key| {
            let certificate = CertificateParams::new(Vec::new())?.self_signed(&key.pair)?;
            Ok((key.kid.clone(), certificate.pem()))
        });
        named.collect()
    }

    /// The keys as a JWK Set (RFC 7517).
    pub(crate) fn set(&mut self) -> Result<Value, rcgen::Error> {
        self.newest()?;
        let keys = self.keys.iter().map(|key| {
            let [n, e] =
                numbers(key.pair.public_key_raw()).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
            json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": key.kid, "n": n, "e": e })
        });
        Ok(json!({ "keys": keys.collect::<Vec<_>>() }))
    }
}

/// Modulus and exponent of an RSA public key in DER (RFC 8017 §A.1.1): a sequence of two
/// integers.
fn numbers(der: &[u8]) -> [&[u8]; 2] {
    let (sequence, _) = element(der);
    let (modulus, rest) = element(sequence);
    let (exponent, _) = element(rest);
    // A zero in front only says that the number is positive.
    [modulus, exponent].map(|number| number.strip_prefix(&[0]).unwrap_or(number))
}

/// What the first element of `der` holds, and what comes after it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let Some((length, rest)) = der.get(1..).and_then(<[u8]>::split_first) else {
        return (&[], &[]);
    };
    let long = usize::from(length & 0x7f);
    let (length, rest) = match length & 0x80 {
        0 => (long, rest),
        _ => {
            let (digits, rest) = rest.split_at_checked(long).unwrap_or_default();
            let length = digits
                .iter()
                .fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            (length, rest)
        }
    };
    rest.split_at_checked(length).unwrap_or_default()
}
