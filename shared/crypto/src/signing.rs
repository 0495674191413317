//! Signing keys: made here, kept as DER, published as JWK (RFC 7517).

use aws_lc_rs::encoding::{AsBigEndian as _, AsDer as _, EcPublicKeyUncompressedBin, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::UnixTime;
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::CryptoError;
use crate::private_key::PrivateKey;

/// How access tokens are signed (RFC 7518 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSA 2048 with SHA-256: the one that API Gateway's JWT authorizer takes.
    #[default]
    RS256,
    /// ECDSA on P-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl Algorithm {
    /// The algorithm of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::RS256),
            "ES256" => Some(Self::ES256),
            "EdDSA" => Some(Self::EdDSA),
            _ => None,
        }
    }

    /// Its name in tokens and key sets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }

    pub(crate) const fn jose(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::RS256 => jsonwebtoken::Algorithm::RS256,
            Self::ES256 => jsonwebtoken::Algorithm::ES256,
            Self::EdDSA => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}

/// The public half, with the members of RFC 7518 §6 and RFC 8037 in the
/// alphabetical order that RFC 7638 hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PublicKey {
    /// RSA.
    Rsa {
        /// Public exponent.
        e: String,
        /// `RSA`.
        kty: String,
        /// Modulus.
        n: String,
    },
    /// An elliptic curve.
    Ec {
        /// `P-256`.
        crv: String,
        /// `EC`.
        kty: String,
        /// First coordinate.
        x: String,
        /// Second coordinate.
        y: String,
    },
    /// An Edwards curve.
    Okp {
        /// `Ed25519`.
        crv: String,
        /// `OKP`.
        kty: String,
        /// The point.
        x: String,
    },
}

/// A public key as others get it (RFC 7517 §4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// The key itself.
    #[serde(flatten)]
    pub key: PublicKey,
    /// The name by which tokens point at it.
    pub kid: String,
    /// What its tokens are signed with (RFC 7518 §3.1).
    pub alg: &'static str,
    /// What it is for: `sig`, and nothing else.
    #[serde(rename = "use")]
    pub usage: &'static str,
}

/// The public half of a signing key, as the ring keeps it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PublishedKey {
    /// The thumbprint of its public half (RFC 7638): it names itself.
    pub(crate) kid: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) created_at: UnixTime,
    /// From when on it signs; a ring's first key from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signs_from: Option<UnixTime>,
    public: PublicKey,
}

impl PublishedKey {
    /// The key, to sign from `start` on.
    pub(crate) fn signing_from(self, start: UnixTime) -> Self {
        Self {
            signs_from: Some(start),
            ..self
        }
    }

    /// From when on it signs.
    pub(crate) fn start(&self) -> UnixTime {
        self.signs_from.unwrap_or(self.created_at)
    }

    /// As others get it.
    pub(crate) fn jwk(&self) -> Jwk {
        Jwk {
            key: self.public.clone(),
            kid: self.kid.clone(),
            alg: self.algorithm.name(),
            usage: "sig",
        }
    }

    pub(crate) fn decoding_key(&self) -> Result<DecodingKey, CryptoError> {
        match &self.public {
            PublicKey::Rsa { n, e, .. } => DecodingKey::from_rsa_components(n, e),
            PublicKey::Ec { x, y, .. } => DecodingKey::from_ec_components(x, y),
            PublicKey::Okp { x, .. } => DecodingKey::from_ed_components(x),
        }
        .map_err(|_| CryptoError::Ring)
    }
}

/// The private half as the ring keeps it: base64url of PKCS #1 for RSA, of PKCS #8 for the
/// others.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PrivateHalf(Zeroizing<String>);

impl PrivateHalf {
    pub(crate) fn parse(&self, algorithm: Algorithm) -> Result<PrivateKey, CryptoError> {
        let der = URL_SAFE_NO_PAD
            .decode(self.0.as_bytes())
            .map_err(|_| CryptoError::Ring)?;
        PrivateKey::parse(algorithm, &der)
    }
}

/// Both halves.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SigningKey {
    #[serde(flatten)]
    pub(crate) published: PublishedKey,
    pub(crate) private: PrivateHalf,
}

impl SigningKey {
    /// A fresh key. RSA takes some 100 ms, the others none worth naming.
    pub(crate) fn generate(algorithm: Algorithm, now: UnixTime) -> Result<Self, CryptoError> {
        let (private, public) = match algorithm {
            Algorithm::RS256 => rsa(),
            Algorithm::ES256 => ec(),
            Algorithm::EdDSA => ed25519(),
        }
        .ok_or(CryptoError::Generation)?;
        let canonical = serde_json::to_vec(&public).map_err(|_| CryptoError::Generation)?;
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &canonical);
        let published = PublishedKey {
            kid: URL_SAFE_NO_PAD.encode(digest),
            algorithm,
            created_at: now,
            signs_from: None,
            public,
        };
        let private = PrivateHalf(Zeroizing::new(URL_SAFE_NO_PAD.encode(private)));
        Ok(Self { published, private })
    }
}

fn rsa() -> Option<(Vec<u8>, PublicKey)> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().ok()?;
    let private = rsa_pkcs1(pkcs8.as_ref())?.to_vec();
    let public = PublicKey::Rsa {
        e: URL_SAFE_NO_PAD.encode(
            pair.public_key()
                .exponent()
                .big_endian_without_leading_zero(),
        ),
        kty: "RSA".to_owned(),
        n: URL_SAFE_NO_PAD.encode(
            pair.public_key()
                .modulus()
                .big_endian_without_leading_zero(),
        ),
    };
    Some((private, public))
}

/// The RSAPrivateKey (RFC 8017 A.1.2) inside a PKCS #8 wrapping: aws-lc writes
/// the one and, behind `jsonwebtoken`, reads only the other. For RSA the wrapping
/// in front is always the same 26 bytes, lengths aside (RFC 5208 §5).
fn rsa_pkcs1(pkcs8: &[u8]) -> Option<&[u8]> {
    const VERSION_AND_ALGORITHM: [u8; 18] = [
        0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
        0x01, 0x05, 0x00,
    ];
    let inner = pkcs8
        .get(4..)?
        .strip_prefix(&VERSION_AND_ALGORITHM)?
        .get(4..)?;
    RsaKeyPair::from_der(inner).ok().map(|_| inner)
}

fn ec() -> Option<(Vec<u8>, PublicKey)> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
    let private = pair.to_pkcs8v1().ok()?.as_ref().to_vec();
    let point: EcPublicKeyUncompressedBin<'_> = pair.public_key().as_be_bytes().ok()?;
    let (x, y) = point.as_ref().get(1..)?.split_at_checked(32)?;
    let public = PublicKey::Ec {
        crv: "P-256".to_owned(),
        kty: "EC".to_owned(),
        x: URL_SAFE_NO_PAD.encode(x),
        y: URL_SAFE_NO_PAD.encode(y),
    };
    Some((private, public))
}

fn ed25519() -> Option<(Vec<u8>, PublicKey)> {
    let pair = Ed25519KeyPair::generate().ok()?;
    let private = pair.to_pkcs8v1().ok()?.as_ref().to_vec();
    let public = PublicKey::Okp {
        crv: "Ed25519".to_owned(),
        kty: "OKP".to_owned(),
        x: URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()),
    };
    Some((private, public))
}
