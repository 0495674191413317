//! One test's own installation.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::Client;
use domain::key_ring::KeyParts;
use domain::provider::Provider;
use domain::secret::SecretName;
use domain::{Clock as _, UnixTime};
use flows::settings::OutboxSettings;
use flows::{Aws, Outbox, Postern, Settings};
use http::Request;
use lambda_http::http;
use local::engine::Engine;
use local::firebase::{self, Firebase};
use local::gateway::Gateway;
use local::github::{self, GitHub};
use local::inbox::{Inbox, Message};
use local::recaptcha;
use local::sinks::Buckets;
use local::social::{self, Social};
use local::template::Template;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::{Answer, Anyone, SeededEntropy, Tally, Tap, TestClock};

/// The instant at which every world begins: 2027-01-15T08:00:00Z.
pub const START: UnixTime = UnixTime(1_800_000_000);

/// The variable that names another engine to run the suites against.
const OTHER_ENGINE: &str = "POSTERN_DYNAMODB_ENDPOINT";

/// An installation with an engine, a clock and an inbox of its own.
pub struct World {
    /// The clock of the installation.
    pub clock: Arc<TestClock>,
    /// The tap between the SDK and the services.
    pub tap: Tap,
    /// What came back to callers.
    pub tally: Tally,
    /// Where letters and text messages arrive.
    pub inbox: Inbox,
    /// The provider that people come from.
    pub github: GitHub,
    /// The Firebase project whose tokens sign in.
    pub firebase: Firebase,
    /// The providers of nauth.
    pub social: Social,
    /// The installation, as operators reach it.
    pub postern: Postern,
    /// The tables, past everything that Postern would allow.
    pub db: Client,
    /// The name of the main table.
    pub table: String,
    /// The name of the audit table.
    pub audit_table: String,
    /// How AWS is reached.
    pub aws: Aws,
    /// The settings that it was opened with.
    pub settings: Settings,
    /// The engine itself, unless it is not ours.
    pub engine: Option<Engine>,
    /// The folder of what Lambda gave up, which is a bucket.
    pub events_bucket: PathBuf,
    gateway: Gateway,
    key_file: PathBuf,
    pictures: PathBuf,
    sinks: String,
}

impl World {
    /// A world with the default settings.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A world with some settings changed.
    pub async fn with(overrides: &[(&str, &str)]) -> Self {
        Self::with_secrets(overrides, &[]).await
    }

