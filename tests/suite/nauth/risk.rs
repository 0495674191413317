//! Adaptive risk: journeys between places, what they are asked, and what is told of them.

use serde_json::{Value, json};
use tests::places::{BERLIN, NEW_YORK, SYDNEY};
use tests::{Answer, Anyone, Authenticator, World};

use super::factors::{guarded, totp};
use super::{ADA, PASSWORD, ada, bearing, login, refused};
use crate::auth;

const ADAPTIVE: (&str, &str) = ("POSTERN_NAUTH_MFA_ENFORCEMENT", "ADAPTIVE");
const PLACES: (&str, &str) = ("POSTERN_PLACES_DATABASE", local::stack::PLACES);

async fn adaptive(more: &[(&str, &str)]) -> World {
    World::with(&[&[ADAPTIVE, PLACES], more].concat()).await
}

/// Ada, who has a factor, signed in from Berlin on a device that she trusts: its token, and
/// her session.
async fn at_home(world: &World, app: &Authenticator) -> (String, Answer) {
    world.clock.advance(30);
    let waits = login(&world.at(BERLIN), ADA, PASSWORD).await.expect(200);
    assert_eq!(waits.str("challengeName"), "MFA_REQUIRED");
    let code = json!({ "session": waits.str("session"), "type": "MFA_REQUIRED",
        "method": "totp", "code": app.code(world.now()) });
    let tokens = world
        .at(BERLIN)
        .post("/nauth/respond-challenge", &code)
        .await;
    let tokens = tokens.expect(200);
    let member = world.at(BERLIN).bearing(tokens.str("accessToken"));
    let issued = member.post("/nauth/trust-device", &json!({})).await;
    (issued.expect(200).str("deviceToken").to_owned(), tokens)
}

async fn from(world: &World, ip: &str, token: &str) -> Answer {
    let device = world.at(ip).header("x-device-token", token);
    login(&device, ADA, PASSWORD).await
}

fn waits_for(answer: &Answer) -> Option<&str> {
    answer.body["challengeName"].as_str()
}

/// The rows of a type in one's own history, latest first.
async fn rows(member: &Anyone<'_>, kind: &str) -> Vec<Value> {
    let path = format!("/nauth/audit/history?eventTypes={kind}");
    let page = member.get(&path).await.expect(200);
    page.body["data"].as_array().unwrap().clone()
}

fn subjects(world: &World) -> usize {
    let mails = world.mail(ADA);
    let unusual = mails.iter().filter(|mail| mail.subject.contains("Unusual"));
    unusual.count()
}

#[tokio::test]
async fn the_local_database_is_what_its_program_makes() {
    let file = std::fs::read(local::stack::PLACES).unwrap();
    assert!(
        file == tests::places::database(),
        "cargo run -p tests --bin places"
    );
}

#[tokio::test]
async fn a_trusted_device_is_asked_where_its_journey_is_unusual() {
    let world = adaptive(&[]).await;
    let app = guarded(&world).await;
    let (token, _) = at_home(&world, &app).await;
    let told = subjects(&world);
    // At home, and in New York a day later.
    world.clock.advance(3600);
    let home = from(&world, BERLIN, &token).await.expect(200);
    assert_eq!(waits_for(&home), None);
    assert_eq!(home.body["trusted"], json!(true));
    let member = bearing(&world, &home);
    let spared = rows(&member, "ADAPTIVE_MFA_BYPASSED").await;
    assert_eq!(spared[0]["riskFactor"], json!(0));
    assert_eq!(subjects(&world), told);
    world.clock.advance(24 * 3600);
    let away = from(&world, NEW_YORK, &token).await.expect(200);
    assert_eq!(waits_for(&away), Some("MFA_REQUIRED"));
    assert_eq!(subjects(&world), told + 1);
    let code = app.code(world.now());
    let away = totp(&world, &away, &code).await.expect(200);
    assert_eq!(away.body["trusted"], json!(true));
    let member = bearing(&world, &away);
    let assessed = rows(&member, "ADAPTIVE_MFA_RISK_ASSESSED").await;
    let row = &assessed[0];
    assert_eq!(row["riskFactor"], json!(25));
    assert_eq!(row["riskFactors"], json!(["new_country"]));
    assert_eq!(row["adaptiveMfaTriggered"], json!(true));
    assert_eq!(row["eventStatus"], json!("INFO"));
    assert_eq!(
        (&row["ipCountry"], &row["ipCity"]),
        (&json!("US"), &json!("New York"))
    );
    assert_eq!(rows(&member, "ADAPTIVE_MFA_TRIGGERED").await.len(), 2);
}

