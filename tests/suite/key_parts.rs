//! The key ring in parts: each function holds those that it uses, a ring from before is
//! split without anybody noticing, and the secret of a part can be renewed.

use std::collections::BTreeSet;

use crypto::totp::SharedSecret;
use crypto::{CryptoError, KeyRing, SystemEntropy, seal};
use domain::AuthFailure;
use domain::key_ring::{KeyPart, KeyParts};
use domain::time::DAY;
use flows::{Postern, Split};
use serde_json::{Value, json};
use serde_yaml_ng::Value as Yaml;
use store::{Store, StoredRing};
use tests::World;
use tests::forge::{data_key, opened, wrapping_key};

use crate::pictures::{form, png};

const ADA: &str = "ada@example.com";
const AVATAR: &str = "/cfg/accounts/profile/avatar/";

fn store(world: &World) -> Store {
    Store::new(&world.aws.dynamodb, &world.table, &world.audit_table)
}

async fn ring(world: &World) -> StoredRing {
    store(world).keyring().await.unwrap().expect("a ring")
}

/// The parts of a ring that a holder may open.
async fn held(world: &World, parts: KeyParts) -> KeyRing {
    let stored = ring(world).await;
    let parts = parts.iter().map(|part| {
        let sealed = stored.part(part).expect("a part").sealed.as_slice();
        (part, sealed, data_key(&stored, part))
    });
    KeyRing::open(parts, world.now()).unwrap()
}

fn minutes(world: &World, minutes: u64) {
    world.clock.advance(i64::try_from(minutes * 60).unwrap());
}

/// What the code of a function says that it holds.
fn functions() -> [(&'static str, KeyParts); 20] {
    [
        ("Accounts", ::accounts::KEYS),
        ("Admin", ::admin::KEYS),
        ("Auth", ::auth::KEYS),
        ("Authorizer", ::authorizer::KEYS),
        ("Avatar", ::avatar::KEYS),
        ("Chatbot", ::chatbot::KEYS),
        ("DeviceGrant", ::device_grant::KEYS),
        ("Devices", ::devices::KEYS),
        ("Keys", ::keys::KEYS),
        ("Nauth", ::nauth::KEYS),
        ("NauthSocial", ::nauth_social::KEYS),
        ("NauthMfa", ::nauth_mfa::KEYS),
        ("NauthAdmin", ::nauth_admin::KEYS),
        ("Oauth", ::oauth::KEYS),
        ("Oidc", ::oidc::KEYS),
        ("Pages", ::pages::KEYS),
        ("Realtime", ::realtime::KEYS),
        ("Tokens", ::tokens::KEYS),
        ("Totp", ::totp::KEYS),
        ("Vendor", ::vendor::KEYS),
    ]
}

/// The purposes for which a policy lets a role unwrap data keys.
fn purposes(document: &Yaml) -> BTreeSet<String> {
    let statements = document["Statement"].as_sequence();
    let unwrapping = statements.into_iter().flatten().filter(|statement| {
        let actions = &statement["Action"];
        actions == "kms:Decrypt"
    });
    let purposes = unwrapping.flat_map(|statement| {
        let wanted = &statement["Condition"]["StringEquals"]["kms:EncryptionContext:purpose"];
        match wanted.as_sequence() {
            Some(several) => several.clone(),
            None => vec![wanted.clone()],
        }
    });
    let purposes = purposes.filter_map(|purpose| purpose.as_str().map(str::to_owned));
    purposes
        .filter(|purpose| purpose.starts_with("postern-keys-"))
        .collect()
}

#[test]
fn each_role_may_unwrap_the_parts_that_the_code_holds_and_no_other() {
    let text = std::fs::read_to_string(tests::root().join("template.yaml")).unwrap();
    let template: Yaml = serde_yaml_ng::from_str(&text).unwrap();
    let resources = &template["Resources"];
    let shared = purposes(&resources["KeyRingPolicy"]["Properties"]["PolicyDocument"]);
    let mut roles = 0;
    for (name, role) in resources.as_mapping().unwrap() {
        let Some(function) = name.as_str().and_then(|name| name.strip_suffix("Role")) else {
            continue;
        };
        let mut may: BTreeSet<String> = role["Properties"]["Policies"]
            .as_sequence()
            .into_iter()
            .flatten()
            .flat_map(|policy| purposes(&policy["PolicyDocument"]))
            .collect();
        let managed = role["Properties"]["ManagedPolicyArns"].as_sequence();
        // The tests read `!Ref X` as X.
        let ring = |policy: &Yaml| format!("{policy:?}").contains("KeyRingPolicy");
        if managed.into_iter().flatten().any(ring) {
            may.extend(shared.clone());
        }
        let code = functions().into_iter().find(|(name, _)| *name == function);
        let holds = code.map(|(_, parts)| parts.iter().map(KeyPart::purpose).collect());
        assert_eq!(may, holds.unwrap_or_default(), "{function}");
        roles += usize::from(code.is_some());
    }
    assert_eq!(roles, functions().len());
}

#[tokio::test]
async fn code_in_the_picture_decoder_signs_nothing_and_opens_no_factor() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    let issuer = &world.settings.issuer;
    let whole = held(&world, KeyParts::ALL).await;
    let claims = whole
        .check_access(&ada.access, issuer, world.now())
        .unwrap();
    let sub = claims.sub;
    let factors = store(&world).factors(sub).await.unwrap();
    let device = factors.devices.first().unwrap();
    let kept = device.kind.totp().unwrap();
    let context = format!("totp secret#{sub}#{}", device.id);
    let secret = SharedSecret::open(&whole, &context, &kept.secret).unwrap();
    assert_eq!(secret.base32(), app.secret(), "who holds the part opens it");

    let decoder = held(&world, ::avatar::KEYS).await;
    let now = world.now();
    assert_eq!(
        decoder.check_access(&ada.access, issuer, now),
        Ok(claims.clone())
    );
    let not_held = |part| Some(CryptoError::NotHeld(part));
    assert_eq!(
        decoder.sign_access(&claims).err(),
        not_held(KeyPart::Signing)
    );
    let refresh = whole.check_refresh(&ada.refresh, issuer, now).unwrap();
    let read = decoder.check_refresh(&ada.refresh, issuer, now);
    assert_eq!(read, Err(AuthFailure::BadToken));
    assert_eq!(
        decoder.sign_refresh(&refresh).err(),
        not_held(KeyPart::Refresh)
    );
    let opened = SharedSecret::open(&decoder, &context, &kept.secret);
    assert_eq!(opened.err(), not_held(KeyPart::Factors));
    let code = decoder.email_code(ADA, "nonce");
    assert_eq!(code, Err(CryptoError::NotHeld(KeyPart::Codes)));
    // What a role may not unwrap it does not open with another part's key either.
    let stored = ring(&world).await;
    let signing = stored.part(KeyPart::Signing).unwrap();
    let purpose = KeyPart::Pictures.purpose();
    assert!(seal::open(&wrapping_key(), &purpose, &signing.wrapped).is_err());
}

