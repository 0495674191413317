//! Administration of accounts: /nauth/admin.

mod changes;
mod deletion;
mod erasure;
mod everywhere;
mod faults;
mod guards;
mod list;
mod looks;
mod races;
mod rights;
mod role;
mod sign_up;

use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

use super::{ADA, ada};

const ROOT: &str = "root@example.com";

/// An administrator who has just signed in.
async fn root(world: &World) -> Anyone<'_> {
    world.admin(ROOT).await.client()
}

/// Ada's tokens, and her name in paths.
async fn ada_and_sub(world: &World) -> (Answer, String) {
    let tokens = ada(world).await;
    let sub = tokens.str("sub").to_owned();
    (tokens, sub)
}

async fn sub_of(world: &World, address: &str) -> String {
    let user = world
        .postern
        .find_user(&crate::auth::address(address))
        .await;
    user.unwrap().sub.to_string()
}

/// Sends this to one of an account's paths.
async fn act(client: &Anyone<'_>, sub: &str, what: &str, body: Value) -> Answer {
    client
        .post(&format!("/nauth/admin/users/{sub}/{what}"), &body)
        .await
}

/// What there is of an account's history, by type, latest first.
async fn types(client: &Anyone<'_>, sub: &str) -> Vec<String> {
    let path = format!("/nauth/admin/audit/history?sub={sub}&limit=500");
    let page = client.get(&path).await.expect(200);
    let rows = page.body["data"].as_array().unwrap().iter();
    rows.map(|row| row["eventType"].as_str().unwrap().to_owned())
        .collect()
}

/// An address that nobody has.
const NOBODY: &str = "5f7fa959-01f3-4d74-8cbb-e3fd71307623";

fn nothing() -> Value {
    json!({})
}

/// Whether somebody is signed in with this.
fn signed_in(answer: &Answer) {
    assert!(answer.body["accessToken"].is_string(), "{}", answer.text);
}
