//! Changing passwords, and the ways back to forgotten ones.

use flows::{AccountRef, RequestMeta};
use serde_json::json;
use tests::{Answer, World};

use super::{
    ADA, NEXT_PASSWORD, NUMBER, PASSWORD, ada, bearing, login, prove, refused, sign_up, with_number,
};
use crate::auth;

async fn forgot(world: &World, name: &str) -> Answer {
    world
        .anyone()
        .post("/nauth/forgot-password", &json!({ "identifier": name }))
        .await
}

async fn confirm(world: &World, name: &str, code: &str, password: &str) -> Answer {
    let body = json!({ "identifier": name, "code": code, "newPassword": password });
    world
        .anyone()
        .post("/nauth/forgot-password/confirm", &body)
        .await
}

#[tokio::test]
async fn a_change_proves_the_password_and_ends_every_session() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let member = bearing(&world, &tokens);
    world.clock.advance(11 * 60);
    let change = async |old: &str, new: &str| {
        let body = json!({ "oldPassword": old, "newPassword": new });
        member.post("/nauth/change-password", &body).await
    };
    refused(
        &change("wrong", NEXT_PASSWORD).await,
        400,
        "PASSWORD_INCORRECT",
    );
    refused(&change(PASSWORD, PASSWORD).await, 400, "PASSWORD_REUSED");
    assert_eq!(
        change(PASSWORD, NEXT_PASSWORD).await.expect(200).body,
        json!({ "success": true })
    );
    refused(
        &member.get("/nauth/profile").await,
        401,
        "AUTH_SESSION_NOT_FOUND",
    );
    login(&world.anyone(), ADA, NEXT_PASSWORD).await.expect(200);
    assert!(world.mail(ADA)[0].text.contains("password"));
}

#[tokio::test]
async fn known_and_unknown_names_are_answered_alike() {
    let world = World::new().await;
    ada(&world).await;
    sign_up(&world.anyone(), "unproven@example.com")
        .await
        .expect(201);
    let known = forgot(&world, ADA).await.expect(200);
    assert_eq!(
        known.body,
        json!({ "success": true, "destination": "a***a@example.com", "deliveryMedium": "email", "expiresIn": 900 })
    );
    for other in ["anna@example.com", "unproven@example.com"] {
        let answer = forgot(&world, other).await.expect(200);
        assert_eq!(answer.body.as_object().unwrap().len(), 4);
    }
    assert!(world.mail("anna@example.com").is_empty());
    // An unproven address gets no code; its letter is the one of the sign-up.
    assert_eq!(world.mail("unproven@example.com").len(), 1);
    for name in [ADA, "anna@example.com"] {
        for _ in 0..2 {
            refused(
                &confirm(&world, name, "000000", NEXT_PASSWORD).await,
                400,
                "PASSWORD_RESET_CODE_INVALID",
            );
        }
        refused(
            &confirm(&world, name, "000000", NEXT_PASSWORD).await,
            400,
            "PASSWORD_RESET_MAX_ATTEMPTS",
        );
        let right = world
            .mail(name)
            .first()
            .map(|_| world.code(name))
            .unwrap_or("123456".to_owned());
        refused(
            &confirm(&world, name, &right, NEXT_PASSWORD).await,
            400,
            "PASSWORD_RESET_MAX_ATTEMPTS",
        );
        for _ in 0..2 {
            forgot(&world, name).await;
        }
        let limited = forgot(&world, name).await;
        refused(&limited, 429, "RATE_LIMIT_PASSWORD_RESET");
    }
}

