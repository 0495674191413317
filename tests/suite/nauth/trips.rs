//! How many round trips to DynamoDB follow one another: figures that the design promises.

use serde_json::json;
use tests::World;

use super::{ADA, PASSWORD, ada, bearing, login};

#[tokio::test]
async fn a_sign_in_takes_three_a_refresh_two_and_a_look_one() {
    let world = World::new().await;
    ada(&world).await;
    world.clock.advance(61);
    world.tap.clear();
    let tokens = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    assert_eq!(world.tap.trips(), 3, "{:?}", world.tap.calls());
    world.tap.clear();
    let body = json!({ "refreshToken": tokens.str("refreshToken") });
    let refreshed = world.anyone().post("/nauth/refresh", &body).await;
    assert_eq!(world.tap.trips(), 2);
    let member = bearing(&world, &refreshed.expect(200));
    world.tap.clear();
    member.get("/nauth/profile").await.expect(200);
    assert_eq!(world.tap.trips(), 1);
    // A wrong password takes no longer, whether or not there is an account.
    for name in [ADA, "nobody@example.com"] {
        world.clock.advance(61);
        world.tap.clear();
        login(&world.anyone(), name, "wrong").await.expect(401);
        assert_eq!(world.tap.trips(), 3, "{name}");
    }
}
