//! POST /cfg/accounts/oauth/github/callback/

use domain::EmailAddress;
use domain::account::{Factor, Role, WayIn};
use domain::secret::SecretName;
use local::github::Person;
use serde_json::{Value, json};
use tests::World;
use tokio::net::TcpListener;

use super::{ADA, CALLBACK, OTHER, USUAL, ada, approve, depart, error, go};

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let part = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part);
    serde_json::from_slice(&bytes.unwrap()).unwrap()
}

#[tokio::test]
async fn the_first_return_makes_the_account() {
    let world = World::new().await;
    let client = world.anyone().header("accept-language", "de");
    let out = json!({ "source_url": "https://www.shop.example/in" });
    let (state, url) = depart(&client, &out).await;
    let code = approve(&world, &url, &ada());
    let back = json!({ "code": code, "state": state, "redirect_uri": USUAL });
    let answer = client.post(CALLBACK, &back).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let of = |name: &str| answer.body[name].clone();
    assert_eq!(
        (
            of("requires_2fa"),
            of("session_id"),
            of("should_prompt_2fa")
        ),
        (json!(false), json!(null), json!(false))
    );
    assert_eq!(
        (of("is_new_user"), of("is_new_connection")),
        (json!(true), json!(true))
    );
    let stored = world.postern.find_user(&address(ADA)).await.unwrap();
    assert_eq!(
        of("user"),
        json!({
            "id": stored.uid, "email": ADA, "username": stored.username,
            "first_name": "Ada", "last_name": "King Lovelace",
        })
    );
    assert!(stored.email_verified);
    assert_eq!(
        (
            stored.ways_in,
            stored.source.as_str(),
            stored.language.as_str()
        ),
        (vec![WayIn::Provider], "shop.example", "de")
    );
    assert!(world.mail(ADA)[0].subject.starts_with("Willkommen"));
    assert_eq!(claims(answer.str("access"))["amr"], json!(["fed"]));
    let bearer = client.clone().bearing(answer.str("access"));
    let profile = bearer.get("/cfg/accounts/profile/").await.expect(200);
    assert_eq!(profile.str("full_name"), "Ada King Lovelace");
    client.refresh(answer.str("refresh")).await.expect(200);
}

#[tokio::test]
async fn the_same_person_comes_back_to_the_same_account_whatever_their_address() {
    let world = World::new().await;
    let first = go(&world, &world.anyone(), &ada()).await.expect(200);
    for email in [ADA, "countess@example.com"] {
        let again = go(&world, &world.anyone(), &Person::new("ada", email)).await;
        let again = again.expect(200);
        assert_eq!(again.body["user"], first.body["user"]);
        assert_eq!(again.body["is_new_user"], json!(false));
        assert_eq!(again.body["is_new_connection"], json!(false));
    }
    // Linked is linked: even when GitHub no longer vouches for any address.
    let mut unproven = ada();
    unproven.verified = None;
    go(&world, &world.anyone(), &unproven).await.expect(200);
    assert_eq!(
        world.mail(ADA).len(),
        1,
        "the welcome; the network is known"
    );
    let far = world.at("198.51.100.9");
    go(&world, &far, &ada()).await.expect(200);
    assert_eq!(
        world.mail(ADA).len(),
        2,
        "a sign-in from a new network is told"
    );
}

#[tokio::test]
async fn an_account_that_proved_the_address_is_linked() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    let before = world.postern.find_user(&address(ADA)).await.unwrap();
    let answer = go(&world, &world.anyone(), &ada()).await.expect(200);
    assert_eq!(answer.body["is_new_user"], json!(false));
    assert_eq!(answer.body["is_new_connection"], json!(true));
    assert_eq!(answer.body["user"]["id"], json!(before.uid));
    let stranger = Person::new("eve", ADA);
    let answer = go(&world, &world.anyone(), &stranger).await.expect(400);
    assert_eq!(error(&answer), "oauth_error");
}

#[tokio::test]
async fn an_account_that_never_proved_the_address_is_not_handed_over() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    world
        .set_user(ADA, |user| {
            user.email_verified = false;
            user.email_proven_at = None;
        })
        .await;
    let answer = go(&world, &world.anyone(), &ada()).await.expect(400);
    assert_eq!(error(&answer), "oauth_error");
    let user = world.postern.find_user(&address(ADA)).await.unwrap();
    assert_eq!(user.ways_in, []);
    // A code proves it, and then it links.
    world.clock.advance(60);
    world.anyone().sign_in(ADA).await;
    go(&world, &world.anyone(), &ada()).await.expect(200);
}

