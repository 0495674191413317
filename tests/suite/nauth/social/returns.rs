//! Where browsers go, and what their addresses hold.

use domain::provider::Provider::Google;
use local::social::{Person, Request};
use serde_json::json;
use tests::World;

use super::super::{ADA, SITE, browser, cookies, refused};
use super::{come_back, depart, exchange, location, parameter, redirect, sign_in, told};

#[tokio::test]
async fn a_sign_in_ends_in_a_token_that_buys_it_once_within_a_minute() {
    let world = World::new().await;
    let person = Person::new(ADA);
    let asked = "returnTo=/in%3Fx%3D1%23top&appState=a%26b";
    let answer = come_back(&world.anyone(), Google, asked, &person).await;
    assert_eq!(answer.header("set-cookie"), "");
    let back = location(&answer);
    assert_eq!(
        &back[..url::Position::AfterPath],
        "http://localhost:4200/in"
    );
    assert_eq!(back.fragment(), None);
    assert_eq!(parameter(&back, "x").as_deref(), Some("1"));
    assert_eq!(parameter(&back, "appState").as_deref(), Some("a&b"));
    let token = parameter(&back, "exchangeToken").unwrap();
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(!back.as_str().contains("eyJ"), "no token of the session");
    // Nothing is there before somebody fetches it, and nothing signs in but the token itself.
    let rows = format!("{:?}", world.dump(&world.table).await);
    assert!(
        !rows.contains(&token) && !rows.contains("SESSION#"),
        "{rows}"
    );

    let signed_in = exchange(&world.anyone(), &token).await.expect(200);
    assert_eq!(signed_in.str("authMethod"), "google");
    let user = &signed_in.body["user"];
    assert_eq!(
        (
            &user["email"],
            &user["isEmailVerified"],
            &user["hasPasswordHash"]
        ),
        (&json!(ADA), &json!(true), &json!(false))
    );
    assert_eq!(user["socialProviders"], json!(["google"]));
    assert_eq!(
        (&user["firstName"], &user["lastName"]),
        (&json!("Ada"), &json!("King Lovelace"))
    );
    let again = exchange(&world.anyone(), &token).await;
    refused(&again, 400, "VALIDATION_FAILED");
    assert_eq!(again.body["details"]["field"], json!("exchangeToken"));

    let back = location(&come_back(&world.anyone(), Google, "", &person).await);
    assert_eq!(back.path(), "/auth/callback");
    let token = parameter(&back, "exchangeToken").unwrap();
    world.clock.advance(60);
    refused(
        &exchange(&world.anyone(), &token).await,
        400,
        "VALIDATION_FAILED",
    );
    refused(
        &exchange(&world.anyone(), "").await,
        400,
        "VALIDATION_FAILED",
    );
}

#[tokio::test]
async fn cookies_are_set_on_the_way_back_and_nothing_else_is() {
    let world = World::with(&[("POSTERN_NAUTH_DELIVERY", "cookies")]).await;
    let person = Person::new(ADA);
    let answer = come_back(&world.anyone(), Google, "appState=7", &person).await;
    let back = location(&answer);
    assert_eq!(
        back.as_str(),
        "http://localhost:4200/auth/callback?appState=7"
    );
    let session = browser(&world, &cookies(&answer));
    let profile = session.get("/nauth/profile").await.expect(200);
    assert_eq!(profile.body["socialProviders"], json!(["google"]));
    // The mobile twin has no place here.
    let twin = world
        .anyone()
        .get("/nauth/mobile/social/google/redirect")
        .await;
    refused(&twin, 401, "AUTH_BEARER_NOT_ALLOWED");
}

#[tokio::test]
async fn whoever_fetches_the_outcome_says_how_tokens_travel_unless_the_start_did() {
    let world = World::new().await;
    let person = Person::new(ADA);
    let page = world.anyone().header("origin", SITE);
    let app = world.anyone().header("origin", "capacitor://localhost");
    for (client, in_cookies) in [(&page, true), (&app, false), (&world.anyone(), false)] {
        let back = location(&come_back(&world.anyone(), Google, "", &person).await);
        let token = parameter(&back, "exchangeToken").unwrap();
        let answer = exchange(client, &token).await.expect(200);
        assert_eq!(answer.body["accessToken"].is_null(), in_cookies);
        assert_eq!(!cookies(&answer).is_empty(), in_cookies);
    }
    // What began by the mobile twin stays in bodies.
    let start = world
        .anyone()
        .get("/nauth/mobile/social/google/redirect")
        .await;
    let url = location(&start).to_string();
    let back = world
        .anyone()
        .get(&super::approved(&world, Google, &url, &person))
        .await;
    let token = parameter(&location(&back), "exchangeToken").unwrap();
    let answer = exchange(&page, &token).await.expect(200);
    assert!(answer.body["accessToken"].is_string() && cookies(&answer).is_empty());
}

