//! A tap between the SDK and AWS: it sees each call, fails the ones it is told
//! to, and can weaken the conditions of writes.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

/// A call that went by.
#[derive(Clone, Debug)]
pub struct Call {
    /// `GetItem`, `TransactWriteItems`, `SendEmail`, …
    pub operation: String,
    /// The request's body: JSON for DynamoDB and KMS, null for others.
    pub body: Value,
}

impl Call {
    /// Whether it reads what the installation is made of: now and then one request does
    /// that for those after it.
    #[must_use]
    pub fn is_of_the_installation(&self) -> bool {
        let row = self.body["Key"]["pk"]["S"].as_str().unwrap_or_default();
        row == "KEYRING" || row.starts_with("SECRET#")
    }

    /// Whether it leases letters of the day's budget: one request does that for those that
    /// send after it.
    fn leases_letters(&self) -> bool {
        self.operation == "UpdateItem" && self.body["Key"]["pk"]["S"] == "RATE#mails#stack"
    }
}

/// When a call to DynamoDB began and ended, in beginnings and ends that the tap saw.
struct Trip {
    began: u64,
    ended: Option<u64>,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The transaction met another one.
    Conflict,
    /// A single write met a transaction on its item.
    ItemConflict,
    /// The table is busy.
    Throttle,
    /// The call is carried out and its answer lost.
    LostAnswer,
    /// The service cannot be reached.
    Unreachable,
    /// SES does not take the letter.
    Rejected,
    /// EventBridge takes all events of the call but the second, which it says is for later.
    SecondEntry,
}

/// What changes the body of a call on its way.
pub type Twist = fn(&mut Value);

/// One call that is to fail, and all that repeat it.
struct Nth {
    calls_before: usize,
    fault: Fault,
    times: u32,
    /// The call, once it came.
    call: Option<(String, Value)>,
}

impl Nth {
    /// What goes wrong with a call.
    fn strikes(&mut self, operation: &str, body: &Value) -> Option<Fault> {
        match &self.call {
            Some((name, first)) if name != operation || first != body => return None,
            Some(_) => {}
            None if self.calls_before > 0 => {
                self.calls_before -= 1;
                return None;
            }
            None => self.call = Some((operation.to_owned(), body.clone())),
        }
        self.times = self.times.checked_sub(1)?;
        Some(self.fault)
    }
}

#[derive(Default)]
struct State {
    events: u64,
    trips: Vec<Trip>,
    calls: Vec<Call>,
    faults: Vec<(String, Fault, u32)>,
    nth: Option<Nth>,
    weakened: Vec<String>,
    twisted: Vec<(String, Twist)>,
}

/// The tap. A clone is another handle to the same one.
#[derive(Clone, Default)]
pub struct Tap(Arc<Mutex<State>>);

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}

