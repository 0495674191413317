//! Two administrators at one account, and one who loses their rights; each with a twin
//! without conditions, which shows that the race can be lost.

use serde_json::json;
use tests::{Answer, World};

use super::{ADA, NOBODY, act, ada_and_sub, nothing, root};
use crate::nauth::{login, refused};

/// Two administrators give Ada a password each, at one moment: whose are answered 200.
async fn two_passwords(world: &World) -> Vec<String> {
    let (_, sub) = ada_and_sub(world).await;
    let first = world.admin("one@example.com").await.client();
    let second = world.admin("two@example.com").await.client();
    let give = async |client: &tests::Anyone<'_>, password: &str| {
        let body = json!({ "sub": sub, "newPassword": password, "mustChangePassword": false });
        let answer = client.post("/nauth/admin/set-password", &body).await;
        assert!(answer.status < 500, "{}", answer.text);
        (answer.status == 200).then(|| password.to_owned())
    };
    let (one, two) = tokio::join!(
        give(&first, "the first one's, no. 1"),
        give(&second, "the second one's, no. 2")
    );
    one.into_iter().chain(two).collect()
}

#[tokio::test]
async fn of_two_passwords_the_one_that_was_answered_opens() {
    let world = World::new().await;
    let given = two_passwords(&world).await;
    assert_eq!(given.len(), 1, "{given:?}");
    login(&world.anyone(), ADA, &given[0]).await.expect(200);
}

#[tokio::test]
async fn two_passwords_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    assert_eq!(two_passwords(&world).await.len(), 2);
}

/// Two administrators lock Ada at one moment: how many events there are of it.
async fn two_locks(world: &World) -> usize {
    let (_, sub) = ada_and_sub(world).await;
    let first = world.admin("one@example.com").await.client();
    let second = world.admin("two@example.com").await.client();
    let (one, two): (Answer, Answer) = tokio::join!(
        act(&first, &sub, "disable", json!({ "reason": "one" })),
        act(&second, &sub, "disable", json!({ "reason": "two" }))
    );
    one.expect(200);
    two.expect(200);
    let types = super::types(&first, &sub).await;
    let locks = types.iter().filter(|one| *one == "ACCOUNT_DISABLED");
    locks.count()
}

#[tokio::test]
async fn one_lock_is_one_event_whoever_was_first() {
    assert_eq!(two_locks(&World::new().await).await, 1);
}

#[tokio::test]
async fn two_locks_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    assert_eq!(two_locks(&world).await, 2);
}

#[tokio::test]
async fn an_account_that_is_deleted_meanwhile_is_none() {
    let world = World::new().await;
    let (_, sub) = ada_and_sub(&world).await;
    let root = root(&world).await;
    world
        .postern
        .delete_user(&crate::auth::address(ADA))
        .await
        .unwrap();
    let answer = act(&root, &sub, "disable", nothing()).await;
    refused(&answer, 400, "USER_NOT_FOUND");
    let never = act(&root, NOBODY, "disable", nothing()).await;
    // Whoever was deleted is told apart from nobody by nothing.
    assert_eq!(
        (never.status, &never.body["code"]),
        (answer.status, &answer.body["code"])
    );
}