#[tokio::test]
async fn no_address_of_another_site_is_returned_to() {
    let world = World::new().await;
    for page in [
        "//evil.example",
        "/%5Cevil.example",
        "%09//evil.example",
        "/%0A/evil.example",
        "https://evil.example/",
        "http://localhost:4200@evil.example/",
        "http://localhost:4201/",
        "javascript:alert(1)",
        "callback",
    ] {
        let answer = world
            .anyone()
            .get(&redirect(Google, &format!("returnTo={page}")))
            .await;
        refused(&answer, 400, "VALIDATION_FAILED");
        assert!(
            answer.body["details"]["validationErrors"]["returnTo"].is_array(),
            "{page}"
        );
    }
    for page in [
        "http://localhost:4200/x",
        "capacitor://localhost/x",
        "https://id.example.com/x",
    ] {
        depart(&world.anyone(), Google, &format!("returnTo={page}")).await;
    }
    // Fewer characters than the contract takes, but each is nine in an address.
    let state = "%E2%82%AC".repeat(1000);
    let answer = world
        .anyone()
        .get(&redirect(Google, &format!("appState={state}")))
        .await;
    refused(&answer, 400, "VALIDATION_FAILED");
    let state = "a".repeat(2000);
    depart(&world.anyone(), Google, &format!("appState={state}")).await;
}

#[tokio::test]
async fn a_state_is_good_once_for_ten_minutes_where_it_was_for() {
    let world = World::new().await;
    let person = Person::new(ADA);
    let url = depart(&world.anyone(), Google, "").await;
    let back = super::approved(&world, Google, &url, &person);
    location(&world.anyone().get(&back).await);
    let twice = world.anyone().get(&back).await;
    refused(&twice, 400, "VALIDATION_FAILED");
    assert_eq!(twice.header("location"), "");
    let url = depart(&world.anyone(), Google, "").await;
    let back = super::approved(&world, Google, &url, &person);
    world.clock.advance(600);
    refused(&world.anyone().get(&back).await, 400, "VALIDATION_FAILED");
    for query in [
        "",
        "code=x",
        "code=x&state=unknown",
        "state=unknown&error=access_denied",
    ] {
        let path = format!("/nauth/social/google/callback?{query}");
        refused(&world.anyone().get(&path).await, 400, "VALIDATION_FAILED");
    }
    // A state of DjangoCFG's sign-in opens nothing here.
    let began = "/cfg/accounts/oauth/github/authorize/";
    let answer = world.anyone().post(began, &json!({})).await.expect(200);
    let path = format!(
        "/nauth/social/google/callback?code=x&state={}",
        answer.str("state")
    );
    refused(&world.anyone().get(&path).await, 400, "VALIDATION_FAILED");
}

#[tokio::test]
async fn a_refusal_of_the_provider_or_of_ours_is_told_where_the_browser_goes() {
    let world = World::new().await;
    let url = depart(&world.anyone(), Google, "appState=7").await;
    let state = Request::of(&url).unwrap().state;
    let path = format!(
        "/nauth/social/google/callback?state={state}&error=access_denied&error_description=No+way"
    );
    let answer = world.anyone().get(&path).await;
    assert_eq!(told(&answer), "access_denied");
    let back = location(&answer);
    assert_eq!(
        parameter(&back, "error_description").as_deref(),
        Some("No way")
    );
    assert_eq!(parameter(&back, "appState").as_deref(), Some("7"));

    // A code of another application, nonce or verifier.
    for change in [
        |request: &mut Request| request.nonce = "another".to_owned(),
        |request: &mut Request| request.code_challenge = "another".to_owned(),
        |request: &mut Request| request.redirect_uri = "https://other.example.com".to_owned(),
        |request: &mut Request| request.client_id = "another".to_owned(),
    ] {
        let url = depart(&world.anyone(), Google, "").await;
        let mut request = Request::of(&url).unwrap();
        let state = request.state.clone();
        change(&mut request);
        let code = world.social.approve(Google, request, Person::new(ADA));
        let path = format!("/nauth/social/google/callback?code={code}&state={state}");
        assert_eq!(
            told(&world.anyone().get(&path).await),
            "SOCIAL_TOKEN_INVALID"
        );
    }
}

#[tokio::test]
async fn only_what_is_set_up_is_offered() {
    let off = World::with(&[("POSTERN_GOOGLE_CLIENT_IDS", "")]).await;
    let answer = off.anyone().get(&redirect(Google, "")).await;
    refused(&answer, 400, "SOCIAL_CONFIG_MISSING");
    let nowhere = World::with(&[("POSTERN_NAUTH_FRONTEND_URL", "")]).await;
    let answer = nowhere.anyone().get(&redirect(Google, "")).await;
    refused(&answer, 400, "SOCIAL_CONFIG_MISSING");
    for name in ["github", "firebase", "nobody", "%FF"] {
        let path = format!("/nauth/social/{name}/redirect");
        refused(&nowhere.anyone().get(&path).await, 400, "VALIDATION_FAILED");
    }
    let closed = World::with(&[("POSTERN_NAUTH_SIGNUP", "false")]).await;
    let person = Person::new(ADA);
    let answer = come_back(&closed.anyone(), Google, "", &person).await;
    assert_eq!(told(&answer), "SIGNUP_DISABLED");
    // DjangoCFG has no name for them.
    let buttons = off.anyone().get("/cfg/accounts/oauth/providers/").await;
    assert_eq!(buttons.body["providers"].as_array().unwrap().len(), 1);
    // Its session is as fresh as the provider's word.
    let world = World::new().await;
    sign_in(&world.anyone(), Google, &person).await.expect(200);
}
