use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::{Client, Config};
use tokio::net::TcpListener;

use super::{Engine, EngineError};
use crate::template::Template;

fn template(index: &str, projection: &str) -> Template {
    let text = format!(
        "
Resources:
  Things:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: things
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{{ AttributeName: pk, KeyType: HASH }}, {{ AttributeName: sk, KeyType: RANGE }}]
      AttributeDefinitions:
        - {{ AttributeName: pk, AttributeType: S }}
        - {{ AttributeName: sk, AttributeType: S }}
        - {{ AttributeName: dir_pk, AttributeType: S }}
      GlobalSecondaryIndexes:
        - IndexName: {index}
          KeySchema: [{{ AttributeName: dir_pk, KeyType: HASH }}]
          Projection: {projection}
      TimeToLiveSpecification: {{ AttributeName: ttl, Enabled: true }}
"
    );
    Template::parse(&text, "stack").unwrap()
}

const INCLUDE: &str = "{ ProjectionType: INCLUDE, NonKeyAttributes: [email, role] }";

async fn client(engine: Engine) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(engine.serve(listener, std::future::pending()));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::from_keys("local", "local", None))
        .endpoint_url(format!("http://{address}"))
        .http_client(transport::Connector::plain())
        .build();
    Client::from_conf(config)
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

#[tokio::test]
async fn the_sdk_finds_the_templates_tables_and_expired_items_go() {
    let engine = Engine::memory().unwrap();
    let template = template("directory", INCLUDE);
    engine.create_tables(template.tables()).unwrap();
    let client = client(engine.clone()).await;
    for (key, expiry) in [("old", "1000000000"), ("new", "9999999999")] {
        let put = client.put_item().table_name("things");
        put.item("pk", text(key))
            .item("sk", text("x"))
            .item("ttl", AttributeValue::N(expiry.to_owned()))
            .send()
            .await
            .unwrap();
    }
    let sweep = tokio::spawn(engine.sweep(Duration::from_millis(10)));
    let there = async |key: &str| {
        let get = client.get_item().table_name("things").key("pk", text(key));
        let answer = get.key("sk", text("x")).send().await.unwrap();
        answer.item.is_some()
    };
    for _ in 0..500 {
        if !there("old").await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!there("old").await);
    assert!(there("new").await);
    sweep.abort();
}

#[test]
fn a_file_keeps_its_rows_until_it_is_erased_and_its_shape_is_checked() {
    let folder = std::env::temp_dir().join(format!("postern-engine-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("test.sqlite");
    Engine::erase(&path).unwrap();

    let first = template("directory", INCLUDE);
    let open = || Engine::open(&path).unwrap();
    open().create_tables(first.tables()).unwrap();
    open().create_tables(first.tables()).unwrap();

    for changed in [
        template("another", INCLUDE),
        template("directory", "{ ProjectionType: ALL }"),
    ] {
        let answer = open().create_tables(changed.tables());
        let told = matches!(
            answer,
            Err(EngineError::Changed {
                part: "indexes",
                ..
            })
        );
        assert!(told, "{answer:?}");
    }

    Engine::erase(&path).unwrap();
    let changed = template("another", INCLUDE);
    open().create_tables(changed.tables()).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_that_is_no_database_is_an_error() {
    let path = std::env::temp_dir().join(format!("postern-no-engine-{}", std::process::id()));
    std::fs::write(&path, "this is no database, and too long for an empty one").unwrap();
    assert!(matches!(Engine::open(&path), Err(EngineError::File { .. })));
    std::fs::remove_file(&path).unwrap();
}
