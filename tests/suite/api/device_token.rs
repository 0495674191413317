//! `/api/auth/device/` and `/api/auth/device/token/`.

use serde_json::{Value, json};
use tests::{Fault, World};

use super::{ADA, Device, refused};

const TOKEN: &str = "/api/auth/device/token/";

#[tokio::test]
async fn a_device_is_told_what_to_show_and_where() {
    let world = World::new().await;
    let started = world.anyone().post("/api/auth/device", &json!(null)).await;
    let started = started.expect(200);
    assert_eq!(
        started.str("verification_uri"),
        "https://id.example.com/device"
    );
    assert_eq!(started.body["interval"], json!(5));
    assert_eq!(started.body["expires_in"], json!(600));
    assert_eq!(started.str("device_code").len(), 43);
    let code = started.str("user_code");
    assert_eq!((code.len(), &code[4..5]), (9, "-"));
    assert_eq!(started.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_first_sign_in_gets_an_identity_and_both_keys() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    refused(&device.poll().await, "authorization_pending");
    world.clock.advance(5);
    device.answered(ADA, "/device/approve").await;
    let got = device.poll().await.expect(200);
    assert!(got.str("management_key").starts_with("ravi_mgmt_"));
    assert!(got.str("identity_key").starts_with("ravi_id_"));
    assert_eq!(got.body["user"]["email"], ADA);
    assert!(got.body["user"]["id"].is_u64());
    assert_eq!(got.body["identity"]["inbox"], ADA);
    assert_eq!(got.body["identity"]["email"], ADA);
    assert_eq!(got.body["identity"]["phone"], Value::Null);
    assert!(got.body.get("identities").is_none());
    refused(&device.poll().await, "expired_token");
    let profile = world.anyone().bearing(got.str("access"));
    let profile = profile.get("/cfg/accounts/profile/").await.expect(200);
    assert_eq!(profile.str("email"), ADA);
    world.anyone().refresh(got.str("refresh")).await.expect(200);
}

#[tokio::test]
async fn an_approval_buys_no_keys_once_everything_was_ended() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    device.answered(ADA, "/device/approve").await;
    let now = world.now();
    world.postern.end_all_sessions(now).await.unwrap();
    refused(&device.poll().await, "access_denied");
}

#[tokio::test]
async fn an_account_of_another_contract_gets_its_identity_then() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.clock.advance(60);
    let name = json!({ "first_name": "Ada", "last_name": "Lovelace" });
    ada.client()
        .send("PATCH", "/cfg/accounts/profile/update/", &name)
        .await
        .expect(200);
    let got = Device::let_in(&world, ADA).await;
    assert_eq!(got.body["identity"]["name"], "Ada Lovelace");
    world.clock.advance(60);
    let again = Device::let_in(&world, ADA).await;
    assert_eq!(again.body["identity"]["uuid"], got.body["identity"]["uuid"]);
    assert_ne!(again.str("management_key"), got.str("management_key"));
}

#[tokio::test]
async fn several_identities_are_listed_and_none_gets_a_key() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    let manager = world.anyone().bearing(got.str("management_key"));
    let added = json!({ "name": "Scout", "email": "x@example.org", "provision_phone": true });
    manager.post("/api/identities/", &added).await.expect(201);
    world.clock.advance(60);
    let again = Device::let_in(&world, ADA).await;
    assert_eq!(again.body["identities"].as_array().unwrap().len(), 2);
    assert_eq!(again.body["identities"][1]["name"], "Scout");
    assert_eq!(
        again.body["identities"][1]["email"], ADA,
        "none but the proven address"
    );
    assert!(again.body.get("identity").is_none() && again.body.get("identity_key").is_none());
}

#[tokio::test]
async fn a_refusal_is_said_until_the_code_expires() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    device.answered(ADA, "/device/deny").await;
    for _ in 0..2 {
        refused(&device.poll().await, "access_denied");
    }
    world.clock.advance(600);
    refused(&device.poll().await, "expired_token");
}

#[tokio::test]
async fn nothing_works_after_expiry() {
    let world = World::new().await;
    let (pending, approved) = (Device::asking(&world).await, Device::asking(&world).await);
    approved.answered(ADA, "/device/approve").await;
    world.clock.advance(599);
    let mut browser = tests::Visitor::open(world.anyone(), "/device").await;
    browser.sign_in(ADA).await;
    browser
        .fill("/device/check", &[("user_code", &pending.user_code)])
        .await;
    assert_eq!(browser.page.status, 200);
    world.clock.advance(1);
    refused(&pending.poll().await, "expired_token");
    refused(&approved.poll().await, "expired_token");
    let mut other = browser.clone();
    browser
        .press("/device/approve", "/device/approve", &[])
        .await;
    other.press("/device/approve", "/device/deny", &[]).await;
    assert_eq!((browser.page.status, other.page.status), (400, 400));
    refused(&pending.poll().await, "expired_token");
}