#[tokio::test]
async fn the_first_proof_of_an_address_ends_links_that_were_there_before() {
    let world = World::new().await;
    go(&world, &world.anyone(), &ada()).await.expect(200);
    world
        .set_user(ADA, |user| {
            user.email_verified = false;
            user.email_proven_at = None;
        })
        .await;
    world.clock.advance(60);
    world.anyone().sign_in(ADA).await;
    let answer = go(&world, &world.anyone(), &ada()).await.expect(200);
    assert_eq!(answer.body["is_new_connection"], json!(true), "anew");
}

#[tokio::test]
async fn an_address_that_github_has_not_verified_opens_nothing() {
    let world = World::new().await;
    let mut unproven = ada();
    unproven.verified = None;
    for known in [false, true] {
        if known {
            world.anyone().sign_in(ADA).await;
        }
        let answer = go(&world, &world.anyone(), &unproven).await.expect(400);
        assert_eq!(error(&answer), "oauth_error");
    }
}

#[tokio::test]
async fn a_locked_account_looks_like_a_refused_code() {
    let world = World::new().await;
    go(&world, &world.anyone(), &ada()).await.expect(200);
    let (state, _) = depart(&world.anyone(), &json!({})).await;
    let refused = json!({ "code": "no-such-code", "state": state });
    let refused = world.anyone().post(CALLBACK, &refused).await.expect(400);
    world.postern.lock_user(&address(ADA)).await.unwrap();
    let locked = go(&world, &world.anyone(), &ada()).await.expect(400);
    assert_eq!(locked.body, refused.body);
    assert_eq!(error(&locked), "oauth_error");
}

