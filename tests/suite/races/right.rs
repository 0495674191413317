//! Many at once who are all right: nobody may lose what is theirs, and no counter
//! may end below zero.

use domain::email_code::LaneName;
use domain::limit::mails_per_day;
use futures_util::future::{join, join_all};
use serde_json::json;
use store::{Commit, Step, Store};
use tests::{Answer, Visitor, World};

use super::{ADA, won};
use crate::api::Device;
use crate::auth::{PASSWORD, login};
use crate::load::invariants::below_zero;
use crate::load::people::{Person, WAYS, Way, settle_twice};

fn network(n: usize) -> String {
    format!("198.51.100.{n}")
}

/// Holds what must hold after any of these: every counter, and every way in.
async fn all_is_well(world: &World, person: &Person) {
    assert_eq!(below_zero(world).await, Vec::<String>::new());
    world.clock.advance(2 * 86_400);
    assert_eq!(person.shut_out(world).await, Vec::<String>::new());
    assert_eq!(below_zero(world).await, Vec::<String>::new());
}

/// The right password of one person from four new networks at once.
async fn four_right_passwords(world: &World, person: &Person, round: usize) -> Vec<Answer> {
    join_all((0..4).map(|n| async move {
        let client = world.at(&network(4 * round + n));
        login(&client, &person.email, PASSWORD).await
    }))
    .await
}

#[tokio::test]
async fn right_passwords_from_new_networks_shut_nobody_out() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    for round in 0..4 {
        let answers = four_right_passwords(&world, &ada, round).await;
        assert_eq!(won(&answers).len(), 4, "{answers:?}");
        assert_eq!(below_zero(&world).await, Vec::<String>::new());
    }
    all_is_well(&world, &ada).await;
}

#[tokio::test]
async fn right_passwords_twin_that_settles_twice() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    world.tap.twist("UpdateItem", settle_twice);
    four_right_passwords(&world, &ada, 0).await;
    let found = below_zero(&world).await;
    assert!(
        found.iter().any(|what| what.contains("strange_tries")),
        "{found:?}"
    );
}

/// One person by every way at once, editing and refreshing meanwhile.
async fn everything_at_once(world: &World, person: &Person, round: usize) -> Vec<Answer> {
    let member = world.anyone().sign_in(&person.email).await;
    world.clock.advance(61);
    let ways = WAYS.iter().chain(&WAYS).enumerate();
    let entries = ways.map(|(n, way)| async move {
        let ip = network(20 * round + n);
        person.enter(world, *way, &ip).await
    });
    let edits = (0..4).map(|n| {
        let (client, edit) = (member.client(), json!({ "first_name": format!("Ada{n}") }));
        async move {
            let path = "/cfg/accounts/profile/update/";
            client.send("PATCH", path, &edit).await
        }
    });
    let refreshes = (0..4).map(|_| {
        let (client, token) = (world.anyone(), member.refresh.clone());
        async move { client.refresh(&token).await }
    });
    let ((entered, edited), refreshed) = join(
        join(join_all(entries), join_all(edits)),
        join_all(refreshes),
    )
    .await;
    assert!(
        edited.iter().all(|answer| answer.status == 200),
        "{edited:?}"
    );
    assert!(refreshed.iter().all(|answer| answer.status == 200));
    entered
}

