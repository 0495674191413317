//! Through the real SDK clients, on a loopback socket.

use aws_credential_types::Credentials;
use aws_sdk_ses::error::ProvideErrorMetadata;
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use aws_sdk_sns::types::MessageAttributeValue;
use tokio::net::TcpListener;

use crate::clock;
use crate::inbox::{Channel, Inbox};

async fn serve() -> (Inbox, String) {
    let inbox = Inbox::new(clock::stopped("2026-01-02T03:04:05Z".parse().unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = super::router(inbox.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (inbox, url)
}

fn ses(url: &str) -> aws_sdk_ses::Client {
    let config = aws_sdk_ses::Config::builder()
        .behavior_version(aws_sdk_ses::config::BehaviorVersion::latest())
        .region(aws_sdk_ses::config::Region::from_static("us-east-1"))
        .credentials_provider(Credentials::from_keys("local", "local", None))
        .endpoint_url(url)
        .http_client(transport::Connector::plain());
    aws_sdk_ses::Client::from_conf(config.build())
}

fn sns(url: &str) -> aws_sdk_sns::Client {
    let config = aws_sdk_sns::Config::builder()
        .behavior_version(aws_sdk_sns::config::BehaviorVersion::latest())
        .region(aws_sdk_sns::config::Region::from_static("us-east-1"))
        .credentials_provider(Credentials::from_keys("local", "local", None))
        .endpoint_url(url)
        .http_client(transport::Connector::plain());
    aws_sdk_sns::Client::from_conf(config.build())
}

fn content(text: &str) -> Content {
    Content::builder()
        .data(text)
        .charset("UTF-8")
        .build()
        .unwrap()
}

fn mail() -> Message {
    let body = Body::builder().text(content("Grüße & <1234>\n+"));
    let body = body.html(content("<p>1234</p>"));
    let message = Message::builder().subject(content("1234 – your code"));
    message.body(body.build()).build()
}

#[tokio::test]
async fn a_mail_lands_in_the_inbox_once_for_each_recipient() {
    let (inbox, url) = serve().await;
    let to = Destination::builder().to_addresses("ann@example.com");
    let to = to.cc_addresses("bob@example.com").build();
    let send = ses(&url).send_email().source("Postern <id@example.com>");
    let sent = send.destination(to).message(mail()).send().await.unwrap();

    let messages = inbox.messages(None);
    assert_eq!(messages.len(), 2);
    let [message] = &inbox.messages(Some("ANN@example.com"))[..] else {
        panic!("{messages:?}");
    };
    assert_eq!(message.id, sent.message_id());
    assert_eq!(message.channel, Channel::Mail);
    assert_eq!(message.from, "Postern <id@example.com>");
    assert_eq!(message.subject, "1234 – your code");
    assert_eq!(message.text, "Grüße & <1234>\n+");
    assert_eq!(message.html.as_deref(), Some("<p>1234</p>"));
    assert_eq!(message.sent_at.to_string(), "2026-01-02T03:04:05Z");
}

#[tokio::test]
async fn what_ses_would_refuse_is_refused_with_its_code() {
    let (inbox, url) = serve().await;
    for (from, to) in [
        ("id@example.com", "no-domain"),
        ("no-domain", "ann@example.com"),
        ("id@example.com", "a b@example.com"),
        ("id@example.com", "@example.com"),
    ] {
        let to = Destination::builder().to_addresses(to).build();
        let send = ses(&url).send_email().source(from).destination(to);
        let refused = send.message(mail()).send().await.unwrap_err();
        assert_eq!(refused.code(), Some("InvalidParameterValue"), "{refused:?}");
    }
    let nobody = Destination::builder().build();
    let send = ses(&url).send_email().source("id@example.com");
    let refused = send.destination(nobody).message(mail()).send().await;
    assert_eq!(
        refused.unwrap_err().message(),
        Some("Recipient count is 0, not between 1 and 50.")
    );
    assert!(inbox.messages(None).is_empty());
}

#[tokio::test]
async fn a_text_message_lands_in_the_inbox() {
    let (inbox, url) = serve().await;
    let sender = MessageAttributeValue::builder().data_type("String");
    let sender = sender.string_value("Postern").build().unwrap();
    let kind = MessageAttributeValue::builder().data_type("String");
    let kind = kind.string_value("Transactional").build().unwrap();
    let publish = sns(&url).publish().phone_number("+15550100123");
    let sent = publish
        .message("1234 is your code")
        .message_attributes("AWS.SNS.SMS.SMSType", kind)
        .message_attributes("AWS.SNS.SMS.SenderID", sender)
        .send()
        .await
        .unwrap();

    let [message] = &inbox.messages(Some("+15550100123"))[..] else {
        panic!("{:?}", inbox.messages(None));
    };
    assert_eq!(Some(message.id.as_str()), sent.message_id());
    assert_eq!(message.channel, Channel::Text);
    assert_eq!(message.from, "Postern");
    assert_eq!((message.subject.as_str(), &message.html), ("", &None));
    assert_eq!(message.text, "1234 is your code");
}

#[tokio::test]
async fn what_goes_to_a_topic_lands_in_the_inbox_under_its_name() {
    let (inbox, url) = serve().await;
    let publish = sns(&url).publish().topic_arn("arn:aws:sns:x:y:orders");
    publish.message("{}").send().await.unwrap();
    let [message] = &inbox.messages(Some("orders"))[..] else {
        panic!("{:?}", inbox.messages(None));
    };
    assert_eq!(
        (message.channel, message.text.as_str()),
        (Channel::Topic, "{}")
    );
}

#[tokio::test]
async fn what_sns_would_refuse_is_refused_with_its_code() {
    let (inbox, url) = serve().await;
    for number in ["15550100123", "+1", "+1555010012x", "+0123456789"] {
        let publish = sns(&url).publish().phone_number(number).message("x");
        let refused = publish.send().await.unwrap_err();
        assert_eq!(refused.code(), Some("InvalidParameter"), "{number}");
    }
    let publish = sns(&url).publish().topic_arn("arn:aws:sqs:x:y:z");
    let refused = publish.message("x").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameter"));
    assert!(inbox.messages(None).is_empty());
}

#[tokio::test]
async fn another_action_is_an_unknown_one() {
    let (_, url) = serve().await;
    let refused = ses(&url).get_send_quota().send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidAction"));
    let refused = sns(&url).list_topics().send().await.unwrap_err();
    assert_eq!(
        refused.message(),
        Some("Could not find operation ListTopics for version 2010-03-31")
    );
}

#[tokio::test]
async fn of_a_call_with_several_events_some_are_taken_and_some_refused() {
    let inbox = Inbox::new(clock::stopped("2026-01-02T03:04:05Z".parse().unwrap()));
    let put = async |entries: serde_json::Value| {
        let request = http::Request::post("/")
            .header("x-amz-target", "AWSEvents.PutEvents")
            .header("authorization", "AWS4-HMAC-SHA256 …")
            .body(axum::body::Body::from(
                serde_json::json!({ "Entries": entries }).to_string(),
            ));
        let router = super::router(inbox.clone());
        let answer = tower::ServiceExt::oneshot(router, request.unwrap()).await;
        let (head, body) = answer.unwrap().into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        (head.status, body)
    };
    let entry = |detail: &str| {
        serde_json::json!({
            "EventBusName": "postern", "Source": "postern", "DetailType": "SIGN_IN", "Detail": detail,
        })
    };
    let (status, answer) = put(serde_json::json!([entry("{}"), entry("no JSON")])).await;
    assert_eq!(
        (status.as_u16(), &answer["FailedEntryCount"]),
        (200, &serde_json::json!(1))
    );
    assert_eq!(answer["Entries"][1]["ErrorCode"], "MalformedDetail");
    let taken = inbox.events(None);
    assert_eq!(taken.len(), 1);
    assert_eq!(
        (taken[0].to.as_str(), taken[0].subject.as_str()),
        ("postern", "SIGN_IN")
    );
    assert_eq!(answer["Entries"][0]["EventId"], taken[0].id.as_str());

    for refused in [vec![], vec![entry("{}"); 11]] {
        let (status, answer) = put(serde_json::json!(refused)).await;
        assert_eq!(status.as_u16(), 400);
        assert_eq!(answer["__type"], "ValidationException");
    }
}
