//! POST /nauth/social/{provider}/verify: the tokens of apps.

use domain::account::Status;
use domain::provider::Provider::{self, Apple, Facebook, Google};
use local::social::{self, Person};
use serde_json::{Value, json};
use tests::{Answer, World};

use super::super::{ADA, NEXT_PASSWORD, ada, refused};
use crate::auth;

async fn verify(world: &World, provider: Provider, body: Value) -> Answer {
    let path = format!("/nauth/social/{}/verify", provider.name());
    world.anyone().post(&path, &body).await
}

/// An ID token of `person` for the application on phones, with `said` in place of what it
/// usually says.
fn token(world: &World, provider: Provider, person: &Person, said: &Value) -> String {
    let mut claims = json!({
        "sub": person.subject, "email": person.email, "email_verified": person.verified,
    });
    claims
        .as_object_mut()
        .unwrap()
        .extend(said.as_object().unwrap().clone());
    world.social.token(provider, &claims).unwrap()
}

#[tokio::test]
async fn an_app_signs_in_by_an_id_token_of_google_or_apple() {
    let world = World::new().await;
    let before = ada(&world).await;
    let person = Person::new(ADA);
    for (provider, client) in [
        (Google, social::NATIVE_CLIENT_ID),
        (Google, social::CLIENT_ID),
        (Apple, social::NATIVE_CLIENT_ID),
    ] {
        let token = token(&world, provider, &person, &json!({ "aud": client }));
        // The path counts, whatever the body says.
        let body = json!({ "provider": "facebook", "idToken": token });
        let answer = verify(&world, provider, body).await.expect(200);
        assert_eq!(answer.str("sub"), before.str("sub"));
        assert_eq!(answer.str("authMethod"), provider.name());
        assert!(answer.body["refreshToken"].is_string());
    }
    let bob = Person::new("bob@example.com");
    let name = json!({ "name": { "firstName": "Bob", "lastName": "Roberts" } });
    let token = token(&world, Apple, &bob, &json!({ "nonce": "n" }));
    let mut body = json!({ "provider": "apple", "idToken": token, "profileData": name });
    body["profileData"]["nonce"] = json!("other");
    refused(
        &verify(&world, Apple, body.clone()).await,
        400,
        "SOCIAL_TOKEN_INVALID",
    );
    body["profileData"]["nonce"] = json!("n");
    let answer = verify(&world, Apple, body).await.expect(200);
    assert_eq!(answer.body["user"]["firstName"], json!("Bob"));
}

#[tokio::test]
async fn a_token_of_another_issuer_client_time_or_key_is_none() {
    let world = World::new().await;
    let person = Person::new(ADA);
    let now = world.now().0;
    for said in [
        json!({ "aud": "another" }),
        json!({ "aud": [social::NATIVE_CLIENT_ID, "another"] }),
        json!({ "iss": "https://accounts.google.com.evil.example" }),
        json!({ "iss": world.social.url(Apple) }),
        json!({ "exp": now }),
        json!({ "iat": now + 61 }),
        json!({ "sub": "" }),
    ] {
        let body =
            json!({ "provider": "google", "idToken": token(&world, Google, &person, &said) });
        refused(
            &verify(&world, Google, body).await,
            400,
            "SOCIAL_TOKEN_INVALID",
        );
    }
    // A network takes ten a minute.
    world.clock.advance(60);
    // Signed by a key of the same name that the provider has not published.
    let other = World::new().await;
    let iss = json!({ "iss": world.social.url(Google) });
    let foreign = token(&other, Google, &person, &iss);
    let good = token(&world, Google, &person, &json!({}));
    let mut parts: Vec<&str> = good.split('.').collect();
    parts[0] = "eyJhbGciOiJub25lIiwia2lkIjoia2V5LTEifQ";
    parts[2] = "";
    for text in [
        foreign,
        parts.join("."),
        "x".to_owned(),
        good[..good.len() - 9].to_owned(),
    ] {
        let body = json!({ "provider": "google", "idToken": text });
        refused(
            &verify(&world, Google, body).await,
            400,
            "SOCIAL_TOKEN_INVALID",
        );
    }
    for body in [
        json!({}),
        json!({ "idToken": "" }),
        json!({ "accessToken": "x" }),
    ] {
        let answer = verify(&world, Google, body).await;
        refused(&answer, 400, "VALIDATION_FAILED");
        assert!(answer.body["details"]["validationErrors"]["idToken"].is_array());
    }
    let answer = verify(&world, Google, json!({ "idToken": 7, "profileData": [] })).await;
    refused(&answer, 400, "VALIDATION_FAILED");
    let unproven = Person {
        verified: false,
        ..person
    };
    let body =
        json!({ "provider": "google", "idToken": token(&world, Google, &unproven, &json!({})) });
    refused(
        &verify(&world, Google, body).await,
        400,
        "SOCIAL_EMAIL_REQUIRED",
    );
}

