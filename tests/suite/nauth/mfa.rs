//! Second factors of the signed-in user: /nauth/mfa.

use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

use super::factors::guarded;
use super::{ADA, NEXT_PASSWORD, NUMBER, PASSWORD, ada, bearing, login, refused, respond};
use crate::auth::second_factor::shown;

const SETUP: &str = "/nauth/mfa/setup-data";
const VERIFY: &str = "/nauth/mfa/verify-setup";

pub(super) async fn begin(client: &Anyone<'_>, method: &str, data: Value) -> Answer {
    let body = json!({ "methodName": method, "setupData": data });
    client.post(SETUP, &body).await
}

pub(super) async fn verify(client: &Anyone<'_>, method: &str, data: Value) -> Answer {
    let body = json!({ "methodName": method, "setupData": data, "deviceName": "Mine" });
    client.post(VERIFY, &body).await
}

/// An app that the bearer of `client` sets up, by its secret.
pub(super) async fn app(world: &World, client: &Anyone<'_>) -> String {
    let begun = begin(client, "totp", json!({})).await.expect(200);
    let secret = begun.body["setupData"]["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let code = json!({ "code": shown(world, &secret) });
    verify(client, "totp", code).await.expect(200);
    world.clock.advance(30);
    secret
}

/// A telephone that the bearer of `client` sets up.
pub(super) async fn telephone(world: &World, client: &Anyone<'_>) {
    let begun = begin(client, "sms", json!({ "phoneNumber": NUMBER })).await;
    begun.expect(200);
    let code = json!({ "code": world.texted_code(NUMBER) });
    verify(client, "sms", code).await.expect(200);
}

/// The mailbox of the account, which is proven.
async fn mailbox(client: &Anyone<'_>) -> Value {
    let ready = begin(client, "email", json!({})).await.expect(200);
    ready.body["setupData"].clone()
}

async fn factor(world: &World, waits: &Answer, answer: Value) -> Answer {
    let session = waits.str("session");
    respond(&world.anyone(), session, "MFA_REQUIRED", answer).await
}

#[tokio::test]
async fn an_app_is_set_up_by_the_secret_that_was_begun_last() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let client = bearing(&world, &tokens);
    let none = client.get("/nauth/mfa/status").await.expect(200);
    assert_eq!(
        none.body,
        json!({
            "enabled": false, "required": false, "configuredMethods": [],
            "availableMethods": ["totp", "sms", "email", "passkey"], "hasBackupCodes": false,
            "mfaExempt": false, "mfaExemptReason": null, "mfaExemptGrantedAt": null,
        })
    );
    let early = json!({ "code": "123456" });
    let early = verify(&client, "totp", early).await;
    refused(&early, 400, "VERIFY_CODE_EXPIRED");
    let first = begin(&client, "totp", Value::Null).await.expect(200);
    let begun = begin(&client, " TOTP ", json!({})).await.expect(200);
    let data = &begun.body["setupData"];
    let secret = data["secret"].as_str().unwrap();
    assert!(
        data["qrCode"]
            .as_str()
            .unwrap()
            .starts_with("data:image/png;base64,")
    );
    assert_eq!(
        data["manualEntryKey"].as_str().unwrap().replace(' ', ""),
        secret
    );
    assert_eq!(data["accountName"], json!(ADA));
    let old = first.body["setupData"]["secret"].as_str().unwrap();
    let of_old = json!({ "code": shown(&world, old) });
    refused(
        &verify(&client, "totp", of_old).await,
        400,
        "VERIFY_CODE_INVALID",
    );
    let foreign = json!({ "secret": old, "code": shown(&world, secret) });
    refused(
        &verify(&client, "totp", foreign).await,
        400,
        "VERIFY_CODE_INVALID",
    );
    let other_kind = verify(&client, "email", json!({ "code": "123456" })).await;
    refused(&other_kind, 400, "VERIFY_CODE_EXPIRED");
    // Three answers were taken: not even the right one will do.
    let right = json!({ "secret": secret, "code": shown(&world, secret) });
    let late = verify(&client, "totp", right).await;
    refused(&late, 400, "VERIFY_TOO_MANY_ATTEMPTS");
    let secret = app(&world, &client).await;
    let listed = client.get("/nauth/mfa/devices").await.expect(200);
    let device = &listed.body["devices"][0];
    assert_eq!(
        (
            &device["type"],
            &device["name"],
            &device["isPrimary"],
            &device["secret"]
        ),
        (&json!("totp"), &json!("Mine"), &json!(true), &Value::Null)
    );
    // It is the same factor in every contract.
    let theirs = client.get("/cfg/totp/devices/").await.expect(200);
    assert_eq!(theirs.body["devices"][0]["name"], json!("Mine"));
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let answer = json!({ "method": "totp", "code": shown(&world, &secret) });
    factor(&world, &waits, answer).await.expect(200);
    let history = client
        .get("/nauth/audit/history?limit=100")
        .await
        .expect(200);
    let types: Vec<&str> = history.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["eventType"].as_str())
        .collect();
    for event in [
        "MFA_ENABLED",
        "MFA_DEVICE_ADDED",
        "MFA_VERIFICATION_SUCCESS",
    ] {
        assert!(types.contains(&event), "{event} is not in {types:?}");
    }
}

