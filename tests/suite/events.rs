//! Security events on their way out: from the audit table's stream to the bus, through the
//! publisher, as Lambda would call it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::EventKind;
use domain::time::HOUR;
use flows::{Replay, Replayed, Swept};
use local::clock;
use local::event_source::{EventSource, Invoke, Step};
use local::inbox::Message;
use serde_json::{Value, json};
use tests::{Fault, World};

const ADA: &str = "ada@example.com";

/// The records of the audit table's stream, as Lambda would hand them over.
pub(crate) fn records(world: &World) -> Vec<Value> {
    let engine = world.engine.as_ref().expect("the engine is ours");
    let records = engine.stream_records(&world.audit_table, None, 1000);
    records.unwrap()
}

/// The stream with an instance of the publisher behind it. What it knows of its place is in a
/// file, as what Lambda knows is in Lambda.
struct Lambda<'w> {
    world: &'w World,
    place: PathBuf,
}

impl<'w> Lambda<'w> {
    fn of(world: &'w World) -> Self {
        let place = std::env::temp_dir().join(format!("{}.place", world.audit_table));
        Self { world, place }
    }

    /// A reader of the stream for whom it is so many hours later.
    fn source(&self, hours: i64, invoke: Invoke) -> EventSource {
        let engine = self.world.engine.clone().expect("the engine is ours");
        // The engine's records have the machine's own time.
        let machine = clock::system();
        let hours = jiff::SignedDuration::from_hours(hours);
        EventSource::new(
            engine,
            &self.world.audit_table,
            &self.place,
            &self.world.events_bucket,
            Arc::new(move || machine() + hours),
            invoke,
        )
    }

    fn invoke(&self) -> Invoke {
        local::stack::publisher(self.world.outbox())
    }

    /// Reads until there is nothing new.
    async fn drain(&self) {
        let source = self.source(0, self.invoke());
        while source.step(100).await.unwrap() != Step::Nothing {}
    }
}

impl Drop for Lambda<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.place);
    }
}

/// What the bus took: each event by its id, with how often it came.
fn taken(world: &World) -> BTreeMap<String, (Value, usize)> {
    let mut taken = BTreeMap::new();
    for message in world.inbox.events(None) {
        let event = detail(&message);
        let id = event["id"].as_str().unwrap().to_owned();
        taken.entry(id).or_insert((event, 0)).1 += 1;
    }
    taken
}

fn detail(message: &Message) -> Value {
    serde_json::from_str(&message.text).unwrap()
}

fn types(world: &World) -> Vec<String> {
    let events = world.inbox.events(None).into_iter().rev();
    events.map(|event| event.subject).collect()
}

/// The ids of the events that the audit table has.
async fn audited(world: &World) -> BTreeSet<String> {
    let rows = world.dump(&world.audit_table).await;
    let id =
        |row: &std::collections::HashMap<String, AttributeValue>| row["id"].as_s().unwrap().clone();
    rows.iter().map(id).collect()
}

/// Signs up, is mistyped, gets a second factor, is locked and unlocked, changes its factors
/// and goes. What nobody else may learn of it.
async fn a_life(world: &World) -> Vec<String> {
    let admin = world.admin("root@example.com").await;
    let ada = world.at("192.0.2.44").sign_in(ADA).await;
    let mut secrets = vec![ada.access.clone(), ada.refresh.clone(), world.code(ADA)];
    let app = ada.set_up_totp(world).await;
    secrets.push(app.secret());
    secrets.extend(app.backup_codes.clone());
    world.clock.advance(60);
    world.anyone().request_code(ADA).await.expect(200);
    let wrong = world.wrong_code(ADA);
    world.anyone().verify_code(ADA, &wrong).await.expect(401);
    world
        .anyone()
        .verify_code("nobody@example.com", "1234")
        .await
        .expect(401);
    for path in ["/admin/lock", "/admin/unlock"] {
        let body = json!({ "email": ADA });
        admin.client().post(path, &body).await.expect(200);
    }
    world.clock.advance(60);
    let code = app.code(world.now());
    let back = world.anyone().sign_in_with(world, ADA, &code).await;
    secrets.extend([back.access.clone(), back.refresh.clone(), world.code(ADA)]);
    world.clock.advance(30);
    let body = json!({ "code": app.code(world.now()) });
    let client = back.client();
    client.post("/cfg/totp/disable/", &body).await.expect(200);
    client
        .post("/cfg/accounts/profile/delete/", &json!({}))
        .await
        .expect(200);
    secrets
}

