//! POST /cfg/accounts/token/refresh/

use serde_json::json;
use tests::World;

const PATH: &str = "/cfg/accounts/token/refresh/";
const ADA: &str = "ada@example.com";

#[tokio::test]
async fn a_token_is_exchanged_for_its_successor() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let next = ada.refreshed().await;
    assert_ne!(next.refresh, ada.refresh);
    next.profile().await.expect(200);
    ada.profile().await.expect(200);
    next.refreshed().await.refreshed().await;
}

#[tokio::test]
async fn within_the_grace_the_replaced_token_gets_the_same_successor() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let next = ada.refreshed().await;
    world.clock.advance(10);
    let again = ada.refreshed().await;
    assert_eq!(again.refresh, next.refresh);
    again.profile().await.expect(200);
    again.refreshed().await;
}

#[tokio::test]
async fn the_grace_ends_with_the_first_use_of_the_successor() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let third = ada.refreshed().await.refreshed().await;
    refused(&world, &ada.refresh, "Token is blacklisted").await;
    refused(&world, &third.refresh, "Token is blacklisted").await;
}

#[tokio::test]
async fn a_replay_after_the_grace_ends_the_family_and_raises_the_alarm() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let other = {
        world.clock.advance(60);
        world.anyone().sign_in(ADA).await
    };
    let next = ada.refreshed().await;
    world.clock.advance(11);
    refused(&world, &ada.refresh, "Token is blacklisted").await;
    refused(&world, &next.refresh, "Token is blacklisted").await;
    next.profile().await.expect(401);
    other.profile().await.expect(200);
    let alarms = world.dump(&world.audit_table).await;
    let alarms = alarms
        .iter()
        .filter(|event| event["kind"].as_s().unwrap() == "SUSPICIOUS_REFRESH")
        .count();
    assert_eq!(alarms, 1, "one alarm, however often it is replayed");
}

#[tokio::test]
async fn wrong_tokens_are_told_apart_in_the_contracts_words() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    refused(&world, &ada.access, "Token has wrong type").await;
    refused(&world, "garbage", "Token is invalid").await;
    let missing = world.anyone().post(PATH, &json!({})).await.expect(400);
    assert_eq!(
        missing.body,
        json!({ "refresh": ["This field is required."] })
    );
    let blank = world
        .anyone()
        .post(PATH, &json!({ "refresh": "" }))
        .await
        .expect(400);
    assert_eq!(
        blank.body,
        json!({ "refresh": ["This field may not be blank."] })
    );
    world.clock.advance(30 * 86_400);
    refused(&world, &ada.refresh, "Token is expired").await;
}

#[tokio::test]
async fn a_session_ends_after_ninety_days_however_often_it_was_refreshed() {
    let world = World::new().await;
    let mut ada = world.anyone().sign_in(ADA).await;
    for _ in 0..3 {
        world.clock.advance(29 * 86_400);
        ada = ada.refreshed().await;
    }
    world.clock.advance(3 * 86_400);
    refused(&world, &ada.refresh, "Token is expired").await;
}

#[tokio::test]
async fn a_lock_stops_refreshing_at_once_and_unlocking_brings_no_session_back() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let address = domain::EmailAddress::parse(ADA).unwrap();
    world.postern.lock_user(&address).await.unwrap();
    refused(&world, &ada.refresh, "Token is blacklisted").await;
    let locked = ada.profile().await.expect(401);
    assert_eq!(locked.str("code"), "user_inactive");
    assert_eq!(
        locked.str("detail"),
        "User account is deactivated or deleted."
    );
    world.postern.unlock_user(&address).await.unwrap();
    refused(&world, &ada.refresh, "Token is blacklisted").await;
    ada.profile().await.expect(401);
    world.clock.advance(60);
    world
        .anyone()
        .sign_in(ADA)
        .await
        .profile()
        .await
        .expect(200);
}

#[tokio::test]
async fn last_login_follows_refreshes_and_costs_them_one_conditional_update() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.clock.advance(300);
    world.tap.clear();
    let ada = ada.refreshed().await;
    let calls = world.tap.calls().into_iter().map(|call| call.operation);
    // What the installation is made of is looked at now and then, by whichever request.
    let calls: Vec<String> = calls.filter(|operation| operation != "GetItem").collect();
    assert_eq!(calls, ["BatchGetItem", "UpdateItem"]);
    assert_eq!(
        ada.profile().await.str("last_login"),
        "2027-01-15T08:05:00Z"
    );
    // The later of the two: another sign-in.
    world.clock.advance(60);
    world.anyone().sign_in(ADA).await;
    assert_eq!(
        ada.profile().await.str("last_login"),
        "2027-01-15T08:06:00Z"
    );
}

#[tokio::test]
async fn a_place_shows_ten_bad_tokens_a_minute_and_good_ones_are_never_counted() {
    let world = World::new().await;
    let mut ada = world.anyone().sign_in(ADA).await;
    for _ in 0..30 {
        ada = ada.refreshed().await;
    }
    for _ in 0..10 {
        world.anyone().refresh("garbage").await.expect(401);
    }
    let refused = world.anyone().refresh("garbage").await.expect(429);
    assert_eq!(
        refused.str("detail"),
        "Request was throttled. Expected available in 60 seconds."
    );
    ada.refreshed().await;
}

async fn refused(world: &World, token: &str, detail: &str) {
    let answer = world.anyone().refresh(token).await.expect(401);
    assert_eq!(
        answer.body,
        json!({ "detail": detail, "code": "token_not_valid" })
    );
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"api\"");
}
