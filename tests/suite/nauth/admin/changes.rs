//! Locking, what is proven, names and passwords.

use serde_json::json;
use tests::World;

use super::{ADA, act, ada_and_sub, nothing, root, signed_in, types};
use crate::nauth::{NEXT_PASSWORD, PASSWORD, bearing, login, refused, respond};

#[tokio::test]
async fn a_locked_account_is_shut_in_every_contract_until_it_is_enabled() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let by_code = world.anyone().sign_in(ADA).await;
    let by_form = crate::auth::login(&world.anyone(), ADA, PASSWORD)
        .await
        .expect(200);
    let by_form = world.anyone().bearing(by_form.str("access_token"));
    by_form.get("/protected").await.expect(200);
    let root = root(&world).await;
    let asked = json!({ "reason": "it was stolen" });
    let locked = act(&root, &sub, "disable", asked).await.expect(200);
    assert_eq!(locked.body["user"]["isLocked"], json!(true));
    assert_eq!(locked.body["revokedSessions"], json!(3));
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(401);
    by_code.profile().await.expect(401);
    assert!(matches!(by_form.get("/protected").await.status, 401 | 403));
    let refresh = json!({ "refreshToken": tokens.str("refreshToken") });
    assert!(world.anyone().post("/nauth/refresh", &refresh).await.status >= 400);
    let told = login(&world.anyone(), ADA, PASSWORD).await;
    refused(&told, 403, "AUTH_ACCOUNT_LOCKED");
    assert_eq!(told.body["details"]["lockReason"], "it was stolen");
    // Again changes nothing.
    let again = act(&root, &sub, "disable", json!({ "reason": "other" }))
        .await
        .expect(200);
    assert_eq!(again.body["revokedSessions"], json!(0));
    let enabled = act(&root, &sub, "enable", nothing()).await.expect(200);
    assert_eq!(enabled.body["user"]["isLocked"], json!(false));
    login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let types = types(&root, &sub).await;
    assert_eq!(
        types
            .iter()
            .filter(|one| *one == "ACCOUNT_DISABLED")
            .count(),
        1,
        "{types:?}"
    );
    assert_eq!(
        types.iter().filter(|one| *one == "ACCOUNT_ENABLED").count(),
        1,
        "{types:?}"
    );
}

#[tokio::test]
async fn enabling_forgets_what_was_guessed() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    for _ in 0..5 {
        login(&world.anyone(), ADA, "wrong").await.expect(401);
    }
    refused(
        &login(&world.anyone(), ADA, PASSWORD).await,
        429,
        "RATE_LIMIT_LOGIN",
    );
    act(&root, &sub, "enable", nothing()).await.expect(200);
    login(&world.at("203.0.113.77"), ADA, PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_password_has_to_be_replaced() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let forced = act(&root, &sub, "force-password-change", nothing()).await;
    assert_eq!(forced.expect(200).body, json!({ "success": true }));
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(401);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "FORCE_CHANGE_PASSWORD");
    world.anyone().sign_in("bob@example.com").await;
    let bob = super::sub_of(&world, "bob@example.com").await;
    let none = act(&root, &bob, "force-password-change", nothing()).await;
    refused(&none, 400, "PASSWORD_CHANGE_NOT_ALLOWED");
}

#[tokio::test]
async fn a_password_that_is_given_replaces_the_one_before() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let path = "/nauth/admin/set-password";
    let weak = root
        .post(path, &json!({ "sub": sub, "newPassword": "password1" }))
        .await;
    refused(&weak, 400, "SIGNUP_WEAK_PASSWORD");
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    let body = json!({ "sub": sub, "newPassword": NEXT_PASSWORD });
    let set = root.post(path, &body).await.expect(200);
    let answer = json!({ "success": true, "mustChangePassword": true, "sessionsRevoked": 1 });
    assert_eq!(set.body, answer);
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(401);
    login(&world.anyone(), ADA, PASSWORD).await.expect(401);
    let waits = login(&world.anyone(), ADA, NEXT_PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "FORCE_CHANGE_PASSWORD");
    let third = json!({ "newPassword": "a third one, no. 3" });
    let kind = "FORCE_CHANGE_PASSWORD";
    let tokens = respond(&world.anyone(), waits.str("session"), kind, third)
        .await
        .expect(200);
    // Without ending sessions, what is there lives on.
    let body = json!({
        "sub": sub, "newPassword": "a fourth one, no. 4", "mustChangePassword": false,
        "revokeSessions": false,
    });
    let set = root.post(path, &body).await.expect(200);
    assert_eq!(set.body["sessionsRevoked"], json!(0));
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    let opened = login(&world.anyone(), ADA, "a fourth one, no. 4")
        .await
        .expect(200);
    signed_in(&opened);
    let types = types(&root, &sub).await;
    assert!(
        types
            .iter()
            .filter(|one| *one == "PASSWORD_CHANGED")
            .count()
            >= 2,
        "{types:?}"
    );
}

