//! An operator restores an account while a new user signs up with its address.

use domain::EmailAddress;
use domain::account::User;
use serde_json::json;
use tests::{Answer, World};

use super::ADA;
use crate::invariants::miscounted;

/// A deleted account, and a code for its address that waits.
async fn left(world: &World) -> serde_json::Value {
    let ada = world.anyone().sign_in(ADA).await;
    let id = ada.profile().await.body["id"].clone();
    let path = "/cfg/accounts/profile/delete/";
    ada.client().post(path, &json!({})).await.expect(200);
    world.clock.advance(60);
    world.anyone().request_code(ADA).await.expect(200);
    id
}

async fn both(world: &World) -> (Result<User, domain::Error>, Answer) {
    let address = EmailAddress::parse(ADA).unwrap();
    let (code, anyone) = (world.code(ADA), world.anyone());
    tokio::join!(
        world.postern.restore_user(&address, None),
        anyone.verify_code(ADA, &code),
    )
}

async fn in_use(world: &World) -> usize {
    let rows = world.dump(&world.table).await;
    let in_use = |row: &&std::collections::HashMap<String, _>| {
        let text = |name: &str| -> Option<&String> {
            let value: &aws_sdk_dynamodb::types::AttributeValue = row.get(name)?;
            value.as_s().ok()
        };
        text("sk").is_some_and(|sk| sk == "PROFILE")
            && text("status").is_some_and(|status| status == "active")
    };
    rows.iter().filter(in_use).count()
}

#[tokio::test]
async fn a_restoration_and_a_sign_up_leave_one_account() {
    let world = World::new().await;
    let id = left(&world).await;
    let (restored, answer) = both(&world).await;
    let answer = answer.expect(200);
    match restored {
        Ok(_) => assert_eq!(answer.body["user"]["id"], id, "signed in to what came back"),
        Err(error) => {
            assert_eq!(error, domain::Error::Conflict);
            assert_ne!(answer.body["user"]["id"], id);
        }
    }
    assert_eq!(in_use(&world).await, 1);
    assert_eq!(miscounted(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_restoration_and_a_sign_up_twin_without_conditions() {
    let world = World::new().await;
    let id = left(&world).await;
    world.tap.weaken("TransactWriteItems");
    let (restored, answer) = both(&world).await;
    restored.unwrap();
    assert_ne!(answer.expect(200).body["user"]["id"], id);
    assert_eq!(in_use(&world).await, 2);
}
