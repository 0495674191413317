//! GET /admin/users

use serde_json::{Value, json};
use tests::{Answer, Anyone};

use super::{ADA, ROOT, id, lock, put, root, world};
use crate::auth::{self, PASSWORD};

fn emails(page: &Answer) -> Vec<&str> {
    let users = page.body.as_array().unwrap().iter();
    users.map(|user| user["email"].as_str().unwrap()).collect()
}

/// Where the next page is, if there is one.
fn next(page: &Answer) -> Option<String> {
    let link = page.header("link");
    let (target, rest) = link.strip_prefix('<')?.split_once('>')?;
    assert_eq!(rest, "; rel=\"next\"");
    Some(target.to_owned())
}

/// All pages from `path` on.
async fn all(client: &Anyone<'_>, path: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut path = Some(path.to_owned());
    while let Some(here) = path {
        let page = client.get(&here).await.expect(200);
        pages.push(emails(&page).into_iter().map(str::to_owned).collect());
        path = next(&page);
    }
    pages
}

#[tokio::test]
async fn people_are_listed_oldest_first_page_by_page() {
    let world = world().await;
    let root = root(&world).await;
    for n in 0..24 {
        world.clock.advance(1);
        let client = world.at(&format!("198.51.100.{n}"));
        client.sign_in(&format!("person{n:02}@example.com")).await;
    }
    let gone = auth::address("person03@example.com");
    world.postern.delete_user(&gone).await.unwrap();
    let mut expected: Vec<String> = (0..24)
        .filter(|n| *n != 3)
        .map(|n| format!("person{n:02}@example.com"))
        .collect();
    expected.insert(0, ROOT.to_owned());
    world.tap.clear();
    let pages = all(&root, "/admin/users?limit=10").await;
    let calls = world.tap.calls();
    assert!(pages.iter().all(|page| page.len() <= 10));
    assert_eq!(pages.concat(), expected);
    assert!(!calls.iter().any(|call| call.operation == "Scan"));
    let whole = root.get("/admin/users").await.expect(200);
    assert_eq!((emails(&whole).len(), next(&whole)), (24, None));
}

#[tokio::test]
async fn a_person_is_shown_as_they_are_now() {
    let world = world().await;
    let root = root(&world).await;
    world.clock.advance(1);
    let body = json!({
        "username": "ada", "email": ADA, "password": PASSWORD,
        "profile_picture": "https://example.com/ada.png", "preferences": "dark",
    });
    world
        .anyone()
        .post("/auth/register", &body)
        .await
        .expect(200);
    let shown = async || {
        let page = root.get("/admin/users?matching=ADA@").await.expect(200);
        page.body[0].clone()
    };
    let ada = shown().await;
    let expected = json!({
        "id": id(&world, ADA).await, "username": "ada", "email": ADA, "role": "user",
        "is_active": true, "two_factor_enabled": false, "failed_login_attempts": 0,
        "account_locked": false, "profile_picture": "https://example.com/ada.png",
        "preferences": "dark",
    });
    assert_eq!(ada, expected);
    lock(&root, ADA).await.expect(200);
    let locked = shown().await;
    assert_eq!(flags(&locked), (true, true));
    let uid = id(&world, ADA).await;
    put(&root, &format!("/admin/deactivate-user/{uid}"))
        .await
        .expect(200);
    assert_eq!(flags(&shown().await), (false, true));
}

/// Whether an account is in use, and whether it is locked.
fn flags(user: &Value) -> (bool, bool) {
    let flag = |name: &str| user[name].as_bool().unwrap();
    (flag("is_active"), flag("account_locked"))
}

#[tokio::test]
async fn a_part_of_a_name_finds_people_on_pages_of_its_own() {
    let world = world().await;
    let root = root(&world).await;
    for name in ["ada", "grace", "adam", "ada.b"] {
        world.clock.advance(1);
        world.anyone().sign_in(&format!("{name}@example.com")).await;
        world.clock.advance(60);
    }
    let pages = all(&root, "/admin/users?limit=2&matching=aDa").await;
    let found = ["ada@example.com", "adam@example.com", "ada.b@example.com"];
    assert_eq!(pages.concat(), found);
    assert_eq!(pages[0].len(), 2);
    let nobody = root.get("/admin/users?matching=nobody").await.expect(200);
    assert_eq!((nobody.body.clone(), next(&nobody)), (json!([]), None));
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_told_so_all_at_once() {
    let world = world().await;
    let root = root(&world).await;
    let long = "x".repeat(255);
    let path = format!("/admin/users?limit=0&after={long}&matching={long}");
    let refused = root.get(&path).await.expect(422);
    let expected = [
        "query.limit: Input should be greater than or equal to 1",
        "query.after: String should have at most 64 characters",
        "query.matching: String should have at most 254 characters",
    ];
    assert_eq!(auth::problems(&refused), expected);
    for (query, problem) in [
        (
            "limit=101",
            "query.limit: Input should be less than or equal to 100",
        ),
        (
            "limit=ten",
            "query.limit: Input should be a valid integer, unable to parse string as an integer",
        ),
        (
            "limit=1&limit=2",
            "query.limit: Value error, send this field once",
        ),
    ] {
        let refused = root.get(&format!("/admin/users?{query}")).await.expect(422);
        assert_eq!(auth::problems(&refused), [problem]);
    }
}
