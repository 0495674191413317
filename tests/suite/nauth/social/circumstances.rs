//! The device and the risk of a sign-in through a provider, which are judged as those of a
//! password's are.

use domain::provider::Provider::{Apple, Google};
use local::social::Person;
use serde_json::json;
use tests::places::{BERLIN, SYDNEY};
use tests::{Answer, Anyone, Authenticator, World};

use super::super::factors::{guarded, totp};
use super::super::{ADA, bearing, browser, refused};
use super::{approved, come_back, depart, exchange, location, parameter, sign_in, told};

const ADAPTIVE: &[(&str, &str)] = &[
    ("POSTERN_NAUTH_MFA_ENFORCEMENT", "ADAPTIVE"),
    ("POSTERN_PLACES_DATABASE", local::stack::PLACES),
];

/// Ada signs in through Google with her factor, and trusts the device: its token.
async fn trusted(client: &Anyone<'_>, app: &Authenticator) -> String {
    let world = client.world();
    world.clock.advance(30);
    let waits = sign_in(client, Google, &Person::new(ADA)).await.expect(200);
    assert_eq!(waits.str("challengeName"), "MFA_REQUIRED");
    let code = json!({ "session": waits.str("session"), "type": "MFA_REQUIRED",
        "method": "totp", "code": app.code(world.now()) });
    let tokens = client.post("/nauth/respond-challenge", &code).await;
    let member = world
        .at(client.ip())
        .bearing(tokens.expect(200).str("accessToken"));
    let issued = member.post("/nauth/trust-device", &json!({})).await;
    world.clock.advance(61);
    issued.expect(200).str("deviceToken").to_owned()
}

fn challenge(answer: &Answer) -> Option<&str> {
    answer.body["challengeName"].as_str()
}

#[tokio::test]
async fn a_trusted_device_is_spared_the_factor_wherever_it_shows_its_token() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let token = trusted(&world.anyone(), &app).await;
    let ada = Person::new(ADA);
    let device = world.anyone().header("x-device-token", &token);
    let signed_in = sign_in(&device, Google, &ada).await.expect(200);
    assert_eq!(challenge(&signed_in), None);
    assert_eq!(signed_in.str("deviceToken"), token);
    // A program that shows it only when it fetches the outcome.
    world.clock.advance(61);
    let back = come_back(&world.anyone(), Google, "", &ada).await;
    let outcome = parameter(&location(&back), "exchangeToken").unwrap();
    let signed_in = exchange(&device, &outcome).await.expect(200);
    assert_eq!(challenge(&signed_in), None);
    // One that showed it when it left, and has no say any more when it comes back.
    world.clock.advance(61);
    let url = depart(&device, Google, "").await;
    let back = approved(&world, Google, &url, &ada);
    let back = location(&world.anyone().get(&back).await);
    let outcome = parameter(&back, "exchangeToken").unwrap();
    let signed_in = exchange(&world.anyone(), &outcome).await.expect(200);
    assert_eq!(challenge(&signed_in), None);
    // Nobody else's browser, and no other token.
    world.clock.advance(61);
    let waits = sign_in(&world.anyone(), Google, &ada).await.expect(200);
    assert_eq!(challenge(&waits), Some("MFA_REQUIRED"));
    let wrong = "0b8e1d0e-52c7-4b5e-9d3c-8a1b2c3d4e5f";
    let wrong = world.anyone().header("x-device-token", wrong);
    let waits = sign_in(&wrong, Google, &ada).await.expect(200);
    assert_eq!(challenge(&waits), Some("MFA_REQUIRED"));
}

#[tokio::test]
async fn the_state_row_holds_no_device_token() {
    let world = World::new().await;
    let app = guarded(&world).await;
    let token = trusted(&world.anyone(), &app).await;
    let device = world.anyone().header("x-device-token", &token);
    depart(&device, Google, "").await;
    let rows = world.dump(&world.table).await;
    assert!(!format!("{rows:?}").contains(&token));
}

#[tokio::test]
async fn apples_answer_brings_no_cookie_and_the_device_is_known_all_the_same() {
    let world = World::new().await;
    let app = guarded(&world).await;
    world.clock.advance(30);
    // A page whose tokens travel in cookies trusts its browser.
    let page = browser(&world, &[]);
    let waits = super::sign_in_by_cookies(&page, Apple, &Person::new(ADA)).await;
    let code = json!({ "session": waits.expect(200).str("session"), "type": "MFA_REQUIRED",
        "method": "totp", "code": app.code(world.now()) });
    let signed_in = page
        .post("/nauth/respond-challenge", &code)
        .await
        .expect(200);
    let kept = super::super::cookies(&signed_in);
    let csrf = kept.iter().find(|(name, _)| name == "nauth_csrf_token");
    let csrf = csrf.unwrap().1.clone();
    let own = browser(&world, &kept).header("x-csrf-token", &csrf);
    let issued = own.post("/nauth/trust-device", &json!({})).await;
    let device = super::super::cookies(&issued.expect(200));
    world.clock.advance(61);
    let again = browser(&world, &device);
    let back = come_back(&again, Apple, "", &Person::new(ADA)).await;
    assert_eq!(
        parameter(&location(&back), "exchangeToken"),
        None,
        "no factor is asked for"
    );
    assert!(super::super::cookies(&back).contains(&device[0]));
}

#[tokio::test]
async fn a_provider_talks_no_risk_away() {
    let world = World::with(ADAPTIVE).await;
    let app = guarded(&world).await;
    let token = trusted(&world.at(BERLIN), &app).await;
    let ada = Person::new(ADA);
    let home = world.at(BERLIN).header("x-device-token", &token);
    let signed_in = sign_in(&home, Google, &ada).await.expect(200);
    assert_eq!(challenge(&signed_in), None);
    world.clock.advance(600);
    let away = world.at(SYDNEY).header("x-device-token", &token);
    let waits = sign_in(&away, Google, &ada).await.expect(200);
    assert_eq!(challenge(&waits), Some("MFA_REQUIRED"));
    let tokens = totp(&world, &waits, &app.code(world.now()))
        .await
        .expect(200);
    let path = "/nauth/audit/history?eventTypes=ADAPTIVE_MFA_RISK_ASSESSED";
    let page = bearing(&world, &tokens).get(path).await.expect(200);
    let row = &page.body["data"][0];
    assert_eq!(
        row["riskFactors"],
        json!(["new_country", "impossible_travel"])
    );
    assert_eq!(row["eventStatus"], json!("SUSPICIOUS"));
    let mails = world.mail(ADA);
    assert!(mails.iter().any(|mail| mail.text.contains("Sydney, AU")));
}

#[tokio::test]
async fn a_block_is_told_where_the_browser_goes_and_to_whoever_fetches_the_outcome() {
    let block = [ADAPTIVE, &[("POSTERN_NAUTH_RISK_HIGH", "block")]].concat();
    let world = World::with(&block).await;
    let app = guarded(&world).await;
    let token = trusted(&world.at(BERLIN), &app).await;
    let ada = Person::new(ADA);
    let away = world.at(SYDNEY).header("x-device-token", &token);
    let blocked = sign_in(&away, Google, &ada).await;
    refused(&blocked, 400, "SIGNIN_BLOCKED_HIGH_RISK");
    let page = world.at(SYDNEY).header("origin", super::super::SITE);
    let back = come_back(&page, Google, "", &ada).await;
    assert_eq!(told(&back), "SIGNIN_BLOCKED_HIGH_RISK");
}
