//! GET /auth/verify-user/{username}

use domain::account::Role;
use tests::World;

use super::{ADA, PASSWORD, ada, login, register};

#[tokio::test]
async fn one_sees_oneself_and_administrators_see_everybody() {
    let world = World::new().await;
    let member = ada(&world.anyone()).await;
    register(&world.anyone(), "grace", "grace@example.com", PASSWORD)
        .await
        .expect(200);
    let me = member.get("/auth/verify-user/ADA").await.expect(200);
    assert_eq!(me.str("email"), ADA);
    for name in ["grace", "nobody", "a%20b", "grace@example.com", "%FF"] {
        let path = format!("/auth/verify-user/{name}");
        let hidden = member.get(&path).await.expect(404);
        assert_eq!(hidden.str("detail"), "User not found");
    }
    world.set_user(ADA, |user| user.role = Role::Admin).await;
    let answer = login(&world.anyone(), ADA, PASSWORD).await.expect(200);
    let admin = world.anyone().bearing(answer.str("access_token"));
    let grace = admin.get("/auth/verify-user/grace").await.expect(200);
    assert_eq!(grace.str("email"), "grace@example.com");
    admin.get("/auth/verify-user/nobody").await.expect(404);
    world
        .anyone()
        .get("/auth/verify-user/ada")
        .await
        .expect(401);
}