#[tokio::test]
async fn every_way_in_at_once() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    for round in 0..3 {
        world.clock.advance(3600);
        let answers = everything_at_once(&world, &ada, round).await;
        for (way, answer) in WAYS.iter().chain(&WAYS).zip(&answers) {
            assert!(answer.status < 500, "{way:?}: {}", answer.text);
            // Of two who ask for a code at once, one is told to wait.
            let one_at_a_time = [Way::Code, Way::Phone].contains(way);
            assert!(
                one_at_a_time || answer.status == 200,
                "{way:?}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
    all_is_well(&world, &ada).await;
}

#[tokio::test]
async fn one_person_lets_three_devices_in_at_once() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    for round in 0..3 {
        world.clock.advance(3600);
        let answers = join_all((0..3).map(|n| {
            let (world, ada) = (&world, &ada);
            async move { ada.approve(world, &network(3 * round + n)).await }
        }))
        .await;
        assert_eq!(won(&answers).len(), 3, "{answers:?}");
        assert!(
            answers
                .iter()
                .all(|answer| answer.body["access"].is_string())
        );
    }
    all_is_well(&world, &ada).await;
}

#[tokio::test]
async fn three_approvals_of_one_device_let_it_in_once() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let mut browser = Visitor::open(world.anyone(), "/device").await;
    browser.sign_in(ADA).await;
    let code = [("user_code", device.user_code.as_str())];
    browser.fill("/device/check", &code).await;
    let mut browsers = [browser.clone(), browser.clone(), browser];
    join_all(
        browsers
            .iter_mut()
            .map(|browser| browser.press("/device/approve", "/device/approve", &[])),
    )
    .await;
    let pages: Vec<Answer> = browsers.into_iter().map(|browser| browser.page).collect();
    assert_eq!(won(&pages).len(), 1);
    device.poll().await.expect(200);
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

fn store(world: &World) -> Store {
    Store::new(&world.aws.dynamodb, &world.table, &world.audit_table)
}

/// A right guess that is forgotten between its counting and its spending: whether it
/// could be taken back.
async fn spend_what_was_forgotten(world: &World) -> (Commit, Commit) {
    let store = store(world);
    let address = domain::EmailAddress::parse(ADA).unwrap().into();
    world.anyone().request_code(ADA).await.expect(200);
    let row = store.code_and_holder(&address).await.unwrap().ledger;
    let nonce = row.unwrap().nonce.unwrap();
    let (lane, now, policy) = (LaneName::Strange, world.now(), &world.settings.codes);
    let counted = store.count_guess(&address, &nonce, lane, now, policy).await;
    assert_eq!(counted.unwrap().unwrap().strange.guesses.count, 1);
    assert!(store.reset_guesses(&address).await.unwrap());
    let spend = async |take_back| {
        let spending = store.transaction();
        let spending = spending
            .spend_code(&address, &nonce, lane, take_back, now)
            .unwrap();
        spending.commit(world.request_token()).await.unwrap()
    };
    let first = spend(true).await;
    (first, spend(false).await)
}

#[tokio::test]
async fn a_guess_that_was_forgotten_meanwhile_is_not_taken_back() {
    let world = World::new().await;
    let (first, second) = spend_what_was_forgotten(&world).await;
    assert!(matches!(first, Commit::Refused(refusal) if refusal.step == Step::SpendCode));
    assert!(matches!(second, Commit::Done));
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_forgotten_guess_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("TransactWriteItems");
    spend_what_was_forgotten(&world).await;
    // One counter or two, as the engine takes a path to what is not there.
    assert_ne!(below_zero(&world).await, Vec::<String>::new());
}

/// A person signs in by code while an operator forgets what was guessed at them.
#[tokio::test]
async fn codes_are_good_while_an_operator_forgets_guesses() {
    let world = World::new().await;
    let ada = domain::EmailAddress::parse(ADA).unwrap();
    world.anyone().sign_in(ADA).await;
    for n in 0..10 {
        world.clock.advance(600);
        let client = world.at(&network(n));
        client.request_code(ADA).await.expect(200);
        let code = world.code(ADA);
        let unlock = async {
            for _ in 0..3 {
                world.postern.unlock_user(&ada).await.unwrap();
            }
        };
        let (answer, ()) = join(client.verify_code(ADA, &code), unlock).await;
        answer.expect(200);
        assert_eq!(below_zero(&world).await, Vec::<String>::new());
    }
}

/// The hits of today's budget after yesterday's hit was given back.
async fn hits_after_a_late_return(world: &World) -> String {
    let (store, limit, before) = (store(world), mails_per_day(10), world.now());
    store.hit(&limit, "late", before).await.unwrap().unwrap();
    world.clock.advance(86_401);
    store
        .hit(&limit, "late", world.now())
        .await
        .unwrap()
        .unwrap();
    store.take_back(&limit, "late", before).await.unwrap();
    let rows = world.dump(&world.table).await;
    let row = rows
        .iter()
        .find(|row| row["pk"].as_s().unwrap().ends_with("#late"));
    row.unwrap()["hits"].as_n().unwrap().clone()
}

#[tokio::test]
async fn what_yesterday_reserved_is_not_given_back_today() {
    assert_eq!(hits_after_a_late_return(&World::new().await).await, "1");
}

#[tokio::test]
async fn a_late_return_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("UpdateItem");
    assert_eq!(hits_after_a_late_return(&world).await, "0");
}

