//! Second factors within a sign-in.

use serde_json::json;
use tests::{Answer, Authenticator, World};

use super::{ADA, NEXT_PASSWORD, PASSWORD, ada, bearing, login, refused, respond};
use crate::auth;

/// Ada, whose account an authenticator guards.
pub(super) async fn guarded(world: &World) -> Authenticator {
    ada(world).await;
    world.anyone().sign_in(ADA).await.set_up_totp(world).await
}

/// The code of an app in answer to the sign-in that waits.
pub(super) async fn totp(world: &World, waits: &Answer, code: &str) -> Answer {
    let answer = json!({ "method": "totp", "code": code });
    respond(
        &world.anyone(),
        waits.str("session"),
        "MFA_REQUIRED",
        answer,
    )
    .await
}

#[tokio::test]
async fn a_factors_challenge_is_answered_where_it_was_opened() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "MFA_REQUIRED");
    let session = waits.str("session");
    let methods = &waits.body["challengeParameters"]["availableMethods"];
    assert_eq!(methods, &json!(["totp", "backup"]));
    let code = app.code(world.now());
    world
        .anyone()
        .second_factor(session, &code)
        .await
        .expect(404);
    let body = json!({ "session": session, "method": "totp" });
    let answer = world
        .anyone()
        .post("/nauth/challenge/setup-data", &body)
        .await;
    refused(&answer, 400, "VALIDATION_FAILED");
    // Nor does nauth take another contract's.
    let theirs = world.anyone().first_factor(&world, ADA).await;
    let answer = json!({ "method": "totp", "code": app.code(world.now()) });
    let other = respond(&world.anyone(), &theirs, "MFA_REQUIRED", answer.clone()).await;
    refused(&other, 400, "CHALLENGE_INVALID");
    respond(&world.anyone(), session, "MFA_REQUIRED", answer)
        .await
        .expect(200);
    // A backup code is offered while there is one.
    for code in &app.backup_codes {
        let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
        let methods = &waits.body["challengeParameters"]["availableMethods"];
        assert_eq!(methods, &json!(["totp", "backup"]));
        let answer = json!({ "method": "backup", "code": code });
        respond(
            &world.anyone(),
            waits.str("session"),
            "MFA_REQUIRED",
            answer,
        )
        .await
        .expect(200);
        world.clock.advance(61);
    }
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let methods = &waits.body["challengeParameters"]["availableMethods"];
    assert_eq!(methods, &json!(["totp"]));
}

#[tokio::test]
async fn a_sign_in_that_waits_gets_around_nothing_that_was_decided_meanwhile() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    let next = totp(&world, &waits, &app.code(world.now()))
        .await
        .expect(200);
    assert_eq!(next.str("challengeName"), "FORCE_CHANGE_PASSWORD");
    let answer = json!({ "newPassword": NEXT_PASSWORD });
    let tokens = respond(
        &world.anyone(),
        next.str("session"),
        "FORCE_CHANGE_PASSWORD",
        answer,
    )
    .await;
    bearing(&world, &tokens.expect(200))
        .get("/nauth/profile")
        .await
        .expect(200);
    // Nor does it outlive the end of all sign-ins.
    world.clock.advance(30);
    let waits = login(&world.anyone(), ADA, NEXT_PASSWORD).await.expect(200);
    world.set_user(ADA, |user| user.sign_in_epoch += 1).await;
    let ended = totp(&world, &waits, &app.code(world.now())).await;
    refused(&ended, 400, "CHALLENGE_INVALID");
    let waits = login(&world.anyone(), ADA, NEXT_PASSWORD).await.expect(200);
    totp(&world, &waits, &app.code(world.now()))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_lock_is_told_to_whoever_is_asked_for_a_factor() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let address = auth::address(ADA);
    world.postern.lock_user(&address).await.unwrap();
    let answer = totp(&world, &waits, &app.code(world.now())).await;
    refused(&answer, 403, "AUTH_ACCOUNT_LOCKED");
}

#[tokio::test]
async fn a_plain_contract_refuses_a_factor_once_the_password_has_to_be_replaced() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let waits = auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(200);
    let pending = world.anyone().bearing(waits.str("access_token"));
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    let body = json!({ "code": app.code(world.now()) });
    pending.post("/auth/verify-2fa", &body).await.expect(403);
}

/// Ada, who waits for the code of the address that she moves to.

#[tokio::test]
async fn signing_out_everywhere_ends_a_sign_in_that_waits() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let tokens = totp(&world, &waits, &app.code(world.now()))
        .await
        .expect(200);
    world.clock.advance(61);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    bearing(&world, &tokens)
        .post("/nauth/logout/all", &json!({}))
        .await
        .expect(200);
    let late = totp(&world, &waits, &app.code(world.now())).await;
    refused(&late, 400, "CHALLENGE_INVALID");
}

#[tokio::test]
async fn wrong_factors_and_new_passwords_are_limited_as_sign_ins() {
    let world = World::new().await;
    ada(&world).await;
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    world.clock.advance(60);
    let weak = async || {
        let answer = json!({ "newPassword": "password1" });
        respond(
            &world.anyone(),
            waits.str("session"),
            "FORCE_CHANGE_PASSWORD",
            answer,
        )
        .await
    };
    for _ in 0..10 {
        refused(&weak().await, 400, "SIGNUP_WEAK_PASSWORD");
    }
    refused(&weak().await, 429, "RATE_LIMIT_LOGIN");
    world
        .set_user(ADA, |user| user.must_change_password = false)
        .await;
    world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    world.clock.advance(60);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let wrong = async || totp(&world, &waits, "000000").await;
    for _ in 0..10 {
        wrong().await;
    }
    let limited = wrong().await;
    assert_ne!(limited.body["code"], "RATE_LIMIT_SMS");
}