#[tokio::test]
async fn a_number_is_proven_by_the_factor_and_a_proven_one_never_replaced() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let client = bearing(&world, &tokens);
    refused(
        &begin(&client, "sms", json!({})).await,
        400,
        "SIGNUP_PHONE_REQUIRED",
    );
    let begun = begin(&client, "sms", json!({ "phone": NUMBER })).await;
    let masked = format!("***-***-{}", &NUMBER[NUMBER.len() - 4..]);
    assert_eq!(
        begun.expect(200).body,
        json!({ "setupData": { "maskedPhone": masked } })
    );
    let soon = begin(&client, "sms", json!({ "phoneNumber": NUMBER })).await;
    refused(&soon, 429, "RATE_LIMIT_RESEND");
    let nothing = verify(&client, "sms", json!({})).await;
    refused(&nothing, 400, "VALIDATION_FAILED");
    let elsewhere = json!({ "code": world.texted_code(NUMBER), "phone": "+4915199999999" });
    refused(
        &verify(&client, "sms", elsewhere).await,
        400,
        "VERIFY_CODE_INVALID",
    );
    let right = json!({ "code": world.texted_code(NUMBER), "phone": NUMBER });
    verify(&client, "sms", right).await.expect(200);
    let profile = client.get("/nauth/profile").await.expect(200);
    assert_eq!(profile.body["isPhoneVerified"], json!(true));
    assert_eq!(profile.body["mfaEnabled"], json!(true));
    let other = json!({ "phoneNumber": "+4915199999999" });
    refused(
        &begin(&client, "sms", other).await,
        400,
        "VALIDATION_FAILED",
    );
    // The same telephone is the same factor.
    let again = begin(&client, "sms", json!({ "phoneNumber": NUMBER })).await;
    let id = again.expect(200).body["setupData"]["deviceId"].clone();
    let devices = client.get("/nauth/mfa/devices").await.expect(200);
    assert_eq!(devices.body["devices"][0]["id"], id);
    assert_eq!(devices.body["devices"][0]["phoneNumber"], json!(masked));
    assert_eq!(devices.body["devices"].as_array().unwrap().len(), 1);
    // It is nobody else's any more.
    let bob = world.anyone().sign_in("bob@example.com").await.client();
    let taken = begin(&bob, "sms", json!({ "phoneNumber": NUMBER })).await;
    refused(&taken, 409, "SIGNUP_PHONE_EXISTS");
}

