//! What tokens say, and what they show.

use domain::client::Client;
use serde_json::json;
use tests::World;

use super::client::{ADA, App, Browser, ISSUER, app, claims};

#[tokio::test]
async fn an_id_token_says_who_when_and_how() {
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let world = World::with(&[("POSTERN_SIGNING_ALGORITHM", algorithm)]).await;
        let app = App::new(&world).await;
        let mut ada = Browser::of_ada(&world).await;
        let signed_in = world.now().0;
        world.clock.advance(30);
        let tokens = app.tokens(&mut ada, &[]).await;
        let token = tokens.str("id_token");
        let keys = world.anyone().get("/.well-known/jwks.json").await.body;
        let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys).unwrap();
        let header = jsonwebtoken::decode_header(token).unwrap();
        let key = keys.find(header.kid.as_deref().unwrap()).unwrap();
        let mut rules = jsonwebtoken::Validation::new(header.alg);
        rules.set_audience(&["app"]);
        rules.set_issuer(&[ISSUER]);
        rules.validate_exp = false;
        let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
        let read = jsonwebtoken::decode::<serde_json::Value>(token, &key, &rules).unwrap();
        let read = read.claims;
        assert_eq!(read["nonce"], "n-1");
        assert_eq!(read["auth_time"], json!(signed_in));
        assert_eq!(read["iat"], json!(world.now().0));
        assert_eq!(read["exp"], json!(world.now().0 + 3600));
        assert_eq!(read["amr"], json!(["otp"]));
        assert!(read.get("acr").is_none() && read.get("email").is_none());
        assert!(read["sid"].is_string() && read["at_hash"].is_string());
        let info = app.userinfo(tokens.str("access_token")).await.expect(200);
        assert_eq!(info.body["sub"], read["sub"]);
    }
}

async fn told<'w>(app: &App<'w>, browser: &mut Browser<'w>, scope: &str) -> serde_json::Value {
    let tokens = app.tokens(browser, &[("scope", scope)]).await;
    let answer = app.userinfo(tokens.str("access_token")).await;
    answer.expect(200).body
}

#[tokio::test]
async fn userinfo_tells_what_the_scopes_are_for() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    world
        .set_user(ADA, |user| {
            user.first_name = "Ada".to_owned();
            user.last_name = "Lovelace".to_owned();
            user.phone = "+14155550123".to_owned();
        })
        .await;

    let bare = told(&app, &mut ada, "openid").await;
    assert_eq!(bare.as_object().unwrap().len(), 1, "{bare}");
    let profile = told(&app, &mut ada, "openid profile").await;
    assert_eq!(profile["name"], "Ada Lovelace");
    assert_eq!(profile["given_name"], "Ada");
    assert!(profile["preferred_username"].is_string() && profile.get("email").is_none());
    let email = told(&app, &mut ada, "openid email").await;
    assert_eq!(
        (&email["email"], &email["email_verified"]),
        (&json!(ADA), &json!(true))
    );
    let phone = told(&app, &mut ada, "openid phone").await;
    assert!(
        phone.get("phone_number").is_none(),
        "it is not proven: {phone}"
    );
    world.set_user(ADA, |user| user.phone_verified = true).await;
    let phone = told(&app, &mut ada, "openid phone address").await;
    assert_eq!(phone["phone_number"], "+14155550123");
    world
        .set_user(ADA, |user| user.email_verified = false)
        .await;
    let all = told(&app, &mut ada, "openid profile email phone address").await;
    assert!(all.get("email").is_none() && all["name"].is_string());
}

#[tokio::test]
async fn userinfo_takes_a_token_in_the_header_or_the_form() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let tokens = app.tokens(&mut ada, &[]).await;
    let token = tokens.str("access_token");
    let anyone = world.anyone();
    let by_form = anyone
        .form("/oauth/userinfo", &[("access_token", token)])
        .await;
    by_form.expect(200);
    let by_header = anyone
        .clone()
        .bearing(token)
        .form("/oauth/userinfo", &[])
        .await;
    by_header.expect(200);
    let none = anyone.get("/oauth/userinfo").await.expect(401);
    assert_eq!(none.header("www-authenticate"), "Bearer");
    let bad = app.userinfo(tokens.str("id_token")).await.expect(401);
    assert!(bad.header("www-authenticate").contains("invalid_token"));
    // A contract's own token has no scope, and is none of a client's.
    let member = world.at("192.0.2.9").sign_in("grace@example.com").await;
    app.userinfo(&member.access).await.expect(403);
    let plain = app.tokens(&mut ada, &[("scope", "read")]).await;
    assert!(plain.body.get("id_token").is_none());
    assert_eq!(app.userinfo(plain.str("access_token")).await.status, 403);
}

#[tokio::test]
async fn a_token_opens_the_account_only_if_that_was_asked_for() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let narrow = app
        .tokens(&mut ada, &[("scope", "openid profile email")])
        .await;
    let bearer = world.anyone().bearing(narrow.str("access_token"));
    assert_eq!(bearer.get("/cfg/accounts/profile/").await.status, 401);
    let read = claims(narrow.str("access_token"));
    assert_eq!(read["aud"], json!(format!("{ISSUER}/oauth/userinfo")));
    assert_eq!(
        (&read["client_id"], &read["scope"]),
        (&json!("app"), &json!("openid profile email"))
    );
    assert!(read.get("email").is_none() && read.get("user_id").is_none());
    let whole = app.tokens(&mut ada, &[("scope", "openid account")]).await;
    let bearer = world.anyone().bearing(whole.str("access_token"));
    bearer.get("/cfg/accounts/profile/").await.expect(200);
    // It changes no credential all the same.
    let set_up = bearer.post("/cfg/totp/setup/", &json!({})).await;
    assert_eq!(set_up.status, 403, "{}", set_up.text);
}