    /// A world with some settings changed, where an operator has set these secrets; that of
    /// the test GitHub is set unless one stands in for it.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn with_secrets(overrides: &[(&str, &str)], secrets: &[(SecretName, &str)]) -> Self {
        let stack = unique_name();
        let template =
            Template::read(&root().join("template.yaml"), &stack).expect("template.yaml reads");
        let clock = Arc::new(TestClock::new(START));
        let inbox = Inbox::new(inbox_clock(clock.clone()));
        let pictures = std::env::temp_dir().join(format!("{stack}.s3"));
        let sinks = serve_sinks(&inbox, &template, &pictures).await;
        let tap = Tap::default();
        let (endpoint, aws, engine) = reach(&template, &sinks, &tap).await;
        let key_file = std::env::temp_dir().join(format!("{stack}.key"));
        std::fs::write(&key_file, [7; 32]).expect("a key file can be written");
        let (table, audit_table) = (format!("{stack}-identity"), format!("{stack}-audit"));
        let github = GitHub::new(inbox_clock(clock.clone()));
        let firebase = Firebase::new(inbox_clock(clock.clone()));
        let (provider, social) =
            serve_providers(&github, &firebase, inbox_clock(clock.clone())).await;
        let keys_url = format!("{provider}{}", firebase::KEYS_PATH);
        let recaptcha_url = format!("{provider}{}", recaptcha::PATH);
        let social_settings = social_settings(&social);
        let social_settings = social_settings.iter();
        let overrides: Vec<_> = overrides
            .iter()
            .copied()
            .chain(github_settings(&provider))
            .chain(social_settings.map(|(name, value)| (*name, value.as_str())))
            .chain([
                ("POSTERN_FIREBASE_PROJECT", firebase::PROJECT),
                ("POSTERN_FIREBASE_KEYS_URL", &keys_url),
                ("POSTERN_NAUTH_RECAPTCHA_URL", &recaptcha_url),
            ])
            .collect();
        let bucket = template.bucket_name("-pictures-").expect("a bucket");
        let settings = settings(&table, &audit_table, bucket, &key_file, &overrides);
        list_origins(&aws, &table, &audit_table).await;
        tap.clear();
        let entropy = Arc::new(SeededEntropy::new(seed(&stack)));
        let open = || {
            let (settings, clock) = (settings.clone(), clock.clone());
            Postern::open(settings, KeyParts::ALL, &aws, clock, entropy.clone())
        };
        // What an operator and the deployment did before any function started.
        let made = Postern::make_key_ring(&settings, &aws, &*clock, &*entropy).await;
        made.unwrap_or_else(|error| panic!("a key ring at {endpoint}: {error}"));
        let operator = open().await.expect("the command line opens");
        let usual = [
            (SecretName::GitHub, github::CLIENT_SECRET),
            (SecretName::Google, social::GOOGLE_SECRET),
            (SecretName::Apple, social::APPLE_KEY),
            (SecretName::Facebook, social::FACEBOOK_SECRET),
            (SecretName::Recaptcha, recaptcha::SECRET),
        ];
        for (name, value) in [&usual, secrets].concat() {
            let set = operator.set_secret(name, value).await;
            set.expect("a secret is set");
        }
        tap.clear();
        let postern = open()
            .await
            .unwrap_or_else(|error| panic!("the world opens at {endpoint}: {error}"));
        let functions = local::stack::functions(&postern);
        let gateway = Gateway::new(&template, functions).expect("every route has its function");
        let db = Client::new(&Aws::local(&endpoint, &sinks).await.dynamodb);
        Self {
            clock,
            tap,
            tally: Tally::default(),
            inbox,
            github,
            firebase,
            social,
            postern,
            db,
            table,
            audit_table,
            aws,
            settings,
            engine,
            events_bucket: pictures.join(template.bucket_name("-events-").expect("a bucket")),
            gateway,
            key_file,
            pictures,
            sinks,
        }
    }

    /// A caller at the usual address, 192.0.2.1.
    #[must_use]
    pub fn anyone(&self) -> Anyone<'_> {
        self.at("192.0.2.1")
    }

    /// A caller at this address.
    #[must_use]
    pub fn at(&self, ip: &str) -> Anyone<'_> {
        Anyone::new(self, ip)
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Another instance of the same functions: another process, or a restart.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub async fn another_instance(&self, seed: u64) -> Postern {
        let entropy = Arc::new(SeededEntropy::new(seed));
        Postern::open(
            self.settings.clone(),
            KeyParts::ALL,
            &self.aws,
            self.clock.clone(),
            entropy,
        )
        .await
        .expect("opens again")
    }

    /// The way of its security events out, in an instance of the publisher.
    ///
    /// # Panics
    /// If a setting is missing.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        let bucket = self.events_bucket.file_name().expect("a bucket");
        let settings = OutboxSettings {
            stack: "postern".to_owned(),
            bus: "postern".to_owned(),
            bucket: bucket.to_string_lossy().into_owned(),
        };
        Outbox::new(&settings, &self.aws, self.clock.clone())
    }

    /// The letters and messages to an address, newest first.
    #[must_use]
    pub fn mail(&self, address: &str) -> Vec<Message> {
        self.inbox.messages(Some(address))
    }

    /// The code in the newest code letter to `address`, read as a person would:
    /// the first line that is nothing but a number.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    #[track_caller]
    pub fn code(&self, address: &str) -> String {
        let is_code = |line: &&str| line.len() >= 4 && line.chars().all(|c| c.is_ascii_digit());
        self.mail(address)
            .iter()
            .find_map(|letter| letter.text.lines().find(is_code).map(str::to_owned))
            .expect("a letter with a code")
    }

    /// Some code that is not the one in the newest letter.
    #[must_use]
    pub fn wrong_code(&self, address: &str) -> String {
        let right: u32 = self.code(address).parse().expect("digits");
        format!("{:04}", (right + 1) % 10_000)
    }

    /// The code in the newest text message to a number: its first word.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    #[track_caller]
    pub fn texted_code(&self, number: &str) -> String {
        let is_code = |word: &&str| word.len() == 6 && word.chars().all(|c| c.is_ascii_digit());
        self.mail(number)
            .iter()
            .find_map(|text| text.text.split(' ').next().filter(is_code))
            .map(str::to_owned)
            .expect("a text with a code")
    }

    /// Every item of a table.
    ///
    /// # Panics
    /// If the engine does not answer.
    pub async fn dump(
        &self,
        table: &str,
    ) -> Vec<std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>> {
        self.db
            .scan()
            .table_name(table)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .expect("the table can be read")
    }

    /// Changes an account past everything that Postern would allow.
    ///
    /// # Panics
    /// If there is no such account.
    pub async fn set_user(&self, address: &str, change: impl FnOnce(&mut domain::account::User)) {
        let address = domain::EmailAddress::parse(address).expect("an address");
        let before = self.postern.find_user(&address).await.expect("an account");
        let mut after = before.clone();
        change(&mut after);
        after.rev += 1;
        let store = store::Store::new(&self.aws.dynamodb, &self.table, &self.audit_table);
        let edit = store.transaction().edit_user_even_last(&after, &before);
        let written = edit.expect("an edit").commit(self.request_token());
        let written = written.await.expect("the table answers");
        assert!(matches!(written, store::Commit::Done), "{written:?}");
    }

    /// A token for one transaction. On a second engine all worlds share a server, which
    /// takes a token that it has seen for the same request again.
    #[must_use]
    pub fn request_token(&self) -> uuid::Uuid {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        uuid::Uuid::from_u128(u128::from(seed(&self.table)) << 64 | u128::from(number))
    }

    /// Has the address of an account proven, as a code with its bearer would.
    pub async fn prove(&self, address: &str) {
        let now = self.now();
        self.set_user(address, |user| {
            user.email_verified = true;
            user.email_proven_at = Some(now);
        })
        .await;
    }

    pub(crate) async fn send(
        &self,
        ip: &str,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "id.example.com");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(body.to_vec().into()).expect("a request");
        let peer: IpAddr = ip.parse().expect("an address");
        let began = tokio::time::Instant::now();
        let response = self.gateway.handle(request, peer).await;
        let took = began.elapsed();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8_lossy(&body).into_owned();
        let request = format!("{method} {path}");
        self.tally
            .note(&request, parts.status.as_u16(), &text, took);
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
            bytes: body.to_vec(),
        }
    }

    /// What lies in the buckets under a prefix, past everything that S3 would allow:
    /// each object's name and bytes.
    ///
    /// # Panics
    /// If the folder cannot be read.
    #[must_use]
    pub fn objects(&self, prefix: &str) -> Vec<(String, Vec<u8>)> {
        let bucket = self.settings.pictures_bucket.as_ref().expect("a bucket");
        let Ok(files) = std::fs::read_dir(self.pictures.join(bucket).join(prefix)) else {
            return Vec::new();
        };
        let files = files.map(|file| file.expect("a file"));
        files
            .map(|file| {
                let name = file.file_name().to_string_lossy().into_owned();
                (name, std::fs::read(file.path()).expect("an object"))
            })
            .collect()
    }

    /// Sends a request past the API to what stands for S3; the status.
    ///
    /// # Panics
    /// If the store does not answer.
    pub async fn send_to_s3(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> (u16, String) {
        let path = url.strip_prefix(&self.sinks).expect("an address of ours");
        let authority = self.sinks.trim_start_matches("http://");
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "connection: close\r\n\r\n";
        let mut stream = TcpStream::connect(authority).await.expect("a connection");
        stream.write_all(head.as_bytes()).await.expect("is read");
        // What is refused by its head is not read to its end.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
        (status.expect("a status"), answer)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.key_file);
        let _ = std::fs::remove_dir_all(&self.pictures);
    }
}

