//! Whose account it is.

use domain::account::Status;
use domain::provider::Provider::Google;
use local::social::Person;
use serde_json::json;
use tests::{Answer, World};

use super::super::{ADA, NUMBER, PASSWORD, ada, bearing, login, refused, respond, sign_up};
use super::{come_back, sign_in, told};

/// The types of the events in one's own history, latest first.
async fn events(world: &World, signed_in: &Answer) -> Vec<String> {
    let answer = bearing(world, signed_in)
        .get("/nauth/audit/history")
        .await
        .expect(200);
    let rows = answer.body["data"].as_array().unwrap().iter();
    rows.map(|row| row["eventType"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_providers_name_comes_first_then_an_address_that_both_have_proven() {
    let world = World::new().await;
    let before = ada(&world).await;
    let person = Person::new(ADA);
    let signed_in = sign_in(&world.anyone(), Google, &person).await.expect(200);
    assert_eq!(signed_in.str("sub"), before.str("sub"));
    assert_eq!(signed_in.body["user"]["hasPasswordHash"], json!(true));
    let told = events(&world, &signed_in).await;
    for kind in ["LOGIN_ATTEMPT", "SOCIAL_LOGIN", "SOCIAL_ACCOUNT_LINKED"] {
        assert!(told.iter().any(|one| one == kind), "{kind} in {told:?}");
    }
    // The name stays the person's, whatever becomes of the address.
    let moved = Person {
        email: "countess@example.com".to_owned(),
        ..person
    };
    let again = sign_in(&world.anyone(), Google, &moved).await.expect(200);
    assert_eq!(again.str("sub"), before.str("sub"));
    // Another name there does not take its place.
    let other = Person {
        subject: "other".to_owned(),
        ..Person::new(ADA)
    };
    let answer = come_back(&world.anyone(), Google, "", &other).await;
    assert_eq!(super::told(&answer), "SOCIAL_ACCOUNT_LINKED");
    let new = Person::new("bob@example.com");
    let bob = sign_in(&world.anyone(), Google, &new).await.expect(200);
    assert_ne!(bob.str("sub"), before.str("sub"));
    let told = events(&world, &bob).await;
    assert_eq!(told, ["SOCIAL_LOGIN", "ACCOUNT_CREATED"]);
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_proven_is_nobodys() {
    let world = World::new().await;
    ada(&world).await;
    let stranger = Person {
        verified: false,
        subject: "stranger".to_owned(),
        ..Person::new(ADA)
    };
    let answer = come_back(&world.anyone(), Google, "", &stranger).await;
    assert_eq!(told(&answer), "SOCIAL_EMAIL_REQUIRED");
}

#[tokio::test]
async fn an_account_that_nobody_has_proven_gives_way() {
    let world = World::new().await;
    let squatter = sign_up(&world.anyone(), ADA).await.expect(201);
    let person = Person::new(ADA);
    let signed_in = sign_in(&world.anyone(), Google, &person).await.expect(200);
    assert_ne!(signed_in.str("sub"), squatter.str("sub"));
    let answer = login(&world.anyone(), ADA, PASSWORD).await;
    refused(&answer, 401, "AUTH_INVALID_CREDENTIALS");
    // One that somebody is signed in to does not.
    let bob = "bob@example.com";
    let used = World::with(&[("POSTERN_NAUTH_VERIFICATION", "none")]).await;
    sign_up(&used.anyone(), bob).await.expect(201);
    let answer = come_back(&used.anyone(), Google, "", &Person::new(bob)).await;
    assert_eq!(told(&answer), "SOCIAL_ACCOUNT_EXISTS");
}

#[tokio::test]
async fn a_closed_account_is_told_to_its_owner() {
    let world = World::new().await;
    let person = Person::new(ADA);
    sign_in(&world.anyone(), Google, &person).await.expect(200);
    world
        .set_user(ADA, |user| user.status = Status::Locked)
        .await;
    let answer = come_back(&world.anyone(), Google, "", &person).await;
    assert_eq!(told(&answer), "AUTH_ACCOUNT_LOCKED");
    world
        .set_user(ADA, |user| {
            user.status = Status::Active;
            user.deactivated = true;
        })
        .await;
    let answer = come_back(&world.anyone(), Google, "", &person).await;
    assert_eq!(told(&answer), "AUTH_ACCOUNT_INACTIVE");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_whichever_way_tokens_travel() {
    for mode in ["json", "cookies"] {
        let world = World::with(&[("POSTERN_NAUTH_DELIVERY", mode)]).await;
        let person = Person::new(ADA);
        let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
        for _ in 0..2 {
            let waits = sign_in(&world.anyone(), Google, &person).await.expect(200);
            assert_eq!(waits.str("challengeName"), "MFA_REQUIRED");
            assert_eq!(waits.body["accessToken"], json!(null));
        }
        let waits = sign_in(&world.anyone(), Google, &person).await.expect(200);
        let code = json!({ "method": "totp", "code": app.code(world.now()) });
        let signed_in = respond(&world.anyone(), waits.str("session"), "MFA_REQUIRED", code)
            .await
            .expect(200);
        assert_eq!(signed_in.str("authMethod"), "google");
    }
}

#[tokio::test]
async fn a_number_is_asked_for_where_numbers_are_proven_and_no_address_ever() {
    let world = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    let person = Person::new(ADA);
    for _ in 0..2 {
        let waits = sign_in(&world.anyone(), Google, &person).await.expect(200);
        assert_eq!(waits.str("challengeName"), "VERIFY_PHONE");
    }
    let waits = sign_in(&world.anyone(), Google, &person).await.expect(200);
    let session = waits.str("session");
    let number = json!({ "phone": NUMBER });
    respond(&world.anyone(), session, "VERIFY_PHONE", number)
        .await
        .expect(200);
    let code = json!({ "code": world.texted_code(NUMBER) });
    let signed_in = respond(&world.anyone(), session, "VERIFY_PHONE", code)
        .await
        .expect(200);
    assert_eq!(signed_in.str("authMethod"), "google");
    world
        .set_user(ADA, |user| {
            user.email_verified = false;
            user.email_proven_at = None;
        })
        .await;
    let entered = sign_in(&world.anyone(), Google, &person).await.expect(200);
    assert!(!entered.str("accessToken").is_empty());
}
