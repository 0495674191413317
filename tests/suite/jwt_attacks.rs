//! What attackers do to JWTs (RFC 8725), on every route that takes one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tests::forge::{Forge, claims, part};
use tests::{Member, World};

/// A token that must be refused, and what is wrong with it.
type Attack = (&'static str, String);

fn with(base: &Value, name: &str, value: Value) -> Value {
    let mut changed = base.clone();
    changed[name] = value;
    changed
}

/// Tokens whose signature is ours, and what they say is not as it should be: only the
/// checks of claims and types can refuse them.
fn well_signed(forge: &Forge, base: &Value, now: i64) -> Vec<Attack> {
    let header = forge.header();
    let said = |claims: &Value| forge.sign(&header, claims);
    let typed = |typ: Option<&str>| {
        let header = Header {
            typ: typ.map(str::to_owned),
            ..forge.header()
        };
        forge.sign(&header, base)
    };
    let mut unissued = base.clone();
    unissued.as_object_mut().unwrap().remove("iss");
    let mut endless = base.clone();
    endless.as_object_mut().unwrap().remove("exp");
    vec![
        (
            "another issuer",
            said(&with(base, "iss", json!("https://evil.example"))),
        ),
        (
            "another audience",
            said(&with(base, "aud", json!("https://evil.example"))),
        ),
        (
            "our audience among others",
            said(&with(
                base,
                "aud",
                json!(["https://evil.example", base["aud"]]),
            )),
        ),
        ("no issuer", said(&unissued)),
        ("no end", said(&endless)),
        ("expired", said(&with(base, "exp", json!(now)))),
        ("expired long ago", said(&with(base, "exp", json!(-1)))),
        ("not yet made", said(&with(base, "iat", json!(now + 61)))),
        (
            "an end that is a text",
            said(&with(base, "exp", json!("9999999999"))),
        ),
        (
            "another account",
            said(&with(
                base,
                "sub",
                json!("00000000-0000-4000-8000-000000000000"),
            )),
        ),
        (
            "another session",
            said(&with(
                base,
                "sid",
                json!("00000000-0000-4000-8000-000000000000"),
            )),
        ),
        ("the type of a refresh token", typed(Some("rt+jwt"))),
        ("the type of any token", typed(Some("JWT"))),
        ("the type in capitals", typed(Some("AT+JWT"))),
        ("no type", typed(None)),
    ]
}

/// Tokens that say the right things, under headers and signatures that are wrong.
fn badly_signed(forge: &Forge, base: &Value, real: &str) -> Vec<Attack> {
    let payload = part(base);
    let plain = |header: Value, signature: &str| format!("{}.{payload}.{signature}", part(&header));
    let unsigned = |alg: &str| plain(json!({ "alg": alg, "typ": "at+jwt", "kid": forge.kid }), "");
    let hmac = |key: &[u8]| {
        let header = Header {
            alg: Algorithm::HS256,
            ..forge.header()
        };
        jsonwebtoken::encode(&header, base, &EncodingKey::from_secret(key)).unwrap()
    };
    let public = URL_SAFE_NO_PAD.decode(&forge.public).unwrap();
    let jwk = json!({ "crv": "Ed25519", "kty": "OKP", "x": forge.public });
    let theirs = crypto::KeyRing::generate(
        crypto::Algorithm::EdDSA,
        &crypto::SystemEntropy,
        domain::UnixTime(0),
    )
    .unwrap();
    let theirs = theirs
        .sign_access(&serde_json::from_value(base.clone()).unwrap())
        .unwrap();
    let (their_head, their_signature) = (
        theirs.split('.').next().unwrap(),
        theirs.rsplit('.').next().unwrap(),
    );
    let keyed = |member: &str, value: Value| {
        let mut header = serde_json::to_value(forge.header()).unwrap();
        header[member] = value;
        let header: Header = serde_json::from_value(header).unwrap();
        // Signed by us all the same: what the header brings along is enough to refuse it.
        forge.sign(&header, base)
    };
    let no_kid = Header {
        kid: None,
        ..forge.header()
    };
    vec![
        ("alg none", unsigned("none")),
        ("alg None", unsigned("None")),
        ("alg nOnE", unsigned("nOnE")),
        ("HS256 by the public key's bytes", hmac(&public)),
        (
            "HS256 by the public key as published",
            hmac(forge.public.as_bytes()),
        ),
        ("HS256 by the JWK", hmac(jwk.to_string().as_bytes())),
        ("HS256 by nothing", hmac(b"")),
        (
            "a foreign key under its own name",
            format!("{their_head}.{payload}.{their_signature}"),
        ),
        ("a foreign key under our name", {
            let header = serde_json::to_value(forge.header()).unwrap();
            plain(header, their_signature)
        }),
        ("no key named", forge.sign(&no_kid, base)),
        ("jku", keyed("jku", json!("https://evil.example/jwks.json"))),
        ("x5u", keyed("x5u", json!("https://evil.example/cert.pem"))),
        ("jwk", keyed("jwk", jwk.clone())),
        ("x5c", keyed("x5c", json!(["MIIB"]))),
        ("crit", keyed("crit", json!(["b64"]))),
        ("another's signature", {
            let head = real.rsplit_once('.').unwrap().0;
            format!("{head}.{their_signature}")
        }),
        ("a changed payload", {
            let changed = part(&with(base, "role", json!("admin")));
            let (head, signature) = (
                real.split('.').next().unwrap(),
                real.rsplit('.').next().unwrap(),
            );
            format!("{head}.{changed}.{signature}")
        }),
    ]
}

/// A real token, written otherwise.
fn rewritten(real: &str) -> Vec<Attack> {
    let (body, signature) = real.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    // 64 bytes leave four bits of the last character to nothing.
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = *signature.as_bytes().last().unwrap();
    let place = alphabet.iter().position(|c| *c == last).unwrap();
    let next = char::from(alphabet[place ^ 1]);
    let mut flipped = bytes.clone();
    flipped[0] ^= 1;
    vec![
        ("no signature", format!("{body}.")),
        ("two parts", body.to_owned()),
        ("four parts", format!("{real}.x")),
        ("cut", real[..real.len() - 1].to_owned()),
        ("cut in the middle", real[..real.len() / 2].to_owned()),
        (
            "spare bits set",
            format!("{body}.{}{next}", &signature[..signature.len() - 1]),
        ),
        ("padded", format!("{real}==")),
        (
            "in the other alphabet",
            format!("{body}.{}", STANDARD.encode(&bytes)),
        ),
        (
            "one bit off",
            format!("{body}.{}", URL_SAFE_NO_PAD.encode(&flipped)),
        ),
        (
            "one byte more",
            format!(
                "{body}.{}",
                URL_SAFE_NO_PAD.encode([bytes.as_slice(), &[0]].concat())
            ),
        ),
        ("in capitals", real.to_uppercase()),
    ]
}

/// Operations that take a bearer, one of each caller rule.
const BEARERS: [(&str, &str); 8] = [
    ("GET", "/cfg/accounts/profile/"),
    ("GET", "/cfg/accounts/api-key/"),
    ("POST", "/cfg/accounts/api-key/regenerate/"),
    ("GET", "/cfg/totp/devices/"),
    ("GET", "/cfg/accounts/oauth/connections/"),
    ("POST", "/tokens/api-key"),
    ("DELETE", "/tokens/api-key/7"),
    ("POST", "/tokens/introspect"),
];

/// Every route that takes a token, tried with one: the routes that let it in.
async fn opened(world: &World, n: usize, token: &str, service: &str) -> Vec<String> {
    let caller = world.at(&format!("198.51.{}.{}", n / 200, n % 200));
    let mut opened = Vec::new();
    for (method, path) in BEARERS {
        let answer = caller
            .clone()
            .bearing(token)
            .send(method, path, &json!({}))
            .await;
        if answer.status != 401 {
            opened.push(format!("{method} {path}: {}", answer.status));
        }
    }
    if caller.verify(token).await.expect(200).body["valid"] != json!(false) {
        opened.push("verify".to_owned());
    }
    let form = format!("token={}", token.replace('+', "%2B").replace('=', "%3D"));
    let asker = caller.clone().bearing(service);
    let found = asker.form_text("/tokens/introspect", &form).await;
    if found.status != 400 && found.body["active"] != json!(false) {
        opened.push("introspect".to_owned());
    }
    if caller.refresh(token).await.status != 401 {
        opened.push("refresh".to_owned());
    }
    let event = json!({ "headers": { "authorization": format!("Bearer {token}") } });
    let decision = authorizer::authorize(world.postern.clone(), event)
        .await
        .unwrap();
    if decision != json!({ "isAuthorized": false }) {
        opened.push("authorizer".to_owned());
    }
    opened
}

/// Whether a token can end a session: it must not, unless it is a token of that session.
async fn ends_a_session(world: &World, n: usize, token: &str, ada: &Member<'_>) -> bool {
    let caller = world.at(&format!("203.0.{}.{}", n / 200, n % 200));
    let form = format!("token={}", token.replace('+', "%2B").replace('=', "%3D"));
    caller.form_text("/tokens/revoke", &form).await.expect(200);
    ada.profile().await.status != 200
}

#[tokio::test]
async fn no_attack_opens_any_door() {
    let world = World::new().await;
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["introspect"]).await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    let forge = world.forge().await;
    let base = claims(&ada.access);
    let now = domain::Clock::now(&*world.clock).0;

    // The forge makes good tokens: what is refused below is refused for what is wrong with it.
    let good = forge.sign(&forge.header(), &base);
    let let_in = opened(&world, 0, &good, &service.key).await;
    assert!(
        let_in.iter().any(|door| door.contains("profile")) && let_in.contains(&"verify".to_owned())
    );
    assert!(let_in.contains(&"introspect".to_owned()) && let_in.contains(&"authorizer".to_owned()));

    let mut attacks = well_signed(&forge, &base, now);
    attacks.extend(badly_signed(&forge, &base, &ada.access));
    attacks.extend(rewritten(&ada.access));
    attacks.push(("a refresh token", ada.refresh.clone()));
    for (n, (name, token)) in attacks.iter().enumerate() {
        let opened: Vec<String> = opened(&world, n + 1, token, &service.key)
            .await
            .into_iter()
            // The one route that a refresh token is for.
            .filter(|door| !(*name == "a refresh token" && door == "refresh"))
            .collect();
        assert_eq!(opened, Vec::<String>::new(), "{name}");
    }
    for (n, (name, token)) in attacks.iter().enumerate() {
        // A token that was really signed, for this session, and has not ended, belongs to it.
        let of_it = ["a refresh token"].contains(name);
        if !of_it {
            assert!(
                !ends_a_session(&world, n, token, &ada).await,
                "{name} ended a session"
            );
        }
    }
}

#[tokio::test]
async fn no_access_token_refreshes() {
    let world = World::new().await;
    let ada = world.anyone().sign_in("ada@example.com").await;
    let forge = world.forge().await;
    let base = claims(&ada.refresh);
    let refused =
        async |token: String| world.at("198.51.100.1").refresh(&token).await.status == 401;
    assert!(refused(ada.access.clone()).await);
    // By the signing key, as a refresh token; by the refresh key, as an access token.
    let header = Header {
        typ: Some("rt+jwt".to_owned()),
        ..forge.header()
    };
    assert!(refused(forge.sign(&header, &base)).await);
    let header = Header {
        typ: Some("at+jwt".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let token = jsonwebtoken::encode(&header, &base, &forge.refresh).unwrap();
    assert!(refused(token).await);
    // With the right type and key, a forged token is accepted.
    let header = Header {
        typ: Some("rt+jwt".to_owned()),
        kid: Some("1".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let token = jsonwebtoken::encode(&header, &base, &forge.refresh).unwrap();
    assert!(!refused(token).await);
}
