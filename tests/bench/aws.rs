//! AWS, as far as the function can see it: DynamoDB, SES and KMS, each behind
//! a front that meters the calls.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use local::engine::Engine;
use local::inbox::Inbox;
use local::template::Template;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::capacity::{self, Units};
use crate::meter::{Call, Meter, Service};
use crate::tls::{Authority, Secured};
use crate::{Failure, kms, now};

/// More than any call or answer of ours.
const LARGEST: usize = 1024 * 1024;

/// The stand-ins, running.
pub struct Aws {
    /// What was called.
    pub meter: Meter,
    /// What was sent.
    pub inbox: Inbox,
    /// The main table.
    pub table: String,
    engine: Database,
    environment: BTreeMap<&'static str, String>,
}

impl Aws {
    /// Starts the stand-ins, with the tables of a template. `folder` is for what
    /// a process needs as a file: the bundle, or the wrapping key.
    pub async fn start(template: &Template, plain: bool, folder: &Path) -> Result<Self, Failure> {
        let engine = Engine::memory()?;
        engine.create_tables(template.tables())?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let engine_at = Database::at(&listener)?;
        tokio::spawn(engine.serve(listener, std::future::pending()));

        let (meter, inbox) = (Meter::default(), Inbox::new(local::clock::system()));
        let table = |suffix: &str| {
            let name = template.table_name(suffix).map(str::to_owned);
            name.ok_or_else(|| format!("the template has no table whose name ends with {suffix}"))
        };
        let mut environment = BTreeMap::from([
            ("POSTERN_TABLE", table("-identity")?),
            ("POSTERN_AUDIT_TABLE", table("-audit")?),
        ]);
        let authority = if plain {
            local::stack::make_wrapping_key(&folder.join("wrapping.key"))?;
            environment.insert("POSTERN_KEY_FILE", in_folder(folder, "wrapping.key"));
            None
        } else {
            environment.insert("POSTERN_KMS_KEY", "alias/bench".to_owned());
            environment.insert("SSL_CERT_FILE", in_folder(folder, "bundle.pem"));
            Some(Authority::new(&folder.join("bundle.pem"))?)
        };
        let forward = Router::new()
            .fallback(forward)
            .with_state(engine_at.clone());
        for (variable, service, router) in [
            ("AWS_ENDPOINT_URL_DYNAMODB", Service::DynamoDb, forward),
            (
                "AWS_ENDPOINT_URL_SES",
                Service::Ses,
                local::sinks::router(inbox.clone()),
            ),
            ("AWS_ENDPOINT_URL_KMS", Service::Kms, kms::router()),
        ] {
            let front = Front {
                service,
                meter: meter.clone(),
            };
            let router = router.layer(from_fn_with_state(front, metered));
            environment.insert(variable, open(router, authority.as_ref()).await?);
        }
        Ok(Self {
            meter,
            inbox,
            table: table("-identity")?,
            engine: engine_at,
            environment,
        })
    }

    /// What the function's process is told about them.
    pub fn environment(&self) -> &BTreeMap<&'static str, String> {
        &self.environment
    }

    /// Calls DynamoDB past the front.
    pub async fn dynamodb(&self, operation: &str, body: &Value) -> Result<Value, Failure> {
        let request = Request::builder()
            .method("POST")
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.0")
            .header(header::AUTHORIZATION, SIGNED)
            .header("x-amz-date", "20260101T000000Z")
            .body(Body::from(body.to_string()))?;
        let response = self.engine.call(request).await?;
        let status = response.status();
        let body = to_bytes(response.into_body(), LARGEST).await?;
        if status.is_success() {
            return Ok(serde_json::from_slice(&body)?);
        }
        Err(format!("{operation}: {}", String::from_utf8_lossy(&body)).into())
    }
}

/// The engine wants to see a signature, but does not check it.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/dynamodb/aws4_request, \
    SignedHeaders=host;x-amz-date, Signature=00";

fn in_folder(folder: &Path, file: &str) -> String {
    PathBuf::from(folder).join(file).display().to_string()
}

/// Serves a router, and says where.
async fn open(router: Router, authority: Option<&Authority>) -> Result<String, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    // By name, as on AWS: looking it up is part of connecting.
    if let Some(authority) = authority {
        let listener = Secured::new(listener, authority)?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        return Ok(format!("https://localhost:{port}"));
    }
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://localhost:{port}"))
}

/// The engine's address, and connections to it.
#[derive(Clone)]
struct Database {
    client: Client<HttpConnector, Body>,
    authority: String,
}

impl Database {
    fn at(listener: &TcpListener) -> Result<Self, Failure> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            authority: listener.local_addr()?.to_string(),
        })
    }

    async fn call(&self, mut request: Request) -> Result<Response, Failure> {
        *request.uri_mut() = format!("http://{}/", self.authority).parse()?;
        Ok(self.client.request(request).await?.map(Body::new))
    }
}

async fn forward(State(engine): State<Database>, request: Request) -> Response {
    let answer = engine.call(request).await;
    answer.unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, error.to_string()).into_response())
}

/// What meters the calls of one service.
#[derive(Clone)]
struct Front {
    service: Service,
    meter: Meter,
}

async fn metered(State(front): State<Front>, request: Request, next: Next) -> Response {
    let unread = |error: axum::Error| (StatusCode::BAD_REQUEST, error.to_string()).into_response();
    let (head, body) = request.into_parts();
    let body = match to_bytes(body, LARGEST).await {
        Ok(body) => body,
        Err(error) => return unread(error),
    };
    let begun = now();
    let operation = operation(&head.headers, &body);
    let mut asked = Value::Null;
    let mut request = Request::from_parts(head, Body::from(body.clone()));
    if front.service == Service::DynamoDb {
        asked = serde_json::from_slice(&body).unwrap_or_default();
        capacity::ask(&mut asked);
        request.headers_mut().remove(header::CONTENT_LENGTH);
        *request.body_mut() = Body::from(asked.to_string());
    }
    tokio::time::sleep(front.meter.delay(front.service)).await;
    let mut response = next.run(request).await;
    let mut units = Units::default();
    if front.service == Service::DynamoDb {
        let body = match to_bytes(std::mem::take(response.body_mut()), LARGEST).await {
            Ok(body) => body,
            Err(error) => return unread(error),
        };
        let mut answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        units = capacity::taken(&operation, &asked, &mut answer);
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove("x-amz-crc32");
        *response.body_mut() = Body::from(answer.to_string());
    }
    front.meter.add(Call {
        service: front.service,
        operation,
        begun,
        ended: now(),
        units,
    });
    response
}

/// What is called: the end of a JSON protocol's target, or a form's action.
fn operation(headers: &HeaderMap, body: &Bytes) -> String {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    if let Some((_, operation)) = target.and_then(|target| target.rsplit_once('.')) {
        return operation.to_owned();
    }
    let form = String::from_utf8_lossy(body);
    let action = form
        .split('&')
        .find_map(|field| field.strip_prefix("Action="));
    action.unwrap_or("unknown").to_owned()
}