#[tokio::test]
async fn a_code_replaces_the_password_once_and_ends_what_there_was() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    forgot(&world, ADA).await.expect(200);
    let code = world.code(ADA);
    refused(
        &confirm(&world, ADA, &code, "password1").await,
        400,
        "SIGNUP_WEAK_PASSWORD",
    );
    refused(
        &confirm(&world, ADA, &code, PASSWORD).await,
        400,
        "PASSWORD_REUSED",
    );
    refused(
        &confirm(&world, ADA, &code, "password1").await,
        400,
        "SIGNUP_WEAK_PASSWORD",
    );
    let done = confirm(&world, ADA, &code, NEXT_PASSWORD).await.expect(200);
    assert_eq!(
        done.body,
        json!({ "success": true, "mustChangePassword": false })
    );
    refused(
        &confirm(&world, ADA, &code, "another one, no. 3").await,
        400,
        "PASSWORD_RESET_CODE_INVALID",
    );
    refused(
        &bearing(&world, &tokens).get("/nauth/profile").await,
        401,
        "AUTH_SESSION_NOT_FOUND",
    );
    login(&world.anyone(), ADA, NEXT_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_page_is_linked_only_at_a_listed_origin() {
    let world = World::new().await;
    ada(&world).await;
    for (page, linked) in [
        ("http://localhost:4200/reset", true),
        ("https://evil.example/reset", false),
    ] {
        let body = json!({ "identifier": ADA, "baseUrl": page });
        world
            .anyone()
            .post("/nauth/forgot-password", &body)
            .await
            .expect(200);
        let letter = &world.mail(ADA)[0].text;
        let link = format!("{page}?code={}", world.code(ADA));
        assert_eq!(letter.contains(&link), linked, "{letter}");
    }
}

/// A letter of ours must hold nothing that a stranger wrote and nobody parsed.
#[tokio::test]
async fn a_page_is_linked_as_it_was_parsed() {
    let world = World::new().await;
    ada(&world).await;
    for (page, linked) in [
        (
            "http://localhost:4200/reset\nYour account is at risk",
            Some("/resetYour%20account%20is%20at%20risk?code="),
        ),
        (
            "http://localhost:4200\\@evil.example/",
            Some("/@evil.example/?code="),
        ),
        (
            "http://localhost:4200/reset?lang=de&code=111111",
            Some("/reset?lang=de&code="),
        ),
        ("http://evil.example@localhost:4200/reset", None),
        ("http://localhost:4200/reset#/", None),
        ("javascript://localhost:4200/%0aalert(1)", None),
    ] {
        world.clock.advance(3600);
        let body = json!({ "identifier": ADA, "baseUrl": page });
        let answer = world.anyone().post("/nauth/forgot-password", &body).await;
        if answer.status == 400 {
            assert!(page.starts_with("javascript"), "{page}");
            continue;
        }
        answer.expect(200);
        let letter = &world.mail(ADA)[0].text;
        match linked {
            Some(path) => {
                let link = format!("http://localhost:4200{path}{}", world.code(ADA));
                assert!(letter.lines().any(|line| line == link), "{letter}");
            }
            None => assert!(!letter.contains("://"), "{letter}"),
        }
    }
}

#[tokio::test]
async fn what_keeps_a_code_from_being_sent_is_told_to_nobody() {
    let world = World::with(&[("POSTERN_MAIL_DAILY_BUDGET", "1")]).await;
    ada(&world).await;
    for name in [ADA, "anna@example.com"] {
        let answer = forgot(&world, name).await.expect(200);
        assert_eq!(answer.str("destination"), "a***a@example.com");
    }
    assert_eq!(world.mail(ADA).len(), 1, "the budget is used up");
}

#[tokio::test]
async fn a_stranger_uses_up_no_codes_and_no_tries_of_the_owner() {
    let world = World::new().await;
    ada(&world).await;
    forgot(&world, ADA).await.expect(200);
    let code = world.code(ADA);
    let stranger = world.at("198.51.100.7");
    let body = json!({ "identifier": ADA });
    for _ in 0..3 {
        stranger
            .post("/nauth/forgot-password", &body)
            .await
            .expect(200);
    }
    refused(
        &stranger.post("/nauth/forgot-password", &body).await,
        429,
        "RATE_LIMIT_PASSWORD_RESET",
    );
    assert_eq!(world.code(ADA), code, "a good code is sent again");
    let guess = json!({ "identifier": ADA, "code": "000000", "newPassword": NEXT_PASSWORD });
    for code in [
        "PASSWORD_RESET_CODE_INVALID",
        "PASSWORD_RESET_CODE_INVALID",
        "PASSWORD_RESET_MAX_ATTEMPTS",
    ] {
        refused(
            &stranger
                .post("/nauth/forgot-password/confirm", &guess)
                .await,
            400,
            code,
        );
    }
    forgot(&world, ADA).await.expect(200);
    confirm(&world, ADA, &code, NEXT_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_administrators_code_works_by_either_name() {
    let world = World::new().await;
    let sub = ada(&world).await.str("sub").to_owned();
    let whose = AccountRef::Address(auth::address(ADA));
    let send = async || {
        let meta = RequestMeta::of_command_line(world.now());
        world
            .postern
            .send_admin_reset_code(&meta, &whose)
            .await
            .unwrap();
        world.code(ADA)
    };
    let code = send().await;
    // It is not the code of a forgotten password.
    refused(
        &confirm(&world, ADA, &code, NEXT_PASSWORD).await,
        400,
        "PASSWORD_RESET_CODE_INVALID",
    );
    let body = json!({ "sub": sub, "code": code, "newPassword": NEXT_PASSWORD });
    world
        .anyone()
        .post("/nauth/admin/reset-password/confirm", &body)
        .await
        .expect(200);
    let code = send().await;
    let body = json!({ "sub": sub, "identifier": null, "code": code, "newPassword": "a second one, no. 2" });
    world
        .anyone()
        .post("/nauth/admin/reset-password/confirm", &body)
        .await
        .expect(200);
    let code = send().await;
    let body = json!({ "identifier": ADA, "code": code, "newPassword": "another one, no. 3" });
    world
        .anyone()
        .post("/nauth/reset-password/confirm", &body)
        .await
        .expect(200);
    login(&world.anyone(), ADA, "another one, no. 3")
        .await
        .expect(200);
}

#[tokio::test]
async fn five_failures_lock_the_name_out_of_the_network_for_a_quarter_of_an_hour() {
    let world = World::new().await;
    ada(&world).await;
    for _ in 0..5 {
        refused(
            &login(&world.anyone(), ADA, "wrong").await,
            401,
            "AUTH_INVALID_CREDENTIALS",
        );
    }
    let locked = login(&world.anyone(), ADA, PASSWORD).await;
    refused(&locked, 429, "RATE_LIMIT_LOGIN");
    assert_eq!(locked.body["details"]["retryAfter"], json!(900));
    login(&world.at("198.51.100.7"), ADA, PASSWORD)
        .await
        .expect(200);
    world.clock.advance(900);
    login(&world.anyone(), ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn failures_by_all_names_of_an_account_count_as_one() {
    let world = World::new().await;
    let body = json!({ "email": ADA, "password": PASSWORD, "username": "ada_l" });
    let waits = world
        .anyone()
        .post("/nauth/signup", &body)
        .await
        .expect(201);
    prove(&world.anyone(), waits.str("session"), &world.code(ADA))
        .await
        .expect(200);
    world.clock.advance(60);
    for name in [ADA, ADA, ADA, "ada_l", "ada_l"] {
        refused(
            &login(&world.anyone(), name, "wrong").await,
            401,
            "AUTH_INVALID_CREDENTIALS",
        );
    }
    for name in [ADA, "ada_l"] {
        refused(
            &login(&world.anyone(), name, PASSWORD).await,
            429,
            "RATE_LIMIT_LOGIN",
        );
    }
    // A right one clears what all names have counted.
    world.clock.advance(900);
    for _ in 0..2 {
        for name in [ADA, ADA, ADA, ADA] {
            refused(
                &login(&world.anyone(), name, "wrong").await,
                401,
                "AUTH_INVALID_CREDENTIALS",
            );
        }
        login(&world.anyone(), "ada_l", PASSWORD).await.expect(200);
        world.clock.advance(60);
    }
}

#[tokio::test]
async fn an_operator_or_a_reset_ends_a_lock_out() {
    let world = World::new().await;
    ada(&world).await;
    let lock_out = async || {
        world.clock.advance(60);
        for _ in 0..5 {
            refused(
                &login(&world.anyone(), ADA, "wrong").await,
                401,
                "AUTH_INVALID_CREDENTIALS",
            );
        }
        refused(
            &login(&world.anyone(), ADA, PASSWORD).await,
            429,
            "RATE_LIMIT_LOGIN",
        );
        world.clock.advance(1);
    };
    for _ in 0..2 {
        lock_out().await;
        world
            .postern
            .unlock_user(&auth::address(ADA))
            .await
            .unwrap();
        login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    }
    lock_out().await;
    world.clock.advance(60);
    forgot(&world, ADA).await.expect(200);
    confirm(&world, ADA, &world.code(ADA), NEXT_PASSWORD)
        .await
        .expect(200);
    login(&world.anyone(), ADA, NEXT_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_operator_forgets_what_was_guessed_by_number() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    with_number(&world).await;
    for n in 0..5 {
        refused(
            &login(&world.at(&format!("198.51.100.{n}")), NUMBER, "wrong").await,
            401,
            "AUTH_INVALID_CREDENTIALS",
        );
    }
    let traveller = world.at("198.51.100.9");
    refused(
        &login(&traveller, NUMBER, PASSWORD).await,
        429,
        "RATE_LIMIT_LOGIN",
    );
    world
        .postern
        .unlock_user(&auth::address(ADA))
        .await
        .unwrap();
    login(&traveller, NUMBER, PASSWORD).await.expect(200);
    // Blanks are left out.
    login(&traveller, "+49 151 12345678", PASSWORD)
        .await
        .expect(200);
}
