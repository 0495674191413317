//! An account that is shut, wherever its owner signed in.

use domain::account::Role;
use serde_json::json;
use tests::World;

use super::{ADA, act, ada_and_sub, root};
use crate::api::{Device, keys_work};
use crate::nauth::{PASSWORD, bearing};

#[tokio::test]
async fn a_sign_in_through_each_of_the_five_contracts_is_dead_on_the_next_request() {
    let world = World::new().await;
    world.event(7).await;
    let (nauth, sub) = ada_and_sub(&world).await;
    let cfg = world.anyone().sign_in(ADA).await;
    let form = crate::auth::login(&world.anyone(), ADA, PASSWORD).await;
    let form = form.expect(200);
    world.clock.advance(60);
    let ravi = Device::let_in(&world, ADA).await;
    world
        .set_user(ADA, |user| {
            user.role = Role::Operator;
            user.event = Some(7);
            user.mode = Some(0);
        })
        .await;
    let body = json!({ "email": ADA, "password": PASSWORD, "role": "operator" });
    let cashless = world.anyone().post("/auth/login", &body).await.expect(200);

    let tokens = [
        (nauth.str("accessToken"), "/nauth/profile"),
        (cfg.access.as_str(), "/cfg/accounts/profile/"),
        (form.str("access_token"), "/protected"),
        (cashless.str("access_token"), "/protected"),
        (ravi.str("access"), "/cfg/accounts/profile/"),
    ];
    for (token, path) in tokens {
        let bearer = world.anyone().bearing(token);
        bearer.get(path).await.expect(200);
    }
    assert_eq!(keys_work(&world, &ravi).await, [true; 2]);
    let asked = json!({ "reason": "it was stolen" });
    act(&root(&world).await, &sub, "disable", asked)
        .await
        .expect(200);
    for (token, path) in tokens {
        let answer = world.anyone().bearing(token).get(path).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.text);
    }
    assert_eq!(keys_work(&world, &ravi).await, [false; 2]);
    let refreshes = [
        (
            "/nauth/refresh",
            json!({ "refreshToken": nauth.str("refreshToken") }),
        ),
        (
            "/cfg/accounts/token/refresh/",
            json!({ "refresh": cfg.refresh }),
        ),
        (
            "/cfg/accounts/token/refresh/",
            json!({ "refresh": ravi.str("refresh") }),
        ),
        (
            "/auth/refresh",
            json!({ "refresh_token": form.str("refresh_token") }),
        ),
        (
            "/auth/refresh",
            json!({ "refresh_token": cashless.str("refresh_token") }),
        ),
    ];
    for (path, body) in refreshes {
        let answer = world.anyone().post(path, &body).await;
        assert!(
            matches!(answer.status, 400..=403),
            "{path}: {}",
            answer.text
        );
    }
    let gone = bearing(&world, &nauth).get("/nauth/sessions").await;
    assert_eq!(gone.status, 401);
}
