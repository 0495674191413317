//! What a sign-in waits for, and answers to it.

use serde_json::json;
use tests::World;

use super::{ADA, NEXT_PASSWORD, PASSWORD, ada, bearing, login, prove, refused, respond, sign_up};
use crate::auth;

#[tokio::test]
async fn an_open_challenge_is_used_again_with_its_code_and_its_attempts() {
    let world = World::new().await;
    let first = sign_up(&world.anyone(), ADA).await.expect(201);
    let code = world.code(ADA);
    let session = first.str("session");
    refused(
        &prove(&world.anyone(), session, "000000").await,
        400,
        "VERIFY_CODE_INVALID",
    );
    let again = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(again.str("session"), session);
    assert_eq!(world.mail(ADA).len(), 1, "too soon for another letter");
    refused(
        &prove(&world.anyone(), session, "000000").await,
        400,
        "VERIFY_CODE_INVALID",
    );
    refused(
        &prove(&world.anyone(), session, "000000").await,
        400,
        "VERIFY_CODE_INVALID",
    );
    let right = prove(&world.anyone(), session, &code).await;
    refused(&right, 400, "CHALLENGE_MAX_ATTEMPTS");
    // The code is used up with the challenge; the next one is sent when it may be.
    world.clock.advance(61);
    let next = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_ne!(next.str("session"), session);
    prove(&world.anyone(), next.str("session"), &world.code(ADA))
        .await
        .expect(200);
    let done = prove(&world.anyone(), next.str("session"), "123456").await;
    refused(&done, 400, "CHALLENGE_ALREADY_COMPLETED");
}

#[tokio::test]
async fn a_challenge_ends_and_its_code_outlives_it() {
    let world = World::new().await;
    let first = sign_up(&world.anyone(), ADA).await.expect(201);
    let code = world.code(ADA);
    world.clock.advance(15 * 60);
    refused(
        &prove(&world.anyone(), first.str("session"), &code).await,
        400,
        "CHALLENGE_EXPIRED",
    );
    let next = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_ne!(next.str("session"), first.str("session"));
    assert_eq!(
        world.code(ADA),
        code,
        "the same code is sent again while it is good"
    );
    prove(&world.anyone(), next.str("session"), &code)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_code_is_resent_after_a_pause_and_voids_the_one_before() {
    let world = World::new().await;
    let waits = sign_up(&world.anyone(), ADA).await.expect(201);
    let (session, before) = (waits.str("session"), world.code(ADA));
    let body = json!({ "session": session });
    let soon = world.anyone().post("/nauth/challenge/resend", &body).await;
    refused(&soon, 429, "RATE_LIMIT_RESEND");
    assert_eq!(
        soon.body["details"],
        json!({ "retryAfter": 60, "resendDelay": 60 })
    );
    assert_eq!(soon.header("retry-after"), "60");
    for _ in 0..2 {
        world.clock.advance(60);
        let sent = world
            .anyone()
            .post("/nauth/challenge/resend", &body)
            .await
            .expect(200);
        assert_eq!(sent.str("destination"), "a***a@example.com");
    }
    world.clock.advance(60);
    let fourth = world.anyone().post("/nauth/challenge/resend", &body).await;
    refused(&fourth, 429, "RATE_LIMIT_EMAIL");
    let now = world.code(ADA);
    assert_ne!(now, before);
    refused(
        &prove(&world.anyone(), session, &before).await,
        400,
        "VERIFY_CODE_INVALID",
    );
    prove(&world.anyone(), session, &now).await.expect(200);
}

#[tokio::test]
async fn what_fits_no_challenge_has_its_code() {
    let world = World::new().await;
    let unknown = "5f7fa959-01f3-4d74-8cbb-e3fd71307623";
    refused(
        &prove(&world.anyone(), unknown, "123456").await,
        400,
        "CHALLENGE_INVALID",
    );
    let waits = sign_up(&world.anyone(), ADA).await.expect(201);
    let session = waits.str("session");
    let other = respond(
        &world.anyone(),
        session,
        "VERIFY_PHONE",
        json!({ "code": "123456" }),
    )
    .await;
    refused(&other, 400, "CHALLENGE_TYPE_MISMATCH");
    for (path, method) in [("setup-data", "totp"), ("challenge-data", "sms")] {
        let body = json!({ "session": session, "method": method });
        let answer = world
            .anyone()
            .post(&format!("/nauth/challenge/{path}"), &body)
            .await;
        refused(&answer, 400, "VALIDATION_FAILED");
    }
    // Nor is it one of another contract's.
    let body = json!({ "session_id": session, "code": "123456" });
    world
        .anyone()
        .post("/cfg/totp/verify/", &body)
        .await
        .expect(404);
}

#[tokio::test]
async fn a_password_that_has_to_be_replaced_is_replaced_first() {
    let world = World::new().await;
    let before = ada(&world).await;
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "FORCE_CHANGE_PASSWORD");
    let change = async |password: &str| {
        let answer = json!({ "newPassword": password });
        respond(
            &world.anyone(),
            waits.str("session"),
            "FORCE_CHANGE_PASSWORD",
            answer,
        )
        .await
    };
    refused(&change(PASSWORD).await, 400, "PASSWORD_REUSED");
    refused(&change("password1").await, 400, "SIGNUP_WEAK_PASSWORD");
    let tokens = change(NEXT_PASSWORD).await.expect(200);
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    bearing(&world, &before)
        .get("/nauth/profile")
        .await
        .expect(401);
    refused(
        &change("another one, no. 3").await,
        400,
        "CHALLENGE_ALREADY_COMPLETED",
    );
    assert!(
        !login(&world.anyone(), ADA, NEXT_PASSWORD)
            .await
            .expect(200)
            .str("accessToken")
            .is_empty()
    );
    // Other contracts have no words for it, and refuse as ever.
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    auth::login(&world.anyone(), ADA, NEXT_PASSWORD)
        .await
        .expect(403);
}

#[tokio::test]
async fn each_mistake_in_an_answer_is_told_once() {
    let world = World::new().await;
    let session = "5f7fa959-01f3-4d74-8cbb-e3fd71307623";
    for (kind, answer, wrong) in [
        (
            "",
            json!({}),
            json!({ "type": ["type should not be empty"] }),
        ),
        (
            "MFA_SETUP",
            json!({}),
            json!({ "type": ["type must be one of the allowed values"] }),
        ),
        (
            "MFA_SETUP_REQUIRED",
            json!({ "method": "email", "setupData": "123456" }),
            json!({ "setupData": ["setupData must be an object"] }),
        ),
        (
            "MFA_SETUP_REQUIRED",
            json!({ "method": "totp", "setupData": { "secret": "A" } }),
            json!({ "setupData.code": ["setupData.code should not be empty"] }),
        ),
        (
            "VERIFY_PHONE",
            json!({ "phone": "0151" }),
            json!({ "phone": ["phone must be a telephone number in E.164 format"] }),
        ),
        (
            "VERIFY_PHONE",
            json!({ "phone": null }),
            json!({ "code": ["code should not be empty"] }),
        ),
    ] {
        let refusal = respond(&world.anyone(), session, kind, answer).await;
        refused(&refusal, 400, "VALIDATION_FAILED");
        assert_eq!(refusal.body["details"]["validationErrors"], wrong, "{kind}");
    }
}
