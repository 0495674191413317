//! POST /cfg/totp/setup/, POST /cfg/totp/setup/confirm/

use super::{ADA, events, refused, subjects};
use base64::Engine as _;
use serde_json::json;
use tests::{Authenticator, World};

const SETUP: &str = "/cfg/totp/setup/";
const CONFIRM: &str = "/cfg/totp/setup/confirm/";

/// What a camera reads in the picture of a `data:` URI.
fn read_qr(data_uri: &str) -> String {
    let base64 = data_uri.strip_prefix("data:image/png;base64,").unwrap();
    let file = base64::engine::general_purpose::STANDARD
        .decode(base64)
        .unwrap();
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let picture = reader.next_frame(&mut dots).unwrap();
    assert_eq!(picture.width, picture.height);
    let (width, height) = (picture.width as usize, picture.height as usize);
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| dots[y * width + x]);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code in the picture");
    grids[0].decode().unwrap().1
}

#[tokio::test]
async fn an_app_scans_the_picture() {
    let world = World::with(&[("POSTERN_SERVICE_NAME", "My Shop")]).await;
    let ada = world.anyone().sign_in(ADA).await;
    let answer = ada
        .client()
        .post(SETUP, &json!({ "device_name": "Phone" }))
        .await;
    let answer = answer.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let secret = answer.str("secret");
    assert_eq!(secret.len(), 32);
    assert!(
        secret
            .bytes()
            .all(|c| c.is_ascii_uppercase() || (b'2'..=b'7').contains(&c))
    );
    let uri = answer.str("provisioning_uri");
    assert_eq!(
        uri,
        format!("otpauth://totp/My%20Shop:ada%40example.com?secret={secret}&issuer=My%20Shop")
    );
    assert_eq!(read_qr(answer.str("qr_code_base64")), uri);
    assert_eq!(answer.body["expires_in"], json!(600));
    assert!(uuid::Uuid::parse_str(answer.str("device_id")).is_ok());
}

#[tokio::test]
async fn nothing_is_asked_for_until_the_first_code_came() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = Authenticator::scan(&ada.client().post(SETUP, &json!({})).await.expect(200));
    world.clock.advance(60);
    world.anyone().sign_in(ADA).await;
    let wrong = json!({ "device_id": app.device, "code": app.wrong_code(world.now()) });
    refused(
        ada.client().post(CONFIRM, &wrong).await,
        400,
        "INVALID_CODE",
    );
    let right = json!({ "device_id": app.device, "code": app.code(world.now()) });
    let answer = ada.client().post(CONFIRM, &right).await.expect(200);
    assert!(!answer.str("message").is_empty() && !answer.str("backup_codes_warning").is_empty());
    let codes = answer.body["backup_codes"].as_array().unwrap();
    assert_eq!(codes.len(), 10);
    for code in codes {
        let code = code.as_str().unwrap();
        assert!(
            code.len() == 8
                && code
                    .bytes()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
            "{code}"
        );
    }
    assert!(subjects(&world)[0].ends_with("has a second factor"));
    assert!(events(&world).await.contains(&"FACTOR_ADDED".to_owned()));
    assert!(
        events(&world)
            .await
            .contains(&"SECOND_FACTOR_FAILED".to_owned())
    );
    world.anyone().first_factor(&world, ADA).await;
    // It was confirmed, so it does not wait to be.
    refused(
        ada.client().post(CONFIRM, &right).await,
        404,
        "DEVICE_NOT_FOUND",
    );
}

#[tokio::test]
async fn a_set_up_waits_ten_minutes() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = Authenticator::scan(&ada.client().post(SETUP, &json!({})).await.expect(200));
    world.clock.advance(600);
    let ada = world.anyone().sign_in(ADA).await;
    let late = json!({ "device_id": app.device, "code": app.code(world.now()) });
    refused(
        ada.client().post(CONFIRM, &late).await,
        400,
        "SETUP_EXPIRED",
    );
}

