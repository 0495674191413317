//! Many callers at once who are all right: none may lose what is theirs, and no counter
//! may end below zero.

use std::sync::atomic::{AtomicBool, Ordering};

use domain::email_code::NetworkKind;
use domain::limit::mails_per_day;
use futures_util::future::{join, join_all};
use serde_json::json;
use store::{Commit, Step, Store};
use tests::{Answer, Visitor, World};

use super::{ADA, won};
use crate::api::Device;
use crate::auth::{PASSWORD, login};
use crate::invariants::below_zero;
use crate::load::others::{Guarded, Operator, Shop};
use crate::load::people::{Person, WAYS, Way, record_success_twice};

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
    world.tap.twist("UpdateItem", record_success_twice);
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
        assert_eq!(below_zero(&world).await, Vec::<String>::new());
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
async fn every_way_in_twin_that_settles_twice() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    world.clock.advance(3600);
    world.tap.twist("UpdateItem", record_success_twice);
    everything_at_once(&world, &ada, 0).await;
    assert_ne!(below_zero(&world).await, Vec::<String>::new());
}

/// What is edited of each field, by a caller of its own.
const EDITS: [(&str, &str); 6] = [
    ("first_name", "Augusta"),
    ("last_name", "King"),
    ("company", "Analytical Engines"),
    ("position", "Countess"),
    ("language", "fr"),
    ("phone", "+352661234"),
];

/// How many of six edits at once by one person, of a field each, are kept, after as
/// many answers that they were.
async fn six_edits(world: &World, person: &Person) -> usize {
    let path = "/cfg/accounts/profile/update/";
    world.clock.advance(61);
    let member = world.anyone().sign_in(&person.email).await;
    let answers = join_all(EDITS.iter().enumerate().map(|(n, (field, value))| {
        let client = world.at(&network(n)).bearing(&member.access);
        async move { client.send("PATCH", path, &json!({ *field: value })).await }
    }))
    .await;
    assert_eq!(won(&answers).len(), EDITS.len(), "{answers:?}");
    let profile = member.profile().await.expect(200);
    let kept = EDITS
        .iter()
        .filter(|(field, value)| profile.body[*field] == *value);
    kept.count()
}

#[tokio::test]
async fn six_edits_at_once_are_all_kept() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    assert_eq!(six_edits(&world, &ada).await, EDITS.len());
    all_is_well(&world, &ada).await;
}

#[tokio::test]
async fn six_edits_twin_without_conditions() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    // Each edit is a write, or several, of the whole account.
    world.tap.weaken("PutItem");
    world.tap.weaken("UpdateItem");
    world.tap.weaken("TransactWriteItems");
    assert!(six_edits(&world, &ada).await < EDITS.len());
}

/// Sign-ins of one user that wait for a second factor, each at a network, shown a backup
/// code of its own at once. How many codes are left.
async fn four_papers(world: &World, guarded: &Guarded) -> (Vec<Answer>, usize) {
    let mut waiting = Vec::new();
    for n in 0..4 {
        let client = world.at(&network(n));
        let answer = login(&client, &guarded.email, PASSWORD).await.expect(200);
        waiting.push(client.bearing(answer.str("access_token")));
    }
    let answers = join_all(waiting.iter().enumerate().map(|(n, client)| async move {
        let body = json!({ "code": guarded.app.backup_codes[n + 1] });
        client.post("/auth/verify-2fa", &body).await
    }))
    .await;
    let rows = world.dump(&world.table).await;
    let factors = rows
        .iter()
        .find(|row| row["sk"].as_s().unwrap() == "MFA#TOTP");
    let left = factors.unwrap()["backup_codes"].as_l().unwrap().len();
    (answers, left)
}

