//! Looking at accounts, their sessions, factors and history.

use serde_json::json;
use tests::World;

use super::{ADA, ROOT, act, ada_and_sub, nothing, root, signed_in, sub_of, types};
use crate::nauth::{PASSWORD, bearing, login, refused};

#[tokio::test]
async fn an_account_is_found_by_its_name_and_its_address() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let own = bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    let root = root(&world).await;
    let by_sub = root
        .get(&format!("/nauth/admin/users/{sub}"))
        .await
        .expect(200);
    assert_eq!(by_sub.body, own.body);
    let path = "/nauth/admin/users/by-email?email=%20ADA@Example.com";
    assert_eq!(root.get(path).await.expect(200).body, own.body);
    let proven = format!("{path}&requireEmailVerified=true");
    root.get(&proven).await.expect(200);
    world
        .set_user(ADA, |user| user.email_verified = false)
        .await;
    refused(&root.get(&proven).await, 404, "RESOURCE_NOT_FOUND");
    root.get(path).await.expect(200);
    let nobody = "/nauth/admin/users/by-email?email=nobody@example.com";
    refused(&root.get(nobody).await, 404, "RESOURCE_NOT_FOUND");
    for query in [
        "",
        "?email=nothing",
        "?email=a@example.com&requireEmailVerified=perhaps",
    ] {
        let answer = root
            .get(&format!("/nauth/admin/users/by-email{query}"))
            .await;
        refused(&answer, 400, "VALIDATION_FAILED");
    }
}

#[tokio::test]
async fn sessions_of_every_contract_are_listed_and_ended() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let by_code = world.anyone().sign_in(ADA).await;
    let other = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let root = root(&world).await;
    let path = format!("/nauth/admin/users/{sub}/sessions");
    let listed = root.get(&path).await.expect(200);
    let sessions = listed.body["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 3, "{sessions:?}");
    assert!(sessions.iter().all(|one| one["isCurrent"] == json!(false)));
    let own = bearing(&world, &other)
        .get("/nauth/sessions")
        .await
        .expect(200);
    let own = own.body["sessions"].as_array().unwrap().clone();
    let current = own
        .iter()
        .find(|one| one["isCurrent"] == json!(true))
        .unwrap();
    let one = format!("{path}/{}", current["sessionId"].as_str().unwrap());
    // Another account's session is none of this one's.
    let roots = sub_of(&world, ROOT).await;
    let elsewhere = one.replace(&sub, &roots);
    let elsewhere = root.send("DELETE", &elsewhere, &nothing()).await;
    refused(&elsewhere, 404, "RESOURCE_NOT_FOUND");
    let ended = root.send("DELETE", &one, &nothing()).await.expect(200);
    assert_eq!(
        ended.body,
        json!({ "success": true, "wasCurrentSession": false })
    );
    let again = root.send("DELETE", &one, &nothing()).await;
    refused(&again, 404, "RESOURCE_NOT_FOUND");
    bearing(&world, &other)
        .get("/nauth/profile")
        .await
        .expect(401);
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(200);
    by_code.profile().await.expect(200);
    let all = act(&root, &sub, "logout-all", json!({ "forgetDevices": true })).await;
    assert_eq!(all.expect(200).body, json!({ "revokedCount": 2 }));
    bearing(&world, &tokens)
        .get("/nauth/profile")
        .await
        .expect(401);
    by_code.profile().await.expect(401);
    let left = root.get(&path).await.expect(200);
    assert_eq!(left.body["sessions"], json!([]));
    let types = types(&root, &sub).await;
    for expected in ["SESSION_REVOKED", "GLOBAL_SIGNOUT", "DEVICE_UNTRUSTED"] {
        assert!(types.iter().any(|one| one == expected), "{types:?}");
    }
}

