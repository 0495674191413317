//! A browser with a security key, by the bytes that WebAuthn Level 3 prescribes: what it
//! makes is written here by hand, so that the library that reads it is not what wrote it.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL;
use serde_json::{Value, json};

/// Somebody touched the key.
const USER_PRESENT: u8 = 0x01;
/// The key knows who it was, by a PIN or a finger.
const USER_VERIFIED: u8 = 0x04;
/// A new credential follows.
const NEW_CREDENTIAL: u8 = 0x40;

/// A security key with one credential, in a browser that shows a page of `origin`.
#[derive(Clone)]
pub struct SecurityKey {
    pair: Arc<EcdsaKeyPair>,
    id: Vec<u8>,
    /// The page's origin, which the browser writes into everything.
    pub origin: String,
    /// The domain that the key signs for.
    pub rp_id: String,
    /// Whether it asks who touches it.
    pub verifies: bool,
    /// Whether it attests what it makes, by the credential's own key.
    pub attests: bool,
    /// How often it says that it was used. One that says 0 once does not count.
    pub counter: u32,
}

impl SecurityKey {
    /// A key with a credential of its own, in a browser at the local stack's page.
    ///
    /// # Panics
    /// If no key can be made.
    #[must_use]
    pub fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let id = digest(&SHA256, pair.public_key().as_ref());
        Self {
            id: id.as_ref().to_vec(),
            pair: Arc::new(pair),
            origin: "http://localhost:4200".to_owned(),
            rp_id: "localhost".to_owned(),
            verifies: true,
            attests: false,
            counter: 0,
        }
    }

    /// The credential's id, as browsers write it.
    #[must_use]
    pub fn id(&self) -> String {
        BASE64_URL.encode(&self.id)
    }

    /// This key, as it says that it is another.
    #[must_use]
    pub fn posing_as(&self, other: &Self) -> Self {
        Self {
            id: other.id.clone(),
            ..self.clone()
        }
    }

    /// `navigator.credentials.create()` with these options, as `toJSON()` gives it.
    #[must_use]
    pub fn create(&self, options: &Value) -> Value {
        let mut data = self.authenticator_data(NEW_CREDENTIAL);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(&self.id);
        data.extend(self.cose_key());
        let client_data = self.client_data("webauthn.create", options);
        let mut attestation = vec![0xa3];
        if self.attests {
            attestation.extend(b"\x63fmt\x66packed\x67attStmt\xa2\x63alg\x26\x63sig\x58");
            let signature = self.sign(&data, &client_data);
            attestation.push(u8::try_from(signature.len()).expect("short"));
            attestation.extend(signature);
        } else {
            attestation.extend(b"\x63fmt\x64none\x67attStmt\xa0");
        }
        attestation.extend(b"\x68authData\x58");
        attestation.push(u8::try_from(data.len()).expect("short"));
        attestation.extend(data);
        self.credential(&json!({
            "attestationObject": BASE64_URL.encode(attestation),
            "clientDataJSON": BASE64_URL.encode(client_data),
            "transports": ["usb"],
        }))
    }

    /// `navigator.credentials.get()` with these options, as `toJSON()` gives it.
    ///
    /// # Panics
    /// If it cannot sign.
    #[must_use]
    pub fn get(&mut self, options: &Value) -> Value {
        if self.counter > 0 {
            self.counter += 1;
        }
        let data = self.authenticator_data(0);
        let client_data = self.client_data("webauthn.get", options);
        let signature = self.sign(&data, &client_data);
        self.credential(&json!({
            "authenticatorData": BASE64_URL.encode(data),
            "clientDataJSON": BASE64_URL.encode(client_data),
            "signature": BASE64_URL.encode(signature),
            "userHandle": null,
        }))
    }

    fn sign(&self, data: &[u8], client_data: &str) -> Vec<u8> {
        let signed = [data, digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed);
        signature.expect("a signature").as_ref().to_vec()
    }

    fn credential(&self, response: &Value) -> Value {
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key", "response": response,
            "authenticatorAttachment": "cross-platform", "clientExtensionResults": {},
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        let challenge = &options["challenge"];
        json!({
            "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false,
        })
        .to_string()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags | USER_PRESENT | verified);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The public key: an EC2 key (1: 2) for ES256 (3: -7) on P-256 (-1: 1), x and y.
    fn cose_key(&self) -> Vec<u8> {
        // Uncompressed: 4, x, y.
        let point = self.pair.public_key().as_ref();
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01];
        key.extend([0x21, 0x58, 0x20]);
        key.extend(&point[1..33]);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(&point[33..]);
        key
    }
}

impl Default for SecurityKey {
    fn default() -> Self {
        Self::new()
    }
}
