//! POST /cfg/accounts/otp/request/

use serde_json::json;
use tests::{Fault, World};

const PATH: &str = "/cfg/accounts/otp/request/";
const ADA: &str = "ada@example.com";

#[tokio::test]
async fn a_letter_with_a_code_goes_out() {
    let world = World::new().await;
    let answer = world.anyone().request_code(ADA).await.expect(200);
    assert_eq!(
        answer.body,
        json!({ "message": "OTP sent to your email address" })
    );
    let letters = world.mail(ADA);
    assert_eq!(letters.len(), 1);
    let (letter, code) = (&letters[0], world.code(ADA));
    assert_eq!(code.len(), 4);
    assert_eq!(letter.from, "id@example.com");
    assert_eq!(letter.subject, format!("{code} is your Postern code"));
    assert!(letter.html.as_ref().unwrap().contains(&code));
    assert!(letter.text.contains("10 minutes"));
}

#[tokio::test]
async fn one_mailbox_is_one_address_however_it_is_typed() {
    let world = World::new().await;
    world
        .anyone()
        .request_code("  Ada@Example.COM ")
        .await
        .expect(200);
    assert_eq!(world.mail(ADA).len(), 1);
    let again = world.anyone().request_code(ADA).await.expect(429);
    assert_eq!(again.str("error_code"), "cooldown");
}

