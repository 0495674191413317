//! GET /cfg/totp/devices/, DELETE /cfg/totp/devices/{id}/

use super::{ADA, events, refused, subjects};
use serde_json::json;
use tests::{Authenticator, Member, World};

const DEVICES: &str = "/cfg/totp/devices/";

async fn pending(ada: &Member<'_>, name: &str) -> Authenticator {
    let body = json!({ "device_name": name });
    Authenticator::scan(
        &ada.client()
            .post("/cfg/totp/setup/", &body)
            .await
            .expect(200),
    )
}

async fn remove(ada: &Member<'_>, id: &str, body: &serde_json::Value) -> tests::Answer {
    let path = format!("{DEVICES}{id}/");
    ada.client().send("DELETE", &path, body).await
}

/// Ada, signed in with her app, which is the second of two in force.
async fn with_two_apps(world: &World) -> (Member<'_>, Authenticator, Authenticator) {
    let ada = world.anyone().sign_in(ADA).await;
    let second = pending(&ada, "Tablet").await;
    let first = ada.set_up_totp(world).await;
    let ada = signed_in(world, &first).await;
    let body = json!({ "device_id": second.device, "code": second.code(world.now()) });
    ada.client()
        .post("/cfg/totp/setup/confirm/", &body)
        .await
        .expect(200);
    world.clock.advance(30);
    (ada, first, second)
}

async fn signed_in<'w>(world: &'w World, app: &Authenticator) -> Member<'w> {
    world
        .anyone()
        .sign_in_with(world, ADA, &app.code(UnixTime(world.now().0 + 30)))
        .await
}

use domain::UnixTime;

#[tokio::test]
async fn all_of_them_are_listed() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let none = ada.client().get(DEVICES).await.expect(200);
    assert_eq!(
        none.body,
        json!({ "devices": [], "has_2fa_enabled": false })
    );
    let waiting = pending(&ada, "Old phone").await;
    let app = ada.set_up_totp(&world).await;
    let listed = ada.client().get(DEVICES).await.expect(200);
    assert_eq!(
        listed.body,
        json!({ "has_2fa_enabled": true, "devices": [
            { "id": waiting.device, "name": "Old phone", "is_primary": false, "status": "pending",
              "created_at": "2027-01-15T08:00:00Z", "confirmed_at": null, "last_used_at": null },
            { "id": app.device, "name": "Authenticator", "is_primary": true, "status": "active",
              "created_at": "2027-01-15T08:00:00Z", "confirmed_at": "2027-01-15T08:00:00Z",
              "last_used_at": "2027-01-15T08:00:00Z" },
        ] })
    );
    let body = json!({ "code": app.code(world.now()) });
    ada.client()
        .post("/cfg/totp/disable/", &body)
        .await
        .expect(200);
    let listed = ada.client().get(DEVICES).await.expect(200);
    assert_eq!(listed.body["has_2fa_enabled"], json!(false));
    assert_eq!(listed.body["devices"][1]["status"], json!("disabled"));
}

#[tokio::test]
async fn one_that_guards_nothing_goes_at_once() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let waiting = pending(&ada, "Old phone").await;
    world.clock.advance(900);
    let gone = remove(&ada, &waiting.device, &json!({})).await.expect(204);
    assert_eq!(gone.text, "");
    refused(
        remove(&ada, &waiting.device, &json!({})).await,
        404,
        "DEVICE_NOT_FOUND",
    );
    ada.profile().await.expect(200);
}

#[tokio::test]
async fn the_last_one_goes_only_for_a_code() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = ada.set_up_totp(&world).await;
    refused(
        remove(&ada, &app.device, &json!({})).await,
        400,
        "CODE_REQUIRED",
    );
    let wrong = json!({ "code": app.wrong_code(world.now()) });
    refused(remove(&ada, &app.device, &wrong).await, 400, "INVALID_CODE");
    let malformed = remove(&ada, &app.device, &json!({ "code": "12a456" }))
        .await
        .expect(400);
    assert_eq!(malformed.body, json!({ "code": ["Code must be 6 digits"] }));
    let right = json!({ "code": app.code(world.now()) });
    remove(&ada, &app.device, &right).await.expect(204);
    assert!(
        events(&world)
            .await
            .contains(&"SECOND_FACTOR_DISABLED".to_owned())
    );
    assert!(subjects(&world)[0].starts_with("A second factor"));
    let listed = ada.client().get(DEVICES).await.expect(200);
    assert_eq!(
        listed.body,
        json!({ "devices": [], "has_2fa_enabled": false })
    );
    world.clock.advance(60);
    world.anyone().sign_in(ADA).await;
}

#[tokio::test]
async fn one_of_two_goes_in_a_sign_in_that_showed_a_factor() {
    let world = World::new().await;
    let (ada, first, second) = with_two_apps(&world).await;
    remove(&ada, &first.device, &json!({})).await.expect(204);
    assert!(events(&world).await.contains(&"FACTOR_REMOVED".to_owned()));
    let listed = ada.client().get(DEVICES).await.expect(200);
    assert_eq!(listed.body["devices"].as_array().unwrap().len(), 1);
    assert_eq!(listed.body["devices"][0]["id"], json!(second.device));
    assert_eq!(listed.body["devices"][0]["is_primary"], json!(true));
    // The one that is gone opens nothing, the other does.
    let session = world.anyone().first_factor(&world, ADA).await;
    let gone = world
        .anyone()
        .second_factor(&session, &first.code(world.now()))
        .await;
    refused(gone, 400, "INVALID_CODE");
    world
        .anyone()
        .second_factor(&session, &second.code(world.now()))
        .await
        .expect(200);
}

#[tokio::test]
async fn one_of_two_takes_a_fresh_sign_in() {
    let world = World::new().await;
    let (ada, first, _) = with_two_apps(&world).await;
    world.clock.advance(600);
    refused(
        remove(&ada, &first.device, &json!({})).await,
        403,
        "REAUTHENTICATION_REQUIRED",
    );
}

#[tokio::test]
async fn a_path_that_names_no_device_leads_nowhere() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    for id in ["nonsense", "%ff", "5b2a1c7e-9c39-4f0e-8a55"] {
        let answer = remove(&ada, id, &json!({})).await.expect(404);
        assert!(answer.body.is_object(), "{}", answer.text);
    }
    let unknown = "5b2a1c7e-9c39-4f0e-8a55-0d1d6f5b8a11";
    refused(
        remove(&ada, unknown, &json!({})).await,
        404,
        "DEVICE_NOT_FOUND",
    );
    let grace = world.anyone().sign_in("grace@example.com").await;
    let hers = pending(&grace, "Phone").await;
    refused(
        remove(&ada, &hers.device, &json!({})).await,
        404,
        "DEVICE_NOT_FOUND",
    );
}
