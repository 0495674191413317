//! One's own account and sessions.

use serde_json::json;
use tests::World;

use super::{ADA, NEXT_PASSWORD, PASSWORD, ada, bearing, login, prove, refused};

#[tokio::test]
async fn an_edit_changes_what_it_names() {
    let world = World::new().await;
    let member = bearing(&world, &ada(&world).await);
    let edit = json!({ "firstName": "Ada", "username": "ada_l", "metadata": { "a": 1, "b": { "c": [] } } });
    let answer = member
        .send("PUT", "/nauth/profile", &edit)
        .await
        .expect(200);
    assert_eq!(
        (answer.str("firstName"), answer.str("username")),
        ("Ada", "ada_l")
    );
    let edit = json!({ "metadata": { "a": null }, "lastName": null, "role": "admin" });
    member
        .send("PUT", "/nauth/profile", &edit)
        .await
        .expect(200);
    let user = world
        .postern
        .find_user(&crate::auth::address(ADA))
        .await
        .unwrap();
    assert_eq!(user.metadata.keys().collect::<Vec<_>>(), ["b"]);
    let deep = json!({ "metadata": { "a": { "b": { "c": { "d": { "e": { "f": 1 } } } } } } });
    refused(
        &member.send("PUT", "/nauth/profile", &deep).await,
        400,
        "VALIDATION_FAILED",
    );
}

#[tokio::test]
async fn another_address_waits_for_its_proof() {
    let world = World::new().await;
    let member = bearing(&world, &ada(&world).await);
    let next = "ada@lovelace.example";
    let edit = json!({ "email": next, "retainVerification": true });
    let shown = member
        .send("PUT", "/nauth/profile", &edit)
        .await
        .expect(200);
    assert_eq!(
        (shown.str("email"), &shown.body["isEmailVerified"]),
        (next, &json!(false))
    );
    // The old one signs in, and is asked for the code that goes to the new one.
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    refused(
        &login(&world.anyone(), next, PASSWORD).await,
        401,
        "AUTH_INVALID_CREDENTIALS",
    );
    // Another contract's sign-in goes on as before.
    world.anyone().sign_in(ADA).await;
    let tokens = prove(&world.anyone(), waits.str("session"), &world.code(next))
        .await
        .expect(200);
    refused(
        &member.get("/nauth/profile").await,
        401,
        "AUTH_SESSION_NOT_FOUND",
    );
    let profile = bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    assert_eq!(
        (profile.str("email"), &profile.body["isEmailVerified"]),
        (next, &json!(true))
    );
    refused(
        &login(&world.anyone(), ADA, PASSWORD).await,
        401,
        "AUTH_INVALID_CREDENTIALS",
    );
    assert!(!world.mail(ADA).is_empty());
}

#[tokio::test]
async fn an_old_sign_in_changes_no_address() {
    let world = World::new().await;
    let member = bearing(&world, &ada(&world).await);
    world.clock.advance(601);
    for edit in [
        json!({ "email": "b@example.com" }),
        json!({ "phone": "+4915112345678" }),
    ] {
        let answer = member.send("PUT", "/nauth/profile", &edit).await;
        refused(&answer, 403, "FORBIDDEN");
        assert_eq!(answer.body["details"]["reason"], "reauthentication");
    }
    member
        .send("PUT", "/nauth/profile", &json!({ "firstName": "Ada" }))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict_in_the_body() {
    let world = World::new().await;
    world.anyone().sign_in("grace@example.com").await;
    let member = bearing(&world, &ada(&world).await);
    let edit = json!({ "email": "grace@example.com" });
    let answer = member.send("PUT", "/nauth/profile", &edit).await;
    refused(&answer, 400, "VALIDATION_FAILED");
    assert_eq!(answer.body["details"]["conflicts"], json!(["email"]));
}

#[tokio::test]
async fn sessions_of_every_contract_are_listed_and_ended() {
    let world = World::new().await;
    let body = json!({
        "identifier": ADA, "password": PASSWORD, "deviceName": "Ada's phone", "deviceType": "mobile",
    });
    ada(&world).await;
    let member = world.anyone().sign_in(ADA).await;
    let tokens = world.anyone().post("/nauth/login", &body).await.expect(200);
    let here = bearing(&world, &tokens);
    let listed = here.get("/nauth/sessions").await.expect(200);
    let sessions = listed.body["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    let current = sessions
        .iter()
        .find(|one| one["isCurrent"] == json!(true))
        .unwrap();
    assert_eq!(
        (&current["deviceName"], &current["deviceType"]),
        (&json!("Ada's phone"), &json!("mobile"))
    );
    let others = sessions
        .iter()
        .filter(|one| one["isCurrent"] == json!(false));
    for other in others {
        let path = format!("/nauth/sessions/{}", other["sessionId"].as_str().unwrap());
        let ended = here.send("DELETE", &path, &json!({})).await.expect(200);
        assert_eq!(
            ended.body,
            json!({ "success": true, "wasCurrentSession": false })
        );
        refused(
            &here.send("DELETE", &path, &json!({})).await,
            404,
            "RESOURCE_NOT_FOUND",
        );
    }
    member.profile().await.expect(401);
    let all = here.post("/nauth/logout/all", &json!({})).await.expect(200);
    assert_eq!(all.body, json!({ "revokedCount": 1 }));
    refused(
        &here.get("/nauth/profile").await,
        401,
        "AUTH_SESSION_NOT_FOUND",
    );
}

#[tokio::test]
async fn one_demands_a_new_password_of_oneself() {
    let world = World::new().await;
    let member = bearing(&world, &ada(&world).await);
    member
        .post("/nauth/request-password-change", &json!({}))
        .await
        .expect(200);
    let waits = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "FORCE_CHANGE_PASSWORD");
    let without = world.anyone().sign_in("grace@example.com").await.client();
    let answer = without
        .post("/nauth/request-password-change", &json!({}))
        .await;
    refused(&answer, 400, "PASSWORD_CHANGE_NOT_ALLOWED");
    // Whoever has none chooses a first one by a fresh sign-in.
    let body = json!({ "oldPassword": "", "newPassword": NEXT_PASSWORD });
    without
        .post("/nauth/change-password", &body)
        .await
        .expect(200);
    login(&world.anyone(), "grace@example.com", NEXT_PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_token_is_validated() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    let validate = async |token: &str| {
        let body = json!({ "accessToken": token });
        world
            .anyone()
            .post("/nauth/token/validate", &body)
            .await
            .expect(200)
            .body
    };
    let good = validate(tokens.str("accessToken")).await;
    assert_eq!(
        (&good["valid"], &good["payload"]["email"]),
        (&json!(true), &json!(ADA))
    );
    assert!(
        good["payload"]["sessionId"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .is_ok()
    );
    for (token, why) in [
        (tokens.str("refreshToken"), "invalid"),
        ("0123456789", "malformed"),
    ] {
        assert_eq!(validate(token).await["errorType"], why);
    }
    bearing(&world, &tokens)
        .get("/nauth/logout")
        .await
        .expect(200);
    assert_eq!(
        validate(tokens.str("accessToken")).await["errorType"],
        "blacklisted"
    );
    world.clock.advance(901);
    assert_eq!(
        validate(tokens.str("accessToken")).await["errorType"],
        "expired"
    );
}
