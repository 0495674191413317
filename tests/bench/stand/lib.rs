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
const TABLE: &str = "bench-identity";
const AUDIT_TABLE: &str = "bench-audit";

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

    /// The digits that the last letter to an address has in its subject.
    ///
    /// # Errors
    /// If none came.
    pub fn code(&self, address: &str, digits: usize) -> Result<String, Failure> {
        let letters = self.inbox.messages(Some(address));
        let letter = letters.first().ok_or("no letter came")?;
        Ok(letter.subject.chars().take(digits).collect())
    }

    /// Has the account of an address hold a number, too, as if its owner had proven it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub async fn prove_number(&self, address: &str, number: &str) -> Result<(), Failure> {
        let store = store::Store::new(&self.aws.dynamodb, TABLE, AUDIT_TABLE);
        let address = domain::EmailAddress::parse(address).ok_or("no address")?;
        let sub = store.holder(&address).await?.ok_or("no account")?;
        let before = store.user(sub).await?.ok_or("no account")?;
        let after = domain::account::User {
            rev: before.rev + 1,
            phone: number.to_owned(),
            phone_verified: true,
            phone_proven_at: Some(before.created_at),
            ..before.clone()
        };
        let edit = store.transaction().edit_user(&after, &before)?;
        let edit = edit.swap_names(&before, &after)?;
        match edit
            .commit(uuid::Uuid::from_u128(u128::from(before.uid)))
            .await?
        {
            store::Commit::Done => Ok(()),
            store::Commit::Refused(step) => Err(format!("refused by {step:?}").into()),
        }
    }

    /// Forgets all that was counted and asked for.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_tries(&self) -> Result<(), Failure> {
        let db = aws_sdk_dynamodb::Client::new(&self.aws.dynamodb);
        let mut rows = db
            .scan()
            .table_name(TABLE)
            .projection_expression("pk, sk")
            .into_paginator()
            .items()
            .send();
        while let Some(row) = rows.next().await {
            let row = row?;
            let pk = row.get("pk").and_then(|pk| pk.as_s().ok());
            let kinds = ["RATE#", "GUESSES#", "CODE#", "RESET#"];
            if pk.is_some_and(|pk| kinds.iter().any(|kind| pk.starts_with(kind))) {
                let delete = db.delete_item().table_name(TABLE).set_key(Some(row));
                delete.send().await?;
            }
        }
        Ok(())
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
        let code = self.code(ADDRESS, 4)?;
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
            "POSTERN_TABLE" => TABLE,
            "POSTERN_AUDIT_TABLE" => AUDIT_TABLE,
            "POSTERN_ISSUER" => "https://id.example.com",
            "POSTERN_MAIL_FROM" => "id@example.com",
            "POSTERN_KEY_FILE" => key,
            "POSTERN_SIGNING_ALGORITHM" => algorithm,
            "POSTERN_MAIL_DAILY_BUDGET" | "POSTERN_TEXT_DAILY_BUDGET" => "1000000",
            "POSTERN_TEXT_CALLING_CODES" => "49",
            _ => return None,
        };
        Some(value.to_owned())
    });
    Ok(settings?)
}
