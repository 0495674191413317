//! What a function reaches beyond itself: DynamoDB, SES, KMS, S3 and GitHub, each
//! behind a front that meters the calls.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto::{Algorithm, KeyRing, SystemEntropy, seal};
use domain::Clock as _;
use domain::secret::SecretName;
use edge::serve::SystemClock;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use local::engine::Engine;
use local::github::{self, GitHub};
use local::inbox::Inbox;
use local::sinks::Buckets;
use local::template::Template;
use serde_json::{Value, json};
use store::key;
use tokio::net::TcpListener;

use crate::front::{self, LARGEST};
use crate::meter::{Meter, Service};
use crate::options::Options;
use crate::tape::Tape;
use crate::tls::Authority;
use crate::{Failure, kms};

/// The site that people come back to from GitHub.
const SITE: &str = "https://app.example.com";

/// The stand-ins, running.
pub struct Outside {
    /// What was called.
    pub meter: Meter,
    /// What was answered to the last request that was recorded.
    pub tape: Tape,
    /// What was sent.
    pub inbox: Inbox,
    /// Where people sign in elsewhere.
    pub github: GitHub,
    /// The main table.
    pub table: String,
    /// The folder that holds what is in the bucket.
    pub bucket: PathBuf,
    engine: Database,
    environment: BTreeMap<&'static str, String>,
}

impl Outside {
    /// Starts the stand-ins, with the tables of a template. `folder` is for what
    /// a process needs as a file: the bundle, or the wrapping key.
    pub async fn start(
        template: &Template,
        options: &Options,
        folder: &Path,
    ) -> Result<Self, Failure> {
        let plain = options.plain;
        let engine = Engine::memory()?;
        engine.create_tables(template.tables())?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let engine_at = Database::at(&listener)?;
        tokio::spawn(engine.serve(listener, std::future::pending()));

        let (meter, tape) = (Meter::default(), Tape::default());
        let inbox = Inbox::new(local::clock::system());
        let github = GitHub::new(local::clock::system());
        let table = |suffix: &str| {
            let name = template.table_name(suffix).map(str::to_owned);
            name.ok_or_else(|| format!("the template has no table whose name ends with {suffix}"))
        };
        let mut environment = BTreeMap::from([
            ("POSTERN_TABLE", table("-identity")?),
            ("POSTERN_AUDIT_TABLE", table("-audit")?),
            ("POSTERN_GITHUB_CLIENT_ID", github::CLIENT_ID.to_owned()),
            ("POSTERN_SECRETS", SecretName::GitHub.name().to_owned()),
            ("POSTERN_OAUTH_REDIRECT_URIS", format!("{SITE}/auth")),
            (
                "POSTERN_CHATBOT_TOPIC",
                local::stack::CHATBOT_TOPIC.to_owned(),
            ),
        ]);
        let bucket = template
            .bucket_name("-pictures-")
            .ok_or("the template has no bucket of pictures")?;
        environment.insert("POSTERN_PICTURES_BUCKET", bucket.to_owned());
        let buckets = Buckets::open(&folder.join("s3"), [bucket])?;
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
        for (variables, service, router) in [
            (
                &["AWS_ENDPOINT_URL_DYNAMODB"][..],
                Service::DynamoDb,
                forward,
            ),
            (
                &["AWS_ENDPOINT_URL_SES"],
                Service::Ses,
                local::sinks::router(inbox.clone()),
            ),
            (
                &["AWS_ENDPOINT_URL_SNS"],
                Service::Sns,
                local::sinks::router(inbox.clone()),
            ),
            (&["AWS_ENDPOINT_URL_KMS"], Service::Kms, kms::router()),
            (
                &["AWS_ENDPOINT_URL_S3"],
                Service::S3,
                local::sinks::with_buckets(inbox.clone(), buckets),
            ),
            (
                &["POSTERN_GITHUB_URL", "POSTERN_GITHUB_API_URL"],
                Service::GitHub,
                github::page::router(github.clone(), SITE),
            ),
        ] {
            let router = front::metered(router, service, &meter, &tape);
            // A bucket's name becomes part of a host's name, unless that is an address; and
            // to an address there is no TLS, for want of a certificate.
            let url = if service == Service::S3 {
                let url = front::open(router, None, &meter).await?;
                url.replace("localhost", "127.0.0.1")
            } else {
                front::open(router, authority.as_ref(), &meter).await?
            };
            environment.extend(variables.iter().map(|variable| (*variable, url.clone())));
        }
        let outside = Self {
            meter,
            tape,
            inbox,
            github,
            table: table("-identity")?,
            bucket: folder.join("s3").join(bucket),
            engine: engine_at,
            environment,
        };
        let wrapping_key = folder.join("wrapping.key");
        let wrapping_key = plain.then_some(wrapping_key.as_path());
        outside
            .make_key_ring(&options.algorithm, wrapping_key)
            .await?;
        outside.set_github_secret(wrapping_key).await?;
        Ok(outside)
    }