impl Tap {
    /// The calls so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.0.lock().unwrap().calls.clone()
    }

    /// How many of the calls to DynamoDB so far followed one another: the longest chain
    /// in which each began after the one before had ended.
    #[must_use]
    pub fn trips(&self) -> usize {
        let mut chains: Vec<(u64, usize)> = Vec::new();
        for trip in &self.0.lock().unwrap().trips {
            let before = chains.iter().filter(|(ended, _)| *ended < trip.began);
            let longest = before.map(|(_, length)| *length).max();
            chains.push((
                trip.ended.unwrap_or(u64::MAX),
                longest.unwrap_or_default() + 1,
            ));
        }
        let longest = chains.iter().map(|(_, length)| *length).max();
        longest.unwrap_or_default()
    }

    /// The calls since the last [`Tap::clear`] by name, but for those that one request makes
    /// for whichever come after it: what a caller could tell two requests apart by.
    #[must_use]
    pub fn cost(&self) -> Vec<String> {
        let calls = self.calls().into_iter();
        let own = calls.filter(|call| !call.is_of_the_installation() && !call.leases_letters());
        own.map(|call| call.operation).collect()
    }

    /// Forgets the calls so far.
    pub fn clear(&self) {
        let mut state = self.0.lock().unwrap();
        state.calls.clear();
        state.trips.clear();
    }

    /// The next `times` calls of `operation` meet `fault`.
    pub fn fail(&self, operation: &str, fault: Fault, times: u32) {
        self.0
            .lock()
            .unwrap()
            .faults
            .push((operation.to_owned(), fault, times));
    }

    /// Lets the call after the next `calls_before` fail like this, whatever it is, and so
    /// many times if it is tried again.
    pub fn fail_after(&self, calls_before: usize, fault: Fault, times: u32) {
        self.0.lock().unwrap().nth = Some(Nth {
            calls_before,
            fault,
            times,
            call: None,
        });
    }

    /// The operation that was to fail, if it came to that.
    #[must_use]
    pub fn failed(&self) -> Option<String> {
        let state = self.0.lock().unwrap();
        let call = state.nth.as_ref()?.call.as_ref()?;
        Some(call.0.clone())
    }

    /// Takes back every fault that is still to come.
    pub fn heal(&self) {
        let mut state = self.0.lock().unwrap();
        state.faults.clear();
        state.nth = None;
    }

    /// From now on writes of `operation` succeed whatever their conditions say, and
    /// deletions delete nothing: the broken twin of a race test.
    pub fn weaken(&self, operation: &str) {
        self.0.lock().unwrap().weakened.push(operation.to_owned());
    }

    /// From now on the body of a call of `operation` is what `twist` makes of it: a
    /// broken twin whose writes are wrong in themselves.
    pub fn twist(&self, operation: &str, twist: Twist) {
        let mut state = self.0.lock().unwrap();
        state.twisted.push((operation.to_owned(), twist));
    }

    /// Notes a call: when it begins, and what goes wrong with it.
    fn pass(&self, request: &mut HttpRequest) -> (u64, Option<Fault>) {
        let target = request
            .headers()
            .get("x-amz-target")
            .unwrap_or_default()
            .to_owned();
        let bytes = request.body().bytes().unwrap_or_default().to_vec();
        let mut state = self.0.lock().unwrap();
        let operation = match target.rsplit_once('.') {
            Some((_, operation)) => operation.to_owned(),
            None => action(&bytes),
        };
        let mut body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let operation = match object(request) {
            Some((operation, object)) => {
                body = json!({ "Object": object });
                operation
            }
            None => operation,
        };
        let twists = state.twisted.iter().filter(|(name, _)| *name == operation);
        let mut changes: Vec<Twist> = twists.map(|(_, twist)| *twist).collect();
        if state.weakened.contains(&operation) {
            changes.push(weaken);
        }
        if operation == "DeleteItem" && state.weakened.contains(&operation) {
            // Whatever its condition, a deletion has one winner: what it returns is there
            // once. Its twin reads and leaves the item where it is.
            changes.push(only_read);
            let update = target.replace("DeleteItem", "UpdateItem");
            request.headers_mut().insert("x-amz-target", update);
        }
        if !changes.is_empty() {
            changes.iter().for_each(|change| change(&mut body));
            let changed = body.to_string();
            request
                .headers_mut()
                .insert("content-length", changed.len().to_string());
            *request.body_mut() = SdkBody::from(changed);
        }
        let fault = state
            .faults
            .iter_mut()
            .find(|(name, _, times)| *name == operation && *times > 0);
        let fault = fault.map(|(_, fault, times)| {
            *times -= 1;
            *fault
        });
        let fault = fault.or_else(|| {
            let nth = state.nth.as_mut()?;
            nth.strikes(&operation, &body)
        });
        let call = Call { operation, body };
        let of_installation = call.is_of_the_installation();
        state.calls.push(call);
        state.events += 1;
        let began = state.events;
        // Twice a minute one request looks at these first: no request's own trip.
        if target.starts_with("DynamoDB") && !of_installation {
            state.trips.push(Trip { began, ended: None });
        }
        (began, fault)
    }

    /// Notes the end of the call that began then.
    fn passed(&self, began: u64) {
        let mut state = self.0.lock().unwrap();
        state.events += 1;
        let now = state.events;
        let trip = state.trips.iter_mut().find(|trip| trip.began == began);
        if let Some(trip) = trip {
            trip.ended = Some(now);
        }
    }
}

/// The action of a Query-protocol body.
fn action(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let action = text
        .split('&')
        .find_map(|pair| pair.strip_prefix("Action="));
    action.unwrap_or("?").to_owned()
}

/// What a call of S3 does, and to which object.
fn object(request: &HttpRequest) -> Option<(String, String)> {
    let signed = request.headers().get("authorization")?;
    if !signed.contains("/s3/aws4_request") {
        return None;
    }
    let verb = match request.method() {
        "PUT" => "Put",
        "DELETE" => "Delete",
        _ => "Get",
    };
    let uri: http::Uri = request.uri().parse().ok()?;
    let (_, object) = uri.path().trim_start_matches('/').split_once('/')?;
    if object.is_empty() {
        return Some(("ListBucket".to_owned(), String::new()));
    }
    Some((format!("{verb}Object"), object.to_owned()))
}

