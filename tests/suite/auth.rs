//! /auth, /token, / and /protected: the Auth Service, and cashless' sign-in by
//! telephone.

mod bodies;
mod cashless;
mod confirm_page;
mod email;
pub(crate) mod firebase;
mod guesses;
mod login;
mod names;
mod password_reset;
pub(crate) mod phone;
mod pre_hijacking;
mod profile;
mod races;
mod register;
pub(crate) mod second_factor;
mod sessions;
mod tables;
mod verify_user;

use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

const ADA: &str = "ada@example.com";
pub(crate) const PASSWORD: &str = "analytical engine no. 1";
pub(crate) const OTHER: &str = "difference engine no. 2";
const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) async fn register(
    client: &Anyone<'_>,
    username: &str,
    email: &str,
    password: &str,
) -> Answer {
    let body = json!({ "username": username, "email": email, "password": password });
    client.post("/auth/register", &body).await
}

async fn login_at(client: &Anyone<'_>, path: &str, name: &str, password: &str) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("username", name)
        .append_pair("password", password)
        .finish();
    let client = client.clone().header("content-type", FORM);
    client.raw("POST", path, &body).await
}

pub(crate) async fn login(client: &Anyone<'_>, name: &str, password: &str) -> Answer {
    login_at(client, "/auth/login", name, password).await
}

/// Ada, registered and signed in from `client`, as its bearer.
async fn ada<'w>(client: &Anyone<'w>) -> Anyone<'w> {
    register(client, "ada", ADA, PASSWORD).await.expect(200);
    client.world().prove(ADA).await;
    let answer = login(client, ADA, PASSWORD).await.expect(200);
    client.clone().bearing(answer.str("access_token"))
}

/// The token in the newest letter to `address` that has one.
pub(crate) fn letter_token(world: &World, address: &str) -> String {
    let is_token = |line: &&str| line.len() == 43 && !line.contains(' ');
    let letters = world.mail(address);
    letters
        .iter()
        .find_map(|letter| letter.text.lines().find(is_token).map(str::to_owned))
        .expect("a letter with a token")
}

pub(crate) async fn ask_for_reset(client: &Anyone<'_>, address: &str) -> Answer {
    let body = json!({ "email": address });
    client.post("/auth/password-reset-request", &body).await
}

pub(crate) async fn reset(client: &Anyone<'_>, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "new_password": password });
    client.post("/auth/password-reset", &body).await
}

/// Whether a bearer is signed in.
pub(crate) async fn is_signed_in(client: &Anyone<'_>) -> bool {
    client.get("/protected").await.status == 200
}

/// Each problem as `loc: msg`.
pub(crate) fn problems(answer: &Answer) -> Vec<String> {
    let list = answer.body["detail"]
        .as_array()
        .expect("a list of problems");
    list.iter()
        .map(|problem| {
            let loc: Vec<&str> = problem["loc"]
                .as_array()
                .unwrap()
                .iter()
                .map(|part| part.as_str().unwrap())
                .collect();
            format!("{}: {}", loc.join("."), problem["msg"].as_str().unwrap())
        })
        .collect()
}

/// Everything that a client can see of an answer but when it came and its number.
pub(crate) fn seen(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    let headers = answer.headers.iter();
    let mut headers: Vec<_> = headers
        .map(|(name, value)| {
            (
                name.to_string(),
                value.to_str().unwrap_or_default().to_owned(),
            )
        })
        .filter(|(name, _)| name != "date" && name != "apigw-requestid")
        .collect();
    headers.sort();
    (answer.status, answer.body.clone(), headers)
}

pub(crate) fn address(text: &str) -> domain::EmailAddress {
    domain::EmailAddress::parse(text).unwrap()
}

#[tokio::test]
async fn everybody_is_welcome_and_members_by_name() {
    let world = World::new().await;
    let welcome = world.anyone().get("/").await.expect(200);
    assert_eq!(welcome.str("message"), "Welcome to the Auth Service!");
    let refused = world.anyone().get("/protected").await.expect(401);
    assert_eq!(refused.str("detail"), "Not authenticated");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    let ada = ada(&world.anyone()).await;
    let greeted = ada.get("/protected").await.expect(200);
    assert_eq!(greeted.str("user"), "ada");
}
