//! Trusted devices: what they spare, whose they are, and what ends them.

use serde_json::json;
use tests::{Answer, Anyone, Authenticator, World};

use super::factors::{guarded, totp};
use super::{
    ADA, NEXT_PASSWORD, PASSWORD, ada, bearing, browser, cookies, login, prove, refused, sign_up,
};

/// Ada, signed in with her factor.
async fn with_factor(world: &World, app: &Authenticator) -> Answer {
    world.clock.advance(30);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "MFA_REQUIRED");
    let code = app.code(world.now());
    totp(world, &waits, &code).await.expect(200)
}

async fn trust(client: &Anyone<'_>) -> Answer {
    client.post("/nauth/trust-device", &json!({})).await
}

/// The token of Ada's device, trusted in the session of `tokens`.
async fn trusted(world: &World, tokens: &Answer) -> String {
    let issued = trust(&bearing(world, tokens)).await.expect(200);
    issued.str("deviceToken").to_owned()
}

fn showing<'w>(client: Anyone<'w>, token: &str) -> Anyone<'w> {
    client.header("x-device-token", token)
}

/// What a sign-in of Ada from the device of `token` waits for, if it waits.
async fn asked(world: &World, token: &str, password: &str) -> Option<String> {
    world.clock.advance(61);
    let device = showing(world.anyone(), token);
    let answer = login(&device, ADA, password).await.expect(200);
    let challenge = answer.body["challengeName"].as_str();
    challenge.map(str::to_owned)
}

async fn is_trusted(client: Anyone<'_>) -> bool {
    let answer = client.get("/nauth/is-trusted-device").await.expect(200);
    answer.body["trusted"].as_bool().unwrap()
}

async fn events(client: &Anyone<'_>, kind: &str) -> u64 {
    let path = format!("/nauth/audit/history?eventTypes={kind}");
    client.get(&path).await.expect(200).body["total"]
        .as_u64()
        .unwrap()
}

#[tokio::test]
async fn a_trusted_device_is_not_asked_for_the_factor() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let first = with_factor(&world, &app).await;
    assert_eq!(first.body["trusted"], json!(false));
    let token = trusted(&world, &first).await;
    assert_eq!(
        trusted(&world, &first).await,
        token,
        "asked again, the same"
    );
    let member = bearing(&world, &first);
    assert!(is_trusted(showing(member.clone(), &token)).await);
    assert!(!is_trusted(member.clone()).await);
    // Another session gets a token of its own, and no wish gets this one.
    let second = with_factor(&world, &app).await;
    let shown = showing(bearing(&world, &second), &token);
    let other = trust(&shown).await.expect(200);
    assert_ne!(other.str("deviceToken"), token);

    let again = login(&showing(world.anyone(), &token), ADA, PASSWORD).await;
    let again = again.expect(200);
    assert_eq!(again.body["trusted"], json!(true));
    assert_eq!(again.str("deviceToken"), token);
    // The session that the device had before is over; the other device's is not.
    refused(
        &member.get("/nauth/profile").await,
        401,
        "AUTH_SESSION_NOT_FOUND",
    );
    bearing(&world, &second)
        .get("/nauth/profile")
        .await
        .expect(200);
    let member = bearing(&world, &again);
    let listed = member.get("/nauth/sessions").await.expect(200);
    let sessions = listed.body["sessions"].as_array().unwrap();
    let own = sessions.iter().find(|one| one["isCurrent"] == json!(true));
    assert_eq!(own.unwrap()["isRemembered"], json!(true));
    // It showed no factor, so it changes nothing that guards the account.
    let edit = json!({ "username": "another" });
    refused(
        &member.send("PUT", "/nauth/profile", &edit).await,
        403,
        "FORBIDDEN",
    );
    assert_eq!(events(&member, "DEVICE_TRUSTED").await, 2);
    // Signed out of, the device stays trusted, until its time is over.
    member.get("/nauth/logout").await.expect(200);
    assert_eq!(asked(&world, &token, PASSWORD).await, None);
    world.clock.advance(30 * 24 * 60 * 60);
    let waits = asked(&world, &token, PASSWORD).await;
    assert_eq!(waits.as_deref(), Some("MFA_REQUIRED"));
}

