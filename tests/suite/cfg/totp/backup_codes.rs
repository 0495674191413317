//! GET /cfg/totp/backup-codes/, POST /cfg/totp/backup-codes/regenerate/

use super::{ADA, events, refused, subjects};
use serde_json::{Value, json};
use tests::World;

const STATUS: &str = "/cfg/totp/backup-codes/";
const REGENERATE: &str = "/cfg/totp/backup-codes/regenerate/";

#[tokio::test]
async fn who_has_no_factor_has_none() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    refused(ada.client().get(STATUS).await, 400, "2FA_NOT_ENABLED");
    let body = json!({ "code": "123456" });
    refused(
        ada.client().post(REGENERATE, &body).await,
        400,
        "2FA_NOT_ENABLED",
    );
}

#[tokio::test]
async fn the_last_three_come_with_a_warning() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    for (used, code) in app.backup_codes.iter().enumerate() {
        let left = 10 - used;
        let status = ada.client().get(STATUS).await.expect(200);
        assert_eq!(status.body["remaining_count"], json!(left));
        assert_eq!(status.body["total_generated"], json!(10));
        assert_eq!(status.body["warning"] != Value::Null, left <= 3, "{left}");
        world.clock.advance(600);
        let session = world.anyone().first_factor(&world, ADA).await;
        let answer = world.anyone().backup_code(&session, code).await.expect(200);
        assert_eq!(answer.body["remaining_backup_codes"], json!(left - 1));
        assert_eq!(
            answer.body.get("warning").is_some(),
            left - 1 <= 3,
            "{left}"
        );
        if used == 1 {
            // Access tokens do not last for all ten.
            break;
        }
    }
}

#[tokio::test]
async fn new_ones_take_the_place_of_the_old() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    let wrong = json!({ "code": app.wrong_code(world.now()) });
    refused(
        ada.client().post(REGENERATE, &wrong).await,
        400,
        "INVALID_CODE",
    );
    let right = json!({ "code": app.code(world.now()) });
    let answer = ada.client().post(REGENERATE, &right).await.expect(200);
    let codes: Vec<String> = serde_json::from_value(answer.body["backup_codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    assert!(!answer.str("warning").is_empty());
    assert!(codes.iter().all(|code| !app.backup_codes.contains(code)));
    assert!(
        events(&world)
            .await
            .contains(&"BACKUP_CODES_REGENERATED".to_owned())
    );
    assert!(subjects(&world)[0].starts_with("New backup codes"));
    // The step is used up by it.
    refused(
        ada.client().post(REGENERATE, &right).await,
        400,
        "INVALID_CODE",
    );
    let session = world.anyone().first_factor(&world, ADA).await;
    let old = world
        .anyone()
        .backup_code(&session, &app.backup_codes[0])
        .await;
    refused(old, 400, "INVALID_CODE");
    world
        .anyone()
        .backup_code(&session, &codes[0])
        .await
        .expect(200);
    ada.profile().await.expect(200);
}

#[tokio::test]
async fn new_ones_take_a_fresh_sign_in_and_the_primary_device() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    let sub = world
        .postern
        .find_user(&domain::EmailAddress::parse(ADA).unwrap())
        .await
        .unwrap()
        .sub;
    let store = store::Store::new(&world.aws.dynamodb, &world.table, &world.audit_table);
    let mut factors = store.factors(sub).await.unwrap();
    factors.devices[0].primary = false;
    factors.rev += 1;
    let transaction = store
        .transaction()
        .save_factors(sub, &factors, factors.rev - 1)
        .unwrap();
    transaction.commit(world.request_token()).await.unwrap();
    let body = json!({ "code": app.code(world.now()) });
    refused(
        ada.client().post(REGENERATE, &body).await,
        400,
        "NO_PRIMARY_DEVICE",
    );
    factors.devices[0].primary = true;
    factors.rev += 1;
    let transaction = store
        .transaction()
        .save_factors(sub, &factors, factors.rev - 1)
        .unwrap();
    transaction.commit(world.request_token()).await.unwrap();
    world.clock.advance(571);
    let body = json!({ "code": app.code(world.now()) });
    refused(
        ada.client().post(REGENERATE, &body).await,
        403,
        "REAUTHENTICATION_REQUIRED",
    );
}
