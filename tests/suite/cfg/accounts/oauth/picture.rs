//! The provider's picture of a user who has sent none.

use serde_json::{Value, json};
use tests::{Anyone, World};

use super::{ADA, DISCONNECT, ada, go};
use crate::pictures::{form, jpeg};

const PROFILE: &str = "/cfg/accounts/profile/";
const SHOWN: &str = "https://avatars.example.com/u/7?v=4";

async fn avatar(client: &Anyone<'_>) -> Value {
    client.get(PROFILE).await.expect(200).body["avatar"].clone()
}

#[tokio::test]
async fn the_providers_picture_is_shown_until_there_is_an_own_one() {
    let world = World::new().await;
    let mut person = ada();
    person.picture = Some(SHOWN.to_owned());
    let answer = go(&world, &world.anyone(), &person).await.expect(200);
    let member = world.anyone().bearing(answer.str("access"));
    assert_eq!(avatar(&member).await, json!(SHOWN));
    // As GitHub last told it, once more signed in through it.
    person.picture = Some(format!("{SHOWN}2"));
    go(&world, &world.anyone(), &person).await.expect(200);
    assert_eq!(avatar(&member).await, json!(format!("{SHOWN}2")));
    let (media, body) = form("avatar", &jpeg(9, 9));
    let sender = member.clone().header("content-type", &media);
    let sent = sender.raw_bytes("POST", "/cfg/accounts/profile/avatar/", &body);
    let own = sent.await.expect(200).body["avatar"].clone();
    assert_ne!(own, json!(format!("{SHOWN}2")));
    assert_eq!(avatar(&member).await, own);
    // An own picture stays when the provider is gone.
    let github = json!({ "provider": "github" });
    let fresh = world.anyone().sign_in(ADA).await.client();
    fresh.post(DISCONNECT, &github).await.expect(200);
    assert_eq!(avatar(&member).await, own);
}

#[tokio::test]
async fn the_picture_comes_and_goes_with_the_link() {
    let world = World::new().await;
    let member = world.anyone().sign_in(ADA).await;
    assert_eq!(avatar(&member.client()).await, json!(null));
    let mut person = ada();
    person.picture = Some(SHOWN.to_owned());
    go(&world, &world.anyone(), &person).await.expect(200);
    assert_eq!(avatar(&member.client()).await, json!(SHOWN));
    let github = json!({ "provider": "github" });
    member.client().post(DISCONNECT, &github).await.expect(200);
    assert_eq!(avatar(&member.client()).await, json!(null));
}

#[tokio::test]
async fn the_first_proof_and_a_deletion_forget_it() {
    let world = World::new().await;
    let mut person = ada();
    person.picture = Some(SHOWN.to_owned());
    go(&world, &world.anyone(), &person).await.expect(200);
    world
        .set_user(ADA, |user| {
            user.email_verified = false;
            user.email_proven_at = None;
        })
        .await;
    let member = world.anyone().sign_in(ADA).await;
    assert_eq!(avatar(&member.client()).await, json!(null));

    go(&world, &world.anyone(), &person).await.expect(200);
    assert_eq!(avatar(&member.client()).await, json!(SHOWN));
    let path = "/cfg/accounts/profile/delete/";
    member.client().post(path, &json!({})).await.expect(200);
    let rows = format!("{:?}", world.dump(&world.table).await);
    assert!(!rows.contains("avatars.example.com"));
}

#[tokio::test]
async fn a_picture_that_no_page_should_load_is_none() {
    let world = World::new().await;
    for (login, url) in [
        ("eve", "http://tracker.example/7"),
        ("bob", "javascript:alert(1)"),
    ] {
        let mut person = ada();
        person.login = login.to_owned();
        person.email = format!("{login}@example.com");
        person.picture = Some(url.to_owned());
        let answer = go(&world, &world.anyone(), &person).await.expect(200);
        let member = world.anyone().bearing(answer.str("access"));
        assert_eq!(avatar(&member).await, json!(null), "{url}");
        let links = member.get("/cfg/accounts/oauth/connections/").await;
        assert_eq!(links.body[0]["provider_avatar_url"], json!(""));
    }
}