#[tokio::test]
async fn a_code_replaces_a_password_and_ends_sessions_at_once() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let path = "/nauth/admin/reset-password/initiate";
    let body = json!({
        "sub": sub, "deliveryMethod": "email", "codeExpiresIn": 300, "revokeSessions": true,
        "reason": "asked by telephone",
    });
    let sent = root.post(path, &body).await.expect(200);
    assert_eq!(sent.body["deliveryMedium"], "email");
    assert_eq!(sent.body["expiresIn"], json!(300));
    assert_eq!(sent.body["sessionsRevoked"], json!(1));
    assert!(!sent.text.contains(ADA));
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(401);
    let code = world.code(ADA);
    assert!(!sent.text.contains(&code));
    let confirm = json!({ "sub": sub, "code": code, "newPassword": NEXT_PASSWORD });
    let path_of_owner = "/nauth/admin/reset-password/confirm";
    world
        .anyone()
        .post(path_of_owner, &confirm)
        .await
        .expect(200);
    login(&world.anyone(), ADA, NEXT_PASSWORD).await.expect(200);
    // There is no number to text to.
    let texted = json!({ "sub": sub, "deliveryMethod": "sms" });
    refused(
        &root.post(path, &texted).await,
        400,
        "PASSWORD_CHANGE_NOT_ALLOWED",
    );
    for wrong in [299, 86_401] {
        let body = json!({ "sub": sub, "codeExpiresIn": wrong });
        refused(&root.post(path, &body).await, 400, "VALIDATION_FAILED");
    }
    // A code that is late is none.
    let body = json!({ "sub": sub, "codeExpiresIn": 300 });
    let sent = root.post(path, &body).await.expect(200);
    assert_eq!(sent.body.get("sessionsRevoked"), None);
    let code = world.code(ADA);
    world.clock.advance(301);
    let confirm = json!({ "sub": sub, "code": code, "newPassword": "a third one, no. 3" });
    assert_eq!(
        world.anyone().post(path_of_owner, &confirm).await.status,
        400
    );
}

#[tokio::test]
async fn what_an_account_says_is_changed_and_its_proof_kept_if_that_is_said() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let path = format!("/nauth/admin/users/{sub}");
    let put = async |body| root.send("PUT", &path, &body).await;
    let body = json!({ "firstName": "Ada", "lastName": "L.", "metadata": { "plan": "x" } });
    let named = put(body).await.expect(200);
    assert_eq!(named.str("firstName"), "Ada");
    // Another address is shown at once, and has to be proven.
    let shown = put(json!({ "email": "next@example.com" }))
        .await
        .expect(200);
    assert_eq!(shown.str("email"), "next@example.com");
    assert_eq!(shown.body["isEmailVerified"], json!(false));
    login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let moved = json!({ "email": "moved@example.com", "retainVerification": true });
    let moved = put(moved).await.expect(200);
    assert_eq!(moved.str("email"), "moved@example.com");
    assert_eq!(moved.body["isEmailVerified"], json!(true));
    login(&world.anyone(), "moved@example.com", PASSWORD)
        .await
        .expect(200);
    login(&world.anyone(), ADA, PASSWORD).await.expect(401);
    world.anyone().sign_in("bob@example.com").await;
    let taken = put(json!({ "email": "bob@example.com" })).await;
    refused(&taken, 400, "VALIDATION_FAILED");
    assert_eq!(taken.body["details"]["conflicts"], json!(["email"]));
    let wrong = put(json!({ "email": "nothing", "phone": "12", "username": "a b" })).await;
    refused(&wrong, 400, "VALIDATION_FAILED");
    let wrong = wrong.body["details"]["validationErrors"]
        .as_object()
        .map(serde_json::Map::len);
    assert!(wrong.is_none_or(|wrong| wrong == 3));
}

#[tokio::test]
async fn what_is_proven_is_what_is_said() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let said = async |body| act(&root, &sub, "verified-status", body).await;
    let none = said(json!({ "isPhoneVerified": true })).await;
    refused(&none, 400, "VALIDATION_FAILED");
    let not = said(json!({ "isEmailVerified": false })).await.expect(200);
    assert_eq!(not.body["isEmailVerified"], json!(false));
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "VERIFY_EMAIL");
    let proven = said(json!({ "isEmailVerified": true })).await.expect(200);
    assert_eq!(proven.body["isEmailVerified"], json!(true));
    signed_in(&login(&world.anyone(), ADA, PASSWORD).await);
}