/// Puts a ring in the place of the world's, as the version before this one made it.
async fn from_before(world: &World) {
    let stored = ring(world).await;
    let (common, private) = (
        opened(&stored, KeyPart::Common),
        opened(&stored, KeyPart::Signing),
    );
    let mut key = common["published"][0].clone();
    key["private"] = private[key["kid"].as_str().unwrap()].clone();
    let secret = |byte: u8| vec![byte; 32];
    let whole = json!({
        "signing": [key], "refresh": secret(1), "pepper": secret(2), "sealing": secret(3),
    });
    let (file, key) = (wrapping_key(), seal::fresh_secret(&SystemEntropy));
    let seal = |by, context: &str, plain: &[u8]| {
        let sealed = seal::seal(by, context, plain, &SystemEntropy).unwrap();
        aws_sdk_dynamodb::types::AttributeValue::B(sealed.into())
    };
    let wrapped = seal(&file, "postern local data key", key.as_ref());
    let sealed = seal(&key, "postern key ring", whole.to_string().as_bytes());
    let made = aws_sdk_dynamodb::types::AttributeValue::N(world.now().0.to_string());
    let mut item = store::key::keyring().attributes();
    item.extend([
        ("wrapped".to_owned(), wrapped),
        ("sealed".to_owned(), sealed),
        ("created_at".to_owned(), made),
    ]);
    let put = world.db.put_item().table_name(&world.table);
    put.set_item(Some(item)).send().await.unwrap();
}

async fn split(world: &World, finish: bool) -> Split {
    let (settings, aws) = (&world.settings, &world.aws);
    let split = Postern::split_key_ring(settings, aws, finish, world.now(), &SystemEntropy);
    split.await.unwrap()
}

fn kid(token: &str) -> Option<String> {
    jsonwebtoken::decode_header(token).unwrap().kid
}

async fn shown(world: &World, profile: &Value) -> u16 {
    let url = profile["avatar"].as_str().unwrap();
    let path = url.strip_prefix(&world.settings.issuer).unwrap();
    world.anyone().get(path).await.status
}

