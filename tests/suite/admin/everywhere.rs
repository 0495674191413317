//! One person in every contract at once, and what an administrator does to them.

use serde_json::json;
use tests::{Anyone, World};

use super::{ADA, id, lock, put, root, unlock, world};
use crate::auth::{self, PASSWORD, is_signed_in, letter_token};

/// What a user holds after signing in through every contract that they can.
struct Holder {
    access: Vec<String>,
    refresh: Vec<String>,
    api_key: String,
}

impl Holder {
    /// Ada, who is proven, by a password and by a code.
    async fn sign_in(world: &World) -> Self {
        world.clock.advance(60);
        let here = world.anyone();
        let by_password = auth::login(&here, ADA, PASSWORD).await.expect(200);
        let by_code = here.sign_in(ADA).await;
        let path = "/cfg/accounts/api-key/regenerate/";
        let key = by_code.client().post(path, &json!({})).await.expect(200);
        Self {
            api_key: key.str("key").to_owned(),
            access: vec![by_password.str("access_token").to_owned(), by_code.access],
            refresh: vec![by_password.str("refresh_token").to_owned(), by_code.refresh],
        }
    }

    /// How many of these things open something, in whichever contract they are shown.
    async fn open(&self, world: &World) -> usize {
        let mut open = 0;
        for token in &self.access {
            let bearer = world.anyone().bearing(token);
            open += usize::from(is_signed_in(&bearer).await);
            let profile = bearer.get("/cfg/accounts/profile/").await;
            open += usize::from(profile.status == 200);
            let verified = world.anyone().verify(token).await.expect(200);
            open += usize::from(verified.body["valid"] == json!(true));
        }
        let holder = world.anyone().header("x-api-key", &self.api_key);
        let seen = holder.get("/cfg/accounts/api-key/").await;
        open += usize::from(seen.status == 200);
        let verified = world.anyone().verify(&self.api_key).await.expect(200);
        open + usize::from(verified.body["valid"] == json!(true))
    }

    /// Whether one of its refresh tokens is good for anything.
    async fn refreshes(&self, world: &World) -> bool {
        for (n, token) in self.refresh.iter().enumerate() {
            let network = world.at(&format!("203.0.113.{n}"));
            let body = json!({ "refresh_token": token });
            let answer = network.post("/auth/token-refresh", &body).await;
            if answer.status == 200 || network.refresh(token).await.status == 200 {
                return true;
            }
        }
        false
    }
}

/// Ways in that are refused: the password, and a code by mail.
async fn is_shut_out(world: &World, here: &Anyone<'_>) -> bool {
    let by_password = auth::login(here, ADA, PASSWORD).await.status;
    world.clock.advance(60);
    here.request_code(ADA).await.expect(200);
    let told = world.mail(ADA)[0].subject.clone();
    by_password == 401 && !told.chars().any(|c| c.is_ascii_digit())
}

#[tokio::test]
async fn a_lock_a_deactivation_and_a_deletion_end_everything_in_every_contract_at_once() {
    let world = world().await;
    let root = root(&world).await;
    auth::register(&world.anyone(), "ada", ADA, PASSWORD)
        .await
        .expect(200);
    // A reset proves the address and keeps a password: codes and passwords both open it.
    auth::ask_for_reset(&world.anyone(), ADA).await.expect(200);
    let token = letter_token(&world, ADA);
    auth::reset(&world.anyone(), &token, PASSWORD)
        .await
        .expect(200);
    let uid = id(&world, ADA).await;
    let all = 8;

    let holder = Holder::sign_in(&world).await;
    assert_eq!(holder.open(&world).await, all);
    lock(&root, ADA).await.expect(200);
    assert_eq!(holder.open(&world).await, 0);
    assert!(!holder.refreshes(&world).await);
    assert!(is_shut_out(&world, &world.anyone()).await);
    unlock(&root, ADA).await.expect(200);
    assert!(!holder.refreshes(&world).await, "what ended stays ended");

    let holder = Holder::sign_in(&world).await;
    assert_eq!(holder.open(&world).await, all);
    put(&root, &format!("/admin/deactivate-user/{uid}"))
        .await
        .expect(200);
    assert_eq!(holder.open(&world).await, 0);
    assert!(is_shut_out(&world, &world.anyone()).await);
    put(&root, &format!("/admin/activate-user/{uid}"))
        .await
        .expect(200);

    let holder = Holder::sign_in(&world).await;
    assert_eq!(holder.open(&world).await, all);
    let deleted = root.raw("DELETE", &format!("/admin/user/{uid}"), "").await;
    let deleted = deleted.expect(200);
    assert_eq!(
        deleted.body,
        json!({ "message": "User deleted successfully" })
    );
    assert_eq!(holder.open(&world).await, 0);
    assert!(!holder.refreshes(&world).await);

    // The address and the name are free again, in whichever contract they are asked for.
    world.clock.advance(60);
    let other = world.at("192.0.2.9");
    auth::register(&other, "ada", ADA, PASSWORD)
        .await
        .expect(200);
    assert_ne!(id(&world, ADA).await, uid);
    let again = auth::address(ADA);
    world.postern.delete_user(&again).await.unwrap();
    world.clock.advance(60);
    let fresh = other.sign_in(ADA).await;
    let profile = fresh.profile().await.expect(200);
    assert_eq!(profile.str("email"), ADA);
}
