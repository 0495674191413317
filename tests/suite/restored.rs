//! A table that was wound back: what of it holds again, and what never does. The rehearsal
//! of `cargo ctl restore`.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use domain::EmailAddress;
use serde_json::json;
use tests::{Member, World};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";
const CAROL: &str = "carol@example.com";

/// What DynamoDB would restore: a table of another name, with the rows of this moment.
async fn copied(world: &World) -> String {
    let copy = format!("{}-restored", world.table);
    let schema = |name: &str, kind| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .unwrap()
    };
    let defined = |name: &str| {
        let kind = ScalarAttributeType::S;
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(kind)
            .build()
            .unwrap()
    };
    let made = world
        .db
        .create_table()
        .table_name(&copy)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(defined("pk"))
        .attribute_definitions(defined("sk"))
        .key_schema(schema("pk", KeyType::Hash))
        .key_schema(schema("sk", KeyType::Range));
    made.send().await.unwrap();
    for row in world.dump(&world.table).await {
        let put = world.db.put_item().table_name(&copy).set_item(Some(row));
        put.send().await.unwrap();
    }
    copy
}

/// Every row of the account goes, as by an operator's mistake.
async fn lose(world: &World, member: &Member<'_>) {
    let partition = AttributeValue::S(format!("USER#{}", sub(world, &member.address).await));
    for row in world.dump(&world.table).await {
        if row["pk"] == partition {
            let lost = world.db.delete_item().table_name(&world.table);
            let lost = lost
                .key("pk", row["pk"].clone())
                .key("sk", row["sk"].clone());
            lost.send().await.unwrap();
        }
    }
}

async fn sub(world: &World, address: &str) -> uuid::Uuid {
    let address = EmailAddress::parse(address).unwrap();
    world.postern.find_user(&address).await.unwrap().sub
}

/// How many accounts the shards say that they list.
async fn counted(world: &World) -> usize {
    let rows = world.dump(&world.table).await;
    let totals = rows.iter().filter_map(|row| row.get("accounts"));
    totals
        .map(|total| total.as_n().unwrap().parse::<usize>().unwrap())
        .sum()
}

#[tokio::test]
async fn accounts_are_as_they_were_and_what_ended_since_stays_ended() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let bob = world.anyone().sign_in(BOB).await;
    let bobs = sub(&world, BOB).await;
    let code = json!({ "identifier": BOB });
    let anyone = world.anyone();
    let asked = anyone.post("/cfg/accounts/otp/request/", &code).await;
    asked.expect(200);
    let waiting = world.code(BOB);
    let copy = copied(&world).await;

    // Since then: a code was used, Ada went, Carol came, a key was revoked, and Bob was lost.
    world.clock.advance(60);
    let code = json!({ "identifier": BOB, "otp": waiting });
    let used = anyone.post("/cfg/accounts/otp/verify/", &code).await;
    used.expect(200);
    let gone = sub(&world, ADA).await;
    let address = EmailAddress::parse(ADA).unwrap();
    world.postern.delete_user(&address).await.unwrap();
    world.clock.advance(60);
    world.anyone().sign_in(CAROL).await;
    let leaked = world.postern.signing_key_id();
    world
        .postern
        .revoke_signing_key(&leaked, world.now())
        .await
        .unwrap();
    lose(&world, &bob).await;

    world.clock.advance(60);
    let operator = world.another_instance(99).await;
    let adopted = operator.adopt_restored(&copy).await.unwrap();
    assert_eq!(adopted.stayed_deleted, 1);
    assert!(adopted.written > 0 && adopted.removed > 0, "{adopted:?}");
    operator.end_all_sessions(world.now()).await.unwrap();
    // And again, as after an interruption.
    let again = operator.adopt_restored(&copy).await.unwrap();
    assert_eq!((again.written, again.removed), (0, 0));
    world.clock.advance(60);

    for member in [&ada, &bob] {
        member.profile().await.expect(401);
    }
    let again = anyone.post("/cfg/accounts/otp/verify/", &code).await;
    assert_ne!(again.status, 200, "a used code is good again");
    assert_eq!(counted(&world).await, 1);
    world
        .anyone()
        .sign_in(BOB)
        .await
        .profile()
        .await
        .expect(200);
    assert_eq!(sub(&world, BOB).await, bobs);
    // They come back as whoever comes for the first time.
    for address in [ADA, CAROL] {
        world
            .anyone()
            .sign_in(address)
            .await
            .profile()
            .await
            .expect(200);
    }
    assert_ne!(sub(&world, ADA).await, gone);
    assert_eq!(counted(&world).await, 3);
    let keys = world.anyone().get("/.well-known/jwks.json").await;
    assert!(!keys.expect(200).text.contains(&leaked));
}

/// With its table a ring comes back whose keys may have been revoked since.
#[tokio::test]
async fn no_signing_key_of_a_restored_ring_is_good() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let before = world.postern.signing_key_id();
    let operator = world.another_instance(99).await;
    assert_eq!(operator.end_all_signing_keys(world.now()).await.unwrap(), 1);
    world.clock.advance(60);
    ada.profile().await.expect(401);
    ada.refreshed().await.profile().await.expect(200);
    assert_ne!(operator.signing_key_id(), before);
}