#[tokio::test]
async fn codes_go_where_their_owner_wants_them() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let client = bearing(&world, &tokens);
    let ready = mailbox(&client).await;
    assert_eq!(ready["autoCompleted"], json!(true));
    let completed = verify(&client, "email", json!({ "deviceId": ready["deviceId"] })).await;
    assert_eq!(completed.expect(200).body["deviceId"], ready["deviceId"]);
    verify(&client, "email", json!({})).await.expect(200);
    telephone(&world, &client).await;
    for name in ["methodType", "method"] {
        let body = json!({ name: if name == "method" { "sms" } else { "email" } });
        client
            .post("/nauth/mfa/preferred-method", &body)
            .await
            .expect(200);
    }
    let none = json!({ "methodType": "totp" });
    let none = client.post("/nauth/mfa/preferred-method", &none).await;
    refused(&none, 400, "VALIDATION_FAILED");
    world.clock.advance(61);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let asked = &waits.body["challengeParameters"];
    assert_eq!(asked["availableMethods"], json!(["email", "sms"]));
    assert_eq!(asked["preferredMethod"], json!("sms"));
    assert_eq!(asked["maskedEmail"], json!("a***@example.com"));
    let texted = world.texted_code(NUMBER);
    // The text is no letter.
    let wrong = json!({ "method": "email", "code": texted });
    refused(
        &factor(&world, &waits, wrong).await,
        400,
        "VERIFY_CODE_EXPIRED",
    );
    let session = waits.str("session");
    let data = async |method: &str| {
        let body = json!({ "session": session, "method": method });
        let path = "/nauth/challenge/challenge-data";
        world.anyone().post(path, &body).await
    };
    refused(&data("totp").await, 400, "VALIDATION_FAILED");
    refused(&data("sms").await, 429, "RATE_LIMIT_RESEND");
    let mailed = data("email").await.expect(200);
    assert_eq!(mailed.body, json!({ "challengeData": "a***a@example.com" }));
    let code = world.code(ADA);
    // Signing in again goes on with the code that is on its way.
    let again = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(again.str("session"), session);
    let right = json!({ "method": "email", "code": code });
    factor(&world, &waits, right).await.expect(200);
    // Another contract has no words for either of them.
    let elsewhere = crate::auth::login(&world.anyone(), ADA, PASSWORD).await;
    elsewhere.expect(403);
}

#[tokio::test]
async fn a_resent_code_voids_the_one_before_and_a_spent_budget_the_right_one() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    telephone(&world, &bearing(&world, &tokens)).await;
    world.clock.advance(61);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let first = world.texted_code(NUMBER);
    let resend = json!({ "session": waits.str("session") });
    let path = "/nauth/challenge/resend";
    let soon = world.anyone().post(path, &resend).await;
    refused(&soon, 429, "RATE_LIMIT_RESEND");
    world.clock.advance(61);
    let resent = world.anyone().post(path, &resend).await.expect(200);
    assert!(resent.str("destination").starts_with("***-***-"));
    let answer = |code: &str| json!({ "method": "sms", "code": code });
    for _ in 0..3 {
        let wrong = factor(&world, &waits, answer(&first)).await;
        refused(&wrong, 400, "VERIFY_CODE_INVALID");
    }
    let right = answer(&world.texted_code(NUMBER));
    let late = factor(&world, &waits, right).await;
    refused(&late, 400, "CHALLENGE_MAX_ATTEMPTS");
}

#[tokio::test]
async fn removing_the_last_factor_turns_them_off() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let client = bearing(&world, &tokens);
    let codes = "/nauth/mfa/backup-codes/generate";
    let off = client.post(codes, &json!({})).await;
    refused(&off, 400, "VALIDATION_FAILED");
    app(&world, &client).await;
    mailbox(&client).await;
    let made = client.post(codes, &json!({})).await.expect(200);
    let made = made.body["codes"].as_array().unwrap().clone();
    assert_eq!(made.len(), 10);
    let remove = async |method: &str| {
        let path = format!("/nauth/mfa/method/{method}");
        client.send("DELETE", &path, &json!({})).await
    };
    refused(&remove("sms").await, 400, "VALIDATION_FAILED");
    refused(&remove("pigeon").await, 400, "VALIDATION_FAILED");
    let one = remove("totp").await.expect(200);
    assert_eq!(one.body, json!({ "deletedCount": 1, "mfaDisabled": false }));
    world.clock.advance(61);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let asked = &waits.body["challengeParameters"];
    assert_eq!(asked["availableMethods"], json!(["email", "backup"]));
    let backup = json!({ "method": "backup", "code": made[0] });
    factor(&world, &waits, backup.clone()).await.expect(200);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let again = factor(&world, &waits, backup).await;
    refused(&again, 400, "VERIFY_CODE_INVALID");
    let last = remove("email").await.expect(200);
    assert_eq!(last.body, json!({ "deletedCount": 1, "mfaDisabled": true }));
    let status = client.get("/nauth/mfa/status").await.expect(200);
    assert_eq!(status.body["enabled"], json!(false));
    assert_eq!(status.body["hasBackupCodes"], json!(false));
    let tokens = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(tokens.body["challengeName"], Value::Null);
}