#[tokio::test]
async fn a_refresh_token_comes_with_offline_access_and_rotates() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let scope = [("scope", "openid email offline_access")];
    let tokens = app.tokens(&mut ada, &scope).await;
    let first = tokens.str("refresh_token");
    world.clock.advance(60);
    let next = app.refresh(first, &[]).await.expect(200);
    let (before, after) = (claims(tokens.str("id_token")), claims(next.str("id_token")));
    assert_eq!(
        (&after["sub"], &after["auth_time"]),
        (&before["sub"], &before["auth_time"])
    );
    assert!(after.get("nonce").is_none());
    app.userinfo(next.str("access_token")).await.expect(200);
    let less = app
        .refresh(next.str("refresh_token"), &[("scope", "openid")])
        .await
        .expect(200);
    assert_eq!(less.str("scope"), "openid");
    let info = app.userinfo(less.str("access_token")).await.expect(200);
    assert!(info.body.get("email").is_none());
    let more = app
        .refresh(less.str("refresh_token"), &[("scope", "openid profile")])
        .await;
    assert_eq!(more.expect(400).str("error"), "invalid_scope");
    world.clock.advance(60);
    app.refresh(first, &[]).await.expect(400);
    // The old one was a copy: the whole family is over.
    app.userinfo(less.str("access_token")).await.expect(401);
}

#[tokio::test]
async fn a_token_is_for_the_api_that_was_named() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let mut ada = Browser::of_ada(&world).await;
    let api = "https://api.example.com";
    let asked = [("scope", "openid read"), ("resource", api)];
    let tokens = app.tokens(&mut ada, &asked).await;
    let read = claims(tokens.str("access_token"));
    assert_eq!(
        read["aud"],
        json!([api, format!("{ISSUER}/oauth/userinfo")])
    );
    app.userinfo(tokens.str("access_token")).await.expect(200);
    let only = app
        .tokens(&mut ada, &[("scope", "read"), ("resource", api)])
        .await;
    assert_eq!(claims(only.str("access_token"))["aud"], json!(api));
    app.userinfo(only.str("access_token")).await.expect(401);
    let admin = world.admin("root@example.com").await;
    let service = admin.service(&["introspect"]).await;
    let asks = world.anyone().bearing(&service.key);
    let token = [("token", only.str("access_token"))];
    let worth = asks.form("/tokens/introspect", &token).await.expect(200);
    assert_eq!(worth.body["active"], json!(true), "{}", worth.text);
    assert_eq!(
        (worth.str("client_id"), worth.str("scope")),
        ("app", "read")
    );
    assert_eq!(worth.body["aud"], json!(api));
}

#[tokio::test]
async fn a_pairwise_client_has_a_name_of_its_own_for_everybody() {
    let world = World::new().await;
    let usual = App::new(&world).await;
    let of_sector = |id: &str, sector: &str| Client {
        id: id.to_owned(),
        sector: Some(sector.to_owned()),
        ..app(&world)
    };
    let shop = App::of(&world, of_sector("shop", "shop.example.com")).await;
    let till = App::of(&world, of_sector("till", "shop.example.com")).await;
    let other = App::of(&world, of_sector("other", "other.example.com")).await;
    let mut ada = Browser::of_ada(&world).await;
    let public = app_sub(&usual, &mut ada).await;
    let in_shop = app_sub(&shop, &mut ada).await;
    assert_eq!(in_shop, app_sub(&till, &mut ada).await);
    assert_ne!(in_shop, app_sub(&other, &mut ada).await);
    assert_ne!(in_shop, public);
    let scope = [("scope", "openid offline_access")];
    let tokens = shop.tokens(&mut ada, &scope).await;
    let info = shop.userinfo(tokens.str("access_token")).await.expect(200);
    assert_eq!(info.str("sub"), in_shop);
    for token in ["id_token", "access_token", "refresh_token"] {
        let text = claims(tokens.str(token)).to_string();
        assert!(!text.contains(&public), "{token} tells the account: {text}");
    }
    let next = shop
        .refresh(tokens.str("refresh_token"), &[])
        .await
        .expect(200);
    assert_eq!(claims(next.str("id_token"))["sub"], json!(in_shop));
    let revoked = [("token", next.str("access_token"))];
    world
        .anyone()
        .form("/tokens/revoke", &revoked)
        .await
        .expect(200);
    shop.userinfo(next.str("access_token")).await.expect(401);
}

async fn app_sub<'w>(app: &App<'w>, browser: &mut Browser<'w>) -> String {
    let tokens = app.tokens(browser, &[]).await;
    claims(tokens.str("id_token"))["sub"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn more_than_one_factor_is_called_so() {
    let world = World::new().await;
    let app = App::new(&world).await;
    let ada = world.anyone().sign_in(ADA).await;
    let authenticator = ada.set_up_totp(&world).await;
    world.clock.advance(60);
    let mut visitor = tests::Visitor::open(world.anyone(), "/device").await;
    visitor.with_code(ADA).await;
    let code = authenticator.code(world.now());
    visitor.fill("/sign-in/factor", &[("code", &code)]).await;
    let mut browser = Browser::new(&world).await;
    let (name, value) = visitor.cookie().split_once('=').unwrap();
    browser.cookies.insert(name.to_owned(), value.to_owned());
    let tokens = app.tokens(&mut browser, &[]).await;
    let read = claims(tokens.str("id_token"));
    assert_eq!(read["acr"], "https://refeds.org/profile/mfa");
    assert_eq!(read["amr"], json!(["otp", "mfa"]));
}
