//! /auth/generate-2fa-code, enable-2fa, verify-2fa, test-2fa, disable-2fa

use serde_json::json;
use tests::{Answer, Anyone, World};

use super::{ADA, PASSWORD, ada, is_signed_in, login};

const ENABLE: &str = "/auth/enable-2fa";
const VERIFY: &str = "/auth/verify-2fa";

async fn enable(client: &Anyone<'_>) -> (String, Vec<String>) {
    let first = client.get("/auth/generate-2fa-code").await.expect(200);
    let uri = first.str("otpauth_uri");
    assert!(uri.starts_with("otpauth://totp/"), "{uri}");
    let body = json!({ "code": first.str("code") });
    let enabled = client.post(ENABLE, &body).await.expect(200);
    assert_eq!(enabled.str("message"), "2FA enabled successfully");
    let codes = serde_json::from_value(enabled.body["backup_codes"].clone()).unwrap();
    (first.str("secret").to_owned(), codes)
}

/// What the app shows now.
pub(crate) fn shown(world: &World, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret);
    let now = u64::try_from(world.now().0).unwrap();
    app.build_noncompliant().generate(now).to_string()
}

async fn verify(client: &Anyone<'_>, pending: &str, code: &str) -> Answer {
    let body = json!({ "code": code });
    client.clone().bearing(pending).post(VERIFY, &body).await
}

#[tokio::test]
async fn a_factor_is_asked_for_at_the_next_sign_in() {
    let world = World::new().await;
    let member = ada(&world.anyone()).await;
    let none = member.get("/auth/test-2fa").await.expect(400);
    assert_eq!(none.str("detail"), "2FA is not enabled");
    let (secret, _) = enable(&member).await;
    assert!(is_signed_in(&member).await, "this session is taken along");
    let on = member.get("/auth/test-2fa").await.expect(200);
    assert_eq!(on.str("message"), "2FA is enabled and working correctly");
    world.clock.advance(30);
    let waiting = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(waiting.body["requires_2fa"], json!(true));
    assert!(waiting.body.get("refresh_token").is_none());
    let pending = waiting.str("access_token").to_owned();
    let bearer = world.anyone().bearing(&pending);
    for path in ["/protected", "/auth/sessions", "/cfg/accounts/profile/"] {
        bearer.get(path).await.expect(401);
    }
    let wrong = verify(&world.anyone(), &pending, "000000").await;
    assert_eq!(wrong.expect(400).str("detail"), "Invalid 2FA code");
    let code = shown(&world, &secret);
    let answer = verify(&world.anyone(), &pending, &code).await.expect(200);
    let whole = world.anyone().bearing(answer.str("access_token"));
    assert!(is_signed_in(&whole).await);
    verify(&world.anyone(), &pending, &code).await.expect(401);
}

#[tokio::test]
async fn a_backup_code_will_do_and_once() {
    let world = World::new().await;
    let (_, codes) = enable(&ada(&world.anyone()).await).await;
    for status in [200, 400] {
        let waiting = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
        let pending = waiting.str("access_token");
        verify(&world.anyone(), pending, &codes[0])
            .await
            .expect(status);
    }
}

#[tokio::test]
async fn only_a_pending_token_opens_the_second_step() {
    let world = World::new().await;
    let member = ada(&world.anyone()).await;
    let (secret, _) = enable(&member).await;
    world.clock.advance(30);
    let body = json!({ "code": shown(&world, &secret) });
    member.post(VERIFY, &body).await.expect(401);
    world.anyone().post(VERIFY, &body).await.expect(401);
    let waiting = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let pending = waiting.str("access_token").to_owned();
    world.clock.advance(300);
    verify(&world.anyone(), &pending, &shown(&world, &secret))
        .await
        .expect(401);
    let old = json!({ "refresh_token": pending });
    let refused = world.anyone().post("/auth/token-refresh", &old).await;
    refused.expect(401);
}

#[tokio::test]
async fn the_secret_is_told_only_while_it_guards_nothing() {
    let world = World::new().await;
    let member = ada(&world.anyone()).await;
    let generate = "/auth/generate-2fa-code";
    let one = member.get(generate).await.expect(200);
    let same = member.get(generate).await.expect(200);
    assert_eq!(one.str("secret"), same.str("secret"));
    let wrong = json!({ "code": "000000" });
    let refused = member.post(ENABLE, &wrong).await.expect(400);
    assert_eq!(refused.str("detail"), "Invalid 2FA code");
    enable(&member).await;
    let over = member.get(generate).await.expect(400);
    assert_eq!(over.str("detail"), "2FA is already enabled");
    let body = json!({ "code": one.str("code") });
    member.post(ENABLE, &body).await.expect(400);
}

#[tokio::test]
async fn it_is_switched_off_only_by_a_fresh_sign_in_that_showed_it() {
    let world = World::new().await;
    let member = ada(&world.anyone()).await;
    let off = "/auth/disable-2fa";
    let none = member.raw("POST", off, "").await.expect(400);
    assert_eq!(none.str("detail"), "2FA is not enabled");
    let (secret, _) = enable(&member).await;
    member.raw("POST", off, "").await.expect(403);
    world.clock.advance(30);
    let waiting = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let code = shown(&world, &secret);
    let answer = verify(&world.anyone(), waiting.str("access_token"), &code).await;
    let answer = answer.expect(200);
    let whole = world.anyone().bearing(answer.str("access_token"));
    let done = whole.raw("POST", off, "").await.expect(200);
    assert_eq!(done.str("message"), "2FA disabled successfully");
    assert!(!is_signed_in(&member).await, "other sessions end");
    let plain = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(plain.body["requires_2fa"], json!(false));
}

#[tokio::test]
async fn a_token_of_eleven_minutes_changes_no_guard() {
    let world = World::new().await;
    let member = ada(&world.anyone()).await;
    world.clock.advance(660);
    member.get("/auth/generate-2fa-code").await.expect(403);
    for change in [
        json!({ "password": super::OTHER }),
        json!({ "email": "b@example.com" }),
    ] {
        let refused = member.send("PUT", "/auth/profile", &change).await;
        assert_eq!(refused.expect(403).str("detail"), "Recent sign-in required");
    }
}