#[tokio::test]
async fn factors_are_changed_by_a_fresh_sign_in_that_showed_one() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let client = bearing(&world, &tokens);
    world.clock.advance(601);
    let stale = begin(&client, "totp", json!({})).await;
    refused(&stale, 403, "FORBIDDEN");
    assert_eq!(stale.body["details"]["reason"], json!("reauthentication"));
    let tokens = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let client = bearing(&world, &tokens);
    let secret = app(&world, &client).await;
    // Whoever confirmed a factor has used it, for as long as the sign-in is fresh.
    mailbox(&client).await;
    world.clock.advance(601);
    let path = "/nauth/mfa/method/email";
    let stale = client.send("DELETE", path, &json!({})).await;
    refused(&stale, 403, "FORBIDDEN");
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let answer = json!({ "method": "totp", "code": shown(&world, &secret) });
    let tokens = factor(&world, &waits, answer).await.expect(200);
    bearing(&world, &tokens)
        .send("DELETE", path, &json!({}))
        .await
        .expect(200);
}

#[tokio::test]
async fn an_excused_account_changes_its_factors_without_showing_one() {
    let world = World::new().await;
    guarded(&world).await;
    world.set_user(ADA, |user| user.mfa_exempt = true).await;
    let tokens = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let session = bearing(&world, &tokens);
    let nothing = json!({});
    let remove = || session.send("DELETE", "/nauth/mfa/method/totp", &nothing);
    // Asked again, the account wants the factor of a session that began before, too.
    world.set_user(ADA, |user| user.mfa_exempt = false).await;
    let refusal = remove().await;
    refused(&refusal, 403, "FORBIDDEN");
    assert_eq!(refusal.body["details"]["reason"], json!("reauthentication"));
    world.set_user(ADA, |user| user.mfa_exempt = true).await;
    remove().await.expect(200);
    mailbox(&session).await;
    let change = json!({ "oldPassword": PASSWORD, "newPassword": NEXT_PASSWORD });
    let changed = session.post("/nauth/change-password", &change).await;
    changed.expect(200);
}

#[tokio::test]
async fn the_profile_says_which_factor_comes_first() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let client = bearing(&world, &tokens);
    app(&world, &client).await;
    mailbox(&client).await;
    let edit = json!({ "preferredMfaMethod": "sms", "firstName": "Ada" });
    let none = client.send("PUT", "/nauth/profile", &edit).await;
    refused(&none, 400, "VALIDATION_FAILED");
    let edit = json!({ "preferredMfaMethod": "email", "firstName": "Ada" });
    let profile = client.send("PUT", "/nauth/profile", &edit).await;
    assert_eq!(profile.expect(200).str("firstName"), "Ada");
    let status = client.get("/nauth/mfa/status").await.expect(200);
    assert_eq!(status.str("preferredMethod"), "email");
}

/// Where a factor has to be set up from the first day on.
async fn demanding() -> World {
    World::with(&[
        ("POSTERN_NAUTH_MFA_ENFORCEMENT", "REQUIRED"),
        ("POSTERN_NAUTH_MFA_GRACE_DAYS", "0"),
    ])
    .await
}

async fn set_up(world: &World, session: &str, method: &str, data: Value) -> Answer {
    let answer = json!({ "method": method, "setupData": data });
    respond(&world.anyone(), session, "MFA_SETUP_REQUIRED", answer).await
}

async fn data(world: &World, session: &str, method: &str, data: Value) -> Answer {
    let body = json!({ "session": session, "method": method, "setupData": data });
    world
        .anyone()
        .post("/nauth/challenge/setup-data", &body)
        .await
}

