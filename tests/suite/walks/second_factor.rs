//! A second factor, set through any contract, is asked for at every door of every
//! other.

use domain::account::Role;
use serde_json::json;
use tests::site::OPERATORS_PASSWORD;
use tests::{Anyone, Authenticator, SecurityKey, World};

use super::doors::{Door, OLGA};
use crate::auth::phone::{self, PHONE};
use crate::auth::second_factor::shown;
use crate::auth::{letter_token, login};

/// The contracts that set a factor.
#[derive(Clone, Copy, Debug)]
enum Setter {
    DjangoCfg,
    AuthService,
    Cashless,
    Nauth,
}

impl Setter {
    const ALL: [Self; 4] = [
        Self::DjangoCfg,
        Self::AuthService,
        Self::Cashless,
        Self::Nauth,
    ];

    /// The secret of a factor that `bearer` puts in force.
    async fn set(self, world: &World, bearer: &Anyone<'_>) -> String {
        match self {
            Self::DjangoCfg => {
                let begun = bearer.post("/cfg/totp/setup/", &json!({})).await;
                let app = Authenticator::scan(&begun.expect(200));
                let body = json!({ "device_id": app.device, "code": app.code(world.now()) });
                let confirmed = bearer.post("/cfg/totp/setup/confirm/", &body).await;
                confirmed.expect(200);
                app.secret()
            }
            Self::AuthService => {
                let first = bearer.get("/auth/generate-2fa-code").await.expect(200);
                let body = json!({ "code": first.str("code") });
                bearer.post("/auth/enable-2fa", &body).await.expect(200);
                first.str("secret").to_owned()
            }
            Self::Cashless => {
                world.set_user(OLGA, |user| user.role = Role::Admin).await;
                let begun = bearer.post("/admin/mfa/setup", &json!({})).await;
                let secret = begun.expect(200).str("secret").to_owned();
                let body = json!({ "code": shown(world, &secret) });
                bearer.post("/admin/mfa/verify", &body).await.expect(200);
                secret
            }
            Self::Nauth => {
                let begun = json!({ "methodName": "totp" });
                let begun = bearer.post("/nauth/mfa/setup-data", &begun).await;
                let secret = begun.expect(200).body["setupData"]["secret"].clone();
                let secret = secret.as_str().unwrap().to_owned();
                let code = json!({ "code": shown(world, &secret) });
                let body = json!({ "methodName": "totp", "setupData": code });
                let path = "/nauth/mfa/verify-setup";
                bearer.post(path, &body).await.expect(200);
                secret
            }
        }
    }
}

/// Olga: her telephone came first, then her address, each with its proof, and then
/// her password and her job.
async fn with_olga() -> World {
    let world = World::new().await;
    world.event(7).await;
    let client = world.anyone();
    phone::ask(&client, PHONE).await.expect(200);
    let by_phone = phone::verify(&client, PHONE, &world.texted_code(PHONE)).await;
    let bearer = world.anyone();
    let bearer = bearer.bearing(by_phone.expect(200).str("access_token"));
    let profile = "/auth/profile";
    let body = json!({ "email": OLGA });
    bearer.send("PUT", profile, &body).await.expect(200);
    let token = json!({ "token": letter_token(&world, OLGA) });
    let path = "/auth/confirm-email";
    bearer.post(path, &token).await.expect(200);
    let olga = client.sign_in(OLGA).await.client();
    let body = json!({ "password": OPERATORS_PASSWORD });
    olga.send("PUT", profile, &body).await.expect(200);
    world
        .set_user(OLGA, |user| {
            user.role = Role::Operator;
            user.event = Some(7);
            user.mode = Some(0);
        })
        .await;
    world.clock.advance(60);
    world
}

#[tokio::test]
async fn without_a_factor_every_door_lets_in() {
    let world = with_olga().await;
    for (door, operation) in Door::ALL {
        world.clock.advance(120);
        let knocked = door.knock(&world).await;
        assert!(knocked.is_in(&world).await, "{operation} ({door:?})");
        assert!(!knocked.is_asked(door), "{operation} ({door:?})");
    }
}

#[tokio::test]
async fn a_factor_of_any_contract_is_asked_for_at_every_door() {
    for setter in Setter::ALL {
        let world = with_olga().await;
        let answer = login(&world.anyone(), OLGA, OPERATORS_PASSWORD).await;
        let bearer = world
            .anyone()
            .bearing(answer.expect(200).str("access_token"));
        let secret = setter.set(&world, &bearer).await;
        for (door, operation) in Door::ALL {
            // A time step that is not used yet, and no cooldown.
            world.clock.advance(120);
            let knocked = door.knock(&world).await;
            let what = format!("{operation} ({door:?}) after {setter:?}");
            assert!(!knocked.is_in(&world).await, "{what} lets in without it");
            assert!(knocked.is_asked(door), "{what} does not ask for it");
            let code = shown(&world, &secret);
            match knocked.show(&world, &code).await {
                Some(knocked) => assert!(knocked.is_in(&world).await, "{what} takes it"),
                None => assert_eq!(door, Door::OperatorsDevice, "{what} has no place for it"),
            }
        }
    }
}

/// A mailbox, a telephone or a passkey is no factor that any contract but nauth could ask for
/// in its own words; our pages can ask for the first two.
#[tokio::test]
async fn where_a_factor_cannot_be_asked_for_nobody_is_let_in() {
    for factor in ["email", "sms", "passkey"] {
        let world = with_olga().await;
        let answer = login(&world.anyone(), OLGA, OPERATORS_PASSWORD).await;
        let bearer = world
            .anyone()
            .bearing(answer.expect(200).str("access_token"));
        let body = json!({ "methodName": factor });
        let path = "/nauth/mfa/setup-data";
        let begun = bearer.post(path, &body).await.expect(200);
        if factor == "passkey" {
            let made = SecurityKey::new().create(&begun.body["setupData"]["options"]);
            let data = json!({ "credential": made });
            let body = json!({ "methodName": factor, "setupData": data });
            let path = "/nauth/mfa/verify-setup";
            bearer.post(path, &body).await.expect(200);
        }
        for (door, operation) in Door::ALL {
            world.clock.advance(120);
            let knocked = door.knock(&world).await;
            let what = format!("{operation} ({door:?}) with {factor}");
            assert!(!knocked.is_in(&world).await, "{what} lets in without it");
            assert_eq!(knocked.is_asked(door), door.asks_for(factor), "{what}");
        }
    }
}
