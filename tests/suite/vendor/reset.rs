//! POST /vendor/password-reset-request and /vendor/password-reset

use domain::audit::{Actor, EventKind};
use flows::VendorAction;
use tests::World;

use super::{SHOP, ask, bearer, is_vendor, login, register, reset, shop, trail};
use crate::auth::{OTHER, address, ask_for_reset, letter_token, problems, seen};
use crate::vendor::PASSWORD;

#[tokio::test]
async fn a_token_brings_a_new_password_once_and_ends_every_token() {
    let world = World::new().await;
    let vendor = shop(&world.anyone()).await;
    ask(&world.anyone(), SHOP).await.expect(200);
    let token = letter_token(&world, SHOP);
    for (weak, reason) in [("password1", "too common"), (PASSWORD, "used before")] {
        let refused = reset(&world.anyone(), &token, weak).await.expect(422);
        assert!(problems(&refused)[0].contains(reason), "{}", refused.text);
    }
    let done = reset(&world.anyone(), &token, OTHER).await.expect(200);
    assert_eq!(done.str("message"), "Password has been reset successfully");
    assert!(!is_vendor(&vendor).await);
    login(&world.anyone(), SHOP, PASSWORD).await.expect(400);
    login(&world.anyone(), SHOP, OTHER).await.expect(200);
    let again = reset(&world.anyone(), &token, PASSWORD).await.expect(400);
    assert_eq!(again.str("detail"), "Invalid or expired token");
    let letters = world.mail(SHOP);
    assert!(letters.iter().any(|l| l.subject.contains("was changed")));
    let events = trail(&world).await;
    for kind in [EventKind::PasswordResetRequested, EventKind::PasswordReset] {
        assert!(events.contains(&(kind, Actor::Caller, None)), "{kind:?}");
    }
}

#[tokio::test]
async fn known_unknown_and_locked_vendors_are_answered_and_cost_alike() {
    let world = World::new().await;
    register(&world.anyone(), SHOP).await.expect(200);
    register(&world.anyone(), "locked@example.com")
        .await
        .expect(200);
    let locked = address("locked@example.com");
    let done = world.postern.operate_vendor(&locked, VendorAction::Lock);
    done.await.unwrap();
    // A user's address is no vendor's.
    world.anyone().sign_in("user@example.com").await;
    let mut looks = Vec::new();
    let emails = [
        SHOP,
        "no@example.com",
        "locked@example.com",
        "user@example.com",
    ];
    for (n, email) in emails.into_iter().enumerate() {
        let network = world.at(&format!("198.51.100.{n}"));
        world.tap.clear();
        let answer = ask(&network, email).await.expect(200);
        looks.push((seen(&answer), world.tap.cost()));
        assert!(!world.mail(email).is_empty(), "{email} hears of it");
    }
    for look in &looks[1..] {
        assert_eq!(look, &looks[0]);
    }
    assert!(
        world.mail("no@example.com")[0]
            .subject
            .starts_with("No Postern account")
    );
    let letter = &world.mail("locked@example.com")[0];
    let is_token = |line: &str| line.len() == 43 && !line.contains(' ');
    assert!(
        !letter.text.lines().any(is_token),
        "a locked one gets no token"
    );
}

