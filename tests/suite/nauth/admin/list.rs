//! People by page.

use std::collections::BTreeSet;

use domain::account::{Factor, Status, WayIn};
use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

use super::{ROOT, root, sub_of};
use crate::nauth::refused;

/// A world with these people beside the administrator, a second apart.
async fn people(world: &World, number: usize) {
    for n in 0..number {
        let address = crate::auth::address(&format!("p{n:03}@example.com"));
        let import = flows::Import {
            email_verified: n % 2 == 0,
            username: domain::username::Username::parse(&format!("name{:03}", 999 - n)),
            phone: format!("+4915112{n:06}"),
            ..flows::Import::nobody(address)
        };
        world.clock.advance(1);
        world.postern.import_user(&import).await.unwrap();
    }
}

async fn list(client: &Anyone<'_>, query: &str) -> Answer {
    client.get(&format!("/nauth/admin/users?{query}")).await
}

fn emails(page: &Answer) -> Vec<String> {
    let users = page.body["users"].as_array().unwrap().iter();
    users
        .map(|user| user["email"].as_str().unwrap().to_owned())
        .collect()
}

fn total(page: &Answer) -> u64 {
    page.body["pagination"]["total"].as_u64().unwrap()
}

#[tokio::test]
async fn every_page_is_there_once_and_the_totals_are_right() {
    let world = World::new().await;
    let root = root(&world).await;
    people(&world, 299).await;
    let first = list(&root, "").await.expect(200);
    assert_eq!(
        first.body["pagination"],
        json!({ "page": 1, "limit": 10, "total": 300, "totalPages": 30 })
    );
    assert_eq!(emails(&first)[0], "p298@example.com");
    for (query, sorted) in [
        ("", "createdAt"),
        ("sortOrder=ASC", "createdAt"),
        ("sortBy=email&sortOrder=asc", "email"),
        ("sortBy=username", "username"),
        ("sortBy=phone", "phone"),
        ("sortBy=updatedAt", "updatedAt"),
        ("isLocked=false", "createdAt"),
    ] {
        let mut seen: Vec<Value> = Vec::new();
        for page in 1..=7 {
            world.tap.clear();
            let page = list(&root, &format!("limit=50&page={page}&{query}"))
                .await
                .expect(200);
            assert!(world.tap.trips() <= 3, "{query}: {:?}", world.tap.calls());
            assert_eq!(total(&page), 300, "{query}");
            seen.extend(page.body["users"].as_array().unwrap().clone());
        }
        assert_eq!(seen.len(), 300, "{query}");
        let subs: BTreeSet<&str> = seen
            .iter()
            .map(|one| one["sub"].as_str().unwrap())
            .collect();
        assert_eq!(subs.len(), 300, "{query}");
        let by: Vec<&str> = seen
            .iter()
            .map(|one| one[sorted].as_str().unwrap_or_default())
            .collect();
        let ascending = query.to_lowercase().contains("asc");
        let mut in_order = by.clone();
        in_order.sort_unstable();
        if !ascending {
            in_order.reverse();
        }
        assert_eq!(by, in_order, "{query}");
    }
    let behind = list(&root, "page=1000000000&limit=100").await.expect(200);
    assert_eq!((emails(&behind).len(), total(&behind)), (0, 300));
    let behind = list(&root, "page=31&isLocked=false").await.expect(200);
    assert_eq!((emails(&behind).len(), total(&behind)), (0, 300));
}

