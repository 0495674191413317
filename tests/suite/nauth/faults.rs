//! What breaks under nauth, one call after the other: each answer is in form, the person
//! gets on by trying again, and nothing is half done.

use serde_json::json;
use tests::{Answer, Fault, World};

use crate::invariants;

use super::{ADA, NEXT_PASSWORD, PASSWORD, bearing, login, prove, sign_up};

/// Whether a step succeeded; if not, the table could not be reached, which is said.
pub(super) fn done(answer: &Answer) -> bool {
    if answer.status >= 500 {
        assert_eq!(answer.str("code"), "SERVICE_UNAVAILABLE", "{}", answer.text);
    }
    answer.status < 300
}

/// Signs up, proves the address, signs in, refreshes, chooses another password and signs
/// out; a step that failed is done once more.
async fn journey(world: &World) {
    let anyone = world.anyone();
    let mut waits = sign_up(&anyone, ADA).await;
    if !done(&waits) {
        // Whether or not it was written, the sign-up may be repeated.
        waits = sign_up(&anyone, ADA).await.expect(201);
    }
    let session = waits.str("session").to_owned();
    if world.mail(ADA).is_empty() {
        // The code could not be sent; the client asks for it again.
        world.clock.advance(61);
        let body = json!({ "session": session });
        let resent = anyone.post("/nauth/challenge/resend", &body).await;
        resent.expect(200);
    }
    if !done(&prove(&anyone, &session, &world.code(ADA)).await) {
        let again = prove(&anyone, &session, &world.code(ADA)).await;
        let completed = again.body["code"] == "CHALLENGE_ALREADY_COMPLETED";
        assert!(again.status == 200 || completed, "{}", again.text);
    }
    let mut tokens = login(&anyone, ADA, PASSWORD).await;
    if !done(&tokens) {
        tokens = login(&anyone, ADA, PASSWORD).await.expect(200);
    }
    let body = json!({ "refreshToken": tokens.str("refreshToken") });
    let mut refreshed = anyone.post("/nauth/refresh", &body).await;
    if !done(&refreshed) {
        refreshed = anyone.post("/nauth/refresh", &body).await.expect(200);
    }
    let member = bearing(world, &refreshed);
    let body = json!({ "oldPassword": PASSWORD, "newPassword": NEXT_PASSWORD });
    let changed = member.post("/nauth/change-password", &body).await;
    if !done(&changed) {
        // If it was written, the session that asked has ended with all others.
        let again = member.post("/nauth/change-password", &body).await;
        assert!(matches!(again.status, 200 | 401), "{}", again.text);
    }
    let mut tokens = login(&anyone, ADA, NEXT_PASSWORD).await;
    if !done(&tokens) {
        tokens = login(&anyone, ADA, NEXT_PASSWORD).await.expect(200);
    }
    let member = bearing(world, &tokens);
    if !done(&member.get("/nauth/logout").await) {
        let again = member.get("/nauth/logout").await;
        assert!(matches!(again.status, 200 | 401), "{}", again.text);
    }
}

/// What holds of the tables, and the account still signs in.
async fn nothing_is_half_done(world: &World) {
    world.tap.heal();
    assert_eq!(invariants::broken(world).await, Vec::<String>::new());
    world.clock.advance(61);
    let tokens = login(&world.anyone(), ADA, NEXT_PASSWORD).await;
    let member = bearing(world, &tokens.expect(200));
    let profile = member.get("/nauth/profile").await.expect(200);
    assert_eq!(profile.body["isEmailVerified"], true);
}

async fn walk(fault: Fault, times: u32) {
    for nth in 0.. {
        let world = World::new().await;
        world.tap.fail_after(nth, fault, times);
        journey(&world).await;
        if world.tap.failed().is_none() {
            assert!(nth > 40, "only {nth} calls");
            return;
        }
        nothing_is_half_done(&world).await;
    }
}

#[tokio::test]
async fn each_call_that_cannot_be_made_is_survived() {
    walk(Fault::Unreachable, 4).await;
}

#[tokio::test]
#[ignore = "half a minute each; tests/all has the time"]
async fn each_call_whose_answer_is_lost_is_survived() {
    walk(Fault::LostAnswer, 1).await;
}

#[tokio::test]
#[ignore = "half a minute each; tests/all has the time"]
async fn each_call_that_is_throttled_once_is_not_noticed() {
    walk(Fault::Throttle, 1).await;
}
