//! What is each provider's own.

use domain::provider::Provider::{Apple, Facebook, Google};
use domain::secret::SecretName;
use local::social::Person;
use serde_json::json;
use tests::World;

use super::super::{ADA, cookies, refused};
use super::{come_back, depart, parameter, sign_in, told};

#[tokio::test]
async fn one_person_comes_through_all_of_them() {
    let world = World::new().await;
    let person = Person::new(ADA);
    let mut subs = Vec::new();
    for provider in [Google, Apple, Facebook] {
        let signed_in = sign_in(&world.anyone(), provider, &person)
            .await
            .expect(200);
        assert_eq!(signed_in.str("authMethod"), provider.name());
        subs.push(signed_in.str("sub").to_owned());
    }
    assert!(subs.iter().all(|sub| *sub == subs[0]), "{subs:?}");
    for provider in [Google, Apple, Facebook] {
        let unproven = Person {
            verified: false,
            ..Person::new("bob@example.com")
        };
        let answer = come_back(&world.anyone(), provider, "", &unproven).await;
        assert_eq!(told(&answer), "SOCIAL_EMAIL_REQUIRED", "{provider:?}");
    }
}

#[tokio::test]
async fn each_is_asked_for_what_it_takes() {
    let world = World::new().await;
    for (provider, with, without) in [
        (
            Google,
            &["code_challenge", "nonce", "prompt"][..],
            &["response_mode"][..],
        ),
        (Apple, &["nonce", "response_mode"], &["code_challenge"]),
        (
            Facebook,
            &["scope", "auth_type"],
            &["code_challenge", "nonce"],
        ),
    ] {
        let url = depart(&world.anyone(), provider, "").await.parse().unwrap();
        for name in ["client_id", "redirect_uri", "state", "response_type"]
            .iter()
            .chain(with)
        {
            assert!(parameter(&url, name).is_some(), "{name} in {url}");
        }
        for name in without {
            assert!(parameter(&url, name).is_none(), "{name} in {url}");
        }
        let back = format!(
            "https://id.example.com/nauth/social/{}/callback",
            provider.name()
        );
        assert_eq!(
            parameter(&url, "redirect_uri").as_deref(),
            Some(back.as_str())
        );
    }
}

#[tokio::test]
async fn apples_name_is_the_users_and_its_address_is_the_tokens() {
    let world = World::with(&[("POSTERN_NAUTH_DELIVERY", "cookies")]).await;
    let answer = come_back(&world.anyone(), Apple, "", &Person::new(ADA)).await;
    let cookies = cookies(&answer);
    assert!(!cookies.is_empty(), "{answer:?}");
    let page = super::super::browser(&world, &cookies);
    let profile = page.get("/nauth/profile").await.expect(200);
    assert_eq!(
        (
            profile.str("email"),
            profile.str("firstName"),
            profile.str("lastName")
        ),
        (ADA, "Ada", "King")
    );
}

#[tokio::test]
async fn a_secret_that_is_none_signs_nobody_in() {
    for (name, provider) in [(SecretName::Apple, Apple), (SecretName::Facebook, Facebook)] {
        let world = World::with_secrets(&[], &[(name, "not the secret")]).await;
        let answer = come_back(&world.anyone(), provider, "", &Person::new(ADA)).await;
        assert_eq!(told(&answer), "SOCIAL_TOKEN_INVALID");
    }
    let world = World::with(&[("POSTERN_APPLE_CLIENT_IDS", "")]).await;
    let answer = world.anyone().get("/nauth/social/apple/redirect").await;
    refused(&answer, 400, "SOCIAL_CONFIG_MISSING");
    let posted = world
        .anyone()
        .post("/nauth/social/apple/callback", &json!({ "state": "x" }))
        .await;
    refused(&posted, 415, "VALIDATION_FAILED");
}