#[tokio::test]
async fn a_sign_in_by_a_trusted_device_takes_no_trip_more() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let token = trusted(&world, &with_factor(&world, &app).await).await;
    let device = showing(world.anyone(), &token);
    for signed_out in [false, true] {
        world.clock.advance(61);
        world.tap.clear();
        let tokens = login(&device, ADA, PASSWORD).await.expect(200);
        assert_eq!(world.tap.trips(), 3, "{:?}", world.tap.calls());
        if !signed_out {
            bearing(&world, &tokens)
                .get("/nauth/logout")
                .await
                .expect(200);
        }
    }
}

#[tokio::test]
async fn another_persons_device_is_worth_nothing_and_is_told() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let token = trusted(&world, &with_factor(&world, &app).await).await;
    let waits = sign_up(&world.anyone(), "bob@example.com")
        .await
        .expect(201);
    let code = world.code("bob@example.com");
    prove(&world.anyone(), waits.str("session"), &code)
        .await
        .expect(200);
    let device = showing(world.anyone(), &token);
    let bob = login(&device, "bob@example.com", PASSWORD)
        .await
        .expect(200);
    assert_eq!(bob.body["trusted"], json!(false));
    let bob = bearing(&world, &bob);
    assert!(!is_trusted(showing(bob.clone(), &token)).await);
    assert_eq!(events(&bob, "SUSPICIOUS_ACTIVITY").await, 1);
    // What is no token of ours is no device at all.
    let device = showing(world.anyone(), "not a token");
    login(&device, "bob@example.com", PASSWORD)
        .await
        .expect(200);
    assert_eq!(events(&bob, "SUSPICIOUS_ACTIVITY").await, 1);
    assert_eq!(asked(&world, &token, PASSWORD).await, None, "still Ada's");
}

#[tokio::test]
async fn forgetting_ends_the_trust_at_once() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let mfa = Some("MFA_REQUIRED".to_owned());
    // This device, by the session that holds it.
    let session = with_factor(&world, &app).await;
    let token = trusted(&world, &session).await;
    let path = "/nauth/logout?forgetMe=true";
    bearing(&world, &session).get(path).await.expect(200);
    assert_eq!(asked(&world, &token, PASSWORD).await, mfa);
    // Every device.
    let session = with_factor(&world, &app).await;
    let (first, other) = (
        trusted(&world, &session).await,
        with_factor(&world, &app).await,
    );
    let second = trusted(&world, &other).await;
    let body = json!({ "forgetDevices": true });
    bearing(&world, &session)
        .post("/nauth/logout/all", &body)
        .await
        .expect(200);
    assert_eq!(asked(&world, &first, PASSWORD).await, mfa);
    assert_eq!(asked(&world, &second, PASSWORD).await, mfa);
    let session = with_factor(&world, &app).await;
    let member = bearing(&world, &session);
    assert_eq!(events(&member, "DEVICE_UNTRUSTED").await, 2);
    // A reset of the password.
    let token = trusted(&world, &session).await;
    world.clock.advance(61);
    let asked_for = json!({ "identifier": ADA });
    world
        .anyone()
        .post("/nauth/forgot-password", &asked_for)
        .await
        .expect(200);
    let reset = json!({ "identifier": ADA, "code": world.code(ADA), "newPassword": NEXT_PASSWORD });
    world
        .anyone()
        .post("/nauth/forgot-password/confirm", &reset)
        .await
        .expect(200);
    assert_eq!(asked(&world, &token, NEXT_PASSWORD).await, mfa);
}

#[tokio::test]
async fn another_set_of_factors_ends_the_trust() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let token = trusted(&world, &tokens).await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    let mfa = Some("MFA_REQUIRED".to_owned());
    assert_eq!(asked(&world, &token, PASSWORD).await, mfa);
    let session = with_factor(&world, &app).await;
    let token = trusted(&world, &session).await;
    assert_eq!(asked(&world, &token, PASSWORD).await, None);
    world.clock.advance(30);
    let path = format!("/cfg/totp/devices/{}/", app.device);
    let code = json!({ "code": app.code(world.now()) });
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let member = totp(&world, &waits, &app.code(world.now()))
        .await
        .expect(200);
    world.clock.advance(30);
    let code_now = json!({ "code": app.code(world.now()) });
    assert_ne!(code, code_now);
    bearing(&world, &member)
        .send("DELETE", &path, &code_now)
        .await
        .expect(204);
    world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    assert_eq!(asked(&world, &token, PASSWORD).await, mfa);
}