/// Adds to every condition in `body` an alternative that always holds. Its values stay in
/// use, or the engine would refuse the request.
fn weaken(body: &mut Value) {
    match body {
        Value::Object(object) => {
            if let Some(Value::String(condition)) = object.get_mut("ConditionExpression") {
                *condition =
                    format!("({condition}) OR attribute_exists(pk) OR attribute_not_exists(pk)");
            }
            object.values_mut().for_each(weaken);
        }
        Value::Array(array) => array.iter_mut().for_each(weaken),
        _ => {}
    }
}

/// Makes a deletion an update that changes nothing and answers the same.
fn only_read(body: &mut Value) {
    body["ReturnValues"] = json!("ALL_NEW");
}

#[derive(Debug)]
struct Tapped<T> {
    tap: Tap,
    inner: T,
}

impl Tap {
    /// The plain HTTP client with this tap on it.
    #[must_use]
    pub fn client(&self) -> SharedHttpClient {
        let inner = aws_smithy_http_client::Builder::new().build_http();
        SharedHttpClient::new(Tapped {
            tap: self.clone(),
            inner,
        })
    }
}

impl HttpClient for Tapped<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Tapped {
            tap: self.tap.clone(),
            inner,
        })
    }
}

impl HttpConnector for Tapped<SharedHttpConnector> {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let reasons = request.body().bytes().map_or(0, items);
        let (began, fault) = self.tap.pass(&mut request);
        let (tap, inner) = (self.tap.clone(), self.inner.clone());
        let lost = || Err(ConnectorError::timeout("the answer was lost".into()));
        HttpConnectorFuture::new(async move {
            let answer = match fault {
                None => inner.call(request).await,
                Some(Fault::LostAnswer) => inner.call(request).await.and_then(|_| lost()),
                Some(Fault::Unreachable) => Err(ConnectorError::io("connection refused".into())),
                Some(Fault::Conflict) => Ok(dynamodb_error(
                    "TransactionCanceledException",
                    &json!({ "CancellationReasons": vec![json!({ "Code": "TransactionConflict" }); reasons] }),
                )),
                Some(Fault::ItemConflict) => {
                    Ok(dynamodb_error("TransactionConflictException", &json!({})))
                }
                Some(Fault::Throttle) => Ok(dynamodb_error("ThrottlingException", &json!({}))),
                Some(Fault::Rejected) => Ok(ses_rejection()),
                Some(Fault::SecondEntry) => {
                    let said = without_second(&mut request);
                    inner.call(request).await.map(|_| said)
                }
            };
            tap.passed(began);
            answer
        })
    }
}

/// Takes the second event out of a call of PutEvents; what EventBridge then says of all.
fn without_second(request: &mut HttpRequest) -> HttpResponse {
    let bytes = request.body().bytes().unwrap_or_default();
    let mut body: Value = serde_json::from_slice(bytes).expect("a call of PutEvents");
    let entries = body["Entries"].as_array_mut().expect("entries");
    let mut said = vec![json!({ "EventId": "1" }); entries.len()];
    said[1] = json!({ "ErrorCode": "ThrottlingException", "ErrorMessage": "made by the tap" });
    entries.remove(1);
    let changed = body.to_string();
    request
        .headers_mut()
        .insert("content-length", changed.len().to_string());
    *request.body_mut() = SdkBody::from(changed);
    let said = json!({ "FailedEntryCount": 1, "Entries": said });
    HttpResponse::new(
        StatusCode::try_from(200).unwrap(),
        SdkBody::from(said.to_string()),
    )
}

/// How many items a transaction writes.
fn items(body: &[u8]) -> usize {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body["TransactItems"].as_array().map_or(0, Vec::len)
}

fn dynamodb_error(code: &str, more: &Value) -> HttpResponse {
    let mut body = json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "made by the tap",
    });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let mut response = HttpResponse::new(
        StatusCode::try_from(400).unwrap(),
        SdkBody::from(body.to_string()),
    );
    response
        .headers_mut()
        .insert("content-type", "application/x-amz-json-1.0");
    response
}

fn ses_rejection() -> HttpResponse {
    let body = "<ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><Error><Type>Sender</Type>\
        <Code>MessageRejected</Code><Message>made by the tap</Message></Error><RequestId>1</RequestId></ErrorResponse>";
    let mut response = HttpResponse::new(StatusCode::try_from(400).unwrap(), SdkBody::from(body));
    response.headers_mut().insert("content-type", "text/xml");
    response
}
