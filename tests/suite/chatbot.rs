//! /chatbot/interact: interactions, published to a topic (Auth Service).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Answer, Anyone, Fault, World};

use crate::storage::{actions, granted};

const ADA: &str = "ada@example.com";
const TOPIC: &str = "postern-chatbot";

async fn interact(client: &Anyone<'_>, body: &Value) -> Answer {
    client.post("/chatbot/interact", body).await
}

#[tokio::test]
async fn an_interaction_is_published_as_the_callers() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let id = ada.profile().await.body["id"].clone();
    let said = json!({
        "user_id": id, "vendor_id": 7, "interaction_type": "question", "message": "How many?",
        "response": "42",
    });
    let answer = interact(&ada.client(), &said).await.expect(200);
    let text = "Chatbot interaction event published successfully";
    assert_eq!(answer.body, json!({ "message": text }));
    interact(&ada.client(), &json!({ "vendor_id": null, "mood": 1 }))
        .await
        .expect(200);
    let [second, first] = &world.mail(TOPIC)[..] else {
        panic!("two messages");
    };
    let first: Value = serde_json::from_str(&first.text).unwrap();
    for (name, value) in said.as_object().unwrap() {
        assert_eq!(&first[name], value, "{name}");
    }
    assert_eq!(first["published_at"], json!(world.now().0));
    let second: Value = serde_json::from_str(&second.text).unwrap();
    assert_eq!(
        (&second["user_id"], &second["message"]),
        (&id, &Value::Null)
    );
    assert_eq!(second["sub"], first["sub"]);
    assert_ne!(second["id"], first["id"]);
}

#[tokio::test]
async fn nobody_speaks_for_anybody_else() {
    let world = World::new().await;
    interact(&world.anyone(), &json!({})).await.expect(401);
    let ada = world.anyone().sign_in(ADA).await;
    let refused = interact(&ada.client(), &json!({ "user_id": 1 })).await;
    assert_eq!(refused.expect(403).str("detail"), "Not enough permissions");
    let odd = json!({ "user_id": "me", "vendor_id": -1, "message": "x".repeat(8001) });
    let refused = interact(&ada.client(), &odd).await.expect(422);
    let places: Vec<&str> = refused.body["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["loc"][1].as_str().unwrap())
        .collect();
    assert_eq!(places, ["user_id", "vendor_id", "message"]);
    assert!(world.mail(TOPIC).is_empty());
}

#[tokio::test]
async fn what_is_not_published_is_not_called_so() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.tap.fail("Publish", Fault::Rejected, 1);
    let failed = interact(&ada.client(), &json!({ "message": "x" }))
        .await
        .expect(503);
    assert_eq!(failed.header("retry-after"), "1");
    assert!(world.mail(TOPIC).is_empty());
    for _ in 0..59 {
        interact(&ada.client(), &json!({})).await.expect(200);
    }
    interact(&ada.client(), &json!({})).await.expect(429);
    let grace = world.anyone().sign_in("grace@example.com").await;
    interact(&grace.client(), &json!({})).await.expect(200);
}

#[tokio::test]
async fn its_role() {
    let world = World::new().await;
    // What any function does when it is the first to start.
    let mut calls = world.tap.calls();
    let ada = world.anyone().sign_in(ADA).await;
    world.tap.clear();
    interact(&ada.client(), &json!({ "message": "x" }))
        .await
        .expect(200);
    calls.extend(world.tap.calls());
    let done: BTreeSet<String> = calls
        .iter()
        .flat_map(|call| actions(&world, call))
        .collect();
    assert_eq!(done, granted("ChatbotRole"));
}
