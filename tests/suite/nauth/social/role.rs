//! What the function may do on AWS, and what it does.

use std::collections::BTreeSet;

use domain::provider::Provider::Google;
use local::social::Person;
use serde_json::json;
use tests::World;

use super::super::{ADA, NUMBER, respond};
use super::sign_in;
use crate::storage::{actions, granted};

/// A device token that is nobody's.
const TOKEN: &str = "0b8e1d0e-52c7-4b5e-9d3c-8a1b2c3d4e5f";

/// What was done on AWS since the tap was cleared.
fn did(world: &World) -> Vec<String> {
    let calls = world.tap.calls();
    assert!(!calls.iter().any(|call| call.operation == "Scan"));
    calls.iter().flat_map(|call| actions(world, call)).collect()
}

async fn everything(world: &World, done: &mut BTreeSet<String>) {
    let person = Person::new(ADA);
    // From another network, which there is a letter about; the first session has to go.
    for ip in ["198.51.100.1", "203.0.113.1"] {
        sign_in(&world.at(ip), Google, &person).await.expect(200);
    }
    done.extend(did(world));
    let member = world.anyone().sign_in(ADA).await;
    member.set_up_totp(world).await;
    world.tap.clear();
    for ip in ["192.0.2.1", "192.0.2.2"] {
        let waits = sign_in(&world.at(ip), Google, &person).await.expect(200);
        assert_eq!(waits.str("challengeName"), "MFA_REQUIRED");
    }
}

/// Where numbers are proven, one gets a code.
async fn a_number(world: &World) {
    let waits = sign_in(&world.anyone(), Google, &Person::new(ADA))
        .await
        .expect(200);
    let number = json!({ "phone": NUMBER });
    let session = waits.str("session");
    respond(&world.anyone(), session, "VERIFY_PHONE", number)
        .await
        .expect(200);
    world.clock.advance(61);
    // The open challenge sends its code again.
    world.tap.clear();
    sign_in(&world.anyone(), Google, &Person::new(ADA))
        .await
        .expect(200);
}

#[tokio::test]
async fn the_functions_role_may_do_what_its_flows_do_and_no_more() {
    let world = World::with(&[("POSTERN_NAUTH_MAX_SESSIONS", "1")]).await;
    world.tap.clear();
    let mut done = BTreeSet::new();
    everything(&world, &mut done).await;
    let texts = World::with(&[("POSTERN_NAUTH_VERIFICATION", "phone")]).await;
    a_number(&texts).await;
    let weighed = World::with(&[("POSTERN_NAUTH_MFA_ENFORCEMENT", "ADAPTIVE")]).await;
    for ip in ["198.51.100.1", "203.0.113.1"] {
        weighed.clock.advance(61);
        let client = weighed.at(ip).header("x-device-token", TOKEN);
        let person = Person::new(ADA);
        sign_in(&client, Google, &person).await.expect(200);
    }
    for world in [&world, &texts, &weighed] {
        done.extend(did(world));
    }
    assert_eq!(done, granted("NauthSocialRole"));
}