#[tokio::test]
async fn a_token_lives_an_hour_and_dies_with_what_ends_all_tokens() {
    let world = World::new().await;
    register(&world.anyone(), SHOP).await.expect(200);
    ask(&world.anyone(), SHOP).await.expect(200);
    let late = letter_token(&world, SHOP);
    world.clock.advance(3600);
    reset(&world.anyone(), &late, OTHER).await.expect(400);
    ask(&world.anyone(), SHOP).await.expect(200);
    let first = letter_token(&world, SHOP);
    world.clock.advance(1);
    ask(&world.anyone(), SHOP).await.expect(200);
    let second = letter_token(&world, SHOP);
    reset(&world.anyone(), &second, OTHER).await.expect(200);
    reset(&world.anyone(), &first, PASSWORD).await.expect(400);
    ask(&world.anyone(), SHOP).await.expect(200);
    let token = letter_token(&world, SHOP);
    for act in [VendorAction::Lock, VendorAction::Unlock] {
        let done = world.postern.operate_vendor(&address(SHOP), act).await;
        done.unwrap();
        reset(&world.anyone(), &token, PASSWORD).await.expect(400);
    }
    for token in ["", "x", &"A".repeat(43), &"x".repeat(5000)] {
        let answer = reset(&world.at("198.51.100.1"), token, OTHER).await;
        assert!([400, 422].contains(&answer.status), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_users_token_is_no_vendors_and_the_other_way_round() {
    let world = World::new().await;
    world.anyone().sign_in(SHOP).await;
    register(&world.anyone(), SHOP).await.expect(200);
    ask_for_reset(&world.anyone(), SHOP).await.expect(200);
    let users = letter_token(&world, SHOP);
    reset(&world.anyone(), &users, OTHER).await.expect(400);
    world.clock.advance(1);
    ask(&world.anyone(), SHOP).await.expect(200);
    let vendors = letter_token(&world, SHOP);
    assert_ne!(users, vendors);
    crate::auth::reset(&world.anyone(), &vendors, OTHER)
        .await
        .expect(400);
    reset(&world.anyone(), &vendors, OTHER).await.expect(200);
    bearer(&world.anyone(), OTHER).await;
}

#[tokio::test]
async fn letters_to_one_address_end_in_silence_and_requests_from_one_place_are_told_so() {
    let world = World::new().await;
    register(&world.anyone(), SHOP).await.expect(200);
    for email in [SHOP, "no@example.com"] {
        for n in 0..8 {
            let network = world.at(&format!("198.51.100.{n}"));
            ask(&network, email).await.expect(200);
        }
        assert_eq!(world.mail(email).len(), 5, "{email}");
    }
    let client = world.at("203.0.113.1");
    for n in 0..10 {
        ask(&client, &format!("no{n}@example.com"))
            .await
            .expect(200);
    }
    ask(&client, "no@example.com").await.expect(429);
    ask(&world.anyone(), "x").await.expect(422);
}

#[tokio::test]
async fn whoever_must_change_is_told_so_after_the_right_password_and_gets_back_by_a_letter() {
    let world = World::new().await;
    let vendor = shop(&world.anyone()).await;
    let shops = address(SHOP);
    let act = VendorAction::RequirePasswordChange;
    let done = world.postern.operate_vendor(&shops, act).await.unwrap();
    assert!(done.must_change_password);
    assert!(!is_vendor(&vendor).await);
    let told = login(&world.anyone(), SHOP, PASSWORD).await.expect(403);
    assert_eq!(
        told.str("detail"),
        "Password change required: use the password reset"
    );
    login(&world.anyone(), SHOP, "difference engine")
        .await
        .expect(400);
    world.postern.reset_vendor(&shops).await.unwrap();
    let token = letter_token(&world, SHOP);
    reset(&world.anyone(), &token, OTHER).await.expect(200);
    login(&world.anyone(), SHOP, OTHER).await.expect(200);
    let events = trail(&world).await;
    let asked = EventKind::PasswordResetRequested;
    assert!(events.contains(&(asked, Actor::CommandLine, None)));
}

#[tokio::test]
async fn whoever_reads_the_mail_is_known_there_and_whoever_was_before_is_not() {
    let world = World::new().await;
    // A stranger made it for an address that is not theirs.
    shop(&world.at("192.0.2.66")).await;
    for n in 0..6 {
        login(&world.at(&format!("203.0.113.{n}")), SHOP, "wrong").await;
    }
    login(&world.at("192.0.2.66"), SHOP, PASSWORD)
        .await
        .expect(200);
    ask(&world.at("192.0.2.40"), SHOP).await.expect(200);
    let token = letter_token(&world, SHOP);
    reset(&world.at("192.0.2.40"), &token, OTHER)
        .await
        .expect(200);
    login(&world.at("192.0.2.40"), SHOP, OTHER)
        .await
        .expect(200);
    login(&world.at("192.0.2.66"), SHOP, OTHER)
        .await
        .expect(429);
}
