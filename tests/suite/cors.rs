//! Which pages may call, through the whole house: every family, the installation's own
//! lists, and what a running function knows of them.

use std::collections::BTreeSet;

use domain::key_ring::KeyParts;
use domain::origin::{LOOK_EVERY, Origin, OriginKind};
use futures_util::future::join_all;
use serde_json::json;
use serde_yaml_ng::Value as Yaml;
use tests::contract::functions;
use tests::{Answer, Fault, World};

use crate::template::operations;

const ADA: &str = "ada@example.com";
/// Allowed by the deployment.
const APP: &str = "https://app.example.com";
/// Listed by operators, as a world begins.
const LISTED: [&str; 4] = [
    "http://localhost:4200",
    "capacitor://localhost",
    "ionic://localhost",
    "http://localhost",
];
const STRANGERS: [&str; 4] = [
    "https://app.example.com.evil",
    "http://localhost:4201",
    "capacitor://localhost.evil",
    "null",
];

async fn world() -> World {
    World::with(&[("POSTERN_ALLOWED_ORIGINS", &format!("{APP},,,"))]).await
}

/// What an answer says of CORS.
#[track_caller]
fn says(answer: &Answer, asked: &str) -> Option<String> {
    let varies = answer.headers.get_all("vary").iter();
    let varies = varies.filter(|line| line.to_str().unwrap().contains("Origin"));
    assert_eq!(varies.count(), 1, "{asked}");
    let names = answer.headers.keys();
    let cors = names.filter(|name| name.as_str().starts_with("access-control-"));
    let Some(allowed) = answer.headers.get("access-control-allow-origin") else {
        assert_eq!(cors.count(), 0, "{asked}");
        return None;
    };
    assert_eq!(
        answer.header("access-control-allow-credentials"),
        "true",
        "{asked}"
    );
    Some(allowed.to_str().unwrap().to_owned())
}

/// Every operation of every family, once: its family, its method and a path of it.
fn every_operation() -> Vec<(&'static str, String, String)> {
    let documents = functions().into_iter();
    documents
        .flat_map(|(family, document)| {
            let document = serde_json::to_value(document).unwrap();
            operations(&document)
                .into_iter()
                .map(move |(method, path)| {
                    let named = path
                        .split('/')
                        .map(|segment| match segment.starts_with('{') {
                            true => "x",
                            false => segment,
                        });
                    (family, method, named.collect::<Vec<_>>().join("/"))
                })
        })
        .collect()
}

#[tokio::test]
async fn every_operation_of_every_family_answers_pages_that_may_call() {
    let world = world().await;
    let mut families = BTreeSet::new();
    for (family, method, path) in every_operation() {
        families.insert(family);
        let asked = format!("{method} {path}");
        for origin in [APP, "https://id.example.com"] {
            let caller = world.anyone().header("origin", origin);
            let answer = caller.raw(&method, &path, "").await;
            assert_eq!(says(&answer, &asked).as_deref(), Some(origin), "{asked}");
            assert_eq!(
                answer.header("access-control-expose-headers"),
                "retry-after,www-authenticate,link",
                "{asked}"
            );
        }
        let stranger = world.anyone().header("origin", STRANGERS[0]);
        let answer = stranger.raw(&method, &path, "").await;
        assert_eq!(says(&answer, &asked), None, "{asked}");
        let answer = world.anyone().raw(&method, &path, "").await;
        assert_eq!(says(&answer, &asked), None, "{asked}");
    }
    assert_eq!(families.len(), 19, "{families:?}");
}

#[tokio::test]
async fn every_operation_of_every_family_answers_a_preflight_request() {
    let world = world().await;
    for (_, method, path) in every_operation() {
        let below = format!("{path}/nothing/here");
        for asked in [&path, &below] {
            let ask = async |origin: &str| {
                let caller = world.anyone().header("origin", origin);
                let caller = caller.header("access-control-request-method", &method);
                caller.raw("OPTIONS", asked, "").await
            };
            let answer = ask(APP).await;
            // A path below some operations has no route, and the gateway says so.
            if answer.header("vary").is_empty() {
                assert_eq!((answer.status, asked), (404, &below));
                continue;
            }
            let answer = answer.expect(204);
            assert_eq!(says(&answer, asked).as_deref(), Some(APP), "{asked}");
            let methods = answer.header("access-control-allow-methods").to_owned();
            // Leave for HEAD is never asked for, as it needs none.
            assert!(methods.split(',').any(|one| one == method) || method == "HEAD");
            let headers = answer.header("access-control-allow-headers");
            for header in [
                "authorization",
                "content-type",
                "x-csrf-token",
                "x-device-token",
            ] {
                assert!(headers.split(',').any(|one| one == header), "{asked}");
            }
            assert_eq!(answer.header("access-control-max-age"), "7200");
            assert_eq!(says(&ask(STRANGERS[0]).await.expect(204), asked), None);
        }
    }
}

