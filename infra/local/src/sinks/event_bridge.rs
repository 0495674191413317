//! EventBridge: PutEvents. Its protocol is AWS JSON 1.1.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::inbox::{Channel, Draft, Inbox};

/// What a call names as its target.
pub(super) const PUT_EVENTS: &str = "AWSEvents.PutEvents";

/// EventBridge's own bounds on one call.
const MOST_ENTRIES: usize = 10;
const LARGEST_CALL: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Call {
    entries: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Entry {
    event_bus_name: Option<String>,
    source: String,
    detail_type: String,
    detail: String,
}

/// Takes the events of a call. There are no rules here: all of them are shown in the inbox.
pub(super) fn put_events(body: &[u8], inbox: &Inbox) -> Response {
    let Ok(call) = serde_json::from_slice::<Call>(body) else {
        return refused("SerializationException", "the body is no PutEvents request");
    };
    let size: usize = call.entries.iter().map(Entry::size).sum();
    if call.entries.is_empty() || call.entries.len() > MOST_ENTRIES || size > LARGEST_CALL {
        return refused("ValidationException", "1 to 10 entries, 256 KB together");
    }
    let said: Vec<Value> = call.entries.iter().map(|entry| entry.put(inbox)).collect();
    let refused = said.iter().filter(|one| one.get("ErrorCode").is_some());
    let answer = json!({ "FailedEntryCount": refused.count(), "Entries": said });
    json_answer(StatusCode::OK, &answer)
}

impl Entry {
    fn size(&self) -> usize {
        14 + self.source.len() + self.detail_type.len() + self.detail.len()
    }

    fn put(&self, inbox: &Inbox) -> Value {
        let detail = serde_json::from_str::<Value>(&self.detail);
        let Some(detail) = detail.ok().filter(Value::is_object) else {
            let message = "Detail is malformed.";
            return json!({ "ErrorCode": "MalformedDetail", "ErrorMessage": message });
        };
        if self.source.is_empty() || self.detail_type.is_empty() {
            let message = "Source and DetailType are required.";
            return json!({ "ErrorCode": "InvalidArgument", "ErrorMessage": message });
        }
        let id = inbox.receive([Draft {
            channel: Channel::Event,
            to: self
                .event_bus_name
                .clone()
                .unwrap_or_else(|| "default".to_owned()),
            from: self.source.clone(),
            subject: self.detail_type.clone(),
            text: format!("{detail:#}"),
            html: None,
        }]);
        json!({ "EventId": id })
    }
}

fn refused(code: &str, message: &str) -> Response {
    json_answer(
        StatusCode::BAD_REQUEST,
        &json!({ "__type": code, "message": message }),
    )
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/x-amz-json-1.1")];
    (status, kind, body.to_string()).into_response()
}
