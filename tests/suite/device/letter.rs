//! The letter about a device that was let in, and what ends it.

use serde_json::json;
use tests::{Visitor, World};

use crate::api::{ADA, Device, keys_work};
use crate::auth::{OTHER, ask_for_reset, letter_token, reset};

#[tokio::test]
async fn an_approval_is_told_and_a_denial_is_not() {
    let world = World::new().await;
    let device = Device::asking_from(&world, "203.0.113.50").await;
    world.clock.advance(90);
    device.answered(ADA, "/device/approve").await;
    let letters = world.mail(ADA);
    let told = &letters[0];
    assert_eq!(
        told.subject,
        "A device is connected to your Postern account"
    );
    for part in [
        // When, what, from where; what it has, and how to end it.
        "At 08:01 UTC on 15 January you let in a command-line program or agent",
        "which asked from the address 203.0.113.50.",
        "It has a lasting key to your whole account.",
        "ask for a new password, as if you had forgotten yours",
        "that ends every sign-in and every key at once",
    ] {
        assert!(told.text.contains(part), "{part}: {}", told.text);
    }
    let html = told.html.as_deref().unwrap();
    assert!(html.contains("203.0.113.50"), "{html}");
    let before = letters.len();
    world.clock.advance(60);
    let denied = Device::asking(&world).await;
    denied.answered(ADA, "/device/deny").await;
    let since: Vec<_> = world.mail(ADA);
    let since = &since[..since.len() - before];
    assert!(
        since
            .iter()
            .all(|letter| !letter.subject.contains("connected")),
        "{since:?}"
    );
}

#[tokio::test]
async fn it_is_written_in_the_accounts_language() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    world
        .set_user(ADA, |user| "de".clone_into(&mut user.language))
        .await;
    world.clock.advance(60);
    let device = Device::asking(&world).await;
    // Whatever the browser shows the page in.
    let english = world.anyone().header("accept-language", "en");
    let mut browser = Visitor::open(english, "/device").await;
    browser.sign_in(ADA).await;
    let typed = [("user_code", device.user_code.as_str())];
    browser.fill("/device/check", &typed).await;
    browser.fill("/device/approve", &[]).await;
    let letters = world.mail(ADA);
    assert_eq!(
        letters[0].subject,
        "Mit Ihrem Konto bei Postern ist ein Gerät verbunden"
    );
    assert!(
        letters[0].text.contains("Am 15. Januar um 08:01 UTC"),
        "{}",
        letters[0].text
    );
}

#[tokio::test]
async fn a_letter_that_cannot_be_sent_keeps_no_device_out() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let mut browser = super::signed_in(&world, ADA).await;
    let typed = [("user_code", device.user_code.as_str())];
    browser.fill("/device/check", &typed).await;
    world.tap.fail("SendEmail", tests::Fault::Unreachable, 8);
    browser.fill("/device/approve", &[]).await;
    assert!(
        browser.page.text.contains("is connected"),
        "{}",
        browser.page.text
    );
    device.poll().await.expect(200);
}

#[tokio::test]
async fn what_the_letter_advises_ends_it() {
    let world = World::new().await;
    let got = Device::let_in(&world, ADA).await;
    let bearer = world.anyone().bearing(got.str("access"));
    assert_eq!(keys_work(&world, &got).await, [true; 2]);
    ask_for_reset(&world.anyone(), ADA).await.expect(200);
    assert_eq!(
        keys_work(&world, &got).await,
        [true; 2],
        "asking ends nothing"
    );
    let token = letter_token(&world, ADA);
    reset(&world.anyone(), &token, OTHER).await.expect(200);
    assert_eq!(keys_work(&world, &got).await, [false; 2]);
    bearer.get("/cfg/accounts/profile/").await.expect(401);
    let refresh = json!({ "refresh": got.str("refresh") });
    let path = "/cfg/accounts/token/refresh/";
    world.anyone().post(path, &refresh).await.expect(401);
}

#[tokio::test]
async fn a_lock_and_a_deletion_end_both_keys_and_the_session() {
    let world = World::new().await;
    let path = "/cfg/accounts/profile/";
    let locked = Device::let_in(&world, ADA).await;
    assert_eq!(keys_work(&world, &locked).await, [true; 2]);
    let address = domain::EmailAddress::parse(ADA).unwrap();
    world.postern.lock_user(&address).await.unwrap();
    assert_eq!(keys_work(&world, &locked).await, [false; 2]);
    let bearer = world.anyone().bearing(locked.str("access"));
    bearer.get(path).await.expect(401);

    let bob = Device::let_in(&world, "bob@example.com").await;
    let bearer = world.anyone().bearing(bob.str("access"));
    let delete = format!("{path}delete/");
    bearer.post(&delete, &json!({})).await.expect(403);
    world.clock.advance(60);
    let person = world.anyone().sign_in("bob@example.com").await.client();
    person.post(&delete, &json!({})).await.expect(200);
    assert_eq!(keys_work(&world, &bob).await, [false; 2]);
    bearer.get(path).await.expect(401);
}
