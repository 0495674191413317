//! The keys of a world in an attacker's hands, and tokens made with them: what a
//! check must refuse although the signature is ours is made here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::seal::{self, Secret};
use domain::key_ring::KeyPart;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::Value;
use store::StoredRing;

use crate::World;

/// A signing key, taken from the sealed row with the world's own file.
pub struct Forge {
    /// Its name.
    pub kid: String,
    /// Its public half, base64url.
    pub public: String,
    /// The key of refresh tokens.
    pub refresh: EncodingKey,
    key: EncodingKey,
}

impl World {
    /// The keys of this world, as long as it has one signing key.
    ///
    /// # Panics
    /// If the ring is not as `crypto` seals it.
    pub async fn forge(&self) -> Forge {
        self.forge_with(0).await
    }

    /// As [`World::forge`], with the signing key at this place in the ring, oldest
    /// first.
    ///
    /// # Panics
    /// As [`World::forge`].
    pub async fn forge_with(&self, place: usize) -> Forge {
        let store = store::Store::new(&self.aws.dynamodb, &self.table, &self.audit_table);
        let stored = store.keyring().await.unwrap().expect("a ring");
        let (common, signing, refresh) = (
            opened(&stored, KeyPart::Common),
            opened(&stored, KeyPart::Signing),
            opened(&stored, KeyPart::Refresh),
        );
        let key = &common["published"][place];
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let kid = text(&key["kid"]);
        let private = URL_SAFE_NO_PAD.decode(text(&signing[&kid])).unwrap();
        let refresh = refresh[0]["secret"].as_array().expect("a key").iter();
        let refresh: Vec<u8> = refresh
            .map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap())
            .collect();
        Forge {
            kid,
            public: text(&key["public"]["x"]),
            refresh: EncodingKey::from_secret(&refresh),
            key: EncodingKey::from_ed_der(&private),
        }
    }
}

/// What a part of the ring holds.
///
/// # Panics
/// If the ring is not as `crypto` seals it.
#[must_use]
pub fn opened(ring: &StoredRing, part: KeyPart) -> Value {
    let stored = ring.part(part).expect("a part");
    let plain = seal::open(&data_key(ring, part), &part.purpose(), &stored.sealed).unwrap();
    serde_json::from_slice(&plain).unwrap()
}

/// The data key of a part of a world's ring.
///
/// # Panics
/// As [`opened`].
#[must_use]
pub fn data_key(ring: &StoredRing, part: KeyPart) -> Secret {
    let wrapped = &ring.part(part).expect("a part").wrapped;
    let plain = seal::open(&wrapping_key(), &part.purpose(), wrapped).unwrap();
    Secret::new(plain.try_into().unwrap())
}

/// The key in a world's file, with which it wraps data keys.
#[must_use]
pub fn wrapping_key() -> Secret {
    Secret::new([7; 32])
}

impl Forge {
    /// The header that a real access token has.
    #[must_use]
    pub fn header(&self) -> Header {
        Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        }
    }

    /// A token that our own key signed.
    ///
    /// # Panics
    /// If it cannot be signed.
    #[must_use]
    pub fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.key).unwrap()
    }
}

/// What a token says, unchecked.
///
/// # Panics
/// If it is no token.
#[must_use]
pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a payload");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// A value as a part of a token.
#[must_use]
pub fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