#[tokio::test]
async fn asking_writes_the_codes_row_and_no_account() {
    let world = World::new().await;
    world.anyone().request_code(ADA).await.expect(200);
    let kinds: Vec<String> = world
        .dump(&world.table)
        .await
        .iter()
        .map(|item| {
            item["pk"]
                .as_s()
                .unwrap()
                .split('#')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert!(kinds.contains(&"CODE".to_owned()));
    assert!(
        !kinds.iter().any(|kind| kind == "USER" || kind == "CLAIM"),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn a_resend_repeats_the_code_until_it_is_spent() {
    let world = World::new().await;
    world.anyone().request_code(ADA).await.expect(200);
    let first = world.code(ADA);
    let early = world.anyone().request_code(ADA).await.expect(429);
    let cooldown = json!({
        "error": "Please wait before requesting another code", "error_code": "cooldown", "retry_after": 30,
    });
    assert_eq!(early.body, cooldown);
    assert_eq!(early.header("retry-after"), "30");
    world.clock.advance(30);
    world.anyone().request_code(ADA).await.expect(200);
    assert_eq!(world.code(ADA), first);
    world.anyone().verify_code(ADA, &first).await.expect(200);
    world.anyone().verify_code(ADA, &first).await.expect(401);
}

#[tokio::test]
async fn quotas_hold_by_hour_and_by_day() {
    let world = World::new().await;
    let ask = async |n: u32| world.at(&format!("192.0.2.{n}")).request_code(ADA).await;
    for n in 0..10 {
        ask(n).await.expect(200);
        world.clock.advance(30);
    }
    let hourly = ask(10).await.expect(429);
    assert_eq!(
        (hourly.str("error_code"), &hourly.body["retry_after"]),
        ("hourly_limit", &json!(3300))
    );
    world.clock.advance(3300);
    for n in 11..21 {
        ask(n).await.expect(200);
        world.clock.advance(30);
    }
    world.clock.advance(3600);
    let daily = ask(21).await.expect(429);
    assert_eq!(daily.str("error_code"), "daily_limit");
    assert_eq!(
        daily.str("error"),
        "Too many OTP requests. Please try again later."
    );
}

#[tokio::test]
async fn one_place_asks_ten_times_a_minute() {
    let world = World::new().await;
    for n in 0..10 {
        world
            .anyone()
            .request_code(&format!("person{n}@example.com"))
            .await
            .expect(200);
    }
    let refused = world.anyone().request_code(ADA).await.expect(429);
    assert_eq!(
        refused.body,
        json!({ "error": "Too many requests", "error_code": "rate_limited" })
    );
    assert_eq!(refused.header("retry-after"), "60");
    world.at("192.0.2.2").request_code(ADA).await.expect(200);
    world.clock.advance(60);
    world
        .anyone()
        .request_code("grace@example.com")
        .await
        .expect(200);
}

#[tokio::test]
async fn an_ipv6_household_is_one_place() {
    let world = World::new().await;
    for n in 0..10 {
        world
            .at(&format!("2001:db8::{n}"))
            .request_code(&format!("person{n}@example.com"))
            .await
            .expect(200);
    }
    world
        .at("2001:db8::ffff")
        .request_code(ADA)
        .await
        .expect(429);
    world
        .at("2001:db8:0:1::1")
        .request_code(ADA)
        .await
        .expect(200);
}

#[tokio::test]
async fn every_problem_is_named_in_both_shapes() {
    let world = World::new().await;
    let answer = world
        .anyone()
        .post(PATH, &json!({ "identifier": "ada", "source_url": "x" }))
        .await
        .expect(400);
    assert_eq!(
        answer.body,
        json!({
            "identifier": ["Enter a valid email address."], "source_url": ["Enter a valid URL."],
            "error": "Enter a valid email address.", "error_code": "invalid_identifier",
        })
    );
    for (body, sentence) in [
        (json!({}), "This field is required."),
        (json!({ "identifier": null }), "This field may not be null."),
        (
            json!({ "identifier": "  " }),
            "This field may not be blank.",
        ),
        (json!({ "identifier": ["a"] }), "Not a valid string."),
        (json!({ "identifier": 7 }), "Enter a valid email address."),
    ] {
        let answer = world.anyone().post(PATH, &body).await.expect(400);
        assert_eq!(answer.body["identifier"], json!([sentence]), "{body}");
    }
    let list = world.anyone().post(PATH, &json!([])).await.expect(400);
    assert_eq!(
        list.body["non_field_errors"],
        json!(["Invalid data. Expected a dictionary."])
    );
    assert_eq!(world.inbox.messages(None).len(), 0);
}

#[tokio::test]
async fn what_is_not_json_is_refused_in_drfs_words() {
    let world = World::new().await;
    let json = world
        .anyone()
        .header("content-type", "application/json; charset=utf-8");
    let broken = json
        .raw("POST", PATH, "{\"identifier\": ")
        .await
        .expect(400);
    assert!(
        broken.str("detail").starts_with("JSON parse error - "),
        "{}",
        broken.text
    );
    let form = world
        .anyone()
        .header("content-type", "application/x-www-form-urlencoded");
    let refused = form
        .raw("POST", PATH, "identifier=ada@example.com")
        .await
        .expect(415);
    assert_eq!(
        refused.body,
        json!({ "detail": "Unsupported media type \"application/x-www-form-urlencoded\" in request." })
    );
    let large = format!("{{\"identifier\": \"{}\"}}", "a".repeat(70_000));
    json.raw("POST", PATH, &large).await.expect(413);
    let got = world.anyone().get(PATH).await.expect(405);
    assert_eq!(got.body, json!({ "detail": "Method \"GET\" not allowed." }));
    assert_eq!(got.header("allow"), "POST");
}

#[tokio::test]
async fn a_letter_that_is_not_taken_costs_the_person_nothing() {
    let world = World::new().await;
    world.tap.fail("SendEmail", Fault::Rejected, 1);
    let failed = world.anyone().request_code(ADA).await.expect(500);
    assert_eq!(failed.str("error_code"), "send_failed");
    world.anyone().request_code(ADA).await.expect(200);
    assert_eq!(world.mail(ADA).len(), 1);
}

#[tokio::test]
async fn known_unknown_and_locked_addresses_look_the_same() {
    let world = World::new().await;
    world.anyone().sign_in("known@example.com").await;
    world.anyone().sign_in("locked@example.com").await;
    world
        .postern
        .lock_user(&"locked@example.com".parse_address())
        .await
        .unwrap();
    world.clock.advance(60);
    let mut shapes = Vec::new();
    for address in [
        "known@example.com",
        "locked@example.com",
        "unknown@example.com",
    ] {
        world.tap.clear();
        let answer = world.anyone().request_code(address).await.expect(200);
        let calls = world.tap.cost();
        let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        shapes.push((answer.body, headers, calls));
    }
    assert_eq!(shapes[0].0, shapes[2].0);
    assert_eq!(shapes[0].1, shapes[2].1);
    assert_eq!(shapes[0], shapes[1]);
    let mut unknown = shapes[2].2.clone();
    let mut known = shapes[0].2.clone();
    unknown.sort();
    known.sort();
    assert_eq!(known, unknown, "the same calls, whoever is asked for");
    let letter = &world.mail("locked@example.com")[0];
    assert!(letter.subject.contains("locked") && !letter.text.contains("works once"));
}

#[tokio::test]
async fn letters_speak_the_persons_language() {
    let world = World::new().await;
    world
        .anyone()
        .header("accept-language", "de-AT,de;q=0.9")
        .request_code(ADA)
        .await
        .expect(200);
    assert!(
        world.mail(ADA)[0]
            .subject
            .ends_with("ist Ihr Code für Postern")
    );
}

#[tokio::test]
async fn the_whole_stack_has_a_daily_budget_of_letters() {
    let world = World::with(&[("POSTERN_MAIL_DAILY_BUDGET", "2")]).await;
    for n in 0..2 {
        world
            .anyone()
            .request_code(&format!("person{n}@example.com"))
            .await
            .expect(200);
    }
    let refused = world.anyone().request_code(ADA).await.expect(429);
    assert_eq!(refused.str("error_code"), "rate_limited");
    world.clock.advance(86_400);
    world.anyone().request_code(ADA).await.expect(200);
}

trait ParseAddress {
    fn parse_address(&self) -> domain::EmailAddress;
}

impl ParseAddress for str {
    fn parse_address(&self) -> domain::EmailAddress {
        domain::EmailAddress::parse(self).unwrap()
    }
}