/// A try at a mark that is no name's, counted once and settled by two at once.
async fn settled_by_two(world: &World) -> Vec<String> {
    let (store, sub, now) = (store(world), uuid::Uuid::from_u128(1), world.now());
    let limit = domain::password::guesses::limit_per_place;
    let before = store.before_try("mark", "place", limit, now).await.unwrap();
    let lane = before.ledger.lane_of(&"here".to_owned(), Some(sub));
    before.admits(lane).unwrap();
    let admission = before.ledger.admit(lane, now).unwrap();
    let counted = store.count_try("mark", lane, admission, now).await.unwrap();
    assert_eq!(counted.unwrap().strange_tries, 1);
    let places = ["here".to_owned()];
    let settle = || store.settle_try("mark", lane, sub, &places, now);
    let (one, other) = join(settle(), settle()).await;
    one.and(other).unwrap();
    below_zero(world).await
}

#[tokio::test]
async fn a_ledger_of_any_mark_has_a_floor() {
    let world = World::new().await;
    assert_eq!(settled_by_two(&world).await, Vec::<String>::new());
    let limit = domain::password::guesses::limit_per_place;
    let store = store(&world);
    let known = store.before_try("mark", "place", limit, world.now()).await;
    let ledger = known.unwrap().ledger;
    let lane = ledger.lane_of(&"here".to_owned(), Some(uuid::Uuid::from_u128(1)));
    assert_eq!((lane, ledger.strange_tries), (LaneName::Known, 0));
}

#[tokio::test]
async fn a_ledger_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("UpdateItem");
    assert_eq!(settled_by_two(&world).await.len(), 1);
}

/// Has the attribute of every row of a kind say something that nobody can read.
async fn spoil(world: &World, kind: &str, name: &str, value: &str) -> usize {
    use aws_sdk_dynamodb::types::AttributeValue;
    let rows = world.dump(&world.table).await;
    let of_kind = rows
        .into_iter()
        .filter(|row| row["pk"].as_s().unwrap().starts_with(kind));
    let mut spoiled = 0;
    for mut row in of_kind {
        row.insert(name.to_owned(), AttributeValue::N(value.to_owned()));
        let put = world.db.put_item().table_name(&world.table);
        put.set_item(Some(row)).send().await.unwrap();
        spoiled += 1;
    }
    spoiled
}

#[tokio::test]
async fn counters_that_cannot_be_read_shut_nobody_out() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    assert_eq!(
        ada.enter(&world, Way::Password, "198.51.100.1")
            .await
            .status,
        200
    );
    world.clock.advance(61);
    assert!(spoil(&world, "GUESSES#", "strange_tries", "-3").await > 0);
    assert!(spoil(&world, "RATE#", "hits", "-3").await > 0);
    assert!(spoil(&world, "CODE#", "rev", "-3").await > 0);
    for (n, way) in WAYS.into_iter().enumerate() {
        let answer = ada.enter(&world, way, &network(n)).await;
        assert_eq!(answer.status, 200, "{way:?}: {}", answer.text);
    }
    let found = below_zero(&world).await;
    let met = |what: &&String| what.starts_with("GUESSES") || what.starts_with("CODE");
    assert_eq!(found.iter().find(met), None, "what was met began anew");
    world.clock.advance(2 * 86_400);
    assert_eq!(ada.shut_out(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_account_that_cannot_be_read_is_an_error() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    spoil(&world, "USER#", "epoch", "-1").await;
    world.clock.advance(61);
    assert_eq!(
        ada.enter(&world, Way::Password, "198.51.100.1")
            .await
            .status,
        500
    );
}
