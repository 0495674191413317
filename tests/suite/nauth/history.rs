//! One's own security events.

use domain::audit::EventKind;
use serde_json::json;
use tests::{Anyone, World};

use super::{ADA, PASSWORD, ada, bearing, login, prove, refused, sign_up};

#[tokio::test]
async fn events_are_listed_filtered_and_counted() {
    let world = World::new().await;
    ada(&world).await;
    world.clock.advance(3600);
    refused(
        &login(&world.anyone(), ADA, "wrong").await,
        401,
        "AUTH_INVALID_CREDENTIALS",
    );
    let member = bearing(
        &world,
        &login(&world.anyone(), ADA, PASSWORD).await.expect(200),
    );
    let all = member.get("/nauth/audit/history").await.expect(200);
    let rows = all.body["data"].as_array().unwrap();
    let types: Vec<&str> = rows
        .iter()
        .map(|row| row["eventType"].as_str().unwrap())
        .collect();
    for expected in [
        "ACCOUNT_CREATED",
        "CHALLENGE_CREATED",
        "EMAIL_VERIFICATION_REQUESTED",
        "EMAIL_VERIFIED",
        "LOGIN_SUCCESS",
        "LOGIN_FAILED",
    ] {
        assert!(types.contains(&expected), "{expected}: {types:?}");
    }
    assert_eq!(all.body["total"], json!(rows.len()));
    let text = all.body.to_string();
    assert!(!text.contains(&world.code(ADA)) && !text.contains(PASSWORD));
    let total = async |query: &str| {
        let answer = member
            .get(&format!("/nauth/audit/history?{query}"))
            .await
            .expect(200);
        answer.body["total"].as_u64().unwrap()
    };
    assert_eq!(total("eventStatus=FAILURE").await, 1);
    assert_eq!(total("eventTypes=LOGIN_FAILED,LOGIN_SUCCESS").await, 3);
    assert_eq!(
        total("eventTypes[]=LOGIN_FAILED&eventTypes[]=LOGIN_SUCCESS&eventStatus=SUCCESS").await,
        2
    );
    assert_eq!(total("eventTypes=DEVICE_TRUSTED").await, 0);
    let since = world.now().to_string();
    assert_eq!(total(&format!("startDate={since}")).await, 3);
    assert_eq!(total("endDate=2300-01-01").await, rows.len() as u64);
    assert_eq!(total("startDate=2500-01-01").await, 0);
    assert_eq!(total("startDate=2030-01-01&endDate=2029-01-01").await, 0);
    for wrong in [
        "page=0",
        "limit=501",
        "eventTypes=NOTHING",
        "startDate=yesterday",
    ] {
        let answer = member.get(&format!("/nauth/audit/history?{wrong}")).await;
        refused(&answer, 400, "VALIDATION_FAILED");
    }
}