#[tokio::test]
async fn a_deleted_account_leaves_no_link_behind() {
    let world = World::new().await;
    let first = go(&world, &world.anyone(), &ada()).await.expect(200);
    let bearer = world.anyone().sign_in(ADA).await.client();
    let delete = "/cfg/accounts/profile/delete/";
    bearer.post(delete, &json!({})).await.expect(200);
    let links = world.dump(&world.table).await;
    let links = links.iter().filter(|item| {
        let (pk, sk) = (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
        pk.starts_with("CLAIM#oauth#") || sk.starts_with("LINK#")
    });
    assert_eq!(links.count(), 0);
    let again = go(&world, &world.anyone(), &ada()).await.expect(200);
    assert_eq!(again.body["is_new_user"], json!(true));
    assert_ne!(again.body["user"]["id"], first.body["user"]["id"]);
}

#[tokio::test]
async fn a_state_is_good_once_for_five_minutes_and_for_its_own_way_back() {
    let world = World::new().await;
    let client = world.anyone();
    let refused = async |body: Value| {
        let answer = client.post(CALLBACK, &body).await.expect(400);
        assert_eq!(error(&answer), "invalid_state", "{}", answer.text);
    };
    // Replayed.
    let (state, url) = depart(&client, &json!({})).await;
    let code = approve(&world, &url, &ada());
    let body = json!({ "code": code, "state": state });
    client.post(CALLBACK, &body).await.expect(200);
    refused(json!({ "code": approve(&world, &url, &ada()), "state": state })).await;
    // Too late, to the second.
    let (state, url) = depart(&client, &json!({})).await;
    let code = approve(&world, &url, &ada());
    world.clock.advance(300);
    refused(json!({ "code": code, "state": state })).await;
    // Made up.
    refused(json!({ "code": code, "state": "A".repeat(43) })).await;
    // For another way back; and it is spent by trying.
    let (state, url) = depart(&client, &json!({ "redirect_uri": OTHER })).await;
    let code = approve(&world, &url, &ada());
    refused(json!({ "code": code, "state": state })).await;
    refused(json!({ "code": code, "state": state, "redirect_uri": OTHER })).await;
    let (state, url) = depart(&client, &json!({ "redirect_uri": OTHER })).await;
    let code = approve(&world, &url, &ada());
    let evil = "https://evil.example/in";
    refused(json!({ "code": code, "state": state, "redirect_uri": evil })).await;
    let (state, url) = depart(&client, &json!({ "redirect_uri": OTHER })).await;
    let code = approve(&world, &url, &ada());
    let body = json!({ "code": code, "state": state, "redirect_uri": OTHER });
    client.post(CALLBACK, &body).await.expect(200);
}

#[tokio::test]
async fn a_code_that_github_refuses_is_said_and_makes_nothing() {
    let world = World::new().await;
    let client = world.anyone();
    let (mine, _) = depart(&client, &json!({})).await;
    let (_, other_url) = depart(&client, &json!({})).await;
    // The code of another departure: its PKCE challenge is not ours.
    let stolen = approve(&world, &other_url, &ada());
    for (state, code) in [
        (mine, stolen),
        (
            depart(&client, &json!({})).await.0,
            "made-up-code".to_owned(),
        ),
    ] {
        let body = json!({ "code": code, "state": state });
        let answer = client.post(CALLBACK, &body).await.expect(400);
        assert_eq!(error(&answer), "oauth_error");
    }
    assert!(world.postern.find_user(&address(ADA)).await.is_err());
    assert_eq!(world.github.tokens(), Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_secret_is_no_fault_of_ours_that_a_client_sees() {
    let world = World::with_secrets(&[], &[(SecretName::GitHub, "another-secret")]).await;
    let answer = go(&world, &world.anyone(), &ada()).await.expect(400);
    assert_eq!(error(&answer), "oauth_error");
    assert!(!answer.text.contains("secret"));
}

#[tokio::test]
async fn a_github_that_is_down_or_silent_is_said_in_time() {
    // Takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_url = format!("http://{}", silent.local_addr().unwrap());
    for url in [silent_url.as_str(), "http://127.0.0.1:1"] {
        let world = World::with(&[("POSTERN_GITHUB_URL", url)]).await;
        let answer = go(&world, &world.anyone(), &ada()).await.expect(500);
        assert_eq!(error(&answer), "server_error");
    }
}

#[tokio::test]
async fn malformed_returns_are_named() {
    let world = World::new().await;
    let required = json!(["This field is required."]);
    let answer = world.anyone().post(CALLBACK, &json!({})).await.expect(400);
    assert_eq!(
        (&answer.body["code"], &answer.body["state"]),
        (&required, &required)
    );
    assert_eq!(error(&answer), "invalid_request");
    let body = json!({ "code": "short", "state": "x".repeat(101), "redirect_uri": "nowhere" });
    let answer = world.anyone().post(CALLBACK, &body).await.expect(400);
    for (field, sentence) in [
        ("code", "Ensure this field has at least 10 characters."),
        (
            "state",
            "Ensure this field has no more than 100 characters.",
        ),
        ("redirect_uri", "Enter a valid URL."),
    ] {
        assert_eq!(answer.body[field], json!([sentence]));
    }
    let answer = world.anyone().header("content-type", "application/json");
    let answer = answer.raw("POST", CALLBACK, "{").await.expect(400);
    assert_eq!(error(&answer), "invalid_request");
}

#[tokio::test]
async fn an_active_factor_is_asked_for_and_nothing_is_linked_before() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    let factor = |user: &mut domain::account::User| user.factors.push(Factor::Totp);
    world.set_user(ADA, factor).await;
    for _ in 0..2 {
        let answer = go(&world, &world.anyone(), &ada()).await.expect(200);
        assert_eq!(answer.body["requires_2fa"], json!(true));
        assert!(uuid::Uuid::parse_str(answer.str("session_id")).is_ok());
        for absent in ["access", "refresh", "user"] {
            assert_eq!(answer.body[absent], json!(null));
        }
        for flag in ["is_new_user", "is_new_connection", "should_prompt_2fa"] {
            assert_eq!(answer.body[flag], json!(false));
        }
    }
    let user = world.postern.find_user(&address(ADA)).await.unwrap();
    assert_eq!(user.ways_in, []);
}

#[tokio::test]
async fn staff_who_come_through_a_provider_are_staff() {
    let world = World::new().await;
    go(&world, &world.anyone(), &ada()).await.expect(200);
    world.set_user(ADA, |user| user.role = Role::Admin).await;
    let answer = go(&world, &world.anyone(), &ada()).await.expect(200);
    assert_eq!(claims(answer.str("access"))["role"], json!("admin"));
    world.clock.advance(60);
    let by_code = world.anyone().sign_in(ADA).await;
    assert_eq!(claims(&by_code.access)["role"], json!("user"));
}

#[tokio::test]
async fn a_client_is_asked_to_suggest_a_second_factor_as_the_policy_says() {
    let world = World::with(&[("POSTERN_MFA_POLICY", "encouraged")]).await;
    let answer = go(&world, &world.anyone(), &ada()).await.expect(200);
    assert_eq!(answer.body["should_prompt_2fa"], json!(true));
}
