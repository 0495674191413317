//! Links to providers, and the first password of who came through one.

use domain::provider::Provider::Google;
use local::social::{Person, Request};
use serde_json::{Value, json};
use tests::{Answer, World};

use super::super::{ADA, PASSWORD, ada, bearing, login, refused};
use super::{approved, depart, location, redirect, sign_in, told};
use crate::auth;

const LINKED: &str = "/nauth/social/linked";
const LINK: &str = "/nauth/social/link";
const UNLINK: &str = "/nauth/social/unlink";
const MAY: &str = "/nauth/social/can-set-password";
const SET: &str = "/nauth/social/set-password";

async fn linked(world: &World, tokens: &Answer) -> Vec<Value> {
    let answer = bearing(world, tokens).get(LINKED).await.expect(200);
    answer.body["accounts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_link_is_made_by_who_is_signed_in_and_listed_with_those_of_other_contracts() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    assert_eq!(linked(&world, &tokens).await, Vec::<Value>::new());
    let anyone = world.anyone().get(&redirect(Google, "action=link")).await;
    refused(&anyone, 401, "AUTH_TOKEN_INVALID");
    // Another address there, which nobody has here.
    let person = Person::new("countess@example.com");
    let member = bearing(&world, &tokens);
    let url = depart(&member, Google, "action=link&appState=7").await;
    let back = location(
        &world
            .anyone()
            .get(&approved(&world, Google, &url, &person))
            .await,
    );
    assert_eq!(
        back.as_str(),
        "http://localhost:4200/auth/callback?appState=7"
    );
    let links = linked(&world, &tokens).await;
    assert_eq!(
        links,
        [json!({
            "provider": "google", "providerEmail": "countess@example.com",
            "linkedAt": "2027-01-15T08:00:00.000Z", "lastUsedAt": "2027-01-15T08:00:00.000Z",
        })]
    );
    let signed_in = sign_in(&world.anyone(), Google, &person).await.expect(200);
    assert_eq!(signed_in.str("sub"), tokens.str("sub"));
    let github = local::github::Person::new("ada", ADA);
    crate::cfg::accounts::oauth::go(&world, &world.anyone(), &github)
        .await
        .expect(200);
    let names: Vec<Value> = linked(&world, &tokens).await;
    let names: Vec<&Value> = names.iter().map(|link| &link["provider"]).collect();
    assert_eq!(names, ["github", "google"]);
}

#[tokio::test]
async fn nobody_links_what_is_anothers() {
    let world = World::new().await;
    let person = Person::new("bob@example.com");
    sign_in(&world.anyone(), Google, &person).await.expect(200);
    let tokens = ada(&world).await;
    let member = bearing(&world, &tokens);
    let url = depart(&member, Google, "action=link").await;
    let answer = world
        .anyone()
        .get(&approved(&world, Google, &url, &person))
        .await;
    assert_eq!(told(&answer), "SOCIAL_ACCOUNT_LINKED");
    // One link to a provider.
    let own = Person::new(ADA);
    sign_in(&world.anyone(), Google, &own).await.expect(200);
    let url = depart(&member, Google, "action=link").await;
    let other = Person::new("eve@example.com");
    let answer = world
        .anyone()
        .get(&approved(&world, Google, &url, &other))
        .await;
    assert_eq!(told(&answer), "SOCIAL_ACCOUNT_LINKED");
    // A session that has ended links nothing, nor does one that is too old.
    let url = depart(&member, Google, "action=link").await;
    member.get("/nauth/logout").await.expect(200);
    let answer = world
        .anyone()
        .get(&approved(&world, Google, &url, &own))
        .await;
    assert_eq!(told(&answer), "AUTH_SESSION_NOT_FOUND");
    let tokens = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    world.clock.advance(601);
    let old = bearing(&world, &tokens)
        .get(&redirect(Google, "action=link"))
        .await;
    refused(&old, 403, "FORBIDDEN");
    assert_eq!(old.body["details"]["reason"], json!("reauthentication"));
}

/// A link counts as a proof: a stranger would make the account theirs that they registered with
/// another person's address.
#[tokio::test]
async fn an_account_that_has_proven_nothing_is_linked_to_nothing() {
    let world = World::new().await;
    let client = world.anyone();
    auth::register(&client, "mallory", ADA, PASSWORD)
        .await
        .expect(200);
    let answer = auth::login(&client, ADA, PASSWORD).await.expect(200);
    let stranger = client.bearing(answer.str("access_token"));
    let person = Person::new("mallory@example.com");
    let url = depart(&stranger, Google, "action=link").await;
    let back = approved(&world, Google, &url, &person);
    assert_eq!(told(&world.anyone().get(&back).await), "FORBIDDEN");
    let url = depart(&stranger, Google, "action=link").await;
    let request = Request::of(&url).unwrap();
    let state = request.state.clone();
    let code = world.social.approve(Google, request, person);
    let body = json!({ "provider": "google", "code": code, "state": state });
    refused(&stranger.post(LINK, &body).await, 403, "FORBIDDEN");
    let user = world.postern.find_user(&auth::address(ADA)).await.unwrap();
    assert!(!user.is_proven());
    // Its owner finds no trace of it.
    let owner = world.anyone().sign_in(ADA).await.client();
    let links = owner.get(LINKED).await.expect(200);
    assert_eq!(links.body["accounts"], json!([]));
}

#[tokio::test]
async fn a_client_that_received_the_code_itself_links_by_its_own_state() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let member = bearing(&world, &tokens);
    let person = Person::new(ADA);
    let received = |url: &str| {
        let request = Request::of(url).unwrap();
        let state = request.state.clone();
        let code = world.social.approve(Google, request, person.clone());
        json!({ "provider": " Google ", "code": code, "state": state })
    };
    // The state of another person's start, and that of a sign-in.
    let stranger = world.anyone().sign_in("bob@example.com").await.client();
    let theirs = depart(&stranger, Google, "action=link").await;
    let answer = member.post(LINK, &received(&theirs)).await;
    refused(&answer, 400, "SOCIAL_TOKEN_INVALID");
    let signing_in = depart(&world.anyone(), Google, "").await;
    let answer = member.post(LINK, &received(&signing_in)).await;
    refused(&answer, 400, "SOCIAL_TOKEN_INVALID");
    let body = received(&depart(&member, Google, "action=link").await);
    let answer = member.post(LINK, &body).await.expect(200);
    assert_eq!(answer.str("provider"), "google");
    refused(&member.post(LINK, &body).await, 400, "SOCIAL_TOKEN_INVALID");
    assert_eq!(linked(&world, &tokens).await.len(), 1);
    let wrong = json!({ "provider": "nobody", "code": "", "state": 7 });
    let answer = member.post(LINK, &wrong).await;
    refused(&answer, 400, "VALIDATION_FAILED");
    assert_eq!(
        answer.body["details"]["validationErrors"]
            .as_object()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn the_only_way_in_stays_until_there_is_a_password() {
    let world = World::new().await;
    let person = Person::new(ADA);
    let tokens = sign_in(&world.anyone(), Google, &person).await.expect(200);
    let member = bearing(&world, &tokens);
    let google = json!({ "provider": "google" });
    refused(
        &member.post(UNLINK, &google).await,
        400,
        "VALIDATION_FAILED",
    );
    for name in ["github", "nobody"] {
        let answer = member.post(UNLINK, &json!({ "provider": name })).await;
        refused(&answer, 400, "SOCIAL_ACCOUNT_NOT_FOUND");
    }
    let may = member.get(MAY).await.expect(200);
    assert_eq!(may.body, json!({ "canSetPassword": true }));

    let foreign = json!({ "sub": uuid::Uuid::nil().to_string(), "password": PASSWORD });
    refused(&member.post(SET, &foreign).await, 403, "FORBIDDEN");
    let weak = json!({ "password": "password" });
    refused(&member.post(SET, &weak).await, 400, "SIGNUP_WEAK_PASSWORD");
    let body = json!({ "sub": tokens.str("sub"), "password": PASSWORD });
    member.post(SET, &body).await.expect(200);
    refused(&member.post(SET, &body).await, 400, "VALIDATION_FAILED");
    assert_eq!(
        member.get(MAY).await.body,
        json!({ "canSetPassword": false })
    );
    login(&world.anyone(), ADA, PASSWORD).await.expect(200);

    member.post(UNLINK, &google).await.expect(200);
    refused(
        &member.post(UNLINK, &google).await,
        400,
        "SOCIAL_ACCOUNT_NOT_FOUND",
    );
    assert_eq!(linked(&world, &tokens).await, Vec::<Value>::new());
    world.clock.advance(601);
    for (path, body) in [(UNLINK, &google), (SET, &body)] {
        refused(&member.post(path, body).await, 403, "FORBIDDEN");
    }
}
