//! What operators do, and what people feel of it.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::EmailAddress;
use domain::account::{Role, Status};
use serde_json::json;
use store::key;
use tests::World;

fn ada() -> EmailAddress {
    EmailAddress::parse("ada@example.com").unwrap()
}

async fn events(world: &World) -> Vec<String> {
    let mut events: Vec<(String, String)> = world
        .dump(&world.audit_table)
        .await
        .iter()
        .map(|event| {
            (
                event["sk"].as_s().unwrap().clone(),
                event["kind"].as_s().unwrap().clone(),
            )
        })
        .collect();
    events.sort();
    events.into_iter().map(|(_, kind)| kind).collect()
}

#[tokio::test]
async fn a_role_change_ends_every_session() {
    let world = World::new().await;
    let member = world.anyone().sign_in("ada@example.com").await;
    let user = world
        .postern
        .set_role(&ada(), Role::Operator)
        .await
        .unwrap();
    assert_eq!(user.role, Role::Operator);
    member.profile().await.expect(401);
    world.anyone().refresh(&member.refresh).await.expect(401);
}

#[tokio::test]
async fn doing_a_thing_twice_changes_nothing() {
    let world = World::new().await;
    world.anyone().sign_in("ada@example.com").await;
    let once = world.postern.lock_user(&ada()).await.unwrap();
    let twice = world.postern.lock_user(&ada()).await.unwrap();
    assert_eq!((once.status, &once), (Status::Locked, &twice));
}

#[tokio::test]
async fn every_act_leaves_its_event() {
    let world = World::new().await;
    world.anyone().sign_in("ada@example.com").await;
    let later = || world.clock.advance(1);
    later();
    world.postern.lock_user(&ada()).await.unwrap();
    later();
    world.postern.unlock_user(&ada()).await.unwrap();
    later();
    world.postern.set_role(&ada(), Role::Admin).await.unwrap();
    later();
    // The last administrator stays one, on whatever route.
    let last = world.postern.delete_user(&ada()).await;
    assert_eq!(last, Err(domain::Error::NeedsAnotherAdministrator));
    let last = world.postern.set_role(&ada(), Role::User).await;
    assert_eq!(last.err(), Some(domain::Error::NeedsAnotherAdministrator));
    world.admin("root@example.com").await;
    later();
    world.postern.delete_user(&ada()).await.unwrap();
    let expected = [
        "ACCOUNT_CREATED",
        "ACCOUNT_LOCKED",
        "ACCOUNT_UNLOCKED",
        "ROLE_CHANGED",
        // The other administrator's.
        "ACCOUNT_CREATED",
        "ACCOUNT_DELETED",
    ];
    assert_eq!(events(&world).await, expected);
    assert_eq!(
        world.postern.find_user(&ada()).await,
        Err(domain::Error::Missing)
    );
}

#[tokio::test]
async fn unlocking_lets_a_person_back_in_who_is_being_guessed_at() {
    let world = World::new().await;
    world
        .anyone()
        .request_code("ada@example.com")
        .await
        .expect(200);
    let (right, wrong) = (
        world.code("ada@example.com"),
        world.wrong_code("ada@example.com"),
    );
    for _ in 0..5 {
        world
            .anyone()
            .verify_code("ada@example.com", &wrong)
            .await
            .expect(401);
    }
    world
        .anyone()
        .verify_code("ada@example.com", &right)
        .await
        .expect(401);
    assert!(
        world.postern.unlock_user(&ada()).await.is_err(),
        "no account holds the address yet"
    );
    world
        .anyone()
        .verify_code("ada@example.com", &right)
        .await
        .expect(200);
}

