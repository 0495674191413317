//! /cfg/accounts/oauth/

use domain::secret::SecretName;
use local::github::{Person, Request};
use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

mod callback;
mod connections;
mod picture;
mod races;
mod tables;

const ADA: &str = "ada@example.com";
const AUTHORIZE: &str = "/cfg/accounts/oauth/github/authorize/";
const CALLBACK: &str = "/cfg/accounts/oauth/github/callback/";
const DISCONNECT: &str = "/cfg/accounts/oauth/disconnect/";
const USUAL: &str = "https://app.example.com/auth?provider=github";
const OTHER: &str = "https://other.example.com/in";

/// A user sets out: the state, and the URL that they are sent to.
async fn depart(client: &Anyone<'_>, body: &Value) -> (String, String) {
    let answer = client.post(AUTHORIZE, body).await.expect(200);
    (
        answer.str("state").to_owned(),
        answer.str("authorization_url").to_owned(),
    )
}

/// `person` says yes to what `url` asks: the code.
fn approve(world: &World, url: &str, person: &Person) -> String {
    let request = Request::of(url).expect("an authorization URL");
    world.github.approve(request, person.clone())
}

/// `person` goes to GitHub and comes back to the API.
pub async fn go(world: &World, client: &Anyone<'_>, person: &Person) -> Answer {
    let (state, url) = depart(client, &json!({})).await;
    let code = approve(world, &url, person);
    client
        .post(CALLBACK, &json!({ "code": code, "state": state }))
        .await
}

fn ada() -> Person {
    Person::new("ada", ADA)
}

fn error(answer: &Answer) -> &str {
    assert_ne!(answer.str("error_description"), "");
    answer.str("error")
}

#[tokio::test]
async fn github_is_offered_where_it_is_configured() {
    let world = World::new().await;
    let answer = world.anyone().get("/cfg/accounts/oauth/providers/").await;
    assert_eq!(
        answer.expect(200).body,
        json!({ "providers": [{ "id": "github", "name": "GitHub", "icon": "github" }] })
    );
}

#[tokio::test]
async fn without_an_app_there_is_no_github() {
    let without_app = World::with(&[("POSTERN_GITHUB_CLIENT_ID", "")]).await;
    let without_secret = World::new().await;
    let removed = without_secret.postern.remove_secret(SecretName::GitHub);
    removed.await.unwrap();
    for world in [without_app, without_secret] {
        there_is_no_github(&world).await;
    }
}

async fn there_is_no_github(world: &World) {
    let providers = world.anyone().get("/cfg/accounts/oauth/providers/").await;
    assert_eq!(providers.expect(200).body, json!({ "providers": [] }));
    let back = json!({ "code": "0123456789", "state": "01234567890123456789" });
    for (path, body) in [(AUTHORIZE, json!({})), (CALLBACK, back)] {
        let answer = world.anyone().post(path, &body).await.expect(503);
        assert_eq!(error(&answer), "github_oauth_disabled");
    }
}

#[tokio::test]
async fn the_way_out_carries_state_scope_and_challenge() {
    let world = World::new().await;
    // No body at all is as good as an empty one.
    let answer = world.anyone().raw("POST", AUTHORIZE, "").await.expect(200);
    let state = answer.str("state");
    // The version of the part that PKCE rests on, and 256 bits.
    let (version, random) = state.split_once('.').unwrap();
    assert_eq!((version, random.len()), ("1", 43));
    assert!(
        random
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    );
    let url = url::Url::parse(answer.str("authorization_url")).unwrap();
    assert_eq!(url.path(), "/login/oauth/authorize");
    let value = |name: &str| {
        let pair = url.query_pairs().find(|(key, _)| key == name);
        pair.unwrap_or_else(|| panic!("no {name}")).1.into_owned()
    };
    assert_eq!(value("client_id"), local::github::CLIENT_ID);
    assert_eq!(value("redirect_uri"), USUAL);
    assert_eq!(value("scope"), "user:email read:user");
    assert_eq!(value("state"), state);
    assert_eq!(value("code_challenge_method"), "S256");
    assert_eq!(value("code_challenge").len(), 43);
    assert_eq!(value("prompt"), "select_account");
    let (again, _) = depart(&world.anyone(), &json!({})).await;
    assert_ne!(again, state);
}

#[tokio::test]
async fn one_comes_back_only_to_a_listed_place_letter_for_letter() {
    let world = World::new().await;
    let (_, url) = depart(&world.anyone(), &json!({ "redirect_uri": OTHER })).await;
    assert_eq!(Request::of(&url).unwrap().redirect_uri, OTHER);
    for near in [
        "https://other.example.com/in/",
        "https://other.example.com/in?x=1",
        "https://other.example.com/in#x",
        "http://other.example.com/in",
        "https://other.example.com.evil.example/in",
    ] {
        let body = json!({ "redirect_uri": near });
        let answer = world.anyone().post(AUTHORIZE, &body).await.expect(400);
        assert_eq!(error(&answer), "invalid_redirect_uri", "{near}");
    }
    let body = json!({ "redirect_uri": "javascript:alert(1)", "source_url": "x" });
    let answer = world.anyone().post(AUTHORIZE, &body).await.expect(400);
    assert_eq!(
        (&answer.body["redirect_uri"], &answer.body["source_url"]),
        (
            &json!(["Enter a valid URL."]),
            &json!(["Enter a valid URL."])
        )
    );
    assert_eq!(error(&answer), "invalid_request");
}

#[tokio::test]
async fn departures_and_returns_are_counted_by_place() {
    let world = World::new().await;
    let client = world.at("203.0.113.5");
    for _ in 0..20 {
        client.post(AUTHORIZE, &json!({})).await.expect(200);
    }
    let answer = client.post(AUTHORIZE, &json!({})).await.expect(429);
    assert_eq!(error(&answer), "rate_limited");
    assert_eq!(answer.header("retry-after"), "60");
    let back = json!({ "code": "0123456789", "state": "01234567890123456789" });
    for _ in 0..10 {
        client.post(CALLBACK, &back).await.expect(400);
    }
    client.post(CALLBACK, &back).await.expect(429);
    world
        .at("203.0.113.6")
        .post(CALLBACK, &back)
        .await
        .expect(400);
    world.clock.advance(60);
    client.post(AUTHORIZE, &json!({})).await.expect(200);
    client.post(CALLBACK, &back).await.expect(400);
}
