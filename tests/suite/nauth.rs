//! /nauth: nauth-toolkit's sign-up, sign-in, challenges, tokens, sessions, passwords.

mod admin;
mod challenges;
mod delivery;
mod devices;
mod factors;
mod faults;
mod history;
pub(crate) mod mfa;
mod moves;
mod numbers;
mod passkeys;
mod passwords;
mod profile;
mod races;
mod recaptcha;
mod refresh;
mod risk;
mod role;
mod sign_up;
pub(crate) mod social;
mod trips;

use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

pub(crate) const PASSWORD: &str = crate::auth::PASSWORD;
pub(crate) const NEXT_PASSWORD: &str = crate::auth::OTHER;
const ADA: &str = "ada@example.com";
const NUMBER: &str = "+4915112345678";
/// A site that the installation lists.
const SITE: &str = "http://localhost:4200";

pub(crate) async fn sign_up(client: &Anyone<'_>, email: &str) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD });
    client.post("/nauth/signup", &body).await
}

async fn login(client: &Anyone<'_>, name: &str, password: &str) -> Answer {
    let body = json!({ "identifier": name, "password": password });
    client.post("/nauth/login", &body).await
}

async fn respond(client: &Anyone<'_>, session: &str, kind: &str, answer: Value) -> Answer {
    let mut body = answer;
    body["session"] = json!(session);
    body["type"] = json!(kind);
    client.post("/nauth/respond-challenge", &body).await
}

async fn prove(client: &Anyone<'_>, session: &str, code: &str) -> Answer {
    respond(client, session, "VERIFY_EMAIL", json!({ "code": code })).await
}

/// Ada, signed up, proven and signed in, with her tokens.
async fn ada(world: &World) -> Answer {
    let waits = sign_up(&world.anyone(), ADA).await.expect(201);
    let code = world.code(ADA);
    prove(&world.anyone(), waits.str("session"), &code)
        .await
        .expect(200)
}

/// Ada, as far as the proof of her number.
async fn before_number(world: &World) -> Answer {
    let body = json!({ "email": ADA, "password": PASSWORD, "phone": NUMBER });
    let waits = world
        .anyone()
        .post("/nauth/signup", &body)
        .await
        .expect(201);
    prove(&world.anyone(), waits.str("session"), &world.code(ADA))
        .await
        .expect(200)
}

/// Ada with a proven number, signed in: where both proofs are asked for.
async fn with_number(world: &World) -> Answer {
    let waits = before_number(world).await;
    let code = json!({ "code": world.texted_code(NUMBER) });
    respond(&world.anyone(), waits.str("session"), "VERIFY_PHONE", code)
        .await
        .expect(200)
}

fn bearing<'w>(world: &'w World, answer: &Answer) -> Anyone<'w> {
    world.anyone().bearing(answer.str("accessToken"))
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.body["code"].as_str()),
        (status, Some(code)),
        "{}",
        answer.body
    );
}

/// The cookies that an answer sets, as a browser sends them back.
fn cookies(answer: &Answer) -> Vec<(String, String)> {
    let set = answer.headers.get_all("set-cookie").iter();
    set.map(|line| {
        let pair = line.to_str().unwrap().split(';').next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    })
    .collect()
}

/// A browser on the listed site that has these cookies.
fn browser<'w>(world: &'w World, cookies: &[(String, String)]) -> Anyone<'w> {
    let sent: Vec<String> = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    world
        .anyone()
        .header("origin", SITE)
        .header("cookie", &sent.join("; "))
}

#[tokio::test]
async fn every_refusal_says_when_and_where() {
    let world = World::new().await;
    for (path, at) in [
        ("/nauth/login?x=1", "/nauth/login"),
        ("/nauth/mobile/login", "/nauth/mobile/login"),
        ("/nauth/nothing/", "/nauth/nothing/"),
    ] {
        let answer = world.anyone().post(path, &json!([])).await;
        assert_eq!(answer.str("path"), at);
        assert_eq!(
            answer.str("timestamp"),
            world.now().to_string().replace('Z', ".000Z")
        );
        assert_eq!(answer.body["statusCode"], json!(answer.status));
        let length: usize = answer.header("content-length").parse().unwrap_or_default();
        assert!(length == 0 || length == answer.body.to_string().len());
    }
    refused(
        &world.anyone().get("/nauth/nothing").await,
        404,
        "RESOURCE_NOT_FOUND",
    );
}