#[tokio::test]
async fn a_ring_from_before_is_split_and_what_it_made_stays_good() {
    let world = World::new().await;
    from_before(&world).await;
    let entropy = std::sync::Arc::new(tests::SeededEntropy::new(3));
    let (settings, clock) = (world.settings.clone(), world.clock.clone());
    let opened = Postern::open(settings, KeyParts::ALL, &world.aws, clock, entropy).await;
    let refused = opened.err().unwrap().to_string();
    assert!(refused.contains("cargo ctl keys split"), "{refused}");
    assert_eq!(split(&world, true).await, Split::Done, "first the parts");
    assert_eq!(split(&world, false).await, Split::HadParts);
    minutes(&world, 1);

    // As the version before made it all: nothing says with which secret.
    let ada = world.anyone().sign_in(ADA).await;
    assert_eq!(kid(&ada.refresh), None);
    let app = ada.set_up_totp(&world).await;
    let (media, sent) = form("avatar", &png(3, 2, 255));
    let sender = ada.client().header("content-type", &media);
    let profile = sender
        .raw_bytes("POST", AVATAR, &sent)
        .await
        .expect(200)
        .body;
    world
        .anyone()
        .request_code("grace@example.com")
        .await
        .expect(200);
    let letter = world.code("grace@example.com");
    let secret = world.postern.realtime_secret().unwrap();

    assert_eq!(split(&world, true).await, Split::Finished);
    minutes(&world, 5);
    let grace = world
        .anyone()
        .verify_code("grace@example.com", &letter)
        .await;
    grace.expect(200);
    world.clock.advance(i64::try_from(DAY).unwrap());
    minutes(&world, 10);
    let next = ada.refreshed().await;
    assert_eq!(shown(&world, &profile).await, 200);
    assert_eq!(world.postern.realtime_secret().unwrap(), secret);
    world
        .anyone()
        .sign_in_with(&world, ADA, &app.code(world.now()))
        .await;
    let waiting = world.at("192.0.2.9").first_factor(&world, ADA).await;
    let typed = json!({ "session_id": waiting, "backup_code": app.backup_codes[0] });
    let caller = world.at("192.0.2.9");
    let by_paper = caller.post("/cfg/totp/verify/backup/", &typed);
    by_paper.await.expect(200);
    next.profile().await.expect(200);

    // What is made now is made with secrets of the parts' own, and what was not is remade.
    assert!(world.postern.reseal_all().await.unwrap() > 0);
    assert_eq!(world.postern.reseal_all().await.unwrap(), 0);
    let pictures = world
        .postern
        .retire_key_version(KeyPart::Pictures, 0, world.now());
    pictures.await.unwrap();
    let factors = world
        .postern
        .retire_key_version(KeyPart::Factors, 0, world.now());
    factors.await.unwrap();
    minutes(&world, 1);
    assert_eq!(shown(&world, &profile).await, 200);
    world
        .anyone()
        .sign_in_with(&world, ADA, &app.code(world.now()))
        .await;
}

#[tokio::test]
async fn a_renewed_secret_is_used_a_minute_later_and_the_one_before_until_it_is_retired() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    assert_eq!(kid(&ada.refresh).as_deref(), Some("1"));
    let operator = world.another_instance(9).await;
    operator
        .renew_key_part(KeyPart::Refresh, world.now())
        .await
        .unwrap();
    operator
        .renew_key_part(KeyPart::Codes, world.now())
        .await
        .unwrap();
    let (grace, alan) = ("grace@example.com", "alan@example.com");
    world.anyone().request_code(grace).await.expect(200);
    let early = operator.retire_key_version(KeyPart::Refresh, 1, world.now());
    assert!(early.await.is_err(), "functions still sign with it");
    minutes(&world, 2);
    // Of before, and good.
    world
        .anyone()
        .verify_code(grace, &world.code(grace))
        .await
        .expect(200);
    let next = ada.refreshed().await;
    assert_eq!(kid(&next.refresh).as_deref(), Some("2"));
    let eve = world.anyone().sign_in("eve@example.com").await;
    let stolen = &ada.refresh;

    world.anyone().request_code(alan).await.expect(200);
    for part in [KeyPart::Refresh, KeyPart::Codes] {
        operator
            .retire_key_version(part, 1, world.now())
            .await
            .unwrap();
        assert!(
            operator
                .retire_key_version(part, 2, world.now())
                .await
                .is_err()
        );
    }
    minutes(&world, 1);
    world.anyone().refresh(stolen).await.expect(401);
    world
        .anyone()
        .verify_code(alan, &world.code(alan))
        .await
        .expect(200);
    next.refreshed().await;
    eve.refreshed().await;
    let common = operator.renew_key_part(KeyPart::Common, world.now()).await;
    assert!(common.is_err(), "what rows are found by stays");
}