#[tokio::test]
async fn a_device_is_confirmed_by_its_own_account_only() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let app = Authenticator::scan(&ada.client().post(SETUP, &json!({})).await.expect(200));
    let grace = world.anyone().sign_in("grace@example.com").await;
    let body = json!({ "device_id": app.device, "code": app.code(world.now()) });
    refused(
        grace.client().post(CONFIRM, &body).await,
        404,
        "DEVICE_NOT_FOUND",
    );
    let nonsense = json!({ "device_id": "nonsense", "code": "123456" });
    assert_eq!(
        ada.client().post(CONFIRM, &nonsense).await.expect(400).body,
        json!({ "device_id": ["Must be a valid UUID."] })
    );
}

#[tokio::test]
async fn there_is_no_set_up_beside_a_factor_in_force() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let other = Authenticator::scan(&ada.client().post(SETUP, &json!({})).await.expect(200));
    ada.set_up_totp(&world).await;
    refused(
        ada.client().post(SETUP, &json!({})).await,
        400,
        "2FA_ALREADY_ENABLED",
    );
    // One that waited since before needs the factor in the sign-in now.
    let body = json!({ "device_id": other.device, "code": other.code(world.now()) });
    refused(
        ada.client().post(CONFIRM, &body).await,
        403,
        "REAUTHENTICATION_REQUIRED",
    );
}

#[tokio::test]
async fn both_steps_take_a_fresh_sign_in() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.clock.advance(599);
    let app = Authenticator::scan(&ada.client().post(SETUP, &json!({})).await.expect(200));
    world.clock.advance(2);
    refused(
        ada.client().post(SETUP, &json!({})).await,
        403,
        "REAUTHENTICATION_REQUIRED",
    );
    let body = json!({ "device_id": app.device, "code": app.code(world.now()) });
    refused(
        ada.client().post(CONFIRM, &body).await,
        403,
        "REAUTHENTICATION_REQUIRED",
    );
    // A refresh is no sign-in.
    let ada = ada.refreshed().await;
    refused(
        ada.client().post(CONFIRM, &body).await,
        403,
        "REAUTHENTICATION_REQUIRED",
    );
    let ada = world.anyone().sign_in(ADA).await;
    ada.client().post(CONFIRM, &body).await.expect(200);
}

#[tokio::test]
async fn a_new_factor_ends_every_other_session() {
    let world = World::new().await;
    let elsewhere = world.at("192.0.2.2").sign_in(ADA).await;
    world.clock.advance(60);
    let ada = world.anyone().sign_in(ADA).await;
    ada.set_up_totp(&world).await;
    elsewhere.profile().await.expect(401);
    world.anyone().refresh(&elsewhere.refresh).await.expect(401);
    ada.profile().await.expect(200);
    ada.refreshed().await.profile().await.expect(200);
}

#[tokio::test]
async fn names_are_at_most_a_hundred_characters() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    for (name, sentence) in [
        (
            "x".repeat(101),
            "Ensure this field has no more than 100 characters.",
        ),
        (String::new(), "This field may not be blank."),
    ] {
        let answer = ada
            .client()
            .post(SETUP, &json!({ "device_name": name }))
            .await;
        assert_eq!(
            answer.expect(400).body,
            json!({ "device_name": [sentence] })
        );
    }
}

#[tokio::test]
async fn four_digits_of_an_administrator_set_up_no_factor() {
    let world = World::new().await;
    let guessed = world.anyone().sign_in("root@example.com").await;
    world
        .set_user("root@example.com", |user| {
            user.role = domain::account::Role::Admin
        })
        .await;
    let client = guessed.client();
    let refused = client
        .post("/cfg/totp/setup/", &json!({}))
        .await
        .expect(403);
    assert_eq!(refused.body["code"], "REAUTHENTICATION_REQUIRED");
    client.get("/auth/generate-2fa-code").await.expect(403);
    let password = json!({ "password": "difference engine no. 2" });
    client
        .send("PUT", "/auth/profile", &password)
        .await
        .expect(403);
    client
        .post("/cfg/accounts/api-key/regenerate/", &json!({}))
        .await
        .expect(403);
    client.get("/cfg/accounts/profile/").await.expect(200);
}
