//! What people paste and clients send: codes with blanks in them, empty texts,
//! coded bodies, controls in a name.

use serde_json::{Value, json};
use tests::{Answer, Anyone, World};

use crate::auth::phone::{self, PHONE};
use crate::auth::second_factor::shown;
use crate::auth::{OTHER, ask_for_reset, letter_token, login, register, reset};
use crate::vendor;

const PASSWORD: &str = "analytical engine no. 9";

/// `code` in groups, as authenticators and letters show it.
fn spaced(code: &str) -> String {
    let (head, tail) = code.split_at(code.len() / 2);
    format!(" {head}\u{a0}{tail}\u{200b}")
}

/// `code` as a keyboard for Chinese writes digits.
fn full_width(code: &str) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).unwrap();
    code.chars().map(wide).collect()
}

#[tokio::test]
async fn a_code_is_read_out_of_what_is_pasted() {
    let world = World::new().await;
    let client = world.anyone();
    let ada = client.sign_in("ada@example.org").await;
    let app = ada.set_up_totp(&world).await;
    let session = client.first_factor(&world, "ada@example.org").await;
    let code = spaced(&app.code(world.now()));
    client.second_factor(&session, &code).await.expect(200);

    let session = client.first_factor(&world, "ada@example.org").await;
    let (head, tail) = app.backup_codes[0].split_at(4);
    let code = format!("{}-{tail}", head.to_uppercase());
    client.backup_code(&session, &code).await.expect(200);

    // The document's own rule has the last word, and nothing is counted.
    let session = client.first_factor(&world, "ada@example.org").await;
    for wrong in ["12345", "12a 456", "1234567", &full_width("123456")] {
        let told = client.second_factor(&session, wrong).await.expect(400);
        assert!(told.body["code"].is_array(), "{}", told.body);
    }

    client.request_code("bob@example.org").await.expect(200);
    let code = spaced(&world.code("bob@example.org"));
    client
        .verify_code("bob@example.org", &code)
        .await
        .expect(200);
}

/// A token as it looks out of a letter whose lines were broken, at the end of a
/// sentence, behind its link, and with what a chat makes of its dashes.
fn pasted(token: &str) -> Vec<String> {
    let (head, tail) = token.split_at(20);
    vec![
        format!(" \u{feff}{head}\r\n {tail}\u{200b}."),
        format!("https://id.example.org/reset#token={token}"),
        format!("\u{201c}{}\u{201d}", token.replace('-', "\u{2011}")),
    ]
}

/// A reset by the path, as it is written there.
async fn by_path(client: &Anyone<'_>, token: &str, password: &str) -> Answer {
    let body = json!({ "new_password": password });
    let token: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
    let path = format!("/admin/password-reset/{}", token.replace('+', "%20"));
    client.post(&path, &body).await
}

#[tokio::test]
async fn a_token_is_read_out_of_what_is_pasted_at_every_door() {
    const ADA: &str = "ada@example.org";
    for form in 0..3 {
        // A world for each: letters have their budgets.
        let world = World::new().await;
        let client = world.anyone();
        register(&client, "ada", ADA, PASSWORD).await.expect(200);
        vendor::register(&client, vendor::SHOP).await.expect(200);
        let token = |address: &str| pasted(&letter_token(&world, address)).swap_remove(form);
        let ada = login(&client, ADA, PASSWORD).await.expect(200);
        let ada = client.clone().bearing(ada.str("access_token"));
        let body = json!({ "token": token(ADA) });
        ada.post("/auth/confirm-email", &body).await.expect(200);

        ask_for_reset(&client, ADA).await.expect(200);
        let new = format!("{OTHER} by body");
        reset(&client, &token(ADA), &new).await.expect(200);
        login(&client, ADA, &new).await.expect(200);

        ask_for_reset(&client, ADA).await.expect(200);
        // A link has slashes, and in a path those lead elsewhere.
        let in_the_path = token(ADA).replace('/', "");
        let new = format!("{OTHER} by path");
        by_path(&client, &in_the_path, &new).await.expect(200);
        login(&client, ADA, &new).await.expect(200);

        vendor::ask(&client, vendor::SHOP).await.expect(200);
        vendor::reset(&client, &token(vendor::SHOP), OTHER)
            .await
            .expect(200);
        vendor::login(&client, vendor::SHOP, OTHER)
            .await
            .expect(200);
    }
}

