//! What a function reaches beyond itself: DynamoDB, SES, KMS, S3, GitHub and Google, each
//! behind a front that meters the calls.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use crypto::SystemEntropy;
use domain::key_ring::KeyParts;
use domain::provider::Provider;
use domain::secret::SecretName;
use edge::serve::SystemClock;
use flows::{Aws, Postern, Settings};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use local::engine::Engine;
use local::github::{self, GitHub};
use local::inbox::Inbox;
use local::sinks::Buckets;
use local::social::{self, Social};
use local::template::Template;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::front::{self, LARGEST};
use crate::meter::{Meter, Service};
use crate::options::Options;
use crate::tape::Tape;
use crate::tls::Authority;
use crate::{Failure, kms};

/// The site that people come back to from GitHub and Google.
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
    /// And there.
    pub social: Social,
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
            ("POSTERN_SECRETS", "github,google".to_owned()),
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
                Service::Provider,
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
        // It says in its tokens where it is.
        let (listener, url) = front::reserve(authority.as_ref()).await?;
        let social = Social::new(local::clock::system(), &url);
        let router = social::page::router(social.clone());
        let router = front::metered(router, Service::Provider, &meter, &tape);
        front::serve(listener, router, authority.as_ref(), &meter)?;
        environment.extend([
            ("POSTERN_GOOGLE_CLIENT_IDS", social::CLIENT_ID.to_owned()),
            ("POSTERN_GOOGLE_URL", social.url(Provider::Google)),
            ("POSTERN_NAUTH_FRONTEND_URL", SITE.to_owned()),
            ("POSTERN_NAUTH_MFA_ENFORCEMENT", options.enforcement.clone()),
        ]);
        let outside = Self {
            meter,
            tape,
            inbox,
            github,
            social,
            table: table("-identity")?,
            bucket: folder.join("s3").join(bucket),
            engine: engine_at,
            environment,
        };
        outside.deploy(&options.algorithm).await?;
        Ok(outside)
    }

    /// Makes the key ring and sets the secrets of the test providers, as the deployment and an
    /// operator would have: past the front, since no function pays for it.
    async fn deploy(&self, algorithm: &str) -> Result<(), Failure> {
        let kms = front::open(kms::router(), None, &Meter::default()).await?;
        let engine = format!("http://{}", self.engine.authority);
        let aws = Aws::local(&engine, &kms).await;
        let settings = Settings::from_vars(|name| match name {
            "POSTERN_ALGORITHM" => Some(algorithm.to_owned()),
            "POSTERN_ISSUER" => Some(SITE.to_owned()),
            "POSTERN_MAIL_FROM" => Some("bench@example.com".to_owned()),
            _ => self.environment.get(name).cloned(),
        })?;
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        Postern::make_key_ring(&settings, &aws, &*clock, &*entropy).await?;
        let operator = Postern::open(settings, KeyParts::of(&[]), &aws, clock, entropy).await?;
        for (name, secret) in [
            (SecretName::GitHub, github::CLIENT_SECRET),
            (SecretName::Google, social::GOOGLE_SECRET),
        ] {
            operator.set_secret(name, secret).await?;
        }
        Ok(())
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