#[tokio::test]
async fn factors_are_shown_put_first_and_taken_away() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let member = bearing(&world, &tokens);
    let root = root(&world).await;
    let status = format!("/nauth/admin/users/{sub}/mfa/status");
    let none = root.get(&status).await.expect(200);
    assert_eq!(none.body, member.get("/nauth/mfa/status").await.body);
    crate::nauth::mfa::app(&world, &member).await;
    let mailbox = json!({ "methodName": "email", "setupData": {} });
    member
        .post("/nauth/mfa/setup-data", &mailbox)
        .await
        .expect(200);
    let shown = root.get(&status).await.expect(200);
    assert_eq!(shown.body["configuredMethods"], json!(["totp", "email"]));
    assert_eq!(shown.body["preferredMethod"], "totp");
    let preferred = |method: &str| json!({ "sub": sub, "methodType": method });
    let path = "/nauth/admin/mfa/preferred-method";
    let unset = root.post(path, &preferred("sms")).await;
    assert_eq!(unset.status, 400, "{}", unset.text);
    refused(
        &root.post(path, &preferred("smoke")).await,
        400,
        "VALIDATION_FAILED",
    );
    let put = root.post(path, &preferred("email")).await.expect(200);
    assert!(put.body["message"].is_string());
    let shown = root.get(&status).await.expect(200);
    assert_eq!(shown.body["preferredMethod"], "email");
    let path = "/nauth/admin/mfa/remove-devices";
    let gone = root.post(path, &preferred("email")).await.expect(200);
    assert_eq!(
        gone.body,
        json!({ "deletedCount": 1, "mfaDisabled": false })
    );
    member.get("/nauth/profile").await.expect(401);
    let gone = root.post(path, &preferred("email")).await.expect(200);
    assert_eq!(
        gone.body,
        json!({ "deletedCount": 0, "mfaDisabled": false })
    );
    let gone = root.post(path, &preferred("totp")).await.expect(200);
    assert_eq!(gone.body, json!({ "deletedCount": 1, "mfaDisabled": true }));
    signed_in(&login(&world.anyone(), ADA, PASSWORD).await);
}

#[tokio::test]
async fn an_account_is_excused_with_a_reason_that_both_read() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let member = bearing(&world, &tokens);
    let root = root(&world).await;
    let path = "/nauth/admin/mfa/exemption";
    let body = json!({ "sub": sub, "exempt": true, "reason": "lost it", "grantedBy": "someone" });
    let excused = root.post(path, &body).await.expect(200);
    assert_eq!(excused.body["mfaExempt"], json!(true));
    assert_eq!(excused.body["mfaExemptReason"], "lost it");
    assert!(excused.body["mfaExemptGrantedAt"].is_string());
    let shown = member.get("/nauth/mfa/status").await.expect(200);
    assert_eq!(shown.body["mfaExemptReason"], "lost it");
    let query = format!("sub={sub}&eventTypes=MFA_EXEMPTION_GRANTED");
    let rows = root
        .get(&format!("/nauth/admin/audit/history?{query}"))
        .await;
    let rows = rows.expect(200);
    assert_eq!(rows.body["total"], json!(1));
    let row = &rows.body["data"][0];
    assert_eq!(row["performedBy"], json!(sub_of(&world, ROOT).await));
    assert_eq!(row["reason"], "lost it", "{row}");
    // Its owner is told that it was an administrator, and no more.
    let own = "/nauth/audit/history?eventTypes=MFA_EXEMPTION_GRANTED";
    let own = member.get(own).await.expect(200);
    assert_eq!(own.body["data"][0]["performedBy"], "admin");
    let back = json!({ "sub": sub, "exempt": false });
    let back = root.post(path, &back).await.expect(200);
    let none = json!({ "mfaExempt": false, "mfaExemptReason": null, "mfaExemptGrantedAt": null });
    assert_eq!(back.body, none);
    for body in [json!({}), json!({ "sub": sub, "exempt": "perhaps" })] {
        refused(&root.post(path, &body).await, 400, "VALIDATION_FAILED");
    }
}