/// Where the document says how long a code is and not what of, the digits of other
/// keyboards are the code and no guess.
#[tokio::test]
async fn cashless_reads_digits_of_any_keyboard() {
    let world = World::new().await;
    let client = world.anyone();
    phone::ask(&client, PHONE).await.expect(200);
    let code = spaced(&full_width(&world.texted_code(PHONE)));
    phone::verify(&client, PHONE, &code).await.expect(200);

    let root = world.admin("root@example.org").await.client();
    let set_up = root.post("/admin/mfa/setup", &json!({})).await.expect(200);
    let code = shown(&world, set_up.str("secret"));
    let body = json!({ "code": spaced(&full_width(&code)) });
    root.post("/admin/mfa/verify", &body).await.expect(200);

    let ada = client.sign_in("ada@example.org").await;
    let app = ada.set_up_totp(&world).await;
    let session = client.first_factor(&world, "ada@example.org").await;
    let code = spaced(&full_width(&app.backup_codes[0]).to_uppercase());
    client.backup_code(&session, &code).await.expect(200);
}

#[tokio::test]
async fn the_auth_service_reads_codes_likewise() {
    let world = World::new().await;
    let client = world.anyone();
    let body = json!({
        "username": "ada", "email": "ada@example.org", "password": PASSWORD, "profile_picture": "", "preferences": "",
    });
    let made = client.post("/auth/register", &body).await.expect(200);
    // An account has a picture or none: an empty one is none.
    assert_eq!(made.body["profile_picture"], Value::Null);
    let ada = client.sign_in("ada@example.org").await.client();
    let first = ada.get("/auth/generate-2fa-code").await.expect(200);
    let body = json!({ "code": spaced(&full_width(first.str("code"))) });
    let enabled = ada.post("/auth/enable-2fa", &body).await.expect(200);
    assert!(enabled.body["backup_codes"].is_array());
}

#[tokio::test]
async fn blank_is_an_answer_to_an_optional_text() {
    let world = World::new().await;
    let body = json!({
        "name": "Engines", "email": "shop@example.com", "password": PASSWORD,
        "description": "", "preferences": "", "profile_picture": " ",
    });
    let made = world.anyone().post("/vendor/register_vendor", &body).await;
    assert_eq!(made.expect(200).body["description"], "");
    // The document of this one names a least length.
    let ada = world.anyone().sign_in("ada@example.org").await.client();
    let body = json!({ "device_name": "" });
    ada.post("/cfg/totp/setup/", &body).await.expect(400);
}

#[tokio::test]
async fn a_coded_body_is_refused_in_every_dialect() {
    let world = World::new().await;
    let client = world.anyone().header("content-encoding", "gzip");
    for path in [
        "/cfg/accounts/otp/request/",
        "/cfg/accounts/token/refresh/",
        "/auth/login",
        "/auth/register",
        "/auth/refresh",
        "/admin/login",
        "/tokens/verify",
        "/tokens/revoke",
        "/devices/auth",
        "/vendor/login",
        "/api/auth/device/token/",
        "/oauth/token",
        "/oauth/device_authorization",
    ] {
        // The body is not read, whatever the client means by it.
        client.raw("POST", path, "\u{1f}\u{8b}").await.expect(415);
    }
    let plain = world.anyone().header("content-encoding", "identity");
    let body = json!({ "identifier": "ada@example.org" });
    plain
        .post("/cfg/accounts/otp/request/", &body)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_name_with_a_control_in_it_is_a_named_problem() {
    let world = World::new().await;
    let body = json!({
        "email": "olga@example.org", "password": PASSWORD, "dev_type": "POS", "dev_mac": "SN\t0042",
    });
    let told = world.anyone().post("/devices/operator-token", &body).await;
    let told = told.expect(422);
    assert_eq!(told.body["detail"][0]["loc"], json!(["body", "dev_mac"]));
}
