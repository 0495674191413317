//! Passkeys: made, shown, and refused. The authenticator is ours, byte by byte.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Answer, Anyone, SecurityKey, World};

use super::mfa;
use super::{ADA, PASSWORD, ada, bearing, login, prove, refused, respond, sign_up};

const BOB: &str = "bob@example.com";

/// What a browser needs to make a passkey of the bearer's.
async fn begin(client: &Anyone<'_>) -> Value {
    let begun = mfa::begin(client, "passkey", json!({})).await.expect(200);
    begun.body["setupData"]["options"].clone()
}

async fn finish(client: &Anyone<'_>, made: &Value) -> Answer {
    mfa::verify(client, "passkey", json!({ "credential": made })).await
}

/// A passkey that the bearer of `client` makes.
pub(super) async fn passkey(client: &Anyone<'_>) -> SecurityKey {
    let key = SecurityKey::new();
    made(client, &key).await;
    key
}

/// Has the bearer of `client` make the passkey of `key`.
async fn made(client: &Anyone<'_>, key: &SecurityKey) {
    let options = begin(client).await;
    finish(client, &key.create(&options)).await.expect(200);
}

/// Ada and her passkey, and her tokens of the session that made it.
async fn guarded(world: &World) -> (SecurityKey, Answer) {
    let tokens = ada(world).await;
    let key = passkey(&bearing(world, &tokens)).await;
    world.clock.advance(61);
    (key, tokens)
}

/// What a browser needs to show a passkey to the sign-in that waits.
async fn challenge(client: &Anyone<'_>, session: &str) -> Answer {
    let body = json!({ "session": session, "method": "passkey" });
    client.post("/nauth/challenge/challenge-data", &body).await
}

/// A sign-in of Ada as far as the passkey: its session, and what a browser needs.
async fn asked(client: &Anyone<'_>) -> (String, Value) {
    let waits = login(client, ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "MFA_REQUIRED");
    let session = waits.str("session").to_owned();
    let begun = challenge(client, &session).await.expect(200);
    (session, begun.body["challengeData"]["options"].clone())
}

async fn show(client: &Anyone<'_>, session: &str, credential: &Value) -> Answer {
    let answer = json!({ "method": "passkey", "credential": credential });
    respond(client, session, "MFA_REQUIRED", answer).await
}

#[tokio::test]
async fn a_passkey_is_made_and_shown() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let client = bearing(&world, &tokens);
    let begun = mfa::begin(&client, "passkey", json!({})).await.expect(200);
    let data = &begun.body["setupData"];
    // The contract's document and its own client have a name for it each.
    assert_eq!(data["options"], data["publicKey"]);
    let options = &data["options"];
    assert_eq!(options["rp"]["id"], json!("localhost"));
    assert_eq!(options["timeout"], json!(60_000));
    assert_eq!(options["attestation"], json!("none"));
    assert_eq!(
        options["authenticatorSelection"]["userVerification"],
        json!("required")
    );
    assert_eq!(options["excludeCredentials"], json!([]));
    let mut key = SecurityKey::new();
    finish(&client, &key.create(options)).await.expect(200);
    world.clock.advance(61);

    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let asked = &waits.body["challengeParameters"];
    assert_eq!(asked["availableMethods"], json!(["passkey"]));
    assert_eq!(asked["preferredMethod"], json!("passkey"));
    let session = waits.str("session");
    let begun = challenge(&world.anyone(), session).await.expect(200);
    let data = &begun.body["challengeData"];
    assert_eq!(data["options"], data["publicKey"]);
    let options = &data["options"];
    assert_eq!(options["userVerification"], json!("required"));
    assert_eq!(options["allowCredentials"][0]["id"], json!(key.id()));
    let shown = key.get(options);
    let tokens = show(&world.anyone(), session, &shown).await.expect(200);
    let client = bearing(&world, &tokens);
    let listed = client.get("/nauth/mfa/devices").await.expect(200);
    let device = &listed.body["devices"][0];
    assert_eq!(device["type"], json!("passkey"));
    assert_eq!(device["name"], json!("Mine"));
    assert_eq!(device["credentialId"], json!(key.id()));
    assert_eq!(device["transports"], json!(["usb"]));
    assert_eq!(device["publicKey"], Value::Null);
    assert_ne!(device["lastUsedAt"], Value::Null);
    // It was a fresh sign-in with a factor: it may take the last one away.
    let path = "/nauth/mfa/method/passkey";
    let removed = client.send("DELETE", path, &json!({})).await.expect(200);
    assert_eq!(removed.body["mfaDisabled"], json!(true));
    let free = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(free.body["challengeName"], Value::Null);
}