    /// Makes the key ring, as the deployment would have.
    async fn make_key_ring(
        &self,
        algorithm: &str,
        wrapping_key: Option<&Path>,
    ) -> Result<(), Failure> {
        let algorithm = Algorithm::parse(algorithm).ok_or("no such algorithm")?;
        let ring = KeyRing::generate(algorithm, &SystemEntropy, SystemClock.now())?;
        let (data_key, wrapped) = wrapped_key("postern local data key", wrapping_key)?;
        let sealed = ring.seal(&data_key, &SystemEntropy)?;
        let item = json!({ "wrapped": wrapped, "sealed": sealed, "created_at": 0 });
        self.put(key::keyring(), &item).await
    }

    /// Sets the secret of the test GitHub, as an operator would have.
    async fn set_github_secret(&self, wrapping_key: Option<&Path>) -> Result<(), Failure> {
        let name = SecretName::GitHub;
        let purpose = format!("postern-secret-{}", name.name());
        let (data_key, wrapped) = wrapped_key(&purpose, wrapping_key)?;
        let value = github::CLIENT_SECRET.as_bytes();
        let sealed = seal::seal(&data_key, name.name(), value, &SystemEntropy)?;
        let item = json!({ "wrapped": wrapped, "sealed": sealed, "set_at": 0 });
        self.put(key::secret(name), &item).await
    }

    /// Puts an item of bytes and numbers.
    async fn put(&self, key: key::Key, values: &Value) -> Result<(), Failure> {
        let mut item = json!({ key::PK: { "S": key.pk }, key::SK: { "S": key.sk } });
        for (name, value) in values.as_object().into_iter().flatten() {
            let bytes: Option<Vec<u8>> = serde_json::from_value(value.clone()).ok();
            let value = match bytes {
                Some(bytes) => json!({ "B": STANDARD.encode(bytes) }),
                None => json!({ "N": value.to_string() }),
            };
            if let Some(item) = item.as_object_mut() {
                item.insert(name.clone(), value);
            }
        }
        let put = json!({ "TableName": self.table, "Item": item });
        self.dynamodb("PutItem", &put).await.map(drop)
    }

    /// What a function's process is told about them.
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

/// A data key, and how it is kept: sealed for a purpose by the key in a file, or as the
/// stand-in for KMS has it, to which the wrapped key is the plain one.
fn wrapped_key(
    purpose: &str,
    wrapping_key: Option<&Path>,
) -> Result<(seal::Secret, Vec<u8>), Failure> {
    let data_key = seal::fresh_secret(&SystemEntropy);
    let Some(path) = wrapping_key else {
        let wrapped = data_key.to_vec();
        return Ok((data_key, wrapped));
    };
    let bytes = std::fs::read(path)?.try_into();
    let key = seal::Secret::new(bytes.map_err(|_| "a wrapping key of 32 bytes")?);
    let wrapped = seal::seal(&key, purpose, data_key.as_ref(), &SystemEntropy)?;
    Ok((data_key, wrapped))
}

fn in_folder(folder: &Path, file: &str) -> String {
    PathBuf::from(folder).join(file).display().to_string()
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
