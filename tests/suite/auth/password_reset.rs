//! POST /auth/password-reset-request and /auth/password-reset

use serde_json::json;
use tests::World;

use super::{
    ADA, OTHER, PASSWORD, ada, address, ask_for_reset, is_signed_in, letter_token, login, problems,
    register, reset, seen,
};

#[tokio::test]
async fn a_token_brings_a_new_password_once_and_ends_everything_else() {
    let world = World::new().await;
    let here = ada(&world.anyone()).await;
    // Proven, so that what follows is no first proof.
    world.set_user(ADA, |user| user.email_verified = true).await;
    here.get("/cfg/accounts/api-key/").await.expect(200);
    let path = "/cfg/accounts/api-key/regenerate/";
    let key = here.post(path, &json!({})).await.expect(200);
    let program = world.anyone().header("x-api-key", key.str("key"));
    program.get("/cfg/accounts/api-key/").await.expect(200);
    let asked = ask_for_reset(&world.anyone(), ADA).await.expect(200);
    assert_eq!(asked.str("message"), "Password reset token sent");
    let token = letter_token(&world, ADA);
    let done = reset(&world.anyone(), &token, OTHER).await.expect(200);
    assert_eq!(done.str("message"), "Password has been reset successfully");
    assert!(!is_signed_in(&here).await);
    program.get("/cfg/accounts/api-key/").await.expect(401);
    login(&world.anyone(), ADA, PASSWORD).await.expect(401);
    login(&world.anyone(), ADA, OTHER).await.expect(200);
    let again = reset(&world.anyone(), &token, PASSWORD).await.expect(400);
    assert_eq!(again.str("detail"), "Invalid or expired token");
    let letters = world.mail(ADA);
    assert!(letters.iter().any(|l| l.subject.contains("was changed")));
}

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_and_cost_alike() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    register(&world.anyone(), "locked", "locked@example.com", PASSWORD)
        .await
        .expect(200);
    let locked = address("locked@example.com");
    world.postern.lock_user(&locked).await.unwrap();
    let mut looks = Vec::new();
    for (n, email) in [ADA, "nobody@example.com", "locked@example.com"]
        .into_iter()
        .enumerate()
    {
        let network = world.at(&format!("198.51.100.{n}"));
        world.tap.clear();
        let answer = ask_for_reset(&network, email).await.expect(200);
        looks.push((seen(&answer), world.tap.cost()));
        assert!(!world.mail(email).is_empty(), "{email} hears of it");
    }
    assert_eq!(looks[0], looks[1]);
    assert_eq!(looks[0], looks[2]);
    let nobody = &world.mail("nobody@example.com")[0];
    assert!(nobody.subject.starts_with("No Postern account"));
}

#[tokio::test]
async fn a_token_lives_an_hour_and_dies_with_what_ends_all_sessions() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let late = letter_token(&world, ADA);
    world.clock.advance(3600);
    reset(&world.anyone(), &late, OTHER).await.expect(400);
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let first = letter_token(&world, ADA);
    world.clock.advance(1);
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let second = letter_token(&world, ADA);
    assert_ne!(first, second);
    reset(&world.anyone(), &second, OTHER).await.expect(200);
    reset(&world.anyone(), &first, PASSWORD).await.expect(400);
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    world.postern.lock_user(&address(ADA)).await.unwrap();
    reset(&world.anyone(), &token, PASSWORD).await.expect(400);
    for token in ["", "x", &"A".repeat(43), &"x".repeat(5000)] {
        let answer = reset(&world.at("198.51.100.1"), token, OTHER).await;
        assert!([400, 422].contains(&answer.status), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_password_that_will_not_do_leaves_the_token_good() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    world.set_user(ADA, |user| user.email_verified = true).await;
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    for (weak, reason) in [
        ("password1", "too common"),
        ("ada@example.com", "too similar"),
        (PASSWORD, "used before"),
    ] {
        let refused = reset(&world.anyone(), &token, weak).await.expect(422);
        assert!(problems(&refused)[0].contains(reason), "{}", refused.text);
    }
    reset(&world.anyone(), &token, OTHER).await.expect(200);
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    let back = reset(&world.anyone(), &token, PASSWORD).await.expect(422);
    assert!(problems(&back)[0].contains("used before"), "{}", back.text);
}

#[tokio::test]
async fn whoever_signed_up_by_code_gets_a_first_password() {
    let world = World::new().await;
    let member = world.anyone().sign_in(ADA).await;
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    reset(&world.anyone(), &token, OTHER).await.expect(200);
    assert!(!is_signed_in(&member.client()).await);
    let answer = login(&world.anyone(), ADA, OTHER).await.expect(200);
    let ada = world.anyone().bearing(answer.str("access_token"));
    let profile = ada.get("/cfg/accounts/profile/").await.expect(200);
    assert_eq!(profile.str("email"), ADA);
}

#[tokio::test]
async fn a_reset_bypasses_no_second_factor() {
    let world = World::new().await;
    let member = world.anyone().sign_in(ADA).await;
    member.set_up_totp(&world).await;
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    reset(&world.anyone(), &token, OTHER).await.expect(200);
    let answer = login(&world.anyone(), ADA, OTHER).await.expect(200);
    assert_eq!(answer.body["requires_2fa"], json!(true));
    let pending = world.anyone().bearing(answer.str("access_token"));
    assert!(!is_signed_in(&pending).await);
}

#[tokio::test]
async fn letters_to_one_address_end_in_silence() {
    let world = World::new().await;
    ada(&world.anyone()).await;
    let before = world.mail(ADA).len();
    for n in 0..8 {
        let network = world.at(&format!("198.51.100.{n}"));
        ask_for_reset(&network, ADA).await.expect(200);
    }
    assert_eq!(world.mail(ADA).len() - before, 5);
}

#[tokio::test]
async fn the_letter_names_the_page_that_takes_the_token() {
    let page = (
        "POSTERN_PASSWORD_RESET_PAGE",
        "https://app.example.com/reset",
    );
    let world = World::with(&[page]).await;
    ada(&world.anyone()).await;
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let letter = &world.mail(ADA)[0];
    let start = "https://app.example.com/reset#token=";
    let line = letter.text.lines().find(|line| line.starts_with(start));
    let token = line.unwrap().strip_prefix(start).unwrap();
    reset(&world.anyone(), token, OTHER).await.expect(200);
}
