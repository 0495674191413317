//! POST /cfg/totp/verify/backup/

use super::{ADA, events, refused};
use serde_json::json;
use tests::World;

#[tokio::test]
async fn each_code_works_once_in_capitals_or_not() {
    let world = World::new().await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    let session = world.anyone().first_factor(&world, ADA).await;
    let typed = app.backup_codes[0].to_uppercase();
    let answer = world
        .anyone()
        .backup_code(&session, &typed)
        .await
        .expect(200);
    assert_eq!(answer.body["remaining_backup_codes"], json!(9));
    assert!(answer.body.get("warning").is_none());
    let ada = world.anyone().bearing(answer.str("access_token"));
    ada.get("/cfg/accounts/profile/").await.expect(200);
    assert!(
        events(&world)
            .await
            .contains(&"BACKUP_CODE_USED".to_owned())
    );
    let session = world.anyone().first_factor(&world, ADA).await;
    let again = world
        .anyone()
        .backup_code(&session, &app.backup_codes[0])
        .await;
    assert_eq!(
        refused(again, 400, "INVALID_CODE").body["attempts_remaining"],
        json!(4)
    );
    world
        .anyone()
        .backup_code(&session, &app.backup_codes[1])
        .await
        .expect(200);
    let spent = world
        .anyone()
        .backup_code(&session, &app.backup_codes[2])
        .await;
    refused(spent, 404, "SESSION_NOT_FOUND");
}

#[tokio::test]
async fn codes_of_another_account_open_nothing() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    let grace = world.anyone().sign_in("grace@example.com").await;
    let hers = grace.set_up_totp(&world).await;
    let session = world
        .anyone()
        .first_factor(&world, "grace@example.com")
        .await;
    let answer = world
        .anyone()
        .backup_code(&session, &ada.backup_codes[0])
        .await;
    refused(answer, 400, "INVALID_CODE");
    world
        .anyone()
        .backup_code(&session, &hers.backup_codes[0])
        .await
        .expect(200);
}

#[tokio::test]
async fn codes_have_eight_characters() {
    let world = World::new().await;
    let session = "5b2a1c7e-9c39-4f0e-8a55-0d1d6f5b8a11";
    for (typed, sentence) in [
        ("abc1234", "Ensure this field has at least 8 characters."),
        (
            "abc123456",
            "Ensure this field has no more than 8 characters.",
        ),
    ] {
        let answer = world.anyone().backup_code(session, typed).await.expect(400);
        assert_eq!(answer.body, json!({ "backup_code": [sentence] }));
    }
}

#[tokio::test]
async fn a_session_that_expired_is_told_from_none() {
    let world = World::new().await;
    let app = world.anyone().sign_in(ADA).await.set_up_totp(&world).await;
    let session = world.anyone().first_factor(&world, ADA).await;
    world.clock.advance(300);
    let late = world
        .anyone()
        .backup_code(&session, &app.backup_codes[0])
        .await;
    refused(late, 400, "SESSION_EXPIRED");
}