#[tokio::test]
async fn only_who_clearly_hurries_is_slowed_down() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    for _ in 0..3 {
        refused(&device.poll().await, "authorization_pending");
        world.clock.advance(5);
    }
    refused(&device.poll().await, "authorization_pending");
    world.clock.advance(3);
    refused(&device.poll().await, "slow_down");
    world.clock.advance(6);
    refused(&device.poll().await, "slow_down");
    world.clock.advance(15);
    refused(&device.poll().await, "authorization_pending");
    device.answered(ADA, "/device/approve").await;
    device.poll().await.expect(200);
}

#[tokio::test]
async fn a_form_says_what_json_says() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let sent = world
        .anyone()
        .form(TOKEN, &[("device_code", &device.code), ("wait", "false")])
        .await;
    refused(&sent, "authorization_pending");
    world.clock.advance(5);
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"device_code\"\r\n\r\n{}\r\n--b--\r\n",
        device.code
    );
    let multipart = world
        .anyone()
        .header("content-type", "multipart/form-data; boundary=b");
    refused(
        &multipart.raw("POST", TOKEN, &body).await,
        "authorization_pending",
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_at_once() {
    let world = World::new().await;
    let wrong = json!({ "device_code": "", "wait": "perhaps" });
    let answer = world.anyone().post(TOKEN, &wrong).await;
    refused(&answer, "invalid_request");
    let said = answer.str("error_description");
    assert!(
        said.contains("device_code") && said.contains("wait"),
        "{said}"
    );
    for body in ["", "{}", "{\"device_code\": null}", "[", "7"] {
        let json = world.anyone().header("content-type", "application/json");
        refused(&json.raw("POST", TOKEN, body).await, "invalid_request");
    }
    let text = world.anyone().header("content-type", "text/plain");
    text.raw("POST", TOKEN, "device_code=x").await.expect(415);
    world.anyone().get(TOKEN).await.expect(405);
}

#[tokio::test]
async fn unknown_codes_are_counted_and_good_ones_are_not() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    for _ in 0..10 {
        let unknown = world
            .anyone()
            .post(TOKEN, &json!({ "device_code": "x" }))
            .await;
        refused(&unknown, "invalid_grant");
    }
    let unknown = world
        .anyone()
        .post(TOKEN, &json!({ "device_code": "x" }))
        .await;
    assert!(!unknown.expect(429).header("retry-after").is_empty());
    refused(&device.poll().await, "authorization_pending");
}

#[tokio::test]
async fn one_place_begins_ten_a_minute() {
    let world = World::new().await;
    for _ in 0..10 {
        Device::asking(&world).await;
    }
    let here = world.anyone();
    let start = || here.raw("POST", "/api/auth/device/", "");
    let refused = start().await.expect(429);
    assert_eq!(refused.str("error"), "temporarily_unavailable");
    world
        .at("192.0.2.9")
        .raw("POST", "/api/auth/device/", "")
        .await
        .expect(200);
    world.clock.advance(60);
    start().await.expect(200);
}

#[tokio::test]
async fn a_lock_between_approval_and_exchange_denies() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    device.answered(ADA, "/device/approve").await;
    let address = domain::EmailAddress::parse(ADA).unwrap();
    world.postern.lock_user(&address).await.unwrap();
    refused(&device.poll().await, "access_denied");
    world.postern.unlock_user(&address).await.unwrap();
    refused(&device.poll().await, "access_denied");
}

#[tokio::test]
async fn a_devices_session_changes_nothing_that_guards_the_account() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    let device = world.anyone().bearing(got.str("access"));
    let stale = device
        .post("/cfg/accounts/api-key/regenerate/", &json!({}))
        .await;
    assert_eq!(stale.expect(403).str("code"), "stale_sign_in");
}

#[tokio::test]
async fn an_exchange_whose_answer_is_lost_on_the_way_to_us_happened_once() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    device.answered(ADA, "/device/approve").await;
    world.tap.fail("TransactWriteItems", Fault::LostAnswer, 1);
    let got = device.poll().await.expect(200);
    let manager = world.anyone().bearing(got.str("management_key"));
    manager.get("/api/identities/").await.expect(200);
    refused(&device.poll().await, "expired_token");
}

#[tokio::test]
async fn an_exchange_that_cannot_be_written_spends_nothing() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    device.answered(ADA, "/device/approve").await;
    world.tap.fail("TransactWriteItems", Fault::Conflict, 7);
    let busy = device.poll().await.expect(503);
    assert_eq!(busy.str("error"), "temporarily_unavailable");
    assert!(!busy.header("retry-after").is_empty());
    device.poll().await.expect(200);
}
