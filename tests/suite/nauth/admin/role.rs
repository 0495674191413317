//! What the function may do on AWS, and what it does.

use std::collections::BTreeSet;

use serde_json::json;
use tests::World;

use super::{ADA, act, ada_and_sub, nothing, root};
use crate::nauth::{NEXT_PASSWORD, NUMBER, bearing};
use crate::storage::{actions, granted};

#[tokio::test]
async fn the_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    let (tokens, sub) = ada_and_sub(&world).await;
    let member = bearing(&world, &tokens);
    crate::nauth::mfa::app(&world, &member).await;
    crate::nauth::mfa::telephone(&world, &member).await;
    let (media, picture) = crate::pictures::form("avatar", &crate::pictures::png(32, 32, 255));
    let sender = member.header("content-type", &media);
    let path = "/cfg/accounts/profile/avatar/";
    sender.raw_bytes("POST", path, &picture).await.expect(200);
    let root = root(&world).await;
    world.tap.clear();
    let admin = |path: &str| format!("/nauth/admin{path}");
    let user = format!("/users/{sub}");
    for path in [
        "/users".to_owned(),
        "/users?hasSocialAuth=false".to_owned(),
        format!("/users/by-email?email={ADA}"),
        user.clone(),
        format!("{user}/sessions"),
        format!("{user}/mfa/status"),
        format!("/audit/history?sub={sub}"),
    ] {
        root.get(&admin(&path)).await.expect(200);
    }
    for (path, body) in [
        (
            "/mfa/preferred-method",
            json!({ "sub": sub, "methodType": "sms" }),
        ),
        (
            "/mfa/remove-devices",
            json!({ "sub": sub, "methodType": "totp" }),
        ),
        ("/mfa/exemption", json!({ "sub": sub, "exempt": true })),
        (
            "/set-password",
            json!({ "sub": sub, "newPassword": NEXT_PASSWORD }),
        ),
        ("/reset-password/initiate", json!({ "sub": sub })),
    ] {
        root.post(&admin(path), &body).await.expect(200);
    }
    for (email, phone) in [
        ("bob@example.com", NUMBER),
        ("eve@example.com", "+4915112345679"),
    ] {
        let body = json!({
            "email": email, "phone": phone, "generatePassword": true, "isEmailVerified": true,
            "isPhoneVerified": phone != NUMBER,
        });
        root.post(&admin("/signup"), &body).await.expect(201);
    }
    let eve = super::sub_of(&world, "eve@example.com").await;
    let texted = json!({ "sub": eve, "deliveryMethod": "sms" });
    root.post(&admin("/reset-password/initiate"), &texted)
        .await
        .expect(200);
    let moved = json!({ "email": "moved@example.com", "retainVerification": true });
    root.send("PUT", &admin(&user), &moved).await.expect(200);
    for (what, body) in [
        ("verified-status", json!({ "isEmailVerified": false })),
        ("force-password-change", nothing()),
        ("logout-all", json!({ "forgetDevices": true })),
        ("disable", nothing()),
        ("enable", nothing()),
    ] {
        act(&root, &sub, what, body).await.expect(200);
    }
    root.send("DELETE", &admin(&user), &nothing())
        .await
        .expect(200);
    let calls = world.tap.calls();
    let done = calls.iter().flat_map(|call| actions(&world, call));
    assert_eq!(done.collect::<BTreeSet<_>>(), granted("NauthAdminRole"));
    assert!(!calls.iter().any(|call| call.operation == "Scan"));
}