#[tokio::test]
async fn several_are_held_and_none_twice() {
    let world = World::new().await;
    let (mut first, tokens) = guarded(&world).await;
    let client = bearing(&world, &tokens);
    let options = begin(&client).await;
    assert_eq!(options["excludeCredentials"][0]["id"], json!(first.id()));
    // A browser that does not heed what it is told.
    let again = finish(&client, &first.create(&options)).await;
    refused(&again, 400, "VERIFY_CODE_INVALID");
    let mut second = passkey(&client).await;
    let (session, options) = asked(&world.anyone()).await;
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 2);
    let shown = second.get(&options);
    show(&world.anyone(), &session, &shown).await.expect(200);
    let (session, options) = asked(&world.anyone()).await;
    let shown = first.get(&options);
    show(&world.anyone(), &session, &shown).await.expect(200);
}

/// Nobody checks it, and it may be of any size: the row of an account's factors is to take
/// ten passkeys.
#[tokio::test]
async fn an_attestation_is_not_kept() {
    let world = World::new().await;
    let client = bearing(&world, &ada(&world).await);
    let mut key = SecurityKey::new();
    key.attests = true;
    made(&client, &key).await;
    let kept = format!("{:?}", world.dump(&world.table).await);
    assert!(kept.contains("attestation_format") && !kept.contains("packed"));
    world.clock.advance(61);
    let (session, options) = asked(&world.anyone()).await;
    let shown = key.get(&options);
    show(&world.anyone(), &session, &shown).await.expect(200);
}

#[tokio::test]
async fn one_is_made_within_a_sign_in_that_demands_a_factor() {
    let world = World::with(&[
        ("POSTERN_NAUTH_MFA_ENFORCEMENT", "REQUIRED"),
        ("POSTERN_NAUTH_MFA_GRACE_DAYS", "0"),
    ])
    .await;
    let waits = ada(&world).await;
    assert_eq!(waits.str("challengeName"), "MFA_SETUP_REQUIRED");
    let session = waits.str("session");
    let body = json!({ "session": session, "method": "passkey" });
    let path = "/nauth/challenge/setup-data";
    let begun = world.anyone().post(path, &body).await.expect(200);
    let key = SecurityKey::new();
    let made = key.create(&begun.body["setupData"]["options"]);
    // As the contract's own client wraps it.
    let data = json!({ "credential": { "credential": made }, "expectedChallenge": "any" });
    let answer = json!({ "method": "passkey", "setupData": data });
    let tokens = respond(&world.anyone(), session, "MFA_SETUP_REQUIRED", answer).await;
    let client = bearing(&world, &tokens.expect(200));
    let status = client.get("/nauth/mfa/status").await.expect(200);
    assert_eq!(status.body["configuredMethods"], json!(["passkey"]));
}

