//! KMS, SES, SNS and DynamoDB as another project imitates them.
//!
//! What the local stack replaces (KMS) or imitates itself (SES, SNS) is tried
//! once against a stand-in that we did not write. Left out of a plain
//! `cargo test`, which needs nothing installed; CI runs it:
//!
//! ```text
//! tests/aws/ministack.sh cargo test --test suite -- --ignored
//! ```

use std::net::IpAddr;
use std::sync::Arc;

use crypto::SystemEntropy;
use delivery::{Courier, Language, TextMessage, TextPolicy};
use domain::key_ring::KeyParts;
use domain::{EmailAddress, PhoneNumber};
use flows::settings::Wrapping;
use flows::{Aws, Postern, RequestMeta, Settings};
use serde_json::Value;
use tests::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn endpoint() -> String {
    std::env::var("POSTERN_AWS_ENDPOINT").expect("POSTERN_AWS_ENDPOINT names a stand-in for AWS")
}

/// What the stand-in shows of itself at a path.
async fn shown(path: &str) -> Value {
    let authority = endpoint().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&authority).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let json = body
        .get(body.find('{').unwrap()..=body.rfind('}').unwrap())
        .unwrap();
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
#[ignore = "needs a stand-in for AWS: see tests/suite/stand_in.rs"]
async fn kms_wraps_the_ring_and_ses_takes_the_letter() {
    let world = World::new().await;
    let aws = Aws::local(&endpoint(), &endpoint()).await;
    let kms = aws_sdk_kms::Client::new(&aws.kms);
    let key = kms
        .create_key()
        .send()
        .await
        .unwrap()
        .key_metadata
        .unwrap()
        .key_id;
    let ring = store::key::keyring();
    world
        .db
        .delete_item()
        .table_name(&world.table)
        .set_key(Some(ring.attributes()))
        .send()
        .await
        .unwrap();
    let settings = Settings {
        wrapping: Wrapping::Kms(key),
        ..world.settings.clone()
    };
    let clock = &*world.clock;
    let make = Postern::make_key_ring(&settings, &aws, clock, &SystemEntropy);
    make.await.unwrap();
    let open = async || {
        Postern::open(
            settings.clone(),
            KeyParts::ALL,
            &aws,
            world.clock.clone(),
            Arc::new(SystemEntropy),
        )
        .await
        .unwrap()
    };
    let (first, second) = (open().await, open().await);
    assert_eq!(
        first.signing_key_id(),
        second.signing_key_id(),
        "unwrapped, not made again"
    );
    let file = Settings {
        wrapping: world.settings.wrapping.clone(),
        ..settings.clone()
    };
    let entropy = Arc::new(SystemEntropy);
    let by_file = Postern::open(file, KeyParts::ALL, &aws, world.clock.clone(), entropy).await;
    assert!(
        by_file.is_err(),
        "only the key that wrapped the ring unwraps it"
    );

    let to = EmailAddress::parse("stand.in@example.com").unwrap();
    let meta = RequestMeta {
        now: world.now(),
        ip: IpAddr::from([192, 0, 2, 1]),
        user_agent: String::new(),
        language: None,
        time_zone: None,
    };
    first.request_code(&meta, &to.into(), "").await.unwrap();
    let letters = shown("/_ministack/ses/messages").await.to_string();
    assert!(letters.contains("stand.in@example.com") && letters.contains("is your Postern code"));
}

#[tokio::test]
#[ignore = "needs a stand-in for AWS: see tests/suite/stand_in.rs"]
async fn sns_takes_the_text() {
    let aws = Aws::local(&endpoint(), &endpoint()).await;
    let texts = TextPolicy {
        sender_id: Some("Postern".to_owned()),
        calling_codes: vec!["1".to_owned()],
    };
    let courier = Courier::new(&aws.ses, &aws.sns, "id@example.com", None, "Postern", texts);
    let number = PhoneNumber::parse("+15551234567").unwrap();
    let code = TextMessage::SignInCode {
        code: "123456".to_owned(),
        minutes: 5,
    };
    courier
        .text(delivery::Postage::paid(), &number, &code, Language::English)
        .await
        .unwrap();
    let sent = shown("/_ministack/sns/sms-messages").await;
    assert_eq!(
        sent["sms_messages"]["+15551234567"][0]["Message"],
        "123456 is your Postern code, good for 5 minutes. Tell it to nobody."
    );
}

#[tokio::test]
#[ignore = "needs a stand-in for AWS: see tests/suite/stand_in.rs"]
async fn s3_keeps_the_picture() {
    let aws = Aws::local(&endpoint(), &endpoint()).await;
    // The stand-in asks whose a signature in an address is, and knows only its own.
    let known = aws_sdk_s3::config::Credentials::new("test", "test", None, None, "stand-in");
    let known = aws_sdk_s3::config::SharedCredentialsProvider::new(known);
    let config = aws.s3.to_builder().credentials_provider(known).build();
    let name = format!("pictures-{}", std::process::id());
    let s3 = aws_sdk_s3::Client::new(&config);
    let region = aws_sdk_s3::types::CreateBucketConfiguration::builder()
        .location_constraint(aws_sdk_s3::types::BucketLocationConstraint::EuCentral1)
        .build();
    let made = s3.create_bucket().create_bucket_configuration(region);
    made.bucket(&name).send().await.unwrap();
    let bucket = pictures::Bucket::new(&config, &name);
    let sealed = b"sealed".to_vec();
    bucket.put("pictures/a", sealed.clone()).await.unwrap();
    let kept = async |max| bucket.get("pictures/a", max).await;
    assert_eq!(kept(6).await, Ok(Some(sealed)));
    assert!(kept(5).await.is_err(), "larger than it may be");
    bucket.remove("pictures/a").await.unwrap();
    bucket.remove("pictures/a").await.unwrap();
    assert_eq!(kept(6).await, Ok(None));

    let grant = bucket.grant_put("staging/a", "image/png", 6, 600);
    let grant = grant.await.unwrap();
    for header in ["content-length", "content-type"] {
        assert!(grant.headers.iter().any(|(name, _)| name == header));
        assert!(grant.url.contains(header), "it is signed: {}", grant.url);
    }
    let address = grant.url.trim_start_matches("http://");
    let (authority, path) = address.split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let request = format!(
        "{} /{path} HTTP/1.1\r\nhost: {authority}\r\ncontent-type: image/png\r\n\
         content-length: 6\r\nconnection: close\r\n\r\npixels",
        grant.method
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let sent = bucket.get("staging/a", 6).await;
    assert_eq!(sent, Ok(Some(b"pixels".to_vec())));
}
