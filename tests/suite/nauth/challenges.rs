//! What a sign-in waits for, and answers to it.

use serde_json::json;
use tests::World;

use super::{
    ADA, NEXT_PASSWORD, NUMBER, PASSWORD, ada, bearing, before_number, login, prove, refused,
    respond, sign_up,
};
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
async fn a_number_is_collected_proven_and_signs_in() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    let body = json!({ "email": ADA, "password": PASSWORD, "phone": "+49 151 99999999" });
    let waits = world
        .anyone()
        .post("/nauth/signup", &body)
        .await
        .expect(201);
    let texts = || world.mail(NUMBER).len();
    let phone = prove(&world.anyone(), waits.str("session"), &world.code(ADA))
        .await
        .expect(200);
    assert_eq!(phone.str("challengeName"), "VERIFY_PHONE");
    assert_eq!(
        phone.body["challengeParameters"]["codeDeliveryDestination"],
        "***-***-9999"
    );
    let session = phone.str("session");
    let other = respond(
        &world.anyone(),
        session,
        "VERIFY_PHONE",
        json!({ "phone": NUMBER }),
    )
    .await;
    let other = other.expect(200);
    assert_eq!(
        other.body["challengeParameters"]["codeDeliveryDestination"],
        "***-***-5678"
    );
    assert_eq!((other.str("session"), texts()), (session, 1));
    let code = json!({ "code": world.texted_code(NUMBER) });
    let tokens = respond(&world.anyone(), session, "VERIFY_PHONE", code)
        .await
        .expect(200);
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert!(
        !login(&world.anyone(), NUMBER, PASSWORD)
            .await
            .expect(200)
            .str("accessToken")
            .is_empty()
    );
    // Nobody else proves it.
    let body = json!({ "email": "b@example.com", "password": PASSWORD, "phone": NUMBER });
    refused(
        &world.anyone().post("/nauth/signup", &body).await,
        409,
        "SIGNUP_PHONE_EXISTS",
    );
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
async fn a_challenge_texts_few_numbers_and_none_of_them_often() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    let waits = before_number(&world).await;
    let number = |n: usize| format!("+491511000000{n}");
    let name = async |number: &str| {
        let answer = json!({ "phone": number });
        respond(
            &world.anyone(),
            waits.str("session"),
            "VERIFY_PHONE",
            answer,
        )
        .await
    };
    // Whichever contract texted it, a number rings once in half a minute.
    world
        .anyone()
        .post("/auth/login/phone", &json!({ "phone": number(1) }))
        .await
        .expect(200);
    refused(&name(&number(1)).await, 429, "RATE_LIMIT_SMS");
    world.clock.advance(30);
    name(&number(1)).await.expect(200);
    name(&number(2)).await.expect(200);
    refused(&name(&number(3)).await, 429, "RATE_LIMIT_SMS");
    assert!(world.mail(&number(3)).is_empty());
    // The code of the other contract is as it was.
    let code = world.mail(&number(1)).len();
    assert_eq!(code, 2);
}

#[tokio::test]
async fn an_account_has_ten_texts_a_day_sent() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    before_number(&world).await;
    let mut sent = 1;
    for n in 0..12 {
        // The challenge of before has ended.
        world.clock.advance(16 * 60);
        let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
        let number = json!({ "phone": format!("+49151100000{n:02}") });
        let answer = respond(
            &world.anyone(),
            waits.str("session"),
            "VERIFY_PHONE",
            number,
        )
        .await;
        if answer.status != 200 {
            refused(&answer, 429, "RATE_LIMIT_SMS");
        }
        sent = world
            .inbox
            .messages(None)
            .iter()
            .filter(|message| message.to.starts_with('+'))
            .count();
    }
    assert_eq!(sent, 10);
}

#[tokio::test]
async fn a_resend_says_which_messages_are_too_many() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    let waits = before_number(&world).await;
    let body = json!({ "session": waits.str("session") });
    for _ in 0..2 {
        world.clock.advance(60);
        world
            .anyone()
            .post("/nauth/challenge/resend", &body)
            .await
            .expect(200);
    }
    world.clock.advance(60);
    let fourth = world.anyone().post("/nauth/challenge/resend", &body).await;
    refused(&fourth, 429, "RATE_LIMIT_SMS");
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
    let wrong = async || {
        let answer = json!({ "method": "totp", "code": "000000" });
        respond(
            &world.anyone(),
            waits.str("session"),
            "MFA_REQUIRED",
            answer,
        )
        .await
    };
    for _ in 0..10 {
        wrong().await;
    }
    let limited = wrong().await;
    assert_ne!(limited.body["code"], "RATE_LIMIT_SMS");
}