#[tokio::test]
async fn a_life_is_told_and_nothing_of_whom_it_is() {
    let world = World::new().await;
    let secrets = a_life(&world).await;
    Lambda::of(&world).drain().await;
    let told: BTreeSet<String> = types(&world).into_iter().collect();
    for kind in [
        "ACCOUNT_CREATED",
        "SIGN_IN",
        "SIGN_IN_FAILED",
        "FACTOR_ADDED",
        "ACCOUNT_LOCKED",
        "ACCOUNT_UNLOCKED",
        "SECOND_FACTOR_DISABLED",
        "ACCOUNT_DELETED",
    ] {
        assert!(told.contains(kind), "{kind} in {told:?}");
    }
    let events = taken(&world);
    let ids: BTreeSet<String> = events.keys().cloned().collect();
    assert_eq!(ids, audited(&world).await);
    assert!(events.values().all(|(_, times)| *times == 1));

    let all = format!("{:?}", world.inbox.events(None));
    for personal in ["example.com", "192.0.2.", "Mozilla", "details", "challenge"] {
        assert!(!all.contains(personal), "{personal}");
    }
    for secret in &secrets {
        for part in secret.split('.').filter(|part| part.len() > 8) {
            assert!(!all.contains(part), "{part}");
        }
        // A code of four digits may be part of a number by chance, but it is no value.
        assert!(!all.contains(&format!("\\\"{secret}\\\"")), "{secret}");
    }

    // Whatever order they come in, the sort key restores it.
    let account = events.values().find_map(|(event, _)| {
        let deleted = event["type"] == "ACCOUNT_DELETED";
        deleted.then(|| event["subject"].clone())
    });
    let mut hers: Vec<&Value> = events.values().map(|(event, _)| event).collect();
    hers.retain(|event| Some(&event["subject"]) == account.as_ref());
    hers.reverse();
    hers.sort_by_key(|event| event["sort_key"].as_str().unwrap());
    assert_eq!(hers.first().unwrap()["type"], "ACCOUNT_CREATED");
    assert_eq!(hers.last().unwrap()["type"], "ACCOUNT_DELETED");
}

/// Signs up so many users, while what reads the stream is killed again and again. The
/// events that the bus took, by their ids.
async fn killed(world: &World, sign_ups: usize, invoke: Invoke) -> BTreeMap<String, Value> {
    let lambda = Lambda::of(world);
    // The bus shows the last of them only. One that comes twice is the same text twice.
    let mut told = BTreeSet::new();
    let mut keep = || told.extend(world.inbox.events(None).into_iter().map(|event| event.text));
    let signing_up = async {
        for user in 0..sign_ups {
            let network = format!("198.51.{}.{}", user / 200, user % 200 + 1);
            let address = format!("user{user}@example.com");
            world.at(&network).sign_in(&address).await;
        }
    };
    let killing = async {
        for life in 1.. {
            let source = lambda.source(0, invoke.clone()).run();
            // However far it has come: in a call, or between the call and its place.
            let _ = tokio::time::timeout(Duration::from_millis(37 * (life % 9)), source).await;
            keep();
            if life % 5 == 0 {
                // Nor does it hear that the bus has taken some.
                world.tap.fail("PutEvents", Fault::LostAnswer, 1);
            }
        }
    };
    tokio::select! {
        () = signing_up => {}
        () = killing => {}
    }
    world.tap.heal();
    let source = lambda.source(0, invoke);
    while source.step(100).await.unwrap() != Step::Nothing {}
    keep();
    let told = told.iter().map(|text| serde_json::from_str(text).unwrap());
    told.map(|event: Value| (event["id"].as_str().unwrap().to_owned(), event))
        .collect()
}

/// How many accounts they tell of.
fn accounts(told: &BTreeMap<String, Value>) -> usize {
    let made = told.values();
    made.filter(|event| event["type"] == "ACCOUNT_CREATED")
        .count()
}

#[tokio::test]
async fn a_publisher_that_is_killed_again_and_again_loses_nothing() {
    let world = World::new().await;
    let invoke = Lambda::of(&world).invoke();
    let told = killed(&world, 100, invoke).await;
    assert_eq!(accounts(&told), 100);
    let told: BTreeSet<String> = told.into_keys().collect();
    assert_eq!(told, audited(&world).await);
}