#[tokio::test]
async fn the_directory_lists_accounts_oldest_first_page_by_page() {
    let world = World::new().await;
    for n in 0..25 {
        world
            .at(&format!("192.0.2.{n}"))
            .sign_in(&format!("person{n:02}@example.com"))
            .await;
        world.clock.advance(1);
    }
    let gone = EmailAddress::parse("person03@example.com").unwrap();
    world.postern.delete_user(&gone).await.unwrap();
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = world
            .postern
            .list_users(after.as_deref(), None, 10)
            .await
            .unwrap();
        listed.extend(page.entries.into_iter().filter_map(|entry| entry.email));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<String> = (0..25)
        .filter(|n| *n != 3)
        .map(|n| format!("person{n:02}@example.com"))
        .collect();
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_page_is_full_even_if_one_shard_of_the_directory_holds_everybody() {
    let world = World::new().await;
    for n in 0..20 {
        let address = format!("person{n:02}@example.com");
        world.at(&format!("192.0.2.{n}")).sign_in(&address).await;
        world.clock.advance(1);
        let address = EmailAddress::parse(&address).unwrap();
        let sub = world.postern.find_user(&address).await.unwrap().sub;
        world
            .db
            .update_item()
            .table_name(&world.table)
            .set_key(Some(key::user(sub).attributes()))
            .update_expression("SET dir_pk = :shard")
            .expression_attribute_values(":shard", AttributeValue::S(key::directory_shard(5)))
            .send()
            .await
            .unwrap();
    }
    let first = world.postern.browse_users(None, None, 12).await.unwrap();
    let rest = world
        .postern
        .browse_users(first.next.as_deref(), None, 12)
        .await
        .unwrap();
    assert_eq!((first.users.len(), rest.users.len()), (12, 8));
    assert_eq!(rest.next, None);
}

#[tokio::test]
async fn the_directory_finds_accounts_by_a_part_of_what_they_are_called() {
    let world = World::new().await;
    for name in ["ada", "grace", "adam"] {
        let address = format!("{name}@example.com");
        world.anyone().sign_in(&address).await;
        world.clock.advance(60);
    }
    world
        .set_user("grace@example.com", |user| {
            user.phone = "+4930123456".into()
        })
        .await;
    let found = async |part: &str| {
        let page = world.postern.list_users(None, Some(part), 2).await.unwrap();
        let emails = page.entries.into_iter().filter_map(|entry| entry.email);
        emails.collect::<Vec<_>>()
    };
    assert_eq!(found("ADA").await, ["ada@example.com", "adam@example.com"]);
    assert_eq!(found("30123").await, ["grace@example.com"]);
    assert!(found("nobody").await.is_empty());
}

#[tokio::test]
async fn a_restored_account_is_its_owners_again_and_nothing_of_old_opens_it() {
    let world = World::new().await;
    let member = world.anyone().sign_in("ada@example.com").await;
    let edit = json!({ "first_name": "Ada" });
    let path = "/cfg/accounts/profile/update/";
    let before = member.client().send("PATCH", path, &edit).await.expect(200);
    let path = "/cfg/accounts/api-key/regenerate/";
    let issued = member.client().post(path, &json!({})).await.expect(200);
    world.admin("root@example.com").await;
    world.postern.set_role(&ada(), Role::Admin).await.unwrap();
    world.postern.delete_user(&ada()).await.unwrap();
    world.clock.advance(60);
    let restored = world.postern.restore_user(&ada(), None).await.unwrap();
    assert_eq!(
        (restored.status, restored.role),
        (Status::Active, Role::User)
    );
    // Nor does a provider's token of before sign in, see `nauth::social::native`.
    assert_eq!(restored.tokens_not_before, Some(world.now()));
    assert_eq!(world.postern.find_user(&ada()).await, Ok(restored.clone()));
    let page = world.postern.list_users(None, None, 10).await.unwrap();
    assert_eq!(page.entries.len(), 2, "it is listed again, beside root");
    let told = &world.mail("ada@example.com")[0];
    assert!(told.subject.contains("is back"), "{}", told.subject);
    let events = events(&world).await;
    assert_eq!(events.last().unwrap(), "ACCOUNT_RESTORED");

    member.profile().await.expect(401);
    world.anyone().refresh(&member.refresh).await.expect(401);
    let holder = world.anyone().header("x-api-key", issued.str("key"));
    holder.get("/cfg/accounts/api-key/").await.expect(401);
    let again = world.anyone().sign_in("ada@example.com").await;
    let profile = again.profile().await.expect(200).body;
    assert_eq!(profile["id"], before.body["id"]);
    assert_eq!(profile["first_name"], json!(""), "what was erased stays so");
    assert_ne!(profile["display_username"], before.body["display_username"]);
}

#[tokio::test]
async fn an_address_that_somebody_holds_is_not_taken_from_them() {
    let world = World::new().await;
    world.anyone().sign_in("ada@example.com").await;
    world.postern.delete_user(&ada()).await.unwrap();
    world.clock.advance(60);
    let other = world.anyone().sign_in("ada@example.com").await;
    let refused = world.postern.restore_user(&ada(), None).await;
    assert_eq!(refused, Err(domain::Error::Conflict));
    other.profile().await.expect(200);
    let nobody = EmailAddress::parse("nobody@example.com").unwrap();
    let refused = world.postern.restore_user(&nobody, None).await;
    assert_eq!(refused, Err(domain::Error::Missing));
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let world = World::new().await;
    let member = world.anyone().sign_in("ada@example.com").await;
    let again = world.another_instance(9).await;
    assert_eq!(again.signing_key_id(), world.postern.signing_key_id());
    assert_eq!(again.find_user(&ada()).await.unwrap().email, Some(ada()));
    drop(again);
    member
        .client()
        .send(
            "PATCH",
            "/cfg/accounts/profile/update/",
            &json!({ "company": "E" }),
        )
        .await
        .expect(200);
}