#[tokio::test]
async fn four_right_factors_at_once_are_all_let_in_and_used_up() {
    let world = World::new().await;
    let guarded = Guarded::welcome(&world, 0).await;
    let (answers, left) = four_papers(&world, &guarded).await;
    assert_eq!((won(&answers).len(), left), (4, 6), "{answers:?}");
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
    world.clock.advance(2 * 86_400);
    assert_eq!(guarded.shut_out(&world).await, Vec::<String>::new());
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn four_right_factors_twin_without_conditions() {
    let world = World::new().await;
    let guarded = Guarded::welcome(&world, 0).await;
    world.tap.weaken("TransactWriteItems");
    let (_, left) = four_papers(&world, &guarded).await;
    assert!(left > 6, "some were put back");
}

#[tokio::test]
async fn four_right_factors_twin_that_settles_twice() {
    let world = World::new().await;
    let guarded = Guarded::welcome(&world, 0).await;
    world.tap.twist("UpdateItem", record_success_twice);
    four_papers(&world, &guarded).await;
    assert_ne!(below_zero(&world).await, Vec::<String>::new());
}

/// A vendor and an operator, each from four networks at once.
async fn shop_and_tills(world: &World, shop: &Shop, operator: &Operator) -> Vec<Answer> {
    let shops = join_all((0..4).map(|n| async move { shop.enter(&world.at(&network(n))).await }));
    let tills = join_all((0..4).map(|n| async move {
        let client = world.at(&network(20 + n));
        operator.enter(&client, u64::try_from(n).unwrap()).await
    }));
    let (shops, tills) = join(shops, tills).await;
    [shops, tills].concat()
}

#[tokio::test]
async fn vendors_and_operators_at_once_shut_nobody_out() {
    let world = World::new().await;
    world.event(7).await;
    let (shop, operator) = (
        Shop::welcome(&world, 0).await,
        Operator::welcome(&world, 0).await,
    );
    let answers = shop_and_tills(&world, &shop, &operator).await;
    assert_eq!(won(&answers).len(), 8, "{answers:?}");
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
    world.clock.advance(2 * 86_400);
    assert_eq!(shop.shut_out(&world).await, Vec::<String>::new());
    assert_eq!(operator.shut_out(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn vendors_and_operators_twin_that_settles_twice() {
    let world = World::new().await;
    world.event(7).await;
    let (shop, operator) = (
        Shop::welcome(&world, 0).await,
        Operator::welcome(&world, 0).await,
    );
    world.tap.twist("UpdateItem", record_success_twice);
    shop_and_tills(&world, &shop, &operator).await;
    let found = below_zero(&world).await;
    let counters = found.iter().filter(|what| what.contains("strange_tries"));
    assert_eq!(counters.count(), 2, "both: {found:?}");
}

/// Three devices that one person lets in at once: what they are answered.
async fn three_devices(world: &World, person: &Person, round: usize) -> Vec<Answer> {
    world.clock.advance(3600);
    join_all((0..3).map(|n| async move {
        let ip = network(3 * round + n);
        person.approve(world, &ip, false).await
    }))
    .await
}

#[tokio::test]
async fn three_devices_twin_that_settles_twice() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    world.tap.twist("UpdateItem", record_success_twice);
    three_devices(&world, &ada, 0).await;
    assert_ne!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn one_person_lets_three_devices_in_at_once() {
    let world = World::new().await;
    let ada = Person::welcome(&world, 0).await;
    for round in 0..3 {
        let answers = three_devices(&world, &ada, round).await;
        assert_eq!(won(&answers).len(), 3, "{answers:?}");
        assert!(
            answers
                .iter()
                .all(|answer| answer.body["access"].is_string())
        );
    }
    all_is_well(&world, &ada).await;
}

/// Three approvals of one device at once, by one person.
async fn three_approvals(world: &World, device: &Device<'_>, weak: bool) -> Vec<Answer> {
    let mut browser = Visitor::open(world.anyone(), "/device").await;
    browser.sign_in(ADA).await;
    let code = [("user_code", device.user_code.as_str())];
    browser.fill("/device/check", &code).await;
    if weak {
        world.tap.weaken("TransactWriteItems");
    }
    let mut browsers = [browser.clone(), browser.clone(), browser];
    join_all(
        browsers
            .iter_mut()
            .map(|browser| browser.press("/device/approve", "/device/approve", &[])),
    )
    .await;
    browsers.into_iter().map(|browser| browser.page).collect()
}

#[tokio::test]
async fn three_approvals_of_one_device_let_it_in_once() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let pages = three_approvals(&world, &device, false).await;
    assert_eq!(won(&pages).len(), 1);
    device.poll().await.expect(200);
    assert_eq!(below_zero(&world).await, Vec::<String>::new());
}

#[tokio::test]
async fn three_approvals_twin_without_conditions() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    let pages = three_approvals(&world, &device, true).await;
    assert!(won(&pages).len() > 1);
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
    let rows = world.dump(&world.table).await;
    let mut places = rows.iter().filter_map(|row| row["pk"].as_s().ok());
    let digest = places.find_map(|pk| pk.strip_prefix("CODE#sign-in#"));
    let digest = digest.expect("a row of the code");
    let row = store
        .code_and_holder(&address, digest)
        .await
        .unwrap()
        .ledger;
    let nonce = row.unwrap().nonce.unwrap();
    let (network_kind, now, policy) = (NetworkKind::Unknown, world.now(), &world.settings.codes);
    let counted = store
        .count_guess(digest, &nonce, network_kind, now, policy)
        .await;
    assert_eq!(counted.unwrap().unwrap().unknown.guesses.count, 1);
    assert!(store.reset_guesses(digest).await.unwrap());
    let spend = async |take_back| {
        let spending = store.transaction();
        let spending = spending
            .spend_code(digest, &nonce, network_kind, take_back, now)
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
    assert!(matches!(first, Commit::Refused(Step::SpendCode)));
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

/// A person signs in by code while an operator forgets what was guessed at them, up to
/// so many times: the numbers below zero, as soon as there are any.
async fn forget_meanwhile(world: &World, times: usize) -> Vec<String> {
    let ada = domain::EmailAddress::parse(ADA).unwrap();
    world.anyone().sign_in(ADA).await;
    for n in 0..times {
        world.clock.advance(600);
        let client = world.at(&network(n));
        client.request_code(ADA).await.expect(200);
        let code = world.code(ADA);
        let over = AtomicBool::new(false);
        let unlocks = (0..4).map(|_| async {
            while !over.load(Ordering::Relaxed) {
                world.postern.unlock_user(&ada).await.unwrap();
            }
        });
        let verify = async {
            let answer = client.verify_code(ADA, &code).await;
            over.store(true, Ordering::Relaxed);
            answer
        };
        let (answer, _) = join(verify, join_all(unlocks)).await;
        answer.expect(200);
        let found = below_zero(world).await;
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

#[tokio::test]
async fn codes_are_good_while_an_operator_forgets_guesses() {
    let world = World::new().await;
    assert_eq!(forget_meanwhile(&world, 10).await, Vec::<String>::new());
}

/// Gives a right guess back once more than it was counted, as it was given back when it
/// had been forgotten meanwhile. (That moment itself is too short to be met by chance:
/// see the twin of a guess that was forgotten.)
fn give_back_twice(call: &mut serde_json::Value) {
    for item in call["TransactItems"].as_array_mut().into_iter().flatten() {
        let write = &mut item["Update"];
        let update = write["UpdateExpression"].as_str().unwrap_or_default();
        if update.contains("#count - :one") {
            let twice = update.replace("#count - :one", "#count - :twice");
            write["UpdateExpression"] = json!(twice);
            write["ExpressionAttributeValues"][":twice"] = json!({ "N": "2" });
        }
    }
}

#[tokio::test]
async fn codes_twin_that_gives_back_twice() {
    let world = World::new().await;
    world.tap.twist("TransactWriteItems", give_back_twice);
    let found = forget_meanwhile(&world, 3).await;
    assert_ne!(found, Vec::<String>::new());
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

/// A try at a digest that belongs to no name, counted once and settled twice at once.
async fn settled_by_two(world: &World) -> Vec<String> {
    let (store, sub, now) = (store(world), uuid::Uuid::from_u128(1), world.now());
    let limit = domain::password::guesses::limit_per_network;
    let before = store
        .before_try("digest", "network", limit, now)
        .await
        .unwrap();
    let network_kind = before.ledger.network_kind_of(&"here".to_owned(), Some(sub));
    before.admits(network_kind).unwrap();
    let admission = before.ledger.admit(network_kind, now).unwrap();
    let counted = store
        .count_try("digest", network_kind, admission, now)
        .await
        .unwrap();
    assert_eq!(counted.unwrap().unknown_tries, 1);
    let networks = ["here".to_owned()];
    let settle = || store.record_success("digest", network_kind, sub, &networks, now);
    let (one, other) = join(settle(), settle()).await;
    one.and(other).unwrap();
    below_zero(world).await
}

#[tokio::test]
async fn a_ledger_of_any_mark_has_a_floor() {
    let world = World::new().await;
    assert_eq!(settled_by_two(&world).await, Vec::<String>::new());
    let limit = domain::password::guesses::limit_per_network;
    let store = store(&world);
    let known = store
        .before_try("digest", "network", limit, world.now())
        .await;
    let ledger = known.unwrap().ledger;
    let network_kind = ledger.network_kind_of(&"here".to_owned(), Some(uuid::Uuid::from_u128(1)));
    assert_eq!(
        (network_kind, ledger.unknown_tries),
        (NetworkKind::Known, 0)
    );
}

#[tokio::test]
async fn a_ledger_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("UpdateItem");
    assert_eq!(settled_by_two(&world).await.len(), 1);
}

/// Makes an attribute of every row of a kind unreadable.
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
async fn a_ledger_of_second_factors_that_cannot_be_read_shuts_nobody_out() {
    use aws_sdk_dynamodb::types::AttributeValue;
    let world = World::new().await;
    let client = world.anyone();
    let member = client.sign_in("ada@example.com").await;
    let app = member.set_up_totp(&world).await;
    world.clock.advance(60);
    let session = client.first_factor(&world, "ada@example.com").await;
    // Six tries: the rest after them is read apart.
    for _ in 0..6 {
        client.second_factor(&session, "000000").await;
    }
    for mut row in world.dump(&world.table).await {
        if row["pk"].as_s().unwrap().starts_with("GUESSES#") {
            for name in ["known_last", "strange_last"] {
                row.insert(name.to_owned(), AttributeValue::S("x".to_owned()));
            }
            let put = world.db.put_item().table_name(&world.table);
            put.set_item(Some(row)).send().await.unwrap();
        }
    }
    world.clock.advance(3600);
    let session = client.first_factor(&world, "ada@example.com").await;
    let code = app.code(world.now());
    client.second_factor(&session, &code).await.expect(200);
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