/// Something that makes an answer to a ceremony worthless.
type Spoil = (&'static str, fn(&mut SecurityKey, &mut Value));

/// What is wrong with an answer, whichever ceremony it is to.
const SPOILS: [Spoil; 5] = [
    ("another site's page", |key, _| {
        "https://evil.example".clone_into(&mut key.origin);
    }),
    ("another page of the domain's machine", |key, _| {
        "http://localhost:4201".clone_into(&mut key.origin);
    }),
    ("another domain", |key, _| {
        "evil.example".clone_into(&mut key.rp_id);
    }),
    ("nobody was asked who they are", |key, _| {
        key.verifies = false;
    }),
    ("another ceremony's challenge", |_, options| {
        options["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    }),
];

#[tokio::test]
async fn what_is_made_elsewhere_or_for_another_ceremony_is_refused() {
    let world = World::new().await;
    let client = bearing(&world, &ada(&world).await);
    for (what, spoil) in SPOILS {
        let mut key = SecurityKey::new();
        let mut options = begin(&client).await;
        spoil(&mut key, &mut options);
        let answer = finish(&client, &key.create(&options)).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.body);
        refused(&answer, 400, "VERIFY_CODE_INVALID");
    }
    // A ceremony that was begun anew takes the place of the one before.
    let key = SecurityKey::new();
    let old = begin(&client).await;
    let new = begin(&client).await;
    let late = finish(&client, &key.create(&old)).await;
    refused(&late, 400, "VERIFY_CODE_INVALID");
    let made = key.create(&new);
    finish(&client, &made).await.expect(200);
    // Nothing is being set up any more.
    let replayed = finish(&client, &made).await;
    refused(&replayed, 400, "VERIFY_CODE_EXPIRED");
}

#[tokio::test]
async fn what_is_shown_elsewhere_or_to_another_ceremony_is_refused() {
    let world = World::new().await;
    let (key, _) = guarded(&world).await;
    for (what, spoil) in SPOILS {
        let (session, mut options) = asked(&world.anyone()).await;
        let mut key = key.clone();
        spoil(&mut key, &mut options);
        let answer = show(&world.anyone(), &session, &key.get(&options)).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.body);
        refused(&answer, 400, "VERIFY_CODE_INVALID");
        world.clock.advance(601);
    }
    // A ceremony that another browser began, and one before the last.
    let (_, others) = asked(&world.at("198.51.100.7")).await;
    let (session, options) = asked(&world.anyone()).await;
    let client = world.anyone();
    challenge(&client, &session).await.expect(200);
    for stale in [&others, &options] {
        let answer = show(&client, &session, &key.clone().get(stale)).await;
        refused(&answer, 400, "VERIFY_CODE_INVALID");
    }
    // One that is over.
    world.clock.advance(61);
    let (session, options) = asked(&world.anyone()).await;
    let shown = key.clone().get(&options);
    show(&client, &session, &shown).await.expect(200);
    let replayed = show(&client, &session, &shown).await;
    refused(&replayed, 400, "CHALLENGE_ALREADY_COMPLETED");
    world.clock.advance(61);
    let (session, _) = asked(&world.anyone()).await;
    let replayed = show(&client, &session, &shown).await;
    refused(&replayed, 400, "VERIFY_CODE_INVALID");
}

#[tokio::test]
async fn nothing_is_shown_before_it_was_asked_for() {
    let world = World::new().await;
    let (mut key, _) = guarded(&world).await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let options = json!({ "challenge": "AAAA" });
    let shown = key.get(&options);
    let answer = show(&world.anyone(), waits.str("session"), &shown).await;
    refused(&answer, 400, "VERIFY_CODE_EXPIRED");
}

#[tokio::test]
async fn a_foreign_passkey_is_refused() {
    let world = World::new().await;
    let (key, _) = guarded(&world).await;
    let waits = sign_up(&world.anyone(), BOB).await.expect(201);
    let tokens = prove(&world.anyone(), waits.str("session"), &world.code(BOB)).await;
    let tokens = tokens.expect(200);
    let bobs = passkey(&bearing(&world, &tokens)).await;
    let stranger = SecurityKey::new();
    let posing = [stranger.posing_as(&key), bobs.posing_as(&key)];
    for mut foreign in [&[bobs, stranger], &posing].into_iter().flatten().cloned() {
        world.clock.advance(601);
        let (session, options) = asked(&world.anyone()).await;
        let shown = foreign.get(&options);
        let answer = show(&world.anyone(), &session, &shown).await;
        refused(&answer, 400, "VERIFY_CODE_INVALID");
    }
}

#[tokio::test]
async fn a_counter_that_does_not_go_on_is_refused() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let mut key = SecurityKey::new();
    key.counter = 5;
    made(&bearing(&world, &tokens), &key).await;
    let mut copy = key.clone();
    world.clock.advance(61);
    let (session, options) = asked(&world.anyone()).await;
    let shown = key.get(&options);
    show(&world.anyone(), &session, &shown).await.expect(200);
    for counter in [0, 2, 4, 5] {
        world.clock.advance(601);
        let (session, options) = asked(&world.anyone()).await;
        copy.counter = counter;
        let answer = show(&world.anyone(), &session, &copy.get(&options)).await;
        refused(&answer, 400, "VERIFY_CODE_INVALID");
    }
    world.clock.advance(601);
    let (session, options) = asked(&world.anyone()).await;
    let shown = key.get(&options);
    let tokens = show(&world.anyone(), &session, &shown).await.expect(200);
    let listed = bearing(&world, &tokens).get("/nauth/mfa/devices").await;
    assert_eq!(listed.body["devices"][0]["counter"], json!(7));
}

#[tokio::test]
async fn a_passkey_that_was_removed_signs_nobody_in() {
    let world = World::new().await;
    let (mut key, tokens) = guarded(&world).await;
    let client = bearing(&world, &tokens);
    mfa::begin(&client, "email", json!({})).await.expect(200);
    let (session, options) = asked(&world.anyone()).await;
    let path = "/nauth/mfa/method/passkey";
    client.send("DELETE", path, &json!({})).await.expect(200);
    // Nor does the sign-in that waited for it.
    let late = show(&world.anyone(), &session, &key.get(&options)).await;
    refused(&late, 400, "CHALLENGE_INVALID");
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let none = challenge(&world.anyone(), waits.str("session")).await;
    assert_eq!(none.status, 404, "{}", none.body);
}

#[tokio::test]
async fn what_is_no_credential_is_a_problem_of_the_field() {
    let world = World::new().await;
    let (mut key, tokens) = guarded(&world).await;
    let client = bearing(&world, &tokens);
    let (session, options) = asked(&world.anyone()).await;
    let mut torn = key.get(&options);
    torn["response"]["signature"] = json!("%%%");
    let none = [Value::Null, json!("text"), json!([]), json!({}), torn];
    for credential in &none {
        let answer = show(&world.anyone(), &session, credential).await;
        refused(&answer, 400, "VALIDATION_FAILED");
        let answer = finish(&client, credential).await;
        refused(&answer, 400, "VALIDATION_FAILED");
    }
    // They counted as nothing.
    let shown = key.get(&options);
    show(&world.anyone(), &session, &shown).await.expect(200);
}

#[tokio::test]
async fn without_a_domain_there_are_no_passkeys() {
    let world = World::with(&[("POSTERN_NAUTH_RP_ID", "")]).await;
    let client = bearing(&world, &ada(&world).await);
    let status = client.get("/nauth/mfa/status").await.expect(200);
    let offered = json!(["totp", "sms", "email"]);
    assert_eq!(status.body["availableMethods"], offered);
    let answer = mfa::begin(&client, "passkey", json!({})).await;
    refused(&answer, 400, "VALIDATION_FAILED");
}

/// Where the domain's pages are not among the origins, no browser could show a passkey.
#[tokio::test]
async fn without_a_page_of_the_domain_there_are_no_passkeys() {
    let world = World::with(&[("POSTERN_NAUTH_RP_ID", "example.org")]).await;
    let client = bearing(&world, &ada(&world).await);
    let status = client.get("/nauth/mfa/status").await.expect(200);
    let offered = json!(["totp", "sms", "email"]);
    assert_eq!(status.body["availableMethods"], offered);
}

/// Fifty browsers answer one ceremony of the sign-in that waits.
pub(super) async fn fifty_passkeys(world: &World) -> Vec<Answer> {
    let (mut key, _) = guarded(world).await;
    let (session, options) = asked(&world.anyone()).await;
    let shown = key.get(&options);
    join_all((0..50).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let (session, shown) = (session.clone(), shown.clone());
        async move { show(&client, &session, &shown).await }
    }))
    .await
}

/// Eight browsers answer one ceremony that makes a passkey.
pub(super) async fn eight_registrations(world: &World) -> (Vec<Answer>, usize) {
    let tokens = ada(world).await;
    let client = bearing(world, &tokens);
    let made = SecurityKey::new().create(&begin(&client).await);
    let answers = join_all((0..8).map(|n| {
        let client = world.at(&format!("198.51.100.{n}"));
        let client = client.bearing(tokens.str("accessToken"));
        let made = made.clone();
        async move { finish(&client, &made).await }
    }))
    .await;
    let devices = client.get("/nauth/mfa/devices").await.expect(200);
    let devices = devices.body["devices"].as_array().unwrap().len();
    (answers, devices)
}