/// The root of the project.
///
/// # Panics
/// If this crate has moved.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ has a parent")
        .to_owned()
}

/// Whether the suites run against an engine that is not ours.
#[must_use]
pub fn other_engine() -> bool {
    std::env::var_os(OTHER_ENGINE).is_some()
}

/// Where a world's entropy begins: the same in every run, except on an engine
/// that others use too, which would take their request tokens for ours.
fn seed(stack: &str) -> u64 {
    if !other_engine() {
        return 42;
    }
    stack.bytes().fold(0, |seed: u64, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    })
}

/// A stack name that no other world has, in this run or a later one.
fn unique_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    // Short: a bucket's name has room for this, an account's number and a region.
    format!("test-{:x}-{:x}-{count}", std::process::id(), started())
}

#[allow(
    clippy::disallowed_methods,
    reason = "tells this run from others on a shared engine"
)]
fn started() -> u64 {
    static STARTED: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    *STARTED.get_or_init(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(0))
    })
}

fn inbox_clock(clock: Arc<TestClock>) -> local::clock::Clock {
    Arc::new(move || jiff::Timestamp::from_second(clock.now().0).expect("an instant"))
}

async fn serve_providers(
    github: &GitHub,
    firebase: &Firebase,
    clock: local::clock::Clock,
) -> (String, Social) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let router = github::page::router(github.clone(), "https://id.example.com");
    let router = router.merge(firebase::router(firebase.clone()));
    let social = Social::new(clock, &url);
    let router = router.merge(social::page::router(social.clone()));
    let router = router.merge(recaptcha::router());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, social)
}

