//! What breaks under an administrator, one call after the other: trying again gets there, and
//! nothing is half done.

use serde_json::{Value, json};
use tests::{Anyone, Fault, World};

use super::{ADA, act, ada_and_sub, nothing, root};
use crate::invariants;
use crate::nauth::faults::done;
use crate::nauth::{NEXT_PASSWORD, login};

/// A step of an administrator's, once more if it failed.
async fn step(root: &Anyone<'_>, sub: &str, what: &str, body: Value) {
    let path = format!("/nauth/admin/users/{sub}/{what}");
    if !done(&root.post(&path, &body).await) {
        act(root, sub, what, body).await.expect(200);
    }
}

/// Shuts an account, opens it, gives it a password, and deletes it.
async fn journey(world: &World, root: &Anyone<'_>, sub: &str) {
    step(root, sub, "disable", json!({ "reason": "stolen" })).await;
    step(root, sub, "enable", nothing()).await;
    let body = json!({ "sub": sub, "newPassword": NEXT_PASSWORD, "mustChangePassword": false });
    let path = "/nauth/admin/set-password";
    if !done(&root.post(path, &body).await) {
        // If it was written, the same one again is the one before.
        let again = root.post(path, &body).await;
        assert!(matches!(again.status, 200 | 400), "{}", again.text);
    }
    world.clock.advance(61);
    let signed_in = login(&world.anyone(), ADA, NEXT_PASSWORD).await;
    if !done(&signed_in) {
        let again = login(&world.anyone(), ADA, NEXT_PASSWORD).await;
        again.expect(200);
    }
    let path = format!("/nauth/admin/users/{sub}");
    if !done(&root.send("DELETE", &path, &nothing()).await) {
        let again = root.send("DELETE", &path, &nothing()).await;
        // If it was written, there is nobody to delete.
        let gone = again.body["code"] == "USER_NOT_FOUND";
        assert!(again.status == 200 || gone, "{}", again.text);
    }
}

#[tokio::test]
async fn each_call_that_cannot_be_made_is_survived() {
    for nth in 0.. {
        let world = World::new().await;
        let (_, sub) = ada_and_sub(&world).await;
        let root = root(&world).await;
        world.tap.fail_after(nth, Fault::Unreachable, 4);
        journey(&world, &root, &sub).await;
        if world.tap.failed().is_none() {
            assert!(nth > 20, "only {nth} calls");
            return;
        }
        world.tap.heal();
        assert_eq!(invariants::broken(&world).await, Vec::<String>::new());
        world.clock.advance(61);
        let gone = login(&world.anyone(), ADA, NEXT_PASSWORD).await;
        assert_eq!(gone.status, 401, "{}", gone.text);
    }
}