#[tokio::test]
async fn a_page_may_read_why_it_was_refused() {
    let world = world().await;
    let page = world.anyone().header("origin", APP);
    let read = |answer: Answer, status| {
        let asked = answer.text.clone();
        let answer = answer.expect(status);
        assert_eq!(says(&answer, &asked).as_deref(), Some(APP), "{asked}");
        answer
    };
    let body = json!({ "identifier": ADA });
    let path = "/cfg/accounts/otp/request/";
    read(page.post(path, &body).await, 200);
    let again = read(page.post(path, &body).await, 429);
    assert!(!again.header("retry-after").is_empty());
    read(page.get("/cfg/accounts/profile/").await, 401);
    read(page.get(path).await, 405);
    read(page.get("/cfg/accounts/nowhere/").await, 404);
    let large = json!({ "identifier": "a".repeat(70_000) });
    read(page.post(path, &large).await, 413);
    world.tap.fail("BatchGetItem", Fault::Unreachable, 4);
    let grace = json!({ "identifier": "grace@example.com" });
    read(page.post(path, &grace).await, 500);
    // What the gateway answers by itself says nothing: it knows no origins.
    let nowhere = page.get("/nowhere").await.expect(404);
    assert_eq!(nowhere.headers.get("access-control-allow-origin"), None);
}

#[tokio::test]
async fn the_lists_of_operators_hold_wherever_there_is_an_installation() {
    let world = world().await;
    let first = |family| {
        let mut all = every_operation().into_iter();
        all.find(|(own, ..)| *own == family).unwrap()
    };
    let families: BTreeSet<_> = every_operation()
        .iter()
        .map(|(family, ..)| *family)
        .collect();
    for family in families {
        let (_, method, path) = first(family);
        let from = async |origin: &str| {
            let caller = world.anyone().header("origin", origin);
            says(&caller.raw(&method, &path, "").await, family)
        };
        for origin in LISTED {
            // It reads no table.
            let expected = (family != "docs").then_some(origin);
            assert_eq!(from(origin).await.as_deref(), expected, "{family}");
        }
        for stranger in STRANGERS {
            assert_eq!(from(stranger).await, None, "{family} {stranger}");
        }
    }
    assert_eq!(world.postern.origin_kind(LISTED[0]), Some(OriginKind::Web));
    assert_eq!(
        world.postern.origin_kind(LISTED[1]),
        Some(OriginKind::Native)
    );
    assert_eq!(world.postern.origin_kind(APP), Some(OriginKind::Web));
    assert_eq!(world.postern.origin_kind(STRANGERS[0]), None);
}

/// Whether a page of that origin may read what it is answered.
async fn may_call(world: &World, origin: &str) -> bool {
    let caller = world.anyone().header("origin", origin);
    says(&caller.get("/.well-known/jwks.json").await, origin).is_some()
}

/// How often the row was read since the tap was cleared.
fn looks(world: &World) -> usize {
    let row = |call: &tests::Call| call.body["Key"]["pk"]["S"] == json!("ORIGINS");
    world.tap.calls().iter().filter(|call| row(call)).count()
}

fn a_minute() -> i64 {
    i64::try_from(LOOK_EVERY).unwrap()
}

#[tokio::test]
async fn a_running_function_learns_of_a_change_within_a_minute() {
    let world = World::new().await;
    let elsewhere = world.another_instance(7).await;
    let app = Origin::parse(OriginKind::Web, APP).unwrap();
    elsewhere.add_origin(OriginKind::Web, &app).await.unwrap();
    world.tap.clear();
    world.clock.advance(a_minute() - 1);
    assert!(!may_call(&world, APP).await);
    assert_eq!(looks(&world), 0);
    world.clock.advance(1);
    assert!(world.anyone().get("/.well-known/jwks.json").await.status == 200);
    assert_eq!(
        looks(&world),
        0,
        "a request that no page sent waits for nothing"
    );
    for _ in 0..3 {
        assert!(may_call(&world, APP).await);
    }
    assert_eq!(looks(&world), 1);
    elsewhere.remove_origin(&app).await.unwrap();
    assert!(may_call(&world, APP).await);
    world.clock.advance(a_minute());
    assert!(!may_call(&world, APP).await);
}

