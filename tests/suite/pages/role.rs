//! The role of the function: what its flows do, and no more.

use std::collections::BTreeSet;

use tests::{Call, World};

use super::{ADA, at, is_in, says};
use crate::auth::phone::PHONE;
use crate::auth::{OTHER, PASSWORD, register};
use crate::storage::{actions, granted};

/// What the pages do for people who come by every way.
async fn everything(world: &World) -> Vec<Call> {
    // What any function does when it is the first to start.
    let mut calls = world.tap.calls();
    register(&world.anyone(), "bob", "bob@example.com", PASSWORD)
        .await
        .expect(200);
    world.clock.advance(60);
    world.tap.clear();
    let mut browser = at(world, "192.0.2.1", "/sign-up").await;
    browser.fill("/sign-up", &[("name", ADA)]).await;
    let code = world.code(ADA);
    browser.fill("/sign-in/code", &[("code", &code)]).await;
    let typed = [("password", PASSWORD)];
    browser.fill("/sign-up/password", &typed).await;
    is_in(&browser);
    browser.fill("/sign-out", &[]).await;
    let mut browser = at(world, "192.0.2.1", "/sign-in").await;
    browser.ask_for_code(PHONE).await;
    let code = world.texted_code(PHONE);
    browser.fill("/sign-in/code", &[("code", &code)]).await;
    is_in(&browser);
    let mut browser = at(world, "192.0.2.2", "/sign-in").await;
    browser.with_password("bob", PASSWORD).await;
    let code = world.code("bob@example.com");
    browser.fill("/sign-in/proof", &[("code", &code)]).await;
    is_in(&browser);
    let mut browser = at(world, "192.0.2.2", "/password").await;
    browser.fill("/password", &[("name", "bob")]).await;
    let code = world.code("bob@example.com");
    let typed = [("code", code.as_str()), ("password", OTHER)];
    browser.fill("/password/code", &typed).await;
    says(&browser, "Your password is replaced");
    browser.with_password("bob", "a wrong guess").await;
    calls.extend(world.tap.calls());
    calls
}

#[tokio::test]
async fn the_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::new().await;
    let calls = everything(&world).await;
    let done: BTreeSet<String> = calls
        .iter()
        .flat_map(|call| actions(&world, call))
        .collect();
    assert_eq!(done, granted("PagesRole"));
    let reads = calls
        .iter()
        .filter(|call| call.operation.contains("Get") || call.operation == "Query");
    for read in reads {
        assert!(read.body.to_string().contains("\"ConsistentRead\":true"));
        assert!(read.body.get("IndexName").is_none());
    }
}
