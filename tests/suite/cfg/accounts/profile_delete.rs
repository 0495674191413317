//! POST /cfg/accounts/profile/delete/

use serde_json::json;
use tests::World;

const PATH: &str = "/cfg/accounts/profile/delete/";
const ADA: &str = "ada@example.com";

#[tokio::test]
async fn deletion_anonymises_ends_every_session_and_frees_the_address() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.clock.advance(60);
    let phone = world.anyone().sign_in(ADA).await;
    let edit = json!({ "first_name": "Ada", "company": "Analytical", "phone": "+15551234567" });
    let before = ada
        .client()
        .send("PATCH", "/cfg/accounts/profile/update/", &edit)
        .await
        .expect(200)
        .body;
    let answer = ada.client().post(PATH, &json!({})).await.expect(200);
    assert_eq!(
        answer.body,
        json!({ "success": true, "message": "Your account has been successfully deleted." })
    );
    for member in [&ada, &phone] {
        let refused = member.profile().await.expect(401);
        assert_eq!(refused.str("code"), "user_inactive");
        world.anyone().refresh(&member.refresh).await.expect(401);
    }
    let rows = world.dump(&world.table).await;
    let text = format!(
        "{:?}",
        rows.iter()
            .filter(|item| item["pk"].as_s().unwrap().starts_with("USER#"))
            .collect::<Vec<_>>()
    );
    for personal in ["Ada", "Analytical", "15551234567", ADA] {
        assert!(!text.contains(personal), "{personal} is still there");
    }
    world.clock.advance(60);
    let again = world
        .anyone()
        .sign_in(ADA)
        .await
        .profile()
        .await
        .expect(200)
        .body;
    assert_ne!(again["id"], before["id"]);
    assert_eq!(again["first_name"], json!(""));
}

#[tokio::test]
async fn of_two_deletions_one_happens() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let client = ada.client();
    let body = json!({});
    let (one, two) = tokio::join!(client.post(PATH, &body), client.post(PATH, &body));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "{} {}", one.text, two.text);
    let loser = if one.status == 400 { one } else { two };
    assert_eq!(
        loser.body,
        json!({ "detail": "Account is already deleted." })
    );
}

#[tokio::test]
async fn an_outstanding_code_of_a_deleted_account_makes_a_new_one() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let old = ada.profile().await.body["id"].clone();
    world.clock.advance(60);
    world.anyone().request_code(ADA).await.expect(200);
    let code = world.code(ADA);
    ada.client().post(PATH, &json!({})).await.expect(200);
    let answer = world.anyone().verify_code(ADA, &code).await.expect(200);
    assert_ne!(answer.body["user"]["id"], old);
}