#[tokio::test]
async fn facebooks_tokens_are_of_this_application() {
    let world = World::new().await;
    let person = Person::new(ADA);
    let access = world.social.access_token(social::CLIENT_ID, person.clone());
    let body = json!({ "provider": "facebook", "accessToken": access });
    let first = verify(&world, Facebook, body).await.expect(200);
    // Limited Login's ID token says nothing of proof.
    let said = json!({ "aud": social::CLIENT_ID, "email_verified": null });
    let body =
        json!({ "provider": "facebook", "idToken": token(&world, Facebook, &person, &said) });
    let second = verify(&world, Facebook, body).await.expect(200);
    assert_eq!(first.str("sub"), second.str("sub"));
    let others = world
        .social
        .access_token("another", Person::new("eve@example.com"));
    for token in [others.as_str(), "unknown"] {
        let body = json!({ "provider": "facebook", "accessToken": token });
        refused(
            &verify(&world, Facebook, body).await,
            400,
            "SOCIAL_TOKEN_INVALID",
        );
    }
    world
        .set_user(ADA, |user| user.status = Status::Locked)
        .await;
    let access = world.social.access_token(social::CLIENT_ID, person);
    let body = json!({ "provider": "facebook", "accessToken": access });
    refused(
        &verify(&world, Facebook, body).await,
        403,
        "AUTH_ACCOUNT_LOCKED",
    );
}

/// A token cannot be taken back, and its copy would outlive what ends everything else.
#[tokio::test]
async fn a_token_from_before_a_reset_or_a_lock_is_none() {
    let world = World::new().await;
    ada(&world).await;
    let person = Person::new(ADA);
    let made = |provider: Provider| {
        let client = match provider {
            Facebook => social::CLIENT_ID,
            _ => social::NATIVE_CLIENT_ID,
        };
        let token = token(&world, provider, &person, &json!({ "aud": client }));
        json!({ "provider": provider.name(), "idToken": token })
    };
    // Of each application, as its user holds them at this moment.
    let held = || {
        let access = world.social.access_token(social::CLIENT_ID, person.clone());
        let access = json!({ "provider": "facebook", "accessToken": access });
        let shown = [Google, Apple, Facebook].map(|provider| (provider, made(provider)));
        [(Facebook, access)].into_iter().chain(shown)
    };
    let accepted = async |tokens: Vec<(Provider, Value)>| {
        for (provider, body) in tokens {
            verify(&world, provider, body).await.expect(200);
        }
    };
    let none = async |tokens: Vec<(Provider, Value)>| {
        for (provider, body) in tokens {
            let answer = verify(&world, provider, body).await;
            refused(&answer, 400, "SOCIAL_TOKEN_INVALID");
        }
        world.clock.advance(61);
    };
    world.clock.advance(61);
    let before: Vec<_> = held().collect();
    accepted(before.clone()).await;
    world.clock.advance(61);
    let asked = json!({ "identifier": ADA });
    let path = "/nauth/forgot-password";
    world.anyone().post(path, &asked).await.expect(200);
    let reset = json!({ "identifier": ADA, "code": world.code(ADA), "newPassword": NEXT_PASSWORD });
    let path = "/nauth/forgot-password/confirm";
    world.anyone().post(path, &reset).await.expect(200);
    none(before).await;
    let after: Vec<_> = held().collect();
    accepted(after.clone()).await;
    world.clock.advance(61);
    let address = auth::address(ADA);
    world.postern.lock_user(&address).await.unwrap();
    world.postern.unlock_user(&address).await.unwrap();
    none(after).await;
    accepted(held().collect()).await;
}
