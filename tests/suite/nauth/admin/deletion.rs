//! Deleting accounts.

use serde_json::json;
use tests::World;

use super::{ADA, ROOT, ada_and_sub, nothing, root, sub_of};
use crate::nauth::{PASSWORD, bearing, login, refused, sign_up};

#[tokio::test]
async fn a_deleted_account_is_gone_with_all_it_had() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let member = bearing(&world, &tokens);
    crate::nauth::mfa::app(&world, &member).await;
    member
        .post("/nauth/trust-device", &nothing())
        .await
        .expect(200);
    // One that waits for the factor.
    login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let by_code = {
        let history = member.get("/nauth/audit/history").await.expect(200);
        history.body["total"].as_u64().unwrap()
    };
    let root = root(&world).await;
    let path = format!("/nauth/admin/users/{sub}");
    let gone = root.send("DELETE", &path, &nothing()).await.expect(200);
    assert_eq!(gone.body["deletedUserId"], json!(sub));
    let records = &gone.body["deletedRecords"];
    assert_eq!(
        records,
        &json!({
            "sessions": 1, "verificationTokens": 0, "mfaDevices": 1, "trustedDevices": 1,
            "socialAccounts": 0, "loginAttempts": records["loginAttempts"], "challengeSessions": 1,
            "auditLogs": by_code,
        })
    );
    member.get("/nauth/profile").await.expect(401);
    refused(&root.get(&path).await, 404, "RESOURCE_NOT_FOUND");
    let again = root.send("DELETE", &path, &nothing()).await;
    refused(&again, 400, "USER_NOT_FOUND");
    // The address is free.
    sign_up(&world.anyone(), ADA).await.expect(201);
    let own = format!("/nauth/admin/users/{}", sub_of(&world, ROOT).await);
    refused(
        &root.send("DELETE", &own, &nothing()).await,
        403,
        "FORBIDDEN",
    );
}

#[tokio::test]
async fn what_its_history_said_of_clients_is_unreadable_and_it_can_be_brought_back() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    let path = format!("/nauth/admin/users/{sub}");
    let history = format!("/nauth/admin/audit/history?sub={sub}&limit=500");
    let before = root.get(&history).await.expect(200);
    let seen = |page: &tests::Answer| {
        let rows = page.body["data"].as_array().unwrap();
        rows.iter()
            .filter(|row| row["ipAddress"].is_string())
            .count()
    };
    assert!(seen(&before) > 0);
    root.send("DELETE", &path, &nothing()).await.expect(200);
    let address = crate::auth::address(ADA);
    world.postern.restore_user(&address, None).await.unwrap();
    let after = root.get(&history).await.expect(200);
    assert_eq!(seen(&after), 0, "{}", after.text);
    // Its history goes on under another key.
    world.anyone().sign_in(ADA).await;
    let after = root.get(&history).await.expect(200);
    assert!(seen(&after) > 0);
}
