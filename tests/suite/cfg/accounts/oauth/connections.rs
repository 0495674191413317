//! GET /cfg/accounts/oauth/connections/ and POST /cfg/accounts/oauth/disconnect/

use serde_json::json;
use tests::World;

use super::{ADA, DISCONNECT, ada, error, go};

const CONNECTIONS: &str = "/cfg/accounts/oauth/connections/";

#[tokio::test]
async fn a_connection_is_listed_as_github_last_told_it() {
    let world = World::new().await;
    let member = world.anyone().sign_in(ADA).await;
    let none = member.client().get(CONNECTIONS).await.expect(200);
    assert_eq!(none.body, json!([]));
    go(&world, &world.anyone(), &ada()).await.expect(200);
    world.clock.advance(100);
    let mut moved = ada();
    moved.email = "countess@example.com".to_owned();
    go(&world, &world.anyone(), &moved).await.expect(200);
    let list = member.client().get(CONNECTIONS).await.expect(200);
    let link = &list.body[0];
    assert!(link["id"].as_u64().unwrap() < 1 << 53);
    let avatar = link["provider_avatar_url"].as_str().unwrap();
    assert!(avatar.starts_with("http://127.0.0.1:"));
    assert_eq!(
        list.body,
        json!([{
            "id": link["id"], "provider": "github", "provider_display": "GitHub", "provider_username": "ada",
            "provider_email": "countess@example.com", "provider_avatar_url": avatar,
            "connected_at": "2027-01-15T08:00:00Z", "last_login_at": "2027-01-15T08:01:40Z",
        }])
    );
}

#[tokio::test]
async fn a_connection_is_taken_away_once() {
    let world = World::new().await;
    let answer = go(&world, &world.anyone(), &ada()).await.expect(200);
    // GitHub does not say how long ago it asked for a password, so that is no fresh sign-in.
    let github = json!({ "provider": "github" });
    let through = world.anyone().bearing(answer.str("access"));
    through.post(DISCONNECT, &github).await.expect(403);
    let member = world.anyone().sign_in(ADA).await.client();
    let gone = member.post(DISCONNECT, &github).await.expect(200);
    assert_eq!(
        gone.body,
        json!({ "message": "Github disconnected successfully" })
    );
    let again = member.post(DISCONNECT, &github).await.expect(404);
    assert_eq!(error(&again), "not_found");
    assert_eq!(member.get(CONNECTIONS).await.body, json!([]));
    // The address still is proven on both sides, so the next sign-in links anew.
    let back = go(&world, &world.anyone(), &ada()).await.expect(200);
    assert_eq!(back.body["is_new_connection"], json!(true));
    assert_eq!(back.body["is_new_user"], json!(false));
}

#[tokio::test]
async fn the_last_way_in_is_kept() {
    let world = World::new().await;
    go(&world, &world.anyone(), &ada()).await.expect(200);
    let member = world.anyone().sign_in(ADA).await.client();
    world
        .set_user(ADA, |user| {
            user.email_verified = false;
            user.email_proven_at = None;
        })
        .await;
    let github = json!({ "provider": "github" });
    let kept = member.post(DISCONNECT, &github).await.expect(400);
    assert_eq!(error(&kept), "last_sign_in_method");
    assert_eq!(
        member.get(CONNECTIONS).await.body.as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn only_providers_that_there_are() {
    let world = World::new().await;
    let member = world.anyone().sign_in(ADA).await;
    for (body, sentence) in [
        (
            json!({ "provider": "gitlab" }),
            "This is not a valid choice.",
        ),
        (json!({}), "This field is required."),
        (json!({ "provider": "" }), "This field may not be blank."),
    ] {
        let answer = member.client().post(DISCONNECT, &body).await.expect(400);
        assert_eq!(answer.body["provider"], json!([sentence]));
    }
    let github = json!({ "provider": "github" });
    member.client().post(DISCONNECT, &github).await.expect(404);
}

#[tokio::test]
async fn nobody_in_particular_has_no_connections() {
    let world = World::new().await;
    for answer in [
        world.anyone().get(CONNECTIONS).await,
        world.anyone().post(DISCONNECT, &json!({})).await,
    ] {
        let answer = answer.expect(401);
        assert_eq!(answer.header("www-authenticate"), "X-API-Key");
        assert_eq!(
            answer.str("detail"),
            "Authentication credentials were not provided."
        );
    }
}