/// The types of one's own events, in the order in which they happened.
async fn types(member: &Anyone<'_>) -> Vec<String> {
    let page = member.get("/nauth/audit/history?limit=500").await;
    let page = page.expect(200);
    let rows = page.body["data"].as_array().unwrap().iter().rev();
    rows.map(|row| row["eventType"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn what_happens_within_a_second_is_listed_in_its_order() {
    let world = World::new().await;
    let member = bearing(&world, &ada(&world).await);
    assert_eq!(
        types(&member).await,
        [
            "ACCOUNT_CREATED",
            "CHALLENGE_CREATED",
            "EMAIL_VERIFICATION_REQUESTED",
            "EMAIL_VERIFIED",
            "CHALLENGE_COMPLETED",
            "LOGIN_SUCCESS",
        ]
    );
}

#[tokio::test]
async fn wrong_answers_and_challenges_that_are_found_open_are_listed() {
    let world = World::new().await;
    let asked = sign_up(&world.anyone(), ADA).await.expect(201);
    let session = asked.str("session");
    let wrong = prove(&world.anyone(), session, "000000").await;
    refused(&wrong, 400, "VERIFY_CODE_INVALID");
    login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let tokens = prove(&world.anyone(), session, &world.code(ADA)).await;
    let member = bearing(&world, &tokens.expect(200));
    let types = types(&member).await;
    let (_, since) = types.split_at(3);
    assert_eq!(
        since,
        [
            "EMAIL_VERIFICATION_FAILED",
            "CHALLENGE_ATTEMPT_FAILED",
            "LOGIN_ATTEMPT",
            "CHALLENGE_CREATED",
            "EMAIL_VERIFIED",
            "CHALLENGE_COMPLETED",
            "LOGIN_SUCCESS",
        ]
    );
    let path = "/nauth/audit/history?eventTypes=CHALLENGE_CREATED";
    let created = member.get(path).await.expect(200);
    let told: Vec<_> = created.body["data"].as_array().unwrap().iter().collect();
    let of = |reused| json!({ "challengeName": "VERIFY_EMAIL", "reused": reused });
    assert_eq!(
        told.iter().map(|row| &row["metadata"]).collect::<Vec<_>>(),
        [&of(true), &of(false)]
    );
    assert_eq!(told[0]["challengeSessionId"], told[1]["challengeSessionId"]);
}

#[tokio::test]
async fn a_lock_out_and_what_it_turns_away_are_listed() {
    let world = World::new().await;
    let member = bearing(&world, &ada(&world).await);
    let elsewhere = world.at("198.51.100.7");
    for _ in 0..5 {
        world.clock.advance(70);
        login(&elsewhere, ADA, "wrong").await.expect(401);
    }
    login(&elsewhere, ADA, PASSWORD).await.expect(429);
    let types = types(&member).await;
    let tail: Vec<_> = types.iter().rev().take(3).collect();
    assert_eq!(tail, ["LOGIN_BLOCKED", "ACCOUNT_LOCKED", "LOGIN_FAILED"]);
    let path = "/nauth/audit/history?eventTypes=LOGIN_BLOCKED,ACCOUNT_LOCKED";
    let listed = member.get(path).await.expect(200);
    for row in listed.body["data"].as_array().unwrap() {
        assert_eq!(row["reason"], "ip_locked");
    }
}

#[tokio::test]
async fn a_page_of_five_hundred_and_its_total_are_at_most_three_trips() {
    let world = World::new().await;
    let member = bearing(&world, &ada(&world).await);
    let sub = world
        .postern
        .find_user(&crate::auth::address(ADA))
        .await
        .unwrap()
        .sub;
    let store = world.store();
    for n in 0..700u64 {
        let at = domain::UnixTime(world.now().0 - i64::try_from(n).unwrap());
        let event = store::AuditEvent {
            subject: store::AuditSubject::Account(sub),
            id: world.request_token(),
            number: n,
            kind: EventKind::SignInFailed,
            actor: domain::audit::Actor::Caller,
            by: None,
            at,
            session: None,
            challenge: None,
            again: false,
            role: None,
            risk: None,
            details: None,
            keep_until: at.plus(86_400),
        };
        store.append_audit(&event).await.unwrap();
    }
    world.tap.clear();
    let path = "/nauth/audit/history?limit=500&eventTypes=LOGIN_FAILED";
    let page = member.get(path).await.expect(200);
    assert!(world.tap.calls().len() <= 3, "{:?}", world.tap.calls());
    assert_eq!(page.body["data"].as_array().unwrap().len(), 500);
    assert_eq!(
        (&page.body["total"], &page.body["totalPages"]),
        (&json!(700), &json!(2))
    );
    let second = member.get(&format!("{path}&page=2")).await.expect(200);
    assert_eq!(second.body["data"].as_array().unwrap().len(), 200);
    let behind = member.get(&format!("{path}&page=3")).await.expect(200);
    assert_eq!(behind.body["data"], json!([]));
}
