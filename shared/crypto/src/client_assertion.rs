//! JWTs by which clients say who they are (RFC 7523 §3, OpenID Connect Core §9).
//!
//! The key is one that was registered for the client, and its own algorithm decides; the
//! token's word for either is only compared (RFC 8725 §3.1).

use domain::UnixTime;
use domain::time::HOUR;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

/// Seconds by which a client's clock may be ahead of ours.
const SKEW: u64 = 60;

/// Seconds after which an assertion may end at most: its name is remembered for as long.
const LONGEST: u64 = HOUR;

/// What is left of an assertion once it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Its name, which is good once.
    pub jti: String,
    /// When it ends.
    pub expires_at: UnixTime,
}

#[derive(Clone, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audiences,
    jti: String,
    exp: UnixTime,
    nbf: Option<UnixTime>,
    iat: Option<UnixTime>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Several(Vec<String>),
}

/// Whether `text` is a JWK set of public keys that assertions can be checked with.
#[must_use]
pub fn is_key_set(text: &str) -> bool {
    let Ok(set) = serde_json::from_str::<JwkSet>(text) else {
        return false;
    };
    let plain: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let private = |key: &serde_json::Value| key.get("d").is_some() || key.get("k").is_some();
    let keys = plain.get("keys").and_then(serde_json::Value::as_array);
    let mut keys = keys.into_iter().flatten();
    !set.keys.is_empty() && !keys.any(private) && set.keys.iter().all(|key| own(key).is_some())
}

/// The algorithm that a key signs with.
fn own(key: &Jwk) -> Option<Algorithm> {
    match &key.algorithm {
        AlgorithmParameters::RSA(_) => Some(Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
            Some(Algorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(_) => Some(Algorithm::EdDSA),
        _ => None,
    }
}

/// Whose assertion `text` says that it is, unproven: to find the keys by.
#[must_use]
pub fn claimed_client(text: &str) -> Option<String> {
    use base64::Engine as _;
    #[derive(Deserialize)]
    struct Named {
        sub: String,
    }
    let part = text.split('.').nth(1)?;
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .ok()?;
    let named: Named = serde_json::from_slice(&json).ok()?;
    Some(named.sub)
}

/// `text` as an assertion of `client` for one of `audiences`, if a key of the JWK set `keys`
/// signed it and it is good at `now`.
#[must_use]
pub fn check(
    text: &str,
    client: &str,
    keys: &str,
    audiences: &[String],
    now: UnixTime,
) -> Option<Assertion> {
    let header = jsonwebtoken::decode_header(text).ok()?;
    let set: JwkSet = serde_json::from_str(keys).ok()?;
    let named = |key: &&Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    let claims = set.keys.iter().filter(named).find_map(|key| {
        let algorithm = own(key).filter(|own| *own == header.alg)?;
        let mut rules = Validation::new(algorithm);
        // The library would ask the machine's clock, and knows one audience too few.
        rules.validate_exp = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        let key = DecodingKey::from_jwk(key).ok()?;
        let read = jsonwebtoken::decode::<Claims>(text, &key, &rules);
        read.ok().map(|token| token.claims)
    })?;
    let soon = now.plus(SKEW);
    let is_ours = match &claims.aud {
        Audiences::One(one) => audiences.contains(one),
        Audiences::Several(several) => several.iter().any(|one| audiences.contains(one)),
    };
    let good = claims.iss == client
        && claims.sub == client
        && is_ours
        && (1..=256).contains(&claims.jti.len())
        && claims.exp > now
        && claims.exp <= now.plus(LONGEST)
        && claims.nbf.is_none_or(|since| since <= soon)
        && claims.iat.is_none_or(|at| at <= soon);
    good.then_some(Assertion {
        jti: claims.jti,
        expires_at: claims.exp,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::{EncodingKey, Header};
    use serde_json::{Value, json};

    const NOW: UnixTime = UnixTime(1_800_000_000);
    const US: &str = "https://id.example.com";

    fn key() -> (EncodingKey, String) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let der = pair.to_pkcs8v1().unwrap();
        let point = pair.public_key().as_ref();
        let part = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&point[range]);
        let set = json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "kid": "1", "x": part(1..33), "y": part(33..65),
        }] });
        (EncodingKey::from_ec_der(der.as_ref()), set.to_string())
    }

    fn signed(key: &EncodingKey, change: &Value) -> String {
        let mut claims = json!({
            "iss": "app", "sub": "app", "aud": US, "jti": "1", "exp": NOW.0 + 60, "iat": NOW.0,
        });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, key).unwrap()
    }

    #[test]
    fn an_assertion_is_for_us_by_the_client_and_for_a_while() {
        let (key, set) = key();
        assert!(is_key_set(&set));
        let audiences = [US.to_owned(), format!("{US}/oauth/token")];
        let good = |change: &Value| check(&signed(&key, change), "app", &set, &audiences, NOW);
        assert!(good(&json!({})).is_some());
        assert!(good(&json!({ "aud": [format!("{US}/oauth/token")] })).is_some());
        assert_eq!(
            claimed_client(&signed(&key, &json!({}))).as_deref(),
            Some("app")
        );
        for wrong in [
            json!({ "iss": "other" }),
            json!({ "sub": "other" }),
            json!({ "aud": "https://other.example.com" }),
            json!({ "exp": NOW.0 }),
            json!({ "exp": NOW.0 + 7200 }),
            json!({ "nbf": NOW.0 + 120 }),
            json!({ "jti": "" }),
        ] {
            assert_eq!(good(&wrong), None, "{wrong}");
        }
        let (_, others) = super::tests::key();
        let token = signed(&key, &json!({}));
        assert_eq!(check(&token, "app", &others, &audiences, NOW), None);
    }

    #[test]
    fn a_private_key_is_not_registered() {
        for text in [
            "",
            "{}",
            r#"{"keys":[]}"#,
            r#"{"keys":[{"kty":"oct","k":"AA"}]}"#,
        ] {
            assert!(!is_key_set(text), "{text}");
        }
    }
}