#[tokio::test]
async fn a_look_that_fails_shuts_nobody_out() {
    let world = World::new().await;
    world.clock.advance(a_minute());
    world.tap.fail("GetItem", Fault::Unreachable, 4);
    assert!(may_call(&world, LISTED[0]).await);
    world.tap.heal();
    world.tap.clear();
    assert!(may_call(&world, LISTED[0]).await);
    assert_eq!(looks(&world), 0, "the next look is a minute later");
}

#[tokio::test]
async fn a_function_without_lists_starts_and_one_that_cannot_read_them_does_not() {
    let world = World::new().await;
    let key = || Some(store::key::origins().attributes());
    let delete = world.db.delete_item().table_name(&world.table);
    delete.set_key(key()).send().await.unwrap();
    let bare = world.another_instance(7).await;
    assert_eq!(*bare.origins(), domain::origin::Origins::default());
    assert!(bare.create_origins(local::stack::origins()).await.unwrap());
    assert!(!bare.create_origins(local::stack::origins()).await.unwrap());

    let update = world.db.update_item().table_name(&world.table);
    let any = aws_sdk_dynamodb::types::AttributeValue::S("*".to_owned());
    let any = aws_sdk_dynamodb::types::AttributeValue::L(vec![any]);
    let update = update.set_key(key()).update_expression("SET web = :any");
    let update = update.expression_attribute_values(":any", any);
    update.send().await.unwrap();
    let entropy = std::sync::Arc::new(tests::SeededEntropy::new(9));
    let opened = flows::Postern::open(
        world.settings.clone(),
        KeyParts::ALL,
        &world.aws,
        world.clock.clone(),
        entropy,
    );
    assert!(matches!(
        opened.await.err(),
        Some(domain::Error::Internal(_))
    ));
}

/// Three operators list an origin each at once. How many origins are listed then that
/// were not before.
async fn three_edits_at_once(world: &World) -> usize {
    let before = world.postern.origins();
    let operators = join_all((0..3).map(|seed| world.another_instance(seed))).await;
    let edits = operators.iter().enumerate().map(|(n, postern)| async move {
        let origin = Origin::parse(OriginKind::Web, &format!("https://app{n}.example.com"));
        postern.add_origin(OriginKind::Web, &origin.unwrap()).await
    });
    assert!(join_all(edits).await.iter().all(Result::is_ok));
    let after = world.another_instance(9).await.origins();
    after.web.len() - before.web.len()
}

#[tokio::test]
async fn edits_at_once_undo_none_of_each_other() {
    assert_eq!(three_edits_at_once(&World::new().await).await, 3);
}

#[tokio::test]
async fn edits_at_once_twin_without_conditions() {
    let world = World::new().await;
    world.tap.weaken("PutItem");
    assert!(three_edits_at_once(&world).await < 3);
}

/// The partition keys that a statement of a policy is about.
fn leading_keys(statement: &Yaml) -> Vec<&str> {
    let tests = statement["Condition"].as_mapping();
    let tests = tests.into_iter().flat_map(|tests| tests.values());
    let lists = tests.filter_map(|test| test["dynamodb:LeadingKeys"].as_sequence());
    lists.flatten().filter_map(Yaml::as_str).collect()
}

/// Roles are compared with what functions call by actions alone: the key is looked at here.
#[test]
fn every_function_that_reads_the_ring_may_read_the_origins_and_none_may_write_them() {
    let text = std::fs::read_to_string(tests::root().join("template.yaml")).unwrap();
    let template: Yaml = serde_yaml_ng::from_str(&text).unwrap();
    let mut readers = 0;
    for (name, resource) in template["Resources"].as_mapping().unwrap() {
        let own = &resource["Properties"]["PolicyDocument"];
        let inline = resource["Properties"]["Policies"].as_sequence();
        let inline = inline
            .into_iter()
            .flatten()
            .map(|policy| &policy["PolicyDocument"]);
        let statements: Vec<&Yaml> = inline
            .chain([own])
            .filter_map(|document| document["Statement"].as_sequence())
            .flatten()
            .collect();
        let about = |key: &str| {
            let found = statements
                .iter()
                .filter(|one| leading_keys(one).contains(&key));
            found.map(|one| &one["Action"]).collect::<Vec<_>>()
        };
        let ring = about("KEYRING");
        // Whoever writes the ring could sign as anybody for ever.
        if name == "KeysRole" {
            assert_eq!(ring, ["dynamodb:PutItem"]);
        } else if !ring.is_empty() {
            readers += 1;
            assert_eq!(ring, ["dynamodb:GetItem"], "{name:?}");
            assert_eq!(about("ORIGINS"), ["dynamodb:GetItem"], "{name:?}");
        } else {
            assert!(about("ORIGINS").is_empty(), "{name:?}");
        }
    }
    assert_eq!(readers, 2, "the shared policy, and the authorizer's own");
}
