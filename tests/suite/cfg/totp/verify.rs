//! POST /cfg/totp/verify/

use super::{ADA, events, refused, subjects};
use domain::UnixTime;
use serde_json::json;
use tests::World;

fn address() -> domain::EmailAddress {
    domain::EmailAddress::parse(ADA).unwrap()
}

#[tokio::test]
async fn a_right_code_completes_the_sign_in_once() {
    let world = World::new().await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    world.clock.advance(600);
    let session = world.at("192.0.2.2").first_factor(&world, ADA).await;
    let code = app.code(world.now());
    let answer = world
        .at("192.0.2.2")
        .second_factor(&session, &code)
        .await
        .expect(200);
    assert!(!answer.str("message").is_empty());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.body["user"]["email"], json!(ADA));
    assert_eq!(
        answer.body["user"]["last_login"],
        json!(world.now().to_string())
    );
    assert!(answer.body.get("remaining_backup_codes").is_none());
    let claims = claims(answer.str("access_token"));
    assert_eq!(claims["amr"], json!(["otp", "mfa"]));
    let ada = world.anyone().bearing(answer.str("access_token"));
    ada.get("/cfg/accounts/profile/").await.expect(200);
    world
        .anyone()
        .refresh(answer.str("refresh_token"))
        .await
        .expect(200);
    // From a network that the account did not know, so its owner hears of it.
    assert!(subjects(&world)[0].starts_with("New sign-in"));
    let kinds = events(&world).await;
    for kind in ["SECOND_FACTOR_REQUIRED", "SECOND_FACTOR_PASSED", "SIGN_IN"] {
        assert_eq!(
            kinds.iter().filter(|found| *found == kind).count(),
            1,
            "{kind} in {kinds:?}"
        );
    }
    // Neither the session nor the code is good again.
    world.clock.advance(30);
    let again = world
        .anyone()
        .second_factor(&session, &app.code(world.now()))
        .await;
    refused(again, 404, "SESSION_NOT_FOUND");
    let next = world.at("192.0.2.2").first_factor(&world, ADA).await;
    let letters = subjects(&world)
        .iter()
        .filter(|s| s.starts_with("New sign-in"))
        .count();
    let code = app.code(world.now());
    world
        .at("192.0.2.2")
        .second_factor(&next, &code)
        .await
        .expect(200);
    let now = subjects(&world)
        .iter()
        .filter(|s| s.starts_with("New sign-in"))
        .count();
    assert_eq!(now, letters, "known from now on");
}

fn claims(token: &str) -> serde_json::Value {
    use base64::Engine as _;
    let part = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn a_used_step_is_never_accepted_again_anywhere() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    let session = world.anyone().first_factor(&world, ADA).await;
    let next = app.code(UnixTime(world.now().0 + 30));
    let now = app.code(world.now());
    world
        .anyone()
        .second_factor(&session, &next)
        .await
        .expect(200);
    // Not that step, nor one before it; not here, nor where codes change things.
    let session = world.anyone().first_factor(&world, ADA).await;
    for used in [&next, &now] {
        refused(
            world.anyone().second_factor(&session, used).await,
            400,
            "INVALID_CODE",
        );
        let body = json!({ "code": used });
        refused(
            ada.client().post("/cfg/totp/disable/", &body).await,
            400,
            "INVALID_CODE",
        );
    }
}

#[tokio::test]
async fn a_code_is_good_one_step_before_and_after() {
    let world = World::new().await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    world.clock.advance(300);
    let session = world.anyone().first_factor(&world, ADA).await;
    for off in [-60, 60] {
        let code = app.code(UnixTime(world.now().0 + off));
        refused(
            world.anyone().second_factor(&session, &code).await,
            400,
            "INVALID_CODE",
        );
    }
    let before = app.code(UnixTime(world.now().0 - 30));
    world
        .anyone()
        .second_factor(&session, &before)
        .await
        .expect(200);
    let session = world.anyone().first_factor(&world, ADA).await;
    let after = app.code(UnixTime(world.now().0 + 30));
    world
        .anyone()
        .second_factor(&session, &after)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_session_takes_five_tries() {
    let world = World::new().await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    let session = world.anyone().first_factor(&world, ADA).await;
    for left in (0..5).rev() {
        let wrong = app.wrong_code(world.now());
        let answer = world.anyone().second_factor(&session, &wrong).await;
        let answer = refused(answer, 400, "INVALID_CODE");
        assert_eq!(answer.body["attempts_remaining"], json!(left));
        let told = subjects(&world)
            .iter()
            .any(|s| s.contains("trying to get into"));
        assert_eq!(told, left == 0);
    }
    let right = app.code(world.now());
    let locked = world.anyone().second_factor(&session, &right).await;
    refused(locked, 403, "MAX_ATTEMPTS_EXCEEDED");
    let backup = world
        .anyone()
        .backup_code(&session, &app.backup_codes[0])
        .await;
    assert_eq!(
        refused(backup, 400, "INVALID_CODE").body["attempts_remaining"],
        json!(0)
    );
}

#[tokio::test]
async fn a_session_lasts_five_minutes() {
    let world = World::new().await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    let session = world.anyone().first_factor(&world, ADA).await;
    world.clock.advance(300);
    let late = world
        .anyone()
        .second_factor(&session, &app.code(world.now()))
        .await;
    refused(late, 400, "SESSION_EXPIRED");
    let session = world.anyone().first_factor(&world, ADA).await;
    world.clock.advance(299);
    world
        .anyone()
        .second_factor(&session, &app.code(world.now()))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_lock_or_deletion_in_between_ends_the_session() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    let session = world.anyone().first_factor(&world, ADA).await;
    world.postern.lock_user(&address()).await.unwrap();
    let locked = world
        .anyone()
        .second_factor(&session, &app.code(world.now()))
        .await;
    refused(locked, 404, "SESSION_NOT_FOUND");
    world.postern.unlock_user(&address()).await.unwrap();
    let session = world.anyone().first_factor(&world, ADA).await;
    world.postern.delete_user(&address()).await.unwrap();
    let gone = world
        .anyone()
        .second_factor(&session, &app.code(world.now()))
        .await;
    refused(gone, 404, "SESSION_NOT_FOUND");
    let left = world.dump(&world.table).await;
    assert!(
        !left
            .iter()
            .any(|row| row["sk"].as_s().unwrap().starts_with("MFA#"))
    );
}

#[tokio::test]
async fn the_first_proof_of_an_address_ends_its_factors() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    ada.set_up_totp(&world).await;
    world
        .set_user(ADA, |user| {
            user.email_verified = false;
            user.email_proven_at = None;
        })
        .await;
    world.clock.advance(60);
    let owner = world.anyone().sign_in(ADA).await;
    let listed = owner.client().get("/cfg/totp/devices/").await.expect(200);
    assert_eq!(
        listed.body,
        json!({ "devices": [], "has_2fa_enabled": false })
    );
}

#[tokio::test]
async fn a_second_factor_makes_staff_staff() {
    let world = World::new().await;
    // Set up before there was anything to gain by it: see `setup`.
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    world
        .postern
        .set_role(&address(), domain::account::Role::Admin)
        .await
        .unwrap();
    world.clock.advance(60);
    let session = world.anyone().first_factor(&world, ADA).await;
    let answer = world
        .anyone()
        .second_factor(&session, &app.code(world.now()))
        .await
        .expect(200);
    assert_eq!(answer.body["user"]["is_staff"], json!(true));
}
