//! What counts as text: nothing but text, as Pydantic has it. Elsewhere numbers do, too.

use serde_json::{Value, json};
use tests::World;

use super::{ADA, PASSWORD, ada, problems};

const NO_TEXT: &str = "Input should be a valid string";

/// Every body of the FastAPI contracts that has a text field, sound but for the
/// field that is set to something else.
fn bodies() -> [(&'static str, &'static str, Value); 9] {
    let person = json!({ "username": "bob", "email": "bob@example.com", "password": PASSWORD });
    let token = json!({ "token": "t", "new_password": PASSWORD });
    [
        ("/auth/register", "username", person.clone()),
        ("/auth/register", "email", person.clone()),
        ("/auth/register", "password", person),
        ("/auth/password-reset-request", "email", json!({})),
        ("/auth/password-reset", "token", token.clone()),
        ("/auth/password-reset", "new_password", token),
        ("/auth/token-refresh", "refresh_token", json!({})),
        ("/auth/confirm-email", "token", json!({})),
        ("/tokens/verify", "token", json!({})),
    ]
}

#[tokio::test]
async fn numbers_and_null_are_no_text() {
    let world = World::new().await;
    for (path, field, sound) in bodies() {
        for value in [
            json!(12_345_678),
            json!(0.5),
            json!(null),
            json!(true),
            json!(["x"]),
        ] {
            let mut body = sound.clone();
            body[field] = value.clone();
            let refused = world.anyone().post(path, &body).await.expect(422);
            let expected = [format!("body.{field}: {NO_TEXT}")];
            assert_eq!(problems(&refused), expected, "{path} {value}");
            assert_eq!(refused.body["detail"][0]["type"], "string_type");
        }
        world.clock.advance(60);
    }
}

#[tokio::test]
async fn a_code_is_text_where_the_contract_says_so() {
    let world = World::new().await;
    let ada = ada(&world.anyone()).await;
    let path = "/auth/enable-2fa";
    let refused = ada
        .post(path, &json!({ "code": 123_456 }))
        .await
        .expect(422);
    assert_eq!(problems(&refused), [format!("body.code: {NO_TEXT}")]);
    // What may be left out may be null, and still is no number.
    let profile = "/auth/profile";
    let sent = json!({ "username": null, "role": 7 });
    let refused = ada.send("PUT", profile, &sent).await.expect(422);
    assert_eq!(problems(&refused), [format!("body.role: {NO_TEXT}")]);
    // Django REST Framework reads a number as its digits.
    world.anyone().request_code(ADA).await.expect(200);
    let code: u32 = world.code(ADA).parse().unwrap();
    if code >= 1000 {
        let typed = json!({ "identifier": ADA, "otp": code });
        let path = "/cfg/accounts/otp/verify/";
        world.anyone().post(path, &typed).await.expect(200);
    }
}
