//! Every operation, tried by those who may not.

use serde_json::{Value, json};
use tests::World;
use tests::contract::functions;

/// Every operation of every function: method and path.
fn operations() -> Vec<(String, String)> {
    let mut operations = Vec::new();
    for (_, document) in functions() {
        let document = serde_json::to_value(document).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            let methods = item.as_object().unwrap().keys();
            operations.extend(methods.map(|method| (method.to_uppercase(), path.clone())));
        }
    }
    operations.sort();
    // Two contracts may share one.
    operations.dedup();
    operations
}

/// Whether this status says that an operation is closed to the caller. The Auth Service's
/// routes for administrators answer 403 to a caller that they do not know.
fn is_closed(status: u16) -> bool {
    matches!(status, 401 | 403)
}

/// The answers of all operations to a caller, as `status METHOD path`.
async fn tried(world: &World, bearer: Option<&str>) -> Vec<(u16, String)> {
    let mut tried = Vec::new();
    for (n, (method, path)) in operations().into_iter().enumerate() {
        // Each from a network of its own: what is refused is counted by network.
        let anyone = world.at(&format!("198.51.{}.{}", n / 256, n % 256));
        let caller = match bearer {
            Some(token) => anyone.bearing(token),
            None => anyone,
        };
        let path = path.replace("{contract}", "djangocfg");
        let path = path.replace("{id}", "00000000-0000-4000-8000-000000000000");
        let answer = caller.send(&method, &path, &json!({})).await;
        assert!(answer.status < 500, "{method} {path}: {}", answer.text);
        if answer.status == 401 {
            assert_ne!(answer.header("www-authenticate"), "", "{method} {path}");
            assert_ne!(answer.body, Value::Null, "{method} {path}");
        }
        tried.push((answer.status, format!("{method} {path}")));
    }
    tried
}

#[tokio::test]
async fn only_the_listed_operations_are_open() {
    let world = World::new().await;
    let open: Vec<String> = tried(&world, None)
        .await
        .into_iter()
        .filter(|(status, _)| !is_closed(*status))
        .map(|(_, operation)| operation)
        .collect();
    tests::golden(
        "tests/suite/open-operations.golden.txt",
        &(open.join("\n") + "\n"),
    );
}

#[tokio::test]
async fn no_other_token_opens_what_is_closed() {
    let world = World::new().await;
    let closed = |tried: Vec<(u16, String)>| {
        tried
            .into_iter()
            .filter(|(status, _)| is_closed(*status))
            .count()
    };
    let all = closed(tried(&world, None).await);
    assert!(all > 0);
    let ada = world.anyone().sign_in("ada@example.com").await;
    let other = World::new().await;
    let stranger = other.anyone().sign_in("ada@example.com").await;
    for token in ["garbage", ada.refresh.as_str(), stranger.access.as_str()] {
        assert_eq!(closed(tried(&world, Some(token)).await), all);
    }
    let address = domain::EmailAddress::parse("ada@example.com").unwrap();
    world.postern.lock_user(&address).await.unwrap();
    assert_eq!(closed(tried(&world, Some(&ada.access)).await), all);
}
