//! PUT /vendor/password

use flows::{ActedByFresh, WhichVendor};
use serde_json::json;
use tests::{Fault, World};

use super::{SHOP, change, is_vendor, login, register, shop, trail};
use crate::auth::{OTHER, problems};
use crate::vendor::PASSWORD;
use domain::audit::{Actor, EventKind};

#[tokio::test]
async fn a_vendor_changes_its_password_and_every_token_of_before_ends() {
    let world = World::new().await;
    let here = shop(&world.anyone()).await;
    let there = super::bearer(&world.at("192.0.2.9"), PASSWORD).await;
    let done = change(&here, PASSWORD, OTHER).await.expect(200);
    assert_eq!(
        done.body,
        json!({ "message": "Password updated successfully" })
    );
    for ended in [&here, &there] {
        assert!(!is_vendor(ended).await);
        let answer = change(ended, OTHER, PASSWORD).await.expect(401);
        assert_eq!(answer.str("detail"), "Could not validate credentials");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    login(&world.anyone(), SHOP, PASSWORD).await.expect(400);
    let again = super::bearer(&world.anyone(), OTHER).await;
    assert!(is_vendor(&again).await);
    assert!(world.mail(SHOP)[0].subject.contains("was changed"));
    let changed = (EventKind::PasswordChanged, Actor::Caller, None);
    assert!(trail(&world).await.contains(&changed));
}

#[tokio::test]
async fn a_password_that_will_not_do_changes_nothing() {
    let world = World::new().await;
    let vendor = shop(&world.anyone()).await;
    for (weak, reason) in [
        ("password1", "too common"),
        ("shop@example.com", "too similar"),
        (PASSWORD, "used before"),
    ] {
        let refused = change(&vendor, PASSWORD, weak).await.expect(422);
        assert!(problems(&refused)[0].contains(reason), "{}", refused.text);
    }
    change(&vendor, PASSWORD, OTHER).await.expect(200);
    let vendor = super::bearer(&world.anyone(), OTHER).await;
    let back = change(&vendor, OTHER, PASSWORD).await.expect(422);
    assert!(problems(&back)[0].contains("used before"), "{}", back.text);
}

#[tokio::test]
async fn a_token_buys_no_guesses_beside_those_at_the_sign_in() {
    let world = World::new().await;
    register(&world.anyone(), SHOP).await.expect(200);
    let answer = login(&world.anyone(), SHOP, PASSWORD).await.expect(200);
    let token = answer.str("access_token");
    let thief = |n: u32| world.at(&format!("203.0.113.{n}")).bearing(token);
    for n in 0..5 {
        let wrong = change(&thief(n), "difference engine", OTHER)
            .await
            .expect(400);
        assert_eq!(wrong.str("detail"), "Invalid credentials");
    }
    let resting = change(&thief(9), PASSWORD, OTHER).await.expect(429);
    assert_eq!(resting.header("retry-after"), "30");
    login(&world.at("203.0.113.10"), SHOP, PASSWORD)
        .await
        .expect(429);
    login(&world.anyone(), SHOP, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn nobody_else_is_a_vendor_here() {
    let world = World::new().await;
    register(&world.anyone(), SHOP).await.expect(200);
    let user = world.anyone().sign_in(SHOP).await;
    let admin = world.admin("root@example.com").await;
    let missing = change(&world.anyone(), PASSWORD, OTHER).await.expect(401);
    assert_eq!(missing.str("detail"), "Not authenticated");
    let refresh = world.anyone().bearing(&user.refresh);
    let garbage = world.anyone().bearing("garbage");
    for other in [user.client(), admin.client(), refresh, garbage] {
        let refused = change(&other, PASSWORD, OTHER).await.expect(401);
        assert_eq!(refused.str("detail"), "Could not validate credentials");
    }
    let elsewhere = World::new().await;
    register(&elsewhere.anyone(), SHOP).await.expect(200);
    let answer = login(&elsewhere.anyone(), SHOP, PASSWORD).await.expect(200);
    let stranger = world.anyone().bearing(answer.str("access_token"));
    assert!(!is_vendor(&stranger).await, "of another installation");
    let vendor = super::bearer(&world.anyone(), PASSWORD).await;
    world.clock.advance(900);
    assert!(!is_vendor(&vendor).await, "expired");
}

#[tokio::test]
async fn notices_to_an_address_that_no_vendor_proved_are_a_strangers_letters() {
    let world = World::new().await;
    shop(&world.anyone()).await;
    let mut password = PASSWORD.to_owned();
    let mut change_again = async |n: u32| {
        world.clock.advance(60);
        let vendor = super::bearer(&world.anyone(), &password).await;
        let next = format!("difference engine no. {n}");
        change(&vendor, &password, &next).await.expect(200);
        password = next;
        world.mail(SHOP).len()
    };
    let mut letters = 0;
    for n in 0..12 {
        letters = change_again(n).await;
    }
    assert_eq!(letters, 10, "a recipient's share of a day");
    // A letter's token comes back, so the address is the vendor's.
    super::ask(&world.anyone(), SHOP).await.expect(200);
    let token = crate::auth::letter_token(&world, SHOP);
    let chosen = "analytical engine";
    super::reset(&world.anyone(), &token, chosen)
        .await
        .expect(200);
    let proven = world.mail(SHOP).len();
    let vendor = super::bearer(&world.anyone(), chosen).await;
    // The two that were beyond the share have waited for this.
    let waited = world.mail(SHOP).len();
    change(&vendor, chosen, OTHER).await.expect(200);
    assert_eq!((proven, waited, world.mail(SHOP).len()), (12, 14, 15));
}

#[tokio::test]
async fn what_cannot_be_told_waits_for_the_next_sign_in() {
    let world = World::new().await;
    let vendor = shop(&world.anyone()).await;
    world.tap.fail("SendEmail", Fault::Unreachable, 8);
    change(&vendor, PASSWORD, OTHER).await.expect(200);
    world.tap.heal();
    assert_eq!(world.mail(SHOP).len(), 0);
    login(&world.anyone(), SHOP, PASSWORD).await.expect(400);
    assert_eq!(world.mail(SHOP).len(), 0, "a guess is no sign-in");
    super::bearer(&world.anyone(), OTHER).await;
    super::bearer(&world.anyone(), OTHER).await;
    let letters = world.mail(SHOP);
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].subject.contains("password"),
        "{}",
        letters[0].subject
    );
}

#[tokio::test]
async fn what_waits_at_a_vendor_is_gone_with_it() {
    let world = World::new().await;
    let vendor = shop(&world.anyone()).await;
    world.tap.fail("SendEmail", Fault::Unreachable, 8);
    change(&vendor, PASSWORD, OTHER).await.expect(200);
    world.tap.heal();
    let waits = async || {
        let rows = world.dump(&world.table).await;
        rows.iter()
            .any(|row| row["sk"].as_s().unwrap() == "NOTICES")
    };
    assert!(waits().await);
    let shop = WhichVendor::Address(crate::auth::address(SHOP));
    let deleted = world
        .postern
        .delete_vendor(ActedByFresh::CommandLine, &shop);
    deleted.await.unwrap();
    assert!(!waits().await);
}