/// The same with a publisher that answers for a batch before it has sent it.
#[tokio::test]
async fn one_that_answers_too_early_does() {
    let world = World::new().await;
    let outbox = world.outbox();
    let calls = Arc::new(AtomicU32::new(0));
    let hasty: Invoke = Arc::new(move |event| {
        let sending = publisher::answer(outbox.clone(), event);
        let dies = calls.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
        Box::pin(async move {
            if !dies {
                sending.await.map_err(|error| error.to_string())?;
            }
            Ok(json!({ "batchItemFailures": [] }))
        })
    });
    let told = killed(&world, 20, hasty).await;
    assert!(accounts(&told) < 20);
}

#[tokio::test]
async fn of_a_call_in_which_one_event_is_refused_it_alone_comes_again() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    world.anyone().sign_in("lin@example.com").await;
    world.tap.clear();
    world.tap.fail("PutEvents", Fault::SecondEntry, 1);
    Lambda::of(&world).drain().await;
    let calls: Vec<Value> = world
        .tap
        .calls()
        .into_iter()
        .map(|call| call.body)
        .collect();
    let [first, second] = &calls[..] else {
        panic!("{calls:#?}")
    };
    assert_eq!(second["Entries"], json!([first["Entries"][1]]));
    let events = taken(&world);
    assert_eq!(events.len(), audited(&world).await.len());
    assert!(events.values().all(|(_, times)| *times == 1));
}

#[tokio::test]
async fn one_that_is_refused_for_long_is_reported_and_what_came_before_it_does_not_come_again() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    world.anyone().sign_in("lin@example.com").await;
    let records = records(&world);
    let sequence = |n: usize| records[n]["dynamodb"]["SequenceNumber"].clone();
    // The second; then, put again alone, as long as the function tries.
    world.tap.fail("PutEvents", Fault::SecondEntry, 1);
    world.tap.fail("PutEvents", Fault::Unreachable, 100);
    let event = json!({ "Records": records.clone() });
    let answer = publisher::answer(world.outbox(), event).await.unwrap();
    let failures = json!({ "batchItemFailures": [{ "itemIdentifier": sequence(1) }] });
    assert_eq!(answer, failures);

    // The mapping goes on from there.
    let lambda = Lambda::of(&world);
    let answer: Invoke = Arc::new(move |_| {
        let failures = failures.clone();
        Box::pin(async { Ok(failures) })
    });
    let step = lambda.source(0, answer).step(100).await.unwrap();
    assert_eq!(step, Step::Again(100));
    world.tap.heal();
    world.inbox.clear();
    lambda.drain().await;
    let events = taken(&world);
    assert_eq!(events.len(), records.len() - 1);
    let first = records[0]["dynamodb"]["NewImage"]["id"]["S"].as_str();
    assert!(!events.contains_key(first.unwrap()));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_holds_up_nothing_and_is_kept() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    let rows = world.dump(&world.audit_table).await;
    let mut odd = rows[0].clone();
    let later = "9000000000#00000000-0000-4000-8000-000000000007".to_owned();
    odd.insert("sk".to_owned(), AttributeValue::S(later));
    odd.insert(
        "kind".to_owned(),
        AttributeValue::S("OF_A_LATER_RELEASE".to_owned()),
    );
    let put = world.db.put_item().table_name(&world.audit_table);
    put.set_item(Some(odd)).send().await.unwrap();
    world.anyone().sign_in("lin@example.com").await;
    Lambda::of(&world).drain().await;
    assert_eq!(taken(&world).len(), audited(&world).await.len());
    assert!(!types(&world).contains(&"OF_A_LATER_RELEASE".to_owned()));

    // Each sweep tries it again.
    let object = || {
        let folder = std::fs::read_dir(world.events_bucket.join("unreadable")).unwrap();
        let files: Vec<PathBuf> = folder.map(|file| file.unwrap().path()).collect();
        let [file] = &files[..] else {
            panic!("{files:?}")
        };
        file.clone()
    };
    let before = taken(&world);
    let swept = world.outbox().sweep().await.unwrap();
    let left = Swept {
        found: 1,
        taken: 0,
        left: 1,
    };
    assert_eq!(swept, left);
    assert_eq!(taken(&world), before);
    // As one reads it for which it is not odd.
    let text = std::fs::read_to_string(object()).unwrap();
    std::fs::remove_file(object()).unwrap();
    let text = text.replace("OF_A_LATER_RELEASE", "PROFILE_UPDATED");
    std::fs::write(world.events_bucket.join("readable"), text).unwrap();
    let swept = world.outbox().sweep().await.unwrap();
    assert_eq!(
        swept,
        Swept {
            found: 1,
            taken: 1,
            left: 0
        }
    );
    assert!(types(&world).contains(&"PROFILE_UPDATED".to_owned()));
    assert_eq!(world.outbox().sweep().await.unwrap(), Swept::default());
}