/// Rows from before the dates were kept have only the flag. The owner's password outlives the
/// next proof all the same.
#[tokio::test]
async fn what_was_proven_once_is_not_proven_for_the_first_time_later() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    world
        .set_user(ADA, |user| user.email_proven_at = None)
        .await;
    let root = root(&world).await;
    let not = json!({ "isEmailVerified": false });
    act(&root, &sub, "verified-status", not).await.expect(200);
    world.clock.advance(60);
    world.anyone().sign_in(ADA).await;
    signed_in(&login(&world.anyone(), ADA, PASSWORD).await);
}

#[tokio::test]
async fn a_reset_that_cannot_be_sent_changes_nothing() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let initiate = async |revoke: bool| {
        let body = json!({ "sub": sub, "revokeSessions": revoke });
        root.post("/nauth/admin/reset-password/initiate", &body)
            .await
    };
    let mut sent = 0;
    while initiate(false).await.status == 200 {
        sent += 1;
        assert!(sent < 100, "no end of letters");
    }
    let code = world.code(ADA);
    let refused = initiate(true).await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    let body = json!({ "sub": sub, "code": code, "newPassword": NEXT_PASSWORD });
    let path = "/nauth/admin/reset-password/confirm";
    world.anyone().post(path, &body).await.expect(200);
}

#[tokio::test]
async fn an_edit_of_several_things_is_an_event_of_each() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let edit = json!({
        "email": "moved@example.com", "phone": "+14155550001", "username": "ada_l",
        "firstName": "Ada", "retainVerification": true,
    });
    let path = format!("/nauth/admin/users/{sub}");
    root.send("PUT", &path, &edit).await.expect(200);
    let types = types(&root, &sub).await;
    for kind in [
        "EMAIL_CHANGED",
        "PHONE_CHANGED",
        "USERNAME_CHANGED",
        "PROFILE_UPDATED",
    ] {
        assert!(types.contains(&kind.to_owned()), "{kind}: {types:?}");
    }
}

#[tokio::test]
async fn what_came_up_after_the_administrators_sign_in_is_vouched_for_by_its_name() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let said = async |body| act(&root, &sub, "verified-status", body).await;
    world.clock.advance(60);
    let next = json!({ "email": "next@example.com", "phone": "+14155550001" });
    let member = bearing(&world, &tokens);
    member
        .send("PUT", "/nauth/profile", &next)
        .await
        .expect(200);
    for (unnamed, field) in [
        (json!({ "isEmailVerified": true }), "email"),
        (json!({ "isEmailVerified": true, "email": ADA }), "email"),
        (json!({ "isPhoneVerified": true }), "phone"),
        (
            json!({ "isPhoneVerified": true, "phone": "+14155550002" }),
            "phone",
        ),
    ] {
        let answer = said(unnamed).await;
        refused(&answer, 400, "VALIDATION_FAILED");
        assert!(
            answer.body["details"]["validationErrors"][field].is_array(),
            "{}",
            answer.text
        );
    }
    let meant = json!({ "isEmailVerified": true, "email": "next@example.com" });
    let moved = said(meant).await.expect(200);
    assert_eq!(moved.body["isEmailVerified"], json!(true));
    let number = json!({ "isPhoneVerified": true, "phone": "+14155550001" });
    said(number).await.expect(200);
}

#[tokio::test]
async fn an_address_that_waits_is_proven_where_that_is_said_later() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let path = format!("/nauth/admin/users/{sub}");
    let put = async |body| root.send("PUT", &path, &body).await.expect(200);
    let next = "next@example.com";
    let waits = put(json!({ "email": next })).await;
    assert_eq!(waits.body["isEmailVerified"], json!(false));
    // Another edit leaves it waiting.
    let named = put(json!({ "firstName": "Ada", "retainVerification": true })).await;
    assert_eq!(named.body["isEmailVerified"], json!(false));
    let moved = put(json!({ "email": next, "retainVerification": true })).await;
    assert_eq!(moved.str("email"), next);
    assert_eq!(moved.body["isEmailVerified"], json!(true));
    signed_in(&login(&world.anyone(), next, PASSWORD).await);
}

#[tokio::test]
async fn a_switch_is_a_boolean_and_a_body_an_object() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    for word in [json!("true"), json!(1), json!("on")] {
        let answer = act(
            &root,
            &sub,
            "verified-status",
            json!({ "isEmailVerified": word }),
        )
        .await;
        refused(&answer, 400, "VALIDATION_FAILED");
    }
    for body in [json!(null), json!([]), json!(7)] {
        let path = format!("/nauth/admin/users/{sub}/logout-all");
        let answer = root.send("POST", &path, &body).await;
        refused(&answer, 400, "VALIDATION_FAILED");
    }
    let path = format!("/nauth/admin/users/{sub}/logout-all");
    root.raw("POST", &path, "").await.expect(200);
}
