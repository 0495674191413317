use axum::body::Body;
use http::{Request, Response, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

use super::router;
use crate::clock;
use crate::inbox::{CAPACITY, Channel, Draft, Inbox};

fn inbox() -> Inbox {
    Inbox::new(clock::stopped("2026-01-02T03:04:05Z".parse().unwrap()))
}

fn mail(to: &str, subject: &str) -> Draft {
    Draft {
        channel: Channel::Mail,
        to: to.to_owned(),
        from: "id@example.com".to_owned(),
        subject: subject.to_owned(),
        text: "1234 is your code.".to_owned(),
        html: Some("<p title=\"x\">1234</p><script>alert(1)</script>".to_owned()),
    }
}

async fn ask(inbox: &Inbox, method: &str, uri: &str) -> (Response<()>, String) {
    let request = Request::builder().method(method).uri(uri);
    let request = request.body(Body::empty()).unwrap();
    let response = router(inbox.clone()).oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    (Response::from_parts(head, ()), body)
}

async fn list(inbox: &Inbox, uri: &str) -> Vec<Value> {
    let (_, body) = ask(inbox, "GET", uri).await;
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn the_json_lists_newest_first_and_filters_by_recipient() {
    let inbox = inbox();
    inbox.receive([mail("ann@example.com", "first")]);
    let id = inbox.receive([mail("bob+x@example.com", "second")]);
    let all = list(&inbox, "/api/messages").await;
    assert_eq!(
        all[0],
        serde_json::json!({
            "id": id,
            "channel": "mail",
            "to": "bob+x@example.com",
            "from": "id@example.com",
            "subject": "second",
            "text": "1234 is your code.",
            "html": "<p title=\"x\">1234</p><script>alert(1)</script>",
            "sent_at": "2026-01-02T03:04:05Z",
        })
    );
    assert_eq!(all.len(), 2);
    let one = list(&inbox, "/api/messages?to=BOB%2Bx@example.com").await;
    assert_eq!(one.len(), 1);
    assert!(
        list(&inbox, "/api/messages?to=nobody@example.com")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn it_can_be_emptied_and_never_grows_without_end() {
    let inbox = inbox();
    for number in 0..CAPACITY + 10 {
        inbox.receive([mail("ann@example.com", &number.to_string())]);
    }
    let all = list(&inbox, "/api/messages").await;
    assert_eq!(all.len(), CAPACITY);
    assert_eq!(all[0]["subject"], (CAPACITY + 9).to_string());
    let (response, _) = ask(&inbox, "DELETE", "/api/messages").await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert!(list(&inbox, "/api/messages").await.is_empty());
    inbox.receive([mail("ann@example.com", "again")]);
    let (response, _) = ask(&inbox, "POST", "/empty").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert!(inbox.messages(None).is_empty());
}

#[tokio::test]
async fn the_page_shows_a_letter_and_runs_nothing_of_it() {
    let inbox = inbox();
    inbox.receive([mail("ann@example.com", "<b>1234</b>")]);
    let (response, page) = ask(&inbox, "GET", "/").await;
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(page.contains("&#60;b&#62;1234&#60;/b&#62;"), "{page}");
    assert!(
        page.contains("sandbox referrerpolicy=\"no-referrer\" srcdoc=\"&#60;p title=&#34;x&#34;")
    );
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(page.contains("1234 is your code."), "{page}");
}

#[tokio::test]
async fn the_page_opens_what_is_asked_for_and_says_when_it_is_gone() {
    let inbox = inbox();
    let first = inbox.receive([mail("ann@example.com", "first")]);
    inbox.receive([mail("bob@example.com", "second")]);
    let open = async |uri: &str| ask(&inbox, "GET", uri).await.1;
    assert!(open("/").await.contains("<h2 id=\"headline\">second</h2>"));
    let chosen = open(&format!("/?id={first}")).await;
    assert!(chosen.contains("<h2 id=\"headline\">first</h2>"));
    assert!(!chosen.contains("http-equiv=\"refresh\""));
    assert!(open("/?id=gone").await.contains("This message is gone"));
    let filtered = open("/?to=ann@example.com").await;
    assert!(!filtered.contains("second"), "{filtered}");
    assert!(
        filtered.contains("to=ann%40example.com&#38;id="),
        "{filtered}"
    );
    inbox.clear();
    assert!(open("/").await.contains("Nothing yet."));
}

#[tokio::test]
async fn events_are_beside_the_messages_and_push_none_out() {
    let inbox = inbox();
    inbox.receive([mail("ann@example.com", "first")]);
    let event = |kind: &str| Draft {
        channel: Channel::Event,
        to: "postern".to_owned(),
        from: "postern".to_owned(),
        subject: kind.to_owned(),
        text: format!("{{\"type\": \"{kind}\"}}"),
        html: None,
    };
    inbox.receive((0..CAPACITY).map(|_| event("SIGN_IN")));
    inbox.receive([event("ACCOUNT_LOCKED")]);
    assert_eq!(list(&inbox, "/api/messages").await.len(), 1);
    assert_eq!(list(&inbox, "/api/events").await.len(), CAPACITY);
    let locked = list(&inbox, "/api/events?to=ACCOUNT_LOCKED").await;
    assert_eq!(locked.len(), 1);
    let (_, page) = ask(&inbox, "GET", "/events?to=ACCOUNT_LOCKED").await;
    assert!(page.contains("1 event of type ACCOUNT_LOCKED"), "{page}");
    let link = format!(
        "/events?to=ACCOUNT_LOCKED&#38;id={}",
        locked[0]["id"].as_str().unwrap()
    );
    assert!(page.contains(&link), "{page}");
    let (_, page) = ask(&inbox, "GET", "/").await;
    assert!(page.contains("1 message, ") && !page.contains("ACCOUNT_LOCKED"));
    ask(&inbox, "DELETE", "/api/messages").await;
    assert_eq!(list(&inbox, "/api/events").await.len(), 0);
}
