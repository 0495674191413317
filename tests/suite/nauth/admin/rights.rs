//! Rights that are meant for the reader of an address: no proof of anything else brings them.

use domain::account::Role;
use serde_json::json;
use tests::{Answer, World};

use super::{act, root, sub_of};
use crate::nauth::{PASSWORD, bearing, login, respond};

const CEO: &str = "ceo@example.com";
const OWN: &str = "+4915112345678";

/// A stranger who signs up with another person's address, as far as the proof of a number of
/// their own.
async fn stranger(world: &World) -> Answer {
    let body = json!({ "email": CEO, "password": PASSWORD, "phone": OWN });
    let waits = world.anyone().post("/nauth/signup", &body).await;
    waits.expect(201)
}

async fn prove_number(world: &World, waits: &Answer) -> Answer {
    let code = json!({ "code": world.texted_code(OWN) });
    let session = waits.str("session");
    respond(&world.anyone(), session, "VERIFY_PHONE", code)
        .await
        .expect(200)
}

/// Where only numbers are proven.
async fn by_number() -> World {
    World::with(&[("POSTERN_NAUTH_VERIFICATION", "phone")]).await
}

async fn administers(world: &World, tokens: &Answer) -> bool {
    let list = bearing(world, tokens).get("/nauth/admin/users").await;
    assert!(matches!(list.status, 200 | 403), "{}", list.text);
    list.status == 200
}

#[tokio::test]
async fn a_number_brings_no_rights_that_wait_for_an_address() {
    let world = by_number().await;
    stranger(&world).await;
    let ceo = crate::auth::address(CEO);
    world.postern.set_role(&ceo, Role::Admin).await.unwrap();
    // What waited has ended with that.
    world.clock.advance(61);
    let waits = login(&world.anyone(), CEO, PASSWORD).await.expect(200);
    let tokens = prove_number(&world, &waits).await;
    assert!(!administers(&world, &tokens).await);
    // Its reader proves it: the rights are theirs, and the stranger's account is over.
    world.clock.advance(120);
    world.anyone().sign_in(CEO).await;
    let user = world.postern.find_user(&ceo).await.unwrap();
    assert_eq!((user.role, user.appointment), (Role::Admin, None));
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(401);
}

#[tokio::test]
async fn nor_are_they_given_at_once_where_a_number_alone_is_proven() {
    let world = by_number().await;
    let waits = stranger(&world).await;
    prove_number(&world, &waits).await;
    let ceo = crate::auth::address(CEO);
    let user = world.postern.set_role(&ceo, Role::Admin).await.unwrap();
    assert_eq!(
        (user.role, user.appointment.map(|it| it.role)),
        (Role::User, Some(Role::Admin))
    );
    let tokens = login(&world.anyone(), CEO, PASSWORD).await.expect(200);
    assert!(!administers(&world, &tokens).await);
}

#[tokio::test]
async fn nor_by_an_administrators_word_for_the_number() {
    let world = by_number().await;
    stranger(&world).await;
    let ceo = crate::auth::address(CEO);
    world.postern.set_role(&ceo, Role::Admin).await.unwrap();
    let sub = sub_of(&world, CEO).await;
    let said = json!({ "isPhoneVerified": true, "phone": OWN });
    act(&root(&world).await, &sub, "verified-status", said)
        .await
        .expect(200);
    let tokens = login(&world.anyone(), CEO, PASSWORD).await.expect(200);
    assert!(!administers(&world, &tokens).await);
}

#[tokio::test]
async fn rights_wait_where_the_proof_is_taken_away_and_come_back_with_the_next() {
    let world = World::new().await;
    let root = root(&world).await;
    let chief = world.admin("chief@example.com").await;
    let sub = sub_of(&world, "chief@example.com").await;
    let chief = chief.client();
    chief.get("/nauth/admin/users").await.expect(200);
    let not = json!({ "isEmailVerified": false });
    // Nobody says so of themselves.
    let own = act(&chief, &sub, "verified-status", not.clone()).await;
    crate::nauth::refused(&own, 403, "FORBIDDEN");
    act(&root, &sub, "verified-status", not).await.expect(200);
    chief.get("/nauth/admin/users").await.expect(401);
    let address = crate::auth::address("chief@example.com");
    let user = world.postern.find_user(&address).await.unwrap();
    let waits = user.appointment.map(|it| it.role);
    assert_eq!((user.role, waits), (Role::User, Some(Role::Admin)));
    world.clock.advance(61);
    world.anyone().sign_in("chief@example.com").await;
    let user = world.postern.find_user(&address).await.unwrap();
    assert_eq!((user.role, user.appointment), (Role::Admin, None));
}