#[tokio::test]
async fn filters_take_what_they_say() {
    let world = World::new().await;
    let root = root(&world).await;
    people(&world, 20).await;
    let count = async |query: &str| total(&list(&root, query).await.expect(200));
    assert_eq!(count("email=P00").await, 10);
    assert_eq!(count("email=p01@ex").await, 0);
    assert_eq!(count("phone=%2B4915112000").await, 20);
    assert_eq!(count("phone=%2B49%20151%2012000003").await, 1);
    assert_eq!(count("isEmailVerified=true&email=p0").await, 10);
    assert_eq!(count("isEmailVerified=false").await, 10);
    assert_eq!(count("isPhoneVerified=true").await, 0);
    world
        .set_user("p003@example.com", |user| user.status = Status::Locked)
        .await;
    world
        .set_user("p004@example.com", |user| user.factors = vec![Factor::Totp])
        .await;
    world
        .set_user("p005@example.com", |user| {
            user.ways_in = vec![WayIn::Provider]
        })
        .await;
    let now = world.now();
    world
        .set_user("p006@example.com", |user| user.updated_at = Some(now))
        .await;
    let only = async |query: &str| emails(&list(&root, query).await.expect(200));
    assert_eq!(only("isLocked=true").await, ["p003@example.com"]);
    assert_eq!(only("mfaEnabled=true&email=p0").await, ["p004@example.com"]);
    assert_eq!(count("mfaEnabled=false&email=p0").await, 19);
    assert_eq!(only("hasSocialAuth=true").await, ["p005@example.com"]);
    assert_eq!(count("hasSocialAuth=0").await, 20);
    let then = world.now().to_string();
    let updated = format!("updatedAt[operator]=gte&updatedAt[value]={then}&email=p006");
    assert_eq!(only(&updated).await, ["p006@example.com"]);
    let made = format!("createdAt[operator]=eq&createdAt[value]={then}");
    assert_eq!(only(&made).await, ["p019@example.com"]);
    let before = format!("createdAt[operator]=lt&createdAt[value]={then}");
    assert_eq!(count(&before).await, 20);
    let json = json!({ "operator": "lte", "value": then }).to_string();
    let json: String = url::form_urlencoded::byte_serialize(json.as_bytes()).collect();
    assert_eq!(count(&format!("createdAt={json}")).await, 21);
    assert_eq!(
        count("createdAt[operator]=gt&createdAt[value]=2500-01-01").await,
        0
    );
    assert_eq!(
        count("createdAt[operator]=lt&createdAt[value]=1960-01-01").await,
        0
    );
    for wrong in [
        "page=0",
        "limit=101",
        "limit=x",
        "isLocked=perhaps",
        "sortBy=age",
        "sortOrder=up",
        "createdAt=yesterday",
        "createdAt[operator]=gt",
        "createdAt[operator]=about&createdAt[value]=2026-01-01",
        "updatedAt[value]=2026-01-01",
    ] {
        refused(&list(&root, wrong).await, 400, "VALIDATION_FAILED");
    }
    // What is wrong is told by the names of the contract, and all of it.
    for (query, named) in [
        ("createdAt=yesterday", vec!["createdAt"]),
        ("createdAt[operator]=gt", vec!["createdAt.value"]),
        (
            "createdAt[operator]=about&createdAt[value]=then&updatedAt[value]=2026-01-01",
            vec![
                "createdAt.operator",
                "createdAt.value",
                "updatedAt.operator",
            ],
        ),
        (
            "createdAt=%7B%22operator%22%3A%22gt%22%2C%22value%22%3A7%7D",
            vec!["createdAt.value"],
        ),
        (
            "page=1&page=2&isLocked=true&isLocked=false",
            vec!["isLocked", "page"],
        ),
    ] {
        let answer = list(&root, query).await.expect(400);
        let errors = answer.body["details"]["validationErrors"].as_object();
        let names: Vec<&str> = errors.unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, named, "{query}: {}", answer.text);
    }
    let twice = list(&root, "page=1&page=2").await.expect(400);
    assert!(!twice.text.contains("string"), "{}", twice.text);
}

#[tokio::test]
async fn a_list_that_looks_at_too_many_is_refused_and_says_what_to_do() {
    let world = World::with(&[("POSTERN_NAUTH_LIST_ROWS", "300")]).await;
    let root = root(&world).await;
    people(&world, 299).await;
    let whole = list(&root, "isLocked=false").await.expect(200);
    assert_eq!(total(&whole), 300);
    people_more(&world).await;
    let refusal = list(&root, "isLocked=false").await;
    refused(&refusal, 503, "SERVICE_UNAVAILABLE");
    assert!(
        refusal.str("message").contains("createdAt"),
        "{}",
        refusal.text
    );
    refused(
        &list(&root, "sortBy=email").await,
        503,
        "SERVICE_UNAVAILABLE",
    );
    // By their age a list may be of any length, and a shorter span is looked at.
    assert_eq!(total(&list(&root, "").await.expect(200)), 301);
    let then = world.now().to_string();
    let narrow = format!("isLocked=false&createdAt[operator]=lt&createdAt[value]={then}");
    assert_eq!(total(&list(&root, &narrow).await.expect(200)), 300);
}

async fn people_more(world: &World) {
    world.clock.advance(1);
    let import = flows::Import::nobody(crate::auth::address("late@example.com"));
    world.postern.import_user(&import).await.unwrap();
}

#[tokio::test]
async fn whoever_is_deleted_leaves_the_list_and_links_are_shown() {
    let world = World::new().await;
    let root = root(&world).await;
    world.clock.advance(1);
    let person = local::social::Person::new("ada@example.com");
    let google = domain::provider::Provider::Google;
    let signed_in = crate::nauth::social::sign_in(&world.anyone(), google, &person).await;
    let sub = signed_in.expect(200).str("sub").to_owned();
    let page = list(&root, "hasSocialAuth=true").await.expect(200);
    assert_eq!(page.body["users"][0]["socialProviders"], json!(["google"]));
    let page = list(&root, "").await.expect(200);
    assert_eq!(page.body["users"][0]["socialProviders"], json!(["google"]));
    assert_eq!(total(&page), 2);
    let path = format!("/nauth/admin/users/{sub}");
    let gone = root.send("DELETE", &path, &json!({})).await.expect(200);
    assert_eq!(gone.body["deletedRecords"]["socialAccounts"], json!(1));
    let page = list(&root, "").await.expect(200);
    assert_eq!((emails(&page), total(&page)), (vec![ROOT.to_owned()], 1));
    let ada = crate::auth::address("ada@example.com");
    world.postern.restore_user(&ada, None).await.unwrap();
    assert_eq!(total(&list(&root, "").await), 2);
    assert!(!sub_of(&world, ROOT).await.is_empty());
}
