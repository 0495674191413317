//! reCAPTCHA, which pages show when their users sign up and in.

use domain::secret::SecretName;
use local::recaptcha::SILENT;
use serde_json::json;
use tests::{Answer, Anyone, World};

use super::{ADA, PASSWORD, ada, browser, refused};

async fn asking(more: &[(&str, &str)]) -> World {
    let asks = [("POSTERN_NAUTH_RECAPTCHA", "true")];
    World::with(&[more, &asks].concat()).await
}

async fn sign_up(client: &Anyone<'_>, token: &str) -> Answer {
    let body = json!({ "email": "bob@example.com", "password": PASSWORD, "recaptchaToken": token });
    client.post("/nauth/signup", &body).await
}

async fn sign_in(client: &Anyone<'_>, token: &str) -> Answer {
    let body = json!({ "identifier": ADA, "password": PASSWORD, "recaptchaToken": token });
    client.post("/nauth/login", &body).await
}

#[tokio::test]
async fn a_page_shows_a_token_that_is_good_once_and_for_what_it_does() {
    let world = asking(&[]).await;
    ada(&world).await;
    let page = || browser(&world, &[]);
    for path in ["/nauth/login", "/nauth/signup"] {
        let body = json!({ "identifier": ADA, "email": "bob@example.com", "password": PASSWORD });
        let answer = page().post(path, &body).await;
        refused(&answer, 400, "RECAPTCHA_REQUIRED");
    }
    for (token, code) in [
        ("", "RECAPTCHA_REQUIRED"),
        ("forged", "RECAPTCHA_VALIDATION_FAILED"),
        ("elsewhere:0.9:1", "RECAPTCHA_VALIDATION_FAILED"),
    ] {
        refused(&sign_in(&page(), token).await, 400, code);
        refused(&sign_up(&page(), token).await, 400, code);
    }
    let low = sign_in(&page(), "login:0.49:1").await;
    refused(&low, 400, "RECAPTCHA_SCORE_TOO_LOW");
    let other = sign_up(&page(), "login:0.9:2").await;
    refused(&other, 400, "RECAPTCHA_VALIDATION_FAILED");
    sign_up(&page(), "signup:0.5:1").await.expect(201);
    // None of these refusals was a try of the account's.
    for _ in 0..6 {
        let token = "login:0.1:again";
        sign_in(&page(), token).await.expect(400);
    }
    sign_in(&page(), "login:0.5:1").await.expect(200);
    let again = sign_in(&page(), "login:0.5:1").await;
    refused(&again, 400, "RECAPTCHA_VALIDATION_FAILED");
}

#[tokio::test]
async fn an_installation_says_which_score_will_do() {
    let world = asking(&[("POSTERN_NAUTH_RECAPTCHA_SCORE", "0.75")]).await;
    ada(&world).await;
    let low = sign_in(&browser(&world, &[]), "login:0.74:1").await;
    refused(&low, 400, "RECAPTCHA_SCORE_TOO_LOW");
    sign_in(&browser(&world, &[]), "login:0.75:1")
        .await
        .expect(200);
}

/// Tokens in bodies are for programs, which have no way to solve anything.
#[tokio::test]
async fn a_program_shows_none_and_an_installation_may_serve_no_program() {
    let world = asking(&[]).await;
    ada(&world).await;
    sign_in(&world.anyone(), "").await.expect(200);
    let app = world.anyone().header("origin", "ionic://localhost");
    sign_in(&app, "").await.expect(200);
    let world = asking(&[("POSTERN_NAUTH_DELIVERY", "cookies")]).await;
    let refusal = sign_in(&world.anyone(), "").await;
    refused(&refusal, 400, "RECAPTCHA_REQUIRED");
}

#[tokio::test]
async fn a_verifier_that_does_not_answer_refuses_nobody() {
    let world = asking(&[]).await;
    ada(&world).await;
    sign_in(&browser(&world, &[]), SILENT).await.expect(200);
    sign_up(&browser(&world, &[]), SILENT).await.expect(201);
    let nowhere = asking(&[("POSTERN_NAUTH_RECAPTCHA_URL", "http://127.0.0.1:9/verify")]).await;
    sign_up(&browser(&nowhere, &[]), "signup:0.9:1")
        .await
        .expect(201);
}

#[tokio::test]
async fn nothing_passes_while_the_secret_is_missing_or_wrong() {
    let world = asking(&[]).await;
    ada(&world).await;
    let name = SecretName::Recaptcha;
    let page = browser(&world, &[]);
    world.postern.remove_secret(name).await.unwrap();
    let missing = sign_in(&page, "login:0.9:1").await;
    refused(&missing, 400, "RECAPTCHA_PROVIDER_MISSING");
    world.postern.set_secret(name, "another").await.unwrap();
    let wrong = sign_in(&page, "login:0.9:1").await;
    refused(&wrong, 400, "RECAPTCHA_PROVIDER_MISSING");
    let right = local::recaptcha::SECRET;
    world.postern.set_secret(name, right).await.unwrap();
    sign_in(&page, "login:0.9:1").await.expect(200);
}
