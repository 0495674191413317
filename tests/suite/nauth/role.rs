//! What the function may do on AWS, and what it does.

use std::collections::BTreeSet;

use flows::{AccountRef, RequestMeta};
use serde_json::json;
use tests::World;

use super::{ADA, NEXT_PASSWORD, PASSWORD, ada, bearing, login, prove, respond, sign_up};
use crate::auth;
use crate::storage::{actions, granted};

const PHONE: &str = "+4915112345678";

/// Each operation, with what it keeps and what it removes.
async fn everything(world: &World) {
    let anyone = world.anyone();
    let tokens = ada(world).await;
    let member = bearing(world, &tokens);
    anyone
        .post(
            "/nauth/signup",
            &json!({ "email": ADA, "password": PASSWORD }),
        )
        .await
        .expect(409);
    let edit = json!({ "username": "ada_l", "firstName": "Ada", "phone": PHONE });
    member
        .send("PUT", "/nauth/profile", &edit)
        .await
        .expect(200);
    member.get("/nauth/profile").await.expect(200);
    member
        .get("/nauth/audit/history?eventTypes=LOGIN_SUCCESS")
        .await
        .expect(200);
    member
        .post(
            "/nauth/token/validate",
            &json!({ "accessToken": tokens.str("accessToken") }),
        )
        .await
        .expect(200);
    login(&anyone, ADA, "wrong").await.expect(401);
    let refreshed = anyone
        .post(
            "/nauth/refresh",
            &json!({ "refreshToken": tokens.str("refreshToken") }),
        )
        .await;
    let member = bearing(world, &refreshed.expect(200));
    let other = login(&anyone, "ada_l", PASSWORD).await.expect(200);
    let listed = member.get("/nauth/sessions").await.expect(200);
    let sessions = listed.body["sessions"].as_array().unwrap();
    let id = &sessions
        .iter()
        .find(|session| session["isCurrent"] == json!(false))
        .unwrap()["sessionId"];
    member
        .send(
            "DELETE",
            &format!("/nauth/sessions/{}", id.as_str().unwrap()),
            &json!({}),
        )
        .await
        .expect(200);
    bearing(world, &other)
        .get("/nauth/profile")
        .await
        .expect(401);
    member.get("/nauth/logout").await.expect(200);
    let again = bearing(world, &login(&anyone, ADA, PASSWORD).await.expect(200));
    again
        .post("/nauth/logout/all", &json!({}))
        .await
        .expect(200);
    anyone
        .post("/nauth/forgot-password", &json!({ "identifier": ADA }))
        .await
        .expect(200);
    let reset = json!({ "identifier": ADA, "code": world.code(ADA), "newPassword": NEXT_PASSWORD });
    anyone
        .post("/nauth/forgot-password/confirm", &reset)
        .await
        .expect(200);
    let (meta, whose) = (
        RequestMeta::of_command_line(world.now()),
        AccountRef::Address(auth::address(ADA)),
    );
    world
        .postern
        .send_admin_reset_code(&meta, &whose)
        .await
        .unwrap();
    let reset =
        json!({ "identifier": ADA, "code": world.code(ADA), "newPassword": "another one, no. 3" });
    anyone
        .post("/nauth/reset-password/confirm", &reset)
        .await
        .expect(200);
    world
        .set_user(ADA, |user| user.must_change_password = true)
        .await;
    let waits = login(&anyone, ADA, "another one, no. 3").await.expect(200);
    let answer = json!({ "newPassword": "a fourth one, no. 4" });
    let tokens = respond(
        &anyone,
        waits.str("session"),
        "FORCE_CHANGE_PASSWORD",
        answer,
    )
    .await
    .expect(200);
    let change =
        json!({ "oldPassword": "a fourth one, no. 4", "newPassword": "a fifth one, no. 5" });
    bearing(world, &tokens)
        .post("/nauth/change-password", &change)
        .await
        .expect(200);
    world.clock.advance(61);
    let waits = sign_up(&anyone, "bob@example.com").await.expect(201);
    world.clock.advance(61);
    anyone
        .post(
            "/nauth/challenge/resend",
            &json!({ "session": waits.str("session") }),
        )
        .await
        .expect(200);
    prove(&anyone, waits.str("session"), "000000")
        .await
        .expect(400);
}

/// Where numbers are proven, one gets a code.
async fn a_number(world: &World) {
    let body = json!({ "email": "eve@example.com", "password": PASSWORD, "phone": PHONE });
    let waits = world
        .anyone()
        .post("/nauth/signup", &body)
        .await
        .expect(201);
    let code = world.code("eve@example.com");
    prove(&world.anyone(), waits.str("session"), &code)
        .await
        .expect(200);
}

#[tokio::test]
async fn the_role_of_factors_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    let tokens = ada(&world).await;
    world.tap.clear();
    let client = bearing(&world, &tokens);
    super::mfa::app(&world, &client).await;
    super::mfa::telephone(&world, &client).await;
    let path = "/nauth/mfa/backup-codes/generate";
    client.post(path, &json!({})).await.expect(200);
    let preferred = json!({ "methodType": "sms" });
    let path = "/nauth/mfa/preferred-method";
    client.post(path, &preferred).await.expect(200);
    let path = "/nauth/mfa/method/sms";
    client.send("DELETE", path, &json!({})).await.expect(200);
    for path in ["status", "devices", "available-methods"] {
        client.get(&format!("/nauth/mfa/{path}")).await.expect(200);
    }
    let issued = client.post("/nauth/trust-device", &json!({})).await;
    let token = issued.expect(200).str("deviceToken").to_owned();
    let device = client.header("x-device-token", &token);
    device.get("/nauth/is-trusted-device").await.expect(200);
    let calls = world.tap.calls();
    let done = calls.iter().flat_map(|call| actions(&world, call));
    assert_eq!(done.collect::<BTreeSet<_>>(), granted("NauthMfaRole"));
    assert!(
        calls
            .iter()
            .all(|call| call.body.get("IndexName").is_none())
    );
}

#[tokio::test]
async fn the_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    world.tap.clear();
    everything(&world).await;
    let calls = world.tap.calls();
    let texts = World::with(&[("POSTERN_NAUTH_VERIFICATION", "both")]).await;
    texts.tap.clear();
    a_number(&texts).await;
    let mut done: BTreeSet<String> = calls
        .iter()
        .flat_map(|call| actions(&world, call))
        .collect();
    done.extend(
        texts
            .tap
            .calls()
            .iter()
            .flat_map(|call| actions(&texts, call)),
    );
    assert_eq!(done, granted("NauthRole"));
    let mut reads = calls
        .iter()
        .filter(|call| call.operation.contains("Get") || call.operation == "Query");
    assert!(reads.all(|call| call.body.get("IndexName").is_none()));
    assert!(!calls.iter().any(|call| call.operation == "Scan"));
}