#[tokio::test]
async fn a_factors_challenge_is_answered_where_it_was_opened() {
    let world = World::new().await;
    ada(&world).await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
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
    ada(&world).await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    let answer = json!({ "method": "totp", "code": app.code(world.now()) });
    let next = respond(
        &world.anyone(),
        waits.str("session"),
        "MFA_REQUIRED",
        answer,
    )
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
    let answer = json!({ "method": "totp", "code": app.code(world.now()) });
    let ended = respond(
        &world.anyone(),
        waits.str("session"),
        "MFA_REQUIRED",
        answer.clone(),
    )
    .await;
    refused(&ended, 400, "CHALLENGE_INVALID");
    let waits = login(&world.anyone(), ADA, NEXT_PASSWORD).await.expect(200);
    respond(
        &world.anyone(),
        waits.str("session"),
        "MFA_REQUIRED",
        answer,
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn a_plain_contract_refuses_a_factor_once_the_password_has_to_be_replaced() {
    let world = World::new().await;
    ada(&world).await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
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
async fn moving(world: &World, to: &str) -> String {
    let member = bearing(world, &ada(world).await);
    member
        .send("PUT", "/nauth/profile", &json!({ "email": to }))
        .await
        .expect(200);
    world.clock.advance(61);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    waits.str("session").to_owned()
}

#[tokio::test]
async fn a_strangers_sign_up_is_not_in_the_way_of_who_proves_the_address() {
    let world = World::new().await;
    let next = "ada@lovelace.example";
    let session = moving(&world, next).await;
    let code = world.code(next);
    let stranger = world.at("203.0.113.9");
    let body = json!({ "email": next, "password": "a stranger's own 1", "username": "mallory" });
    stranger.post("/nauth/signup", &body).await.expect(201);
    let tokens = prove(&world.anyone(), &session, &code).await.expect(200);
    let profile = bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert_eq!(
        (profile.str("email"), &profile.body["isEmailVerified"]),
        (next, &json!(true))
    );
    refused(
        &login(&stranger, "mallory", "a stranger's own 1").await,
        401,
        "AUTH_INVALID_CREDENTIALS",
    );
    login(&world.anyone(), next, PASSWORD).await.expect(200);
    // Its name is free again, and the address that she left.
    let body = json!({ "email": ADA, "password": PASSWORD, "username": "mallory" });
    stranger.post("/nauth/signup", &body).await.expect(201);
}

#[tokio::test]
async fn a_move_to_an_address_that_another_has_proven_is_off() {
    let world = World::new().await;
    let next = "ada@lovelace.example";
    let session = moving(&world, next).await;
    let code = world.code(next);
    let other = world.at("203.0.113.9").sign_in(next).await;
    let tokens = prove(&world.anyone(), &session, &code).await.expect(200);
    let profile = bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert_eq!(
        (profile.str("email"), &profile.body["isEmailVerified"]),
        (ADA, &json!(true))
    );
    other.profile().await.expect(200);
    let again = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert!(
        !again.str("accessToken").is_empty(),
        "it is not asked for again"
    );
}

#[tokio::test]
async fn signing_out_everywhere_ends_a_sign_in_that_waits() {
    let world = World::new().await;
    ada(&world).await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let answer = json!({ "method": "totp", "code": app.code(world.now()) });
    let tokens = respond(
        &world.anyone(),
        waits.str("session"),
        "MFA_REQUIRED",
        answer,
    )
    .await
    .expect(200);
    world.clock.advance(61);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    bearing(&world, &tokens)
        .post("/nauth/logout/all", &json!({}))
        .await
        .expect(200);
    let answer = json!({ "method": "totp", "code": app.code(world.now()) });
    let late = respond(
        &world.anyone(),
        waits.str("session"),
        "MFA_REQUIRED",
        answer,
    )
    .await;
    assert_eq!(late.status, 400, "{}", late.text);
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
            "MFA_SETUP_REQUIRED",
            json!({}),
            json!({ "type": ["type must be one of the allowed values"] }),
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