#[tokio::test]
async fn installations_trust_never_or_always() {
    let never = World::with(&[("POSTERN_NAUTH_REMEMBER_DEVICES", "never")]).await;
    let tokens = ada(&never).await;
    assert_eq!(tokens.body.get("deviceToken"), None);
    let member = bearing(&never, &tokens);
    refused(&trust(&member).await, 403, "FORBIDDEN");
    assert!(!is_trusted(member).await);

    let always = World::with(&[("POSTERN_NAUTH_REMEMBER_DEVICES", "always")]).await;
    let app = guarded(&always).await;
    let tokens = with_factor(&always, &app).await;
    assert_eq!(tokens.body["trusted"], json!(true));
    let member = bearing(&always, &tokens);
    refused(&trust(&member).await, 403, "FORBIDDEN");
    let token = tokens.str("deviceToken");
    assert!(is_trusted(showing(member, token)).await);
    assert_eq!(asked(&always, token, PASSWORD).await, None);

    let asks = World::with(&[("POSTERN_NAUTH_TRUSTED_SKIP_MFA", "false")]).await;
    let app = guarded(&asks).await;
    let token = trusted(&asks, &with_factor(&asks, &app).await).await;
    assert!(asked(&asks, &token, PASSWORD).await.is_some());
}

#[tokio::test]
async fn in_a_browser_the_token_is_in_a_cookie_alone() {
    let world = World::new().await;
    let app = guarded(&world).await;
    world.clock.advance(30);
    let waits = login(&browser(&world, &[]), ADA, PASSWORD)
        .await
        .expect(200);
    let code = json!({ "session": waits.str("session"), "type": "MFA_REQUIRED",
        "method": "totp", "code": app.code(world.now()) });
    let signed_in = browser(&world, &[])
        .post("/nauth/respond-challenge", &code)
        .await
        .expect(200);
    let mut kept = cookies(&signed_in);
    let csrf = kept.iter().find(|(name, _)| name == "nauth_csrf_token");
    let csrf = csrf.unwrap().1.clone();
    let page = browser(&world, &kept).header("x-csrf-token", &csrf);
    let issued = trust(&page).await.expect(200);
    assert_eq!(issued.str("deviceToken"), "");
    let device = cookies(&issued);
    assert_eq!(device[0].0, "nauth_device_token");
    let line = issued.header("set-cookie");
    assert!(line.contains("HttpOnly") && line.contains("Max-Age=2592000"));
    kept.extend(device.clone());
    assert!(is_trusted(browser(&world, &kept)).await);
    // A script that got hold of it shows it in vain.
    let header = showing(world.anyone(), &device[0].1);
    let waits = login(&header, ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "MFA_REQUIRED");
    world.clock.advance(61);
    let again = login(&browser(&world, &device), ADA, PASSWORD).await;
    let again = again.expect(200);
    assert_eq!(again.body["trusted"], json!(true));
    assert_eq!(again.body.get("deviceToken"), None);
    assert!(cookies(&again).contains(&device[0]));
}

#[tokio::test]
async fn a_session_that_showed_no_factor_spares_none() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let session = with_factor(&world, &app).await;
    // One that is exempt shows none, until it is exempt no longer.
    world.set_user(ADA, |user| user.mfa_exempt = true).await;
    let exempt = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    world.set_user(ADA, |user| user.mfa_exempt = false).await;
    let refusal = trust(&bearing(&world, &exempt)).await;
    refused(&refusal, 403, "FORBIDDEN");
    assert_eq!(refusal.body["details"]["reason"], json!("reauthentication"));
    trust(&bearing(&world, &session)).await.expect(200);
}
