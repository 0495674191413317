//! Who may, and who may not.

use serde_json::json;
use tests::World;

use super::{ADA, NOBODY, ROOT, act, ada_and_sub, nothing, root, sub_of};
use crate::nauth::{bearing, refused};

/// Every route, with a body that would do.
fn routes(sub: &str) -> Vec<(&'static str, String, serde_json::Value)> {
    let user = |what: &str| format!("/users/{sub}{what}");
    let at = |path: &str| path.to_owned();
    vec![
        (
            "POST",
            at("/signup"),
            json!({ "email": "x@example.com", "generatePassword": true }),
        ),
        (
            "POST",
            at("/signup-social"),
            json!({ "email": "x@example.com", "provider": "google", "providerId": "x" }),
        ),
        ("GET", format!("/users/by-email?email={ADA}"), nothing()),
        ("GET", user(""), nothing()),
        ("GET", at("/users"), nothing()),
        ("DELETE", user(""), nothing()),
        ("PUT", user(""), json!({ "firstName": "A" })),
        ("POST", user("/disable"), nothing()),
        ("POST", user("/enable"), nothing()),
        ("POST", user("/force-password-change"), nothing()),
        ("POST", user("/verified-status"), nothing()),
        ("POST", user("/logout-all"), nothing()),
        ("GET", user("/sessions"), nothing()),
        ("DELETE", user("/sessions/1"), nothing()),
        ("GET", user("/mfa/status"), nothing()),
        (
            "POST",
            at("/mfa/preferred-method"),
            json!({ "sub": sub, "methodType": "totp" }),
        ),
        (
            "POST",
            at("/mfa/remove-devices"),
            json!({ "sub": sub, "methodType": "totp" }),
        ),
        (
            "POST",
            at("/mfa/exemption"),
            json!({ "sub": sub, "exempt": true }),
        ),
        (
            "POST",
            at("/set-password"),
            json!({ "sub": sub, "newPassword": "another one, no. 3" }),
        ),
        (
            "POST",
            at("/reset-password/initiate"),
            json!({ "sub": sub }),
        ),
        ("GET", format!("/audit/history?sub={sub}"), nothing()),
    ]
}

#[tokio::test]
async fn no_route_is_anybodys_but_an_administrators() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let member = bearing(&world, &tokens);
    for (method, path, body) in routes(&sub) {
        for prefix in ["/nauth/admin", "/nauth/mobile/admin"] {
            let path = format!("{prefix}{path}");
            let anyone = world.anyone().send(method, &path, &body).await;
            refused(&anyone, 401, "AUTH_TOKEN_INVALID");
            let member = member.send(method, &path, &body).await;
            refused(&member, 403, "FORBIDDEN");
        }
    }
    let nothing_happened = member.get("/nauth/profile").await.expect(200);
    assert_eq!(nothing_happened.body["isLocked"], json!(false));
}

#[tokio::test]
async fn whoever_was_an_administrator_is_none_any_more() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    root.get(&format!("/nauth/admin/users/{sub}"))
        .await
        .expect(200);
    let user = |user: &mut domain::account::User| user.role = domain::account::Role::User;
    world.set_user(ROOT, user).await;
    for (method, path, body) in routes(&sub) {
        let answer = root
            .send(method, &format!("/nauth/admin{path}"), &body)
            .await;
        assert!(
            matches!(answer.status, 401 | 403),
            "{path}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn what_guards_an_account_wants_a_fresh_sign_in_and_another_account() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let own = {
        let admin = root(&world).await;
        let own = sub_of(&world, ROOT).await;
        for (path, body) in [
            (
                "/set-password",
                json!({ "sub": own, "newPassword": "another one, no. 3" }),
            ),
            (
                "/mfa/remove-devices",
                json!({ "sub": own, "methodType": "totp" }),
            ),
            ("/mfa/exemption", json!({ "sub": own, "exempt": true })),
        ] {
            let answer = admin.post(&format!("/nauth/admin{path}"), &body).await;
            refused(&answer, 403, "FORBIDDEN");
        }
        for what in ["disable", "force-password-change"] {
            let answer = act(&admin, &own, what, nothing()).await;
            assert!(matches!(answer.status, 400 | 403), "{}", answer.text);
        }
        let moved = json!({ "email": "else@example.com" });
        let moved = admin
            .send("PUT", &format!("/nauth/admin/users/{own}"), &moved)
            .await;
        refused(&moved, 403, "FORBIDDEN");
        own
    };
    let admin = root(&world).await;
    world.clock.advance(11 * 60);
    for (path, body) in [
        (
            "/signup",
            json!({ "email": "x@example.com", "generatePassword": true }),
        ),
        (
            "/set-password",
            json!({ "sub": sub, "newPassword": "another one, no. 3" }),
        ),
        (
            "/mfa/remove-devices",
            json!({ "sub": sub, "methodType": "totp" }),
        ),
        ("/mfa/exemption", json!({ "sub": sub, "exempt": true })),
    ] {
        let answer = admin.post(&format!("/nauth/admin{path}"), &body).await;
        refused(&answer, 403, "FORBIDDEN");
        assert_eq!(
            answer.body["details"]["reason"], "reauthentication",
            "{path}"
        );
    }
    let proven = json!({ "isEmailVerified": true });
    // It is so already, but nothing says so without a fresh sign-in.
    let proven = act(&admin, &sub, "verified-status", proven).await;
    refused(&proven, 403, "FORBIDDEN");
    // It gives access, and room for guesses at the factor that a fresh sign-in asks for.
    for whose in [&sub, &own] {
        let enabled = act(&admin, whose, "enable", nothing()).await;
        refused(&enabled, 403, "FORBIDDEN");
    }
    // What only withdraws needs none.
    act(&admin, &sub, "logout-all", nothing()).await.expect(200);
    act(&admin, &sub, "disable", nothing()).await.expect(200);
    assert_ne!(own, sub);
}

#[tokio::test]
async fn an_account_that_there_is_not_is_said_to_be_none() {
    let world = World::new().await;
    let root = root(&world).await;
    for (method, path, body) in routes(NOBODY) {
        let of_none = ["/signup", "/signup-social", "/users"].contains(&path.as_str());
        if of_none || path.starts_with("/users/by-email") {
            continue;
        }
        let answer = root
            .send(method, &format!("/nauth/admin{path}"), &body)
            .await;
        if path == format!("/users/{NOBODY}") && method == "GET" {
            refused(&answer, 404, "RESOURCE_NOT_FOUND");
        } else {
            refused(&answer, 400, "USER_NOT_FOUND");
        }
    }
    for (method, path, body) in routes("nobody") {
        if path.contains("nobody") {
            let answer = root
                .send(method, &format!("/nauth/admin{path}"), &body)
                .await;
            refused(&answer, 400, "VALIDATION_FAILED");
        }
    }
}