/// The providers of nauth as an installation is told of them.
fn social_settings(social: &Social) -> [(&'static str, String); 10] {
    let client_ids = format!("{},{}", social::CLIENT_ID, social::NATIVE_CLIENT_ID);
    [
        ("POSTERN_GOOGLE_CLIENT_IDS", client_ids.clone()),
        ("POSTERN_GOOGLE_URL", social.url(Provider::Google)),
        ("POSTERN_APPLE_CLIENT_IDS", client_ids),
        ("POSTERN_APPLE_TEAM_ID", social::APPLE_TEAM.to_owned()),
        ("POSTERN_APPLE_KEY_ID", social::APPLE_KEY_ID.to_owned()),
        ("POSTERN_APPLE_URL", social.url(Provider::Apple)),
        ("POSTERN_FACEBOOK_CLIENT_ID", social::CLIENT_ID.to_owned()),
        ("POSTERN_FACEBOOK_URL", social.url(Provider::Facebook)),
        (
            "POSTERN_NAUTH_FRONTEND_URL",
            "http://localhost:4200".to_owned(),
        ),
        ("POSTERN_NAUTH_RP_ID", "localhost".to_owned()),
    ]
}

/// The test provider as an installation is told of it.
fn github_settings(url: &str) -> [(&str, &str); 4] {
    [
        ("POSTERN_GITHUB_CLIENT_ID", github::CLIENT_ID),
        ("POSTERN_GITHUB_URL", url),
        ("POSTERN_GITHUB_API_URL", url),
        (
            "POSTERN_OAUTH_REDIRECT_URIS",
            "https://app.example.com/auth?provider=github,https://other.example.com/in",
        ),
    ]
}

async fn serve_sinks(inbox: &Inbox, template: &Template, pictures: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let names = template.buckets().iter().map(String::as_str);
    let buckets = Buckets::open(pictures, names).expect("a folder for the buckets");
    let router = local::sinks::with_buckets(inbox.clone(), buckets);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Lists the origins that a local stack begins with, as an operator would have before any
/// function started.
async fn list_origins(aws: &Aws, table: &str, audit_table: &str) {
    let store = store::Store::new(&aws.dynamodb, table, audit_table);
    let origins = local::stack::origins();
    let listed = store.replace_origins(None, &origins).await;
    listed.expect("the table takes the origins");
}

/// An engine with the template's tables, and the way to it through the tap.
async fn reach(template: &Template, sinks: &str, tap: &Tap) -> (String, Aws, Option<Engine>) {
    let (endpoint, engine) = match std::env::var(OTHER_ENGINE) {
        Ok(endpoint) => {
            create_tables(template, &endpoint).await;
            (endpoint, None)
        }
        Err(_) => {
            let (endpoint, engine) = serve_engine(template).await;
            (endpoint, Some(engine))
        }
    };
    let mut aws = Aws::local(&endpoint, sinks).await;
    for config in [
        &mut aws.dynamodb,
        &mut aws.ses,
        &mut aws.sns,
        &mut aws.kms,
        &mut aws.s3,
        &mut aws.eventbridge,
    ] {
        *config = config
            .to_builder()
            .http_client(tap.client())
            .timeout_config(patient())
            .build();
    }
    (endpoint, aws, engine)
}

/// However busy the machine: what times out, times out because the tap says so.
fn patient() -> TimeoutConfig {
    let long = Duration::from_secs(120);
    TimeoutConfig::builder()
        .connect_timeout(long)
        .operation_attempt_timeout(long)
        .operation_timeout(long)
        .build()
}

async fn serve_engine(template: &Template) -> (String, Engine) {
    let engine = Engine::memory().expect("an engine");
    engine
        .create_tables(template.tables())
        .expect("the template's tables");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    tokio::spawn(engine.clone().serve(listener, std::future::pending()));
    (url, engine)
}

/// The template's tables on an engine that is not ours.
async fn create_tables(template: &Template, endpoint: &str) {
    use aws_sdk_dynamodb::types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType,
    };
    let db = Client::new(&Aws::local(endpoint, endpoint).await.dynamodb);
    let schema = |value: &serde_json::Value| -> Vec<KeySchemaElement> {
        let elements = value["KeySchema"].as_array().expect("a key schema");
        elements
            .iter()
            .map(|element| {
                KeySchemaElement::builder()
                    .attribute_name(element["AttributeName"].as_str().expect("a name"))
                    .key_type(KeyType::from(element["KeyType"].as_str().expect("a type")))
                    .build()
                    .expect("an element")
            })
            .collect()
    };
    for table in template.tables() {
        let creation = table.creation();
        let mut call = db
            .create_table()
            .table_name(table.name())
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(schema(creation)));
        for definition in creation["AttributeDefinitions"]
            .as_array()
            .expect("definitions")
        {
            let built = AttributeDefinition::builder()
                .attribute_name(definition["AttributeName"].as_str().expect("a name"))
                .attribute_type(ScalarAttributeType::from(
                    definition["AttributeType"].as_str().expect("a type"),
                ))
                .build();
            call = call.attribute_definitions(built.expect("a definition"));
        }
        for index in creation["GlobalSecondaryIndexes"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let built = GlobalSecondaryIndex::builder()
                .index_name(index["IndexName"].as_str().expect("a name"))
                .set_key_schema(Some(schema(index)))
                .projection(
                    Projection::builder()
                        .projection_type(ProjectionType::All)
                        .build(),
                )
                .build();
            call = call.global_secondary_indexes(built.expect("an index"));
        }
        call.send().await.expect("the other engine makes the table");
    }
}

fn settings(
    table: &str,
    audit_table: &str,
    bucket: &str,
    key_file: &Path,
    overrides: &[(&str, &str)],
) -> Settings {
    let key_file = key_file.display().to_string();
    let base = [
        ("POSTERN_TABLE", table),
        ("POSTERN_AUDIT_TABLE", audit_table),
        ("POSTERN_PICTURES_BUCKET", bucket),
        ("POSTERN_ISSUER", "https://id.example.com"),
        ("POSTERN_KEY_FILE", key_file.as_str()),
        ("POSTERN_MAIL_FROM", "id@example.com"),
        ("POSTERN_TEXT_CALLING_CODES", "49,1"),
        ("POSTERN_CHATBOT_TOPIC", local::stack::CHATBOT_TOPIC),
        (
            "POSTERN_SECRETS",
            "github,centrifugo,registration-key,google,apple,facebook,recaptcha",
        ),
        // Made in no time; RS256, the default, has tests of its own.
        ("POSTERN_SIGNING_ALGORITHM", "EdDSA"),
    ];
    let all: Vec<_> = overrides.iter().chain(&base).copied().collect();
    let lookup = |name: &str| {
        all.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    Settings::from_vars(lookup).expect("settings")
}
