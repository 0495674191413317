//! Pictures sent at once, and confirmations of one upload.

use futures_util::future::join_all;
use serde_json::json;
use tests::{Answer, Member, World};

use super::{ADA, won};
use crate::pictures::{form, jpeg, png};

const PATH: &str = "/cfg/accounts/profile/avatar/";

/// Rows by which a picture is shown.
async fn picture_rows(world: &World) -> usize {
    let rows = world.dump(&world.table).await;
    let shown = |row: &&std::collections::HashMap<_, _>| {
        let sk: &aws_sdk_dynamodb::types::AttributeValue = &row["sk"];
        sk.as_s().unwrap() == "PICTURE"
    };
    rows.iter().filter(shown).count()
}

async fn ten_pictures(ada: &Member<'_>) -> Vec<Answer> {
    let send = |side| async move {
        let (media, body) = form("avatar", &jpeg(side, side));
        let client = ada.client().header("content-type", &media);
        client.raw_bytes("POST", PATH, &body).await
    };
    join_all((8..18).map(send)).await
}

#[tokio::test]
async fn of_ten_pictures_at_once_one_is_left() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let answers = ten_pictures(&ada).await;
    assert_eq!(won(&answers).len(), 10, "each replaced the one before it");
    assert_eq!(picture_rows(&world).await, 1);
    assert_eq!(world.objects("pictures").len(), 1);
    let shown = ada.profile().await;
    let path = shown.str("avatar").replace("https://id.example.com", "");
    world.anyone().get(&path).await.expect(200);
}

#[tokio::test]
async fn ten_pictures_twin_without_conditions() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.tap.weaken("TransactWriteItems");
    ten_pictures(&ada).await;
    assert!(picture_rows(&world).await > 1);
}

/// 20 confirmations of one upload.
async fn twenty_confirmations(world: &World, ada: &Member<'_>) -> Vec<Answer> {
    let picture = png(8, 8, 255);
    let asked = json!({ "content_type": "image/png", "content_length": picture.len() });
    let path = "/cfg/accounts/profile/avatar/upload/";
    let leave = ada.client().post(path, &asked).await.expect(200);
    let headers = [
        ("content-type".to_owned(), "image/png".to_owned()),
        ("content-length".to_owned(), picture.len().to_string()),
    ];
    let url = leave.str("url");
    let (status, answer) = world.send_to_s3("PUT", url, &headers, &picture).await;
    assert_eq!(status, 200, "{answer}");
    let asked = json!({ "upload_id": leave.str("upload_id") });
    let confirm = || async {
        let path = "/cfg/accounts/profile/avatar/upload/confirm/";
        ada.client().post(path, &asked).await
    };
    join_all((0..20).map(|_| confirm())).await
}

#[tokio::test]
async fn of_twenty_confirmations_of_one_upload_one_does() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let answers = twenty_confirmations(&world, &ada).await;
    assert_eq!(won(&answers).len(), 1);
    assert_eq!(picture_rows(&world).await, 1);
    assert_eq!(world.objects("pictures").len(), 1);
    assert!(world.objects("staging").is_empty());
}

#[tokio::test]
async fn twenty_confirmations_twin_without_conditions() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    world.tap.weaken("TransactWriteItems");
    let answers = twenty_confirmations(&world, &ada).await;
    assert!(won(&answers).len() > 1);
}