#[tokio::test]
async fn sydney_within_the_hour_is_suspicious() {
    let world = adaptive(&[]).await;
    let app = guarded(&world).await;
    let (token, _) = at_home(&world, &app).await;
    world.clock.advance(1800);
    let away = from(&world, SYDNEY, &token).await.expect(200);
    assert_eq!(waits_for(&away), Some("MFA_REQUIRED"));
    let away = totp(&world, &away, &app.code(world.now()))
        .await
        .expect(200);
    let member = bearing(&world, &away);
    let row = &rows(&member, "ADAPTIVE_MFA_RISK_ASSESSED").await[0];
    assert_eq!(
        row["riskFactors"],
        json!(["new_country", "impossible_travel"])
    );
    assert_eq!(row["riskFactor"], json!(65));
    assert_eq!(row["eventStatus"], json!("SUSPICIOUS"));
    let mails = world.mail(ADA);
    let names_it = mails.iter().any(|mail| mail.text.contains("Sydney, AU"));
    assert!(names_it, "{mails:?}");
    // A stolen token is asked at home, too, as long as that is recent.
    let home = from(&world, BERLIN, &token).await.expect(200);
    assert_eq!(waits_for(&home), Some("MFA_REQUIRED"));
    let listed = member.get("/nauth/sessions").await.expect(200);
    let sessions = listed.body["sessions"].as_array().unwrap();
    let own = sessions.iter().find(|one| one["isCurrent"] == json!(true));
    assert_eq!(
        own.unwrap()["ipCity"],
        json!("Berlin"),
        "where it was answered"
    );
}

#[tokio::test]
async fn a_block_ends_every_sign_in_until_its_time_and_no_session() {
    let block = [
        ("POSTERN_NAUTH_RISK_HIGH", "block"),
        ("POSTERN_NAUTH_RISK_BLOCK_MINUTES", "30"),
    ];
    let world = adaptive(&block).await;
    let app = guarded(&world).await;
    let (token, session) = at_home(&world, &app).await;
    world.clock.advance(600);
    world.tap.clear();
    let blocked = from(&world, SYDNEY, &token).await;
    refused(&blocked, 400, "SIGNIN_BLOCKED_HIGH_RISK");
    assert!(world.tap.trips() <= 5, "{:?}", world.tap.calls());
    let until = blocked.body["details"]["expiresAt"].as_str().unwrap();
    assert!(until.ends_with(".000Z"));
    // At home, too; a wrong password hears nothing of it; who is signed in stays so.
    refused(
        &from(&world, BERLIN, &token).await,
        400,
        "SIGNIN_BLOCKED_HIGH_RISK",
    );
    let wrong = login(&world.at(BERLIN), ADA, "wrong").await;
    refused(&wrong, 401, "AUTH_INVALID_CREDENTIALS");
    let member = bearing(&world, &session);
    let refusals = rows(&member, "LOGIN_BLOCKED").await;
    assert_eq!(refusals.len(), 2);
    assert_eq!(refusals[0]["reason"], json!("risk"));
    let assessed = rows(&member, "ADAPTIVE_MFA_RISK_ASSESSED").await;
    assert_eq!(assessed[0]["eventStatus"], json!("SUSPICIOUS"));
    assert_eq!(assessed[0]["adaptiveMfaTriggered"], json!(false));
    world.clock.advance(1800);
    from(&world, BERLIN, &token).await.expect(200);
}

#[tokio::test]
async fn a_block_for_good_ends_by_an_administrator() {
    let block = [
        ("POSTERN_NAUTH_RISK_HIGH", "block"),
        ("POSTERN_NAUTH_RISK_BLOCK_MINUTES", "0"),
    ];
    let world = adaptive(&block).await;
    let app = guarded(&world).await;
    let (token, _) = at_home(&world, &app).await;
    world.clock.advance(600);
    let blocked = from(&world, SYDNEY, &token).await;
    refused(&blocked, 400, "SIGNIN_BLOCKED_HIGH_RISK");
    assert_eq!(blocked.body["details"]["expiresAt"], Value::Null);
    world.clock.advance(40 * 24 * 3600);
    let still = login(&world.at(BERLIN), ADA, PASSWORD).await;
    refused(&still, 400, "SIGNIN_BLOCKED_HIGH_RISK");
    let address = auth::address(ADA);
    world.postern.unlock_user(&address).await.unwrap();
    login(&world.at(BERLIN), ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_first_sign_in_has_no_risk_and_later_ones_of_no_device_have() {
    let world = adaptive(&[]).await;
    let tokens = ada(&world).await;
    let member = bearing(&world, &tokens);
    let issued = member.post("/nauth/trust-device", &json!({})).await;
    let token = issued.expect(200).str("deviceToken").to_owned();
    world.clock.advance(61);
    world.tap.clear();
    let again = login(
        &world.anyone().header("x-device-token", &token),
        ADA,
        PASSWORD,
    )
    .await;
    let member = bearing(&world, &again.expect(200));
    assert_eq!(world.tap.trips(), 3, "{:?}", world.tap.calls());
    world.clock.advance(61);
    login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let assessed = rows(&member, "ADAPTIVE_MFA_RISK_ASSESSED").await;
    assert_eq!(assessed[0]["riskFactors"], json!(["new_device"]));
    assert_eq!(assessed[1]["riskFactors"], json!([]));
    assert_eq!(assessed.len(), 2, "none at the sign-up");
    // Nothing of where she lives is in the clear.
    let rows = world.dump(&world.table).await;
    assert!(!format!("{rows:?}").contains("Berlin"));
}
