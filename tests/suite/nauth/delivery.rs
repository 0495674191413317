//! By which way tokens travel.

use serde_json::json;
use tests::World;

use super::{ADA, PASSWORD, SITE, ada, bearing, browser, cookies, login, refused};

#[tokio::test]
async fn a_browser_gets_cookies_and_no_token_in_a_body() {
    let world = World::new().await;
    ada(&world).await;
    let site = world.anyone().header("origin", SITE);
    let answer = login(&site, ADA, PASSWORD).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), SITE);
    for absent in [
        "accessToken",
        "refreshToken",
        "accessTokenExpiresAt",
        "refreshTokenExpiresAt",
    ] {
        assert!(answer.body[absent].is_null(), "{absent}");
    }
    assert_eq!(answer.body["user"]["email"], json!(ADA));
    for line in answer.headers.get_all("set-cookie") {
        let line = line.to_str().unwrap();
        for attribute in ["Path=/", "Secure", "SameSite=Strict", "Max-Age="] {
            assert!(line.contains(attribute), "{line}");
        }
        assert_eq!(
            line.contains("HttpOnly"),
            !line.starts_with("nauth_csrf_token="),
            "{line}"
        );
    }
    let held = cookies(&answer);
    let sent: usize = held
        .iter()
        .map(|(name, value)| name.len() + value.len() + 3)
        .sum();
    assert!(sent < 3 * 1024, "{sent} bytes");
    let page = browser(&world, &held);
    page.get("/nauth/profile").await.expect(200);
    let edit = json!({ "firstName": "Ada" });
    refused(
        &page.send("PUT", "/nauth/profile", &edit).await,
        401,
        "AUTH_CSRF_TOKEN_MISSING",
    );
    let changed = page.clone().header("x-csrf-token", &"0".repeat(64));
    refused(
        &changed.send("PUT", "/nauth/profile", &edit).await,
        401,
        "AUTH_CSRF_TOKEN_INVALID",
    );
    let (_, csrf) = held
        .iter()
        .find(|(name, _)| name == "nauth_csrf_token")
        .unwrap();
    let shown = page.clone().header("x-csrf-token", csrf);
    shown.send("PUT", "/nauth/profile", &edit).await.expect(200);
    let out = page.get("/nauth/logout").await.expect(200);
    assert!(cookies(&out).iter().all(|(_, value)| value.is_empty()));
    page.get("/nauth/profile").await.expect(401);
}

#[tokio::test]
async fn what_came_by_one_way_is_not_taken_by_the_other() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let site = world.anyone().header("origin", SITE);
    let held = cookies(&login(&site, ADA, PASSWORD).await.expect(200));
    let (_, access) = held
        .iter()
        .find(|(name, _)| name == "nauth_access_token")
        .unwrap();
    let (_, refresh) = held
        .iter()
        .find(|(name, _)| name == "nauth_refresh_token")
        .unwrap();
    let stolen = world.anyone().bearing(access);
    refused(
        &stolen.get("/nauth/profile").await,
        401,
        "AUTH_BEARER_NOT_ALLOWED",
    );
    let body = json!({ "refreshToken": refresh });
    let answer = world.anyone().post("/nauth/refresh", &body).await;
    refused(&answer, 401, "AUTH_BEARER_NOT_ALLOWED");
    let body = json!({ "refresh": refresh });
    world
        .anyone()
        .post("/cfg/accounts/token/refresh/", &body)
        .await
        .expect(401);
    let cookie = format!("nauth_access_token={}", tokens.str("accessToken"));
    let other = world.anyone().header("cookie", &cookie);
    refused(
        &other.get("/nauth/profile").await,
        401,
        "AUTH_COOKIES_NOT_ALLOWED",
    );
    let twin = browser(&world, &held).get("/nauth/mobile/profile").await;
    refused(&twin, 401, "AUTH_COOKIES_NOT_ALLOWED");
    bearing(&world, &tokens)
        .get("/nauth/mobile/profile")
        .await
        .expect(200);
}

#[tokio::test]
async fn an_installation_may_have_one_way_only() {
    let json_only = World::with(&[("POSTERN_NAUTH_DELIVERY", "json")]).await;
    ada(&json_only).await;
    let site = json_only.anyone().header("origin", SITE);
    let tokens = login(&site, ADA, PASSWORD).await.expect(200);
    assert!(cookies(&tokens).is_empty());
    let cookie = format!("nauth_access_token={}", tokens.str("accessToken"));
    let by_cookie = json_only.anyone().header("cookie", &cookie);
    refused(
        &by_cookie.get("/nauth/profile").await,
        401,
        "AUTH_COOKIES_NOT_ALLOWED",
    );
    let only_cookies = World::with(&[("POSTERN_NAUTH_DELIVERY", "cookies")]).await;
    let answer = ada(&only_cookies).await;
    assert!(answer.body["accessToken"].is_null() && !cookies(&answer).is_empty());
    let bearer = only_cookies.anyone().bearing("x");
    refused(
        &bearer.get("/nauth/profile").await,
        401,
        "AUTH_BEARER_NOT_ALLOWED",
    );
    let twin = only_cookies
        .anyone()
        .post(
            "/nauth/mobile/login",
            &json!({ "identifier": ADA, "password": PASSWORD }),
        )
        .await;
    refused(&twin, 401, "AUTH_BEARER_NOT_ALLOWED");
}

#[tokio::test]
async fn an_app_and_every_twin_get_bodies() {
    let world = World::new().await;
    ada(&world).await;
    let body = json!({ "identifier": ADA, "password": PASSWORD });
    let app = world.anyone().header("origin", "capacitor://localhost");
    assert!(
        !app.post("/nauth/login", &body)
            .await
            .expect(200)
            .str("accessToken")
            .is_empty()
    );
    for twin in [
        "/nauth/mobile/login",
        "/nauth/login/mobile",
        "/nauth/mobile/auth/login",
    ] {
        let site = world.anyone().header("origin", SITE);
        assert!(
            !site
                .post(twin, &body)
                .await
                .expect(200)
                .str("accessToken")
                .is_empty()
        );
    }
    // A stranger's site is served cookies that it will never see again.
    let stranger = world.anyone().header("origin", "https://evil.example");
    let answer = stranger.post("/nauth/login", &body).await.expect(200);
    assert!(answer.body["accessToken"].is_null());
    assert_eq!(answer.headers.get("access-control-allow-origin"), None);
}
