//! A second factor, set through any contract, is asked for at every door of every
//! other.

use serde_json::json;
use tests::site::OPERATORS_PASSWORD;
use tests::{Anyone, Authenticator, World};

use super::doors::{Door, OLGA};
use crate::auth::login;
use crate::auth::second_factor::shown;

/// The contracts that set a factor.
#[derive(Clone, Copy, Debug)]
enum Setter {
    DjangoCfg,
    AuthService,
}

impl Setter {
    const ALL: [Self; 2] = [Self::DjangoCfg, Self::AuthService];

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
        }
    }
}

async fn with_olga() -> World {
    let world = World::new().await;
    world.event(7).await;
    world.operator(OLGA, 7).await;
    // Proven, or the first code would end her password, and GitHub would not do.
    world
        .set_user(OLGA, |user| user.email_verified = true)
        .await;
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
