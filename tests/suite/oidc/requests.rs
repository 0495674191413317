//! Authorization requests as the certification of OpenID providers sends them.

use tests::World;

use super::client::{App, Browser, CALLBACK, ISSUER, claims, parameters_of};

#[tokio::test]
async fn a_code_comes_without_a_page_where_somebody_is_signed_in() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    ada.go(&app.request(&[])).await;
    assert_eq!(ada.page.status, 303);
    let answered = ada.answered();
    assert_eq!(answered["state"], "s t&te");
    assert_eq!(answered["iss"], ISSUER);
    assert_eq!(answered["code"].len(), 43);
    let tokens = app.exchange(&answered["code"], &[]).await.expect(200);
    assert_eq!(tokens.str("token_type"), "Bearer");
    assert_eq!(tokens.str("scope"), "openid email");
    assert!(tokens.body.get("refresh_token").is_none());
    assert_eq!(tokens.header("cache-control"), "no-store");
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_do_so_and_comes_back() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::new(&world).await;
    let hints = [("login_hint", "ada@example.com"), ("ui_locales", "de en")];
    ada.go(&app.request(&hints)).await;
    let to = ada.sent_to();
    assert!(
        to.starts_with("/sign-in?continue=%2Foauth%2Fauthorize%2F"),
        "{to}"
    );
    assert!(to.contains("login_hint=ada%40example.com") && to.contains("ui_locales=de+en"));
    let waits = ada.waits_as();
    ada.go(&waits).await;
    assert!(ada.sent_to().starts_with("/sign-in?"), "still nobody");
    ada.sign_in("ada@example.com").await;
    ada.go(&waits).await;
    assert!(
        ada.page.text.contains("Back to The App"),
        "{}",
        ada.page.text
    );
    let code = ada.answered()["code"].clone();
    app.exchange(&code, &[]).await.expect(200);
    // It was answered once.
    ada.go(&waits).await;
    assert_eq!(ada.page.status, 400);
}

#[tokio::test]
async fn a_request_by_form_goes_on_as_one_by_query() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let query = app.request(&[]);
    let (path, query) = query.split_once('?').unwrap();
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let fields: Vec<_> = pairs
        .iter()
        .map(|(n, v)| (n.as_ref(), v.as_ref()))
        .collect();
    ada.send(path, &fields).await;
    let to = ada.sent_to();
    let code = ada.code(&to).await;
    app.exchange(&code, &[]).await.expect(200);
}

#[tokio::test]
async fn what_is_not_known_changes_nothing() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    for extra in [
        ("extra", "foobar"),
        ("acr_values", "1 2"),
        ("claims", "{\"userinfo\":{\"name\":{\"essential\":true}}}"),
        ("claims_locales", "se"),
        ("display", "page"),
        ("display", "popup"),
        ("nonce", ""),
    ] {
        let code = ada.code(&app.request(&[extra])).await;
        app.exchange(&code, &[]).await.expect(200);
    }
}

#[tokio::test]
async fn a_mistake_goes_back_to_the_client() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    for (change, error) in [
        (("response_type", ""), "invalid_request"),
        (("response_type", "id_token"), "unsupported_response_type"),
        (("scope", "nothing"), "invalid_scope"),
        (
            ("request", "eyJhbGciOiJub25lIn0.e30."),
            "request_not_supported",
        ),
        (
            ("request_uri", "https://app.example.com/r"),
            "request_uri_not_supported",
        ),
        (("id_token_hint", "a.b.c"), "invalid_request"),
        (("resource", "https://other.example.com"), "invalid_target"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
    ] {
        ada.go(&app.request(&[change])).await;
        let answered = ada.answered();
        assert_eq!(answered["error"], error, "{change:?}");
        assert_eq!(answered["state"], "s t&te");
        assert_eq!(answered["iss"], ISSUER);
        assert!(!answered.contains_key("code"));
    }
}

#[tokio::test]
async fn an_answer_in_a_form_has_a_button_and_goes_to_its_client_alone() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    ada.go(&app.request(&[("response_mode", "form_post")]))
        .await;
    let page = ada.page.clone().expect(200);
    assert!(
        page.text.contains(&format!("action=\"{CALLBACK}\"")),
        "{}",
        page.text
    );
    assert!(page.text.contains("<button>"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' https://app.example.com;"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"));
    let (_, rest) = page.text.split_once("<script>").unwrap();
    let script = rest.split("</script>").next().unwrap();
    let digest = crypto_digest(script);
    assert!(
        policy.contains(&format!("script-src 'sha256-{digest}'")),
        "{policy}"
    );
    let fields = ada.hidden();
    let field = |name: &str| {
        fields
            .iter()
            .find(|(own, _)| own == name)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(
        (field("state"), field("iss")),
        ("s t&te".into(), ISSUER.into())
    );
    app.exchange(&field("code"), &[]).await.expect(200);
    // A mistake travels the same way.
    let wrong = [("response_mode", "form_post"), ("prompt", "none login")];
    ada.go(&app.request(&wrong)).await;
    assert!(ada.page.text.contains("value=\"invalid_request\""));
}

fn crypto_digest(text: &str) -> String {
    use base64::Engine as _;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(digest)
}

#[tokio::test]
async fn the_port_of_a_native_app_is_free() {
    let world = World::new().await;
    let client = domain::client::Client {
        redirect_uris: vec![domain::client::RedirectUri::parse("http://127.0.0.1/cb").unwrap()],
        ..super::client::app(&world)
    };
    let app = App::of(&world, client).await;
    let mut ada = Browser::of_ada(&world).await;
    let target = "http://127.0.0.1:49152/cb";
    ada.go(&app.request(&[("redirect_uri", target)])).await;
    let code = parameters_of(&ada.sent_to(), target)["code"].clone();
    let other = [("redirect_uri", "http://127.0.0.1:49153/cb")];
    assert_eq!(
        app.exchange(&code, &other).await.status,
        400,
        "the code's own port"
    );
    app.exchange(&code, &[("redirect_uri", target)])
        .await
        .expect(200);
}

#[tokio::test]
async fn another_site_may_begin_the_sign_in() {
    // Third-party-initiated login is the client's part; a plain request is all that comes here.
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let code = ada
        .code(&app.request(&[("login_hint", "ada@example.com")]))
        .await;
    let tokens = app.exchange(&code, &[]).await.expect(200);
    assert_eq!(claims(tokens.str("id_token"))["nonce"], "n-1");
}
