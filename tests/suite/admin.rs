//! /admin: people's accounts (Auth Service), step-up and password reset (cashless).

mod accounts;
mod everywhere;
mod faults;
mod guards;
mod mfa;
mod password_reset;
mod provisioning;
mod races;
mod sign_in;
mod tables;
mod users;

use domain::secret::SecretName;
use serde_json::json;
use tests::{Answer, Anyone, World};

use crate::auth::PASSWORD;

const KEY: &str = "an installation's key of 38 characters";
const ROOT: &str = "root@example.com";
const ADA: &str = "ada@example.com";

/// A world in which the key makes administrators.
async fn world() -> World {
    World::with_secrets(&[], &[(SecretName::RegistrationKey, KEY)]).await
}

async fn register(client: &Anyone<'_>, username: &str, email: &str, key: &str) -> Answer {
    let body = json!({
        "username": username, "email": email, "password": PASSWORD, "secret_key": key,
    });
    client.post("/admin/register", &body).await
}

async fn login(client: &Anyone<'_>, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    client.post("/admin/login", &body).await
}

/// An administrator who has just registered and signed in, as their bearer.
async fn administrator<'w>(client: &Anyone<'w>, email: &str) -> Anyone<'w> {
    let (username, _) = email.split_once('@').unwrap();
    register(client, username, email, KEY).await.expect(200);
    client.world().prove(email).await;
    let answer = login(client, email, PASSWORD).await.expect(200);
    client.clone().bearing(answer.str("access_token"))
}

async fn root(world: &World) -> Anyone<'_> {
    administrator(&world.at("192.0.2.200"), ROOT).await
}

async fn put(client: &Anyone<'_>, path: &str) -> Answer {
    client.raw("PUT", path, "").await
}

async fn set_role(client: &Anyone<'_>, username: &str, role: &str) -> Answer {
    let body = json!({ "username": username, "role": role });
    client.send("PUT", "/admin/user/role", &body).await
}

async fn lock(client: &Anyone<'_>, email: &str) -> Answer {
    client.post("/admin/lock", &json!({ "email": email })).await
}

async fn unlock(client: &Anyone<'_>, email: &str) -> Answer {
    client
        .post("/admin/unlock", &json!({ "email": email }))
        .await
}

/// The integer id of the account that holds an address.
async fn id(world: &World, email: &str) -> u64 {
    let address = crate::auth::address(email);
    world.postern.find_user(&address).await.unwrap().uid
}