#[tokio::test]
async fn what_the_bus_did_not_take_for_six_hours_is_sent_by_the_sweep() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    let lambda = Lambda::of(&world);
    world.tap.fail("PutEvents", Fault::Unreachable, 1000);
    let step = lambda.source(5, lambda.invoke()).step(100).await.unwrap();
    assert_eq!(step, Step::Again(100));
    let step = lambda.source(7, lambda.invoke()).step(100).await.unwrap();
    assert_eq!(step, Step::Done);
    // While the bus takes nothing, a sweep leaves it where it is.
    assert!(world.outbox().sweep().await.is_err());
    world.tap.heal();
    lambda.drain().await;
    assert_eq!(taken(&world).len(), 0, "the stream has gone on");
    let swept = world.outbox().sweep().await.unwrap();
    assert_eq!((swept.found, swept.left), (1, 0));
    let events: BTreeSet<String> = taken(&world).into_keys().collect();
    assert_eq!(events, audited(&world).await);
}

#[tokio::test]
async fn events_are_sent_again_by_span_and_by_account() {
    let world = World::new().await;
    world.anyone().sign_in(ADA).await;
    let noon = world.now().plus(HOUR);
    world.clock.advance(2 * 3600);
    world.anyone().sign_in("lin@example.com").await;
    Lambda::of(&world).drain().await;
    let once = taken(&world);
    let account = |event: &Value| event["subject"]["id"].as_str().unwrap().to_owned();
    let mut expected = once.clone();
    expected.retain(|_, (event, _)| event["time"].as_str().unwrap() > noon.to_string().as_str());
    assert!(!expected.is_empty() && expected.len() < once.len());
    let lin = expected
        .values()
        .map(|(event, _)| account(event))
        .next()
        .unwrap();

    let span = |account| Replay {
        since: noon,
        until: world.now(),
        account,
    };
    for sub in [None, Some(lin.parse().unwrap())] {
        world.inbox.clear();
        let replayed = world.postern.replay(&world.outbox(), &span(sub)).await;
        let all = Replayed {
            taken: expected.len(),
            ..Replayed::default()
        };
        assert_eq!(replayed.unwrap(), all);
        assert_eq!(taken(&world), expected);
    }
    let nobody = Some(uuid::Uuid::from_u128(7));
    let replayed = world.postern.replay(&world.outbox(), &span(nobody)).await;
    assert_eq!(replayed.unwrap(), Replayed::default());
}

/// The schema as it is published.
fn schema() -> Value {
    let file = tests::root().join("docs/events.schema.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[tokio::test]
async fn events_are_as_the_schema_says() {
    let world = World::new().await;
    a_life(&world).await;
    Lambda::of(&world).drain().await;
    let schema = schema();
    let known = schema["properties"].as_object().unwrap();
    let mut seen = BTreeSet::new();
    for (event, _) in taken(&world).into_values() {
        for name in schema["required"].as_array().unwrap() {
            assert!(event.get(name.as_str().unwrap()).is_some(), "{name}");
        }
        for (name, value) in event.as_object().unwrap() {
            let says = &known.get(name).unwrap_or_else(|| panic!("{name}"));
            let is = match value {
                Value::String(_) => "string",
                Value::Number(_) => "integer",
                Value::Array(_) => "array",
                Value::Object(_) => "object",
                other => panic!("{name}: {other}"),
            };
            assert_eq!(says["type"], is, "{name}");
            if let Some(values) = says["enum"].as_array() {
                assert!(values.contains(value), "{name}: {value}");
            }
            seen.insert(name.clone());
        }
    }
    // Nobody was given a role.
    let unseen: Vec<_> = known.keys().filter(|name| !seen.contains(*name)).collect();
    assert_eq!(unseen, ["role"]);
}

#[test]
fn the_schema_and_the_table_know_every_type() {
    let names = EventKind::ALL.map(|kind| json!(kind));
    assert_eq!(
        schema()["properties"]["type"]["enum"],
        json!(names.to_vec())
    );
    let mut rows = String::new();
    for kind in EventKind::ALL {
        let name = json!(kind);
        let hooks: Vec<String> = kind
            .hooks()
            .iter()
            .map(|hook| format!("`{hook}`"))
            .collect();
        rows += &format!(
            "| `{}` | {} | {} |\n",
            name.as_str().unwrap(),
            kind.outcome().name(),
            hooks.join(", ")
        );
    }
    let page = std::fs::read_to_string(tests::root().join("docs/events.md")).unwrap();
    assert!(page.contains(&rows), "docs/events.md must hold:\n{rows}");
}