#[tokio::test]
async fn a_factor_that_is_demanded_is_set_up_within_the_sign_in() {
    let world = demanding().await;
    let waits = ada(&world).await;
    assert_eq!(waits.str("challengeName"), "MFA_SETUP_REQUIRED");
    let asked = &waits.body["challengeParameters"];
    assert_eq!(
        asked["allowedMethods"],
        json!(["totp", "sms", "email", "passkey"])
    );
    assert_eq!(asked["requiresPhoneCollection"], json!("true"));
    let session = waits.str("session");
    let early = set_up(&world, session, "totp", json!({ "code": "123456" })).await;
    refused(&early, 400, "VERIFY_CODE_EXPIRED");
    let begun = data(&world, session, "totp", json!({})).await.expect(200);
    let secret = begun.body["setupData"]["secret"].as_str().unwrap();
    let answer = json!({ "secret": secret, "code": shown(&world, secret) });
    let other = factor(
        &world,
        &waits,
        json!({ "method": "totp", "code": "123456" }),
    )
    .await;
    refused(&other, 400, "CHALLENGE_TYPE_MISMATCH");
    let tokens = set_up(&world, session, "totp", answer.clone())
        .await
        .expect(200);
    let status = bearing(&world, &tokens)
        .get("/nauth/mfa/status")
        .await
        .expect(200);
    assert_eq!(status.body["configuredMethods"], json!(["totp"]));
    let again = set_up(&world, session, "totp", answer).await;
    refused(&again, 400, "CHALLENGE_ALREADY_COMPLETED");
    // The session has shown the factor, and may set up another.
    mailbox(&bearing(&world, &tokens)).await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "MFA_REQUIRED");
    let history = bearing(&world, &tokens)
        .get("/nauth/audit/history?eventTypes=CHALLENGE_CREATED,MFA_ENABLED")
        .await
        .expect(200);
    let rows = history.body["data"].as_array().unwrap();
    let told = rows
        .iter()
        .filter_map(|row| row["metadata"]["challengeName"].as_str());
    assert!(told.into_iter().any(|name| name == "MFA_SETUP_REQUIRED"));
    assert!(
        rows.iter()
            .any(|row| row["eventType"] == json!("MFA_ENABLED"))
    );
}

#[tokio::test]
async fn a_mailbox_and_a_telephone_will_do() {
    let world = demanding().await;
    let waits = ada(&world).await;
    let session = waits.str("session");
    let resend = json!({ "session": session });
    let path = "/nauth/challenge/resend";
    let nothing = world.anyone().post(path, &resend).await;
    refused(&nothing, 400, "VALIDATION_FAILED");
    data(&world, session, "sms", json!({ "phoneNumber": NUMBER }))
        .await
        .expect(200);
    let first = world.texted_code(NUMBER);
    let soon = world.anyone().post(path, &resend).await;
    refused(&soon, 429, "RATE_LIMIT_RESEND");
    world.clock.advance(61);
    world.anyone().post(path, &resend).await.expect(200);
    let void = set_up(&world, session, "sms", json!({ "code": first })).await;
    refused(&void, 400, "VERIFY_CODE_INVALID");
    // What is begun last counts.
    let ready = data(&world, session, "email", json!({})).await.expect(200);
    let ready = &ready.body["setupData"];
    assert_eq!(ready["autoCompleted"], json!(true));
    let late = json!({ "code": world.texted_code(NUMBER) });
    let late = set_up(&world, session, "sms", late).await;
    refused(&late, 400, "VERIFY_CODE_EXPIRED");
    let id = json!({ "deviceId": ready["deviceId"] });
    let tokens = set_up(&world, session, "email", id).await.expect(200);
    let status = bearing(&world, &tokens)
        .get("/nauth/mfa/status")
        .await
        .expect(200);
    assert_eq!(status.body["configuredMethods"], json!(["email"]));
}

#[tokio::test]
async fn nobody_is_asked_for_a_factor_within_the_grace_or_once_excused() {
    let world = World::with(&[("POSTERN_NAUTH_MFA_ENFORCEMENT", "REQUIRED")]).await;
    ada(&world).await;
    let name = |answer: &Answer| answer.body["challengeName"].clone();
    world.clock.advance(6 * 24 * 3600);
    let within = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(name(&within), Value::Null);
    world.clock.advance(24 * 3600);
    let after = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(name(&after), json!("MFA_SETUP_REQUIRED"));
    let address = crate::auth::address(ADA);
    world
        .postern
        .set_mfa_exemption(&address, true, None)
        .await
        .unwrap();
    let excused = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(name(&excused), Value::Null);
}
