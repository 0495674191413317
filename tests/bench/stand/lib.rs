//! What the named benches stand on: an engine, an inbox, and installations in this
//! very process, as many as there are callers.

mod calls;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_types::timeout::TimeoutConfig;
use axum::body::Bytes;
use axum::http::{Method, Request, Response, StatusCode};
use crypto::SystemEntropy;
use domain::key_ring::KeyParts;
use edge::serve::SystemClock;
use flows::{Aws, Postern, Settings};
use local::engine::Engine;
use local::gateway::Gateway;
use local::inbox::Inbox;
use local::template::Template;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub use calls::Calls;

/// Why a bench ended early.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

const ADDRESS: &str = "ada@example.com";

/// The stand.
pub struct Stand {
    /// What is called.
    pub calls: Calls,
    inbox: Inbox,
    template: Template,
    settings: Settings,
    aws: Aws,
    _key: WrappingKey,
}

/// A file that goes with the stand.
struct WrappingKey(PathBuf);

impl Drop for WrappingKey {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Stand {
    /// Starts it, with tokens signed by `algorithm`.
    ///
    /// # Errors
    /// A template that cannot be read, or a port that cannot be had.
    pub async fn start(algorithm: &str) -> Result<Self, Failure> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let template = Template::read(&root.join("template.yaml"), "bench")?;
        let engine = Engine::memory()?;
        engine.create_tables(template.tables())?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let database = format!("http://{}", listener.local_addr()?);
        tokio::spawn(engine.serve(listener, std::future::pending()));
        let inbox = Inbox::new(local::clock::system());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let sinks = format!("http://{}", listener.local_addr()?);
        let router = local::sinks::router(inbox.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });

        let calls = Calls::default();
        let mut aws = Aws::local(&database, &sinks).await;
        let counted = aws.dynamodb.to_builder().http_client(calls.client());
        aws.dynamodb = counted.timeout_config(patient()).build();
        let key = std::env::temp_dir().join(format!("postern-bench-{}.key", std::process::id()));
        local::stack::make_wrapping_key(&key)?;
        let settings = settings(algorithm, &key.display().to_string())?;
        Postern::make_key_ring(&settings, &aws, &SystemClock, &SystemEntropy).await?;
        Ok(Self {
            calls,
            inbox,
            template,
            settings,
            aws,
            _key: WrappingKey(key),
        })
    }

    /// One more installation, as a new process opens it.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub async fn instance(&self) -> Result<Gateway, Failure> {
        let clock = Arc::new(SystemClock);
        let entropy = Arc::new(SystemEntropy);
        let opened = Postern::open(
            self.settings.clone(),
            KeyParts::ALL,
            &self.aws,
            clock,
            entropy,
        );
        let opened = opened.await?;
        Ok(Gateway::new(
            &self.template,
            local::stack::functions(&opened),
        )?)
    }

    /// Signs a user in. The access token.
    ///
    /// # Errors
    /// If any step fails.
    pub async fn sign_in(&self) -> Result<String, Failure> {
        let gateway = self.instance().await?;
        let home = IpAddr::from([192, 0, 2, 1]);
        let asked = json!({ "identifier": ADDRESS });
        post(&gateway, home, "/cfg/accounts/otp/request/", &asked).await?;
        let letters = self.inbox.messages(Some(ADDRESS));
        let letter = letters.first().ok_or("no letter came")?;
        let code: String = letter.subject.chars().take(4).collect();
        let asked = json!({ "identifier": ADDRESS, "otp": code });
        let answer = post(&gateway, home, "/cfg/accounts/otp/verify/", &asked).await?;
        let body: Value = serde_json::from_slice(answer.body())?;
        let token = body.get("access").and_then(Value::as_str);
        Ok(token.ok_or("no token came")?.to_owned())
    }
}

/// However busy the machine: it is to show in the figures, and not to end them.
fn patient() -> TimeoutConfig {
    let long = Duration::from_secs(60);
    TimeoutConfig::builder()
        .connect_timeout(long)
        .read_timeout(long)
        .operation_attempt_timeout(long)
        .operation_timeout(long)
        .build()
}

/// Posts JSON from a network. Anything but 200 and 429 ends the bench.
///
/// # Errors
/// That.
pub async fn post(
    gateway: &Gateway,
    peer: IpAddr,
    path: &str,
    body: &Value,
) -> Result<Response<Bytes>, Failure> {
    let answer = send(gateway, peer, path, "application/json", body.to_string()).await?;
    match answer.status() {
        StatusCode::OK | StatusCode::TOO_MANY_REQUESTS => Ok(answer),
        status => Err(format!("{path} answered {status}").into()),
    }
}

/// Posts a body from a network, whatever comes of it.
///
/// # Errors
/// A path that is none.
pub async fn send(
    gateway: &Gateway,
    peer: IpAddr,
    path: &str,
    media: &str,
    body: String,
) -> Result<Response<Bytes>, Failure> {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("host", "id.example.com")
        .header("content-type", media)
        .body(Bytes::from(body))?;
    Ok(gateway.handle(request, peer).await)
}

fn settings(algorithm: &str, key: &str) -> Result<Settings, Failure> {
    let settings = Settings::from_vars(|name| {
        let value = match name {
            "POSTERN_TABLE" => "bench-identity",
            "POSTERN_AUDIT_TABLE" => "bench-audit",
            "POSTERN_ISSUER" => "https://id.example.com",
            "POSTERN_MAIL_FROM" => "id@example.com",
            "POSTERN_KEY_FILE" => key,
            "POSTERN_SIGNING_ALGORITHM" => algorithm,
            "POSTERN_MAIL_DAILY_BUDGET" => "1000000",
            _ => return None,
        };
        Some(value.to_owned())
    });
    Ok(settings?)
}
