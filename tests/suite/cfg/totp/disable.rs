//! POST /cfg/totp/disable/

use super::{ADA, events, refused, subjects};
use serde_json::json;
use tests::World;

const PATH: &str = "/cfg/totp/disable/";

#[tokio::test]
async fn a_code_does_away_with_all_of_it() {
    let world = World::new().await;
    let elsewhere = world.at("192.0.2.2").sign_in(ADA).await;
    world.clock.advance(60);
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    let session = world.anyone().first_factor(&world, ADA).await;
    let wrong = json!({ "code": app.wrong_code(world.now()) });
    refused(ada.client().post(PATH, &wrong).await, 400, "INVALID_CODE");
    let right = json!({ "code": app.code(world.now()) });
    let answer = ada.client().post(PATH, &right).await.expect(200);
    assert_eq!(answer.body, json!({ "message": "2FA has been disabled" }));
    assert!(
        events(&world)
            .await
            .contains(&"SECOND_FACTOR_DISABLED".to_owned())
    );
    assert!(subjects(&world)[0].starts_with("A second factor"));
    elsewhere.profile().await.expect(401);
    ada.profile().await.expect(200);
    // What waited for a second factor waits for nothing now, and backup codes are dead.
    let dead = world
        .anyone()
        .backup_code(&session, &app.backup_codes[0])
        .await;
    refused(dead, 404, "SESSION_NOT_FOUND");
    refused(
        ada.client().post(PATH, &right).await,
        400,
        "2FA_NOT_ENABLED",
    );
    let status = ada.client().get("/cfg/totp/backup-codes/").await;
    refused(status, 400, "2FA_NOT_ENABLED");
    world.clock.advance(60);
    world.anyone().sign_in(ADA).await;
    // And it can be set up again.
    ada.set_up_totp(&world).await;
}

#[tokio::test]
async fn it_takes_a_fresh_sign_in() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    world.clock.advance(571);
    let body = json!({ "code": app.code(world.now()) });
    refused(
        ada.client().post(PATH, &body).await,
        403,
        "REAUTHENTICATION_REQUIRED",
    );
}
