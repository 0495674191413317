//! What the family leaves in the tables, and what its role may do.

use std::collections::BTreeSet;

use domain::account::Factor;
use serde_json::json;
use tests::World;

use super::{ADA, CALLBACK, DISCONNECT, ada, approve, depart, error, go};
use crate::storage::{actions, granted, texts};

/// A user does everything that the family offers: what must stay secret.
async fn everything(world: &World) -> Vec<String> {
    let mut secrets = vec![local::github::CLIENT_SECRET.to_owned()];
    let client = world.anyone();
    client
        .get("/cfg/accounts/oauth/providers/")
        .await
        .expect(200);
    let (state, url) = depart(&client, &json!({})).await;
    let code = approve(world, &url, &ada());
    let back = json!({ "code": code, "state": state });
    let answer = client.post(CALLBACK, &back).await.expect(200);
    let tokens = ["access", "refresh"].map(|name| answer.str(name).to_owned());
    client.post(CALLBACK, &back).await.expect(400);
    secrets.extend([state, code]);
    // One that has left and not come back.
    let (state, url) = depart(&client, &json!({})).await;
    secrets.extend([state, approve(world, &url, &ada())]);
    let again = go(world, &world.at("198.51.100.9"), &ada())
        .await
        .expect(200);
    let member = client.clone().bearing(again.str("access"));
    member
        .get("/cfg/accounts/oauth/connections/")
        .await
        .expect(200);
    let github = json!({ "provider": "github" });
    member.post(DISCONNECT, &github).await.expect(403);
    let fresh = client.sign_in(ADA).await.client();
    fresh.post(DISCONNECT, &github).await.expect(200);
    fresh.post(DISCONNECT, &github).await.expect(404);
    go(world, &client, &ada()).await.expect(200);
    let factor = |user: &mut domain::account::User| user.factors.push(Factor::Totp);
    world.set_user(ADA, factor).await;
    let waiting = go(world, &client, &ada()).await.expect(200);
    assert!(waiting.body["requires_2fa"].as_bool().unwrap());
    let lock = |user: &mut domain::account::User| user.status = domain::account::Status::Locked;
    world.set_user(ADA, lock).await;
    let locked = go(world, &client, &ada()).await.expect(400);
    assert_eq!(error(&locked), "oauth_error");
    secrets.extend(tokens);
    secrets.extend(world.github.tokens());
    secrets
}

#[tokio::test]
async fn a_dump_holds_no_state_no_code_no_token_and_no_secret() {
    let world = World::new().await;
    let secrets = everything(&world).await;
    assert!(secrets.len() > 10);
    let mut values = Vec::new();
    for table in [&world.table, &world.audit_table] {
        for (name, value) in world.dump(table).await.into_iter().flatten() {
            texts(&name, &value, &mut values);
        }
    }
    assert!(values.len() > 100, "there is something to search");
    for secret in &secrets {
        // Signatures and claims alone would be finds too.
        for part in secret.split('.').filter(|part| part.len() > 8) {
            let found = values.iter().find(|(_, value)| value.contains(part));
            assert_eq!(found, None, "{part} is in the clear");
        }
    }
    let audit = format!("{:?}", world.dump(&world.audit_table).await);
    assert!(!audit.contains("example.com") && !audit.contains("192.0.2."));
}

#[tokio::test]
async fn the_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    everything(&world).await;
    let calls = world.tap.calls();
    let done: BTreeSet<String> = calls
        .iter()
        .flat_map(|call| actions(&world, call))
        .collect();
    assert_eq!(done, granted("OauthRole"));
    let reads = calls.iter().filter(|call| call.operation.contains("Get"));
    for read in reads {
        assert!(read.body.to_string().contains("\"ConsistentRead\":true"));
    }
}

#[tokio::test]
async fn a_states_row_goes_by_itself_and_says_nothing_of_the_state() {
    let world = World::new().await;
    let (state, _) = depart(&world.anyone(), &json!({})).await;
    let rows = world.dump(&world.table).await;
    let row = rows
        .iter()
        .find(|item| item["sk"].as_s().unwrap() == "STATE");
    let row = row.expect("a row");
    assert!(!row["pk"].as_s().unwrap().contains(&state));
    let ttl: i64 = row["ttl"].as_n().unwrap().parse().unwrap();
    assert_eq!(ttl, world.now().0 + 300);
}
