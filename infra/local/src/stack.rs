//! What the functions are told about the stack they run in.
//!
//! They read environment variables, on AWS as here. What the stack itself
//! decides (tables, wrapping key, trusted proxies) is fixed; everything else
//! can be set for a run, as in `POSTERN_OTP_RESEND_COOLDOWN_SECONDS=1 cargo dev`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use crypto::SystemEntropy;
use domain::Entropy as _;
use domain::key_ring::KeyParts;
use domain::origin::{Origin, OriginKind, Origins};
use domain::secret::SecretName;
use flows::settings::OutboxSettings;
use flows::{Aws, Outbox, Postern, Settings};

use crate::engine::Engine;
use crate::event_source::{EventSource, Invoke};
use crate::gateway::Function;
use crate::local_stack::{LocalStack, Part};
use crate::template::Template;
use crate::{clock, firebase, github, recaptcha, social};

/// The local stack's name, from which the template makes the tables' names.
pub const NAME: &str = "postern";

/// What stands in the name of the bucket of profile pictures.
const PICTURES: &str = "-pictures-";

/// What stands in the name of the bucket of events that could not be sent.
const EVENTS: &str = "-events-";

/// The name of the function that sends security events.
pub const PUBLISHER: &str = "publisher";

/// What stands for the topic of interactions with a chatbot: it ends in the inbox.
pub const CHATBOT_TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:postern-chatbot";

/// Where the networks of documentation are (RFC 5737), one each in Berlin, New York and
/// Sydney. `cargo run -p tests --bin places` writes it.
pub const PLACES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/places.mmdb");

/// Never set here, since the wrapping key is a file.
const KMS_KEY: &str = "POSTERN_KMS_KEY";

/// The functions' environment.
#[derive(Clone, Debug)]
pub struct Environment(BTreeMap<&'static str, String>);

/// Why the stack has no functions.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The template lacks a table that the functions need.
    #[error("the template has no table whose name ends with {0}")]
    NoTable(&'static str),
    /// The template lacks the bucket that the functions need.
    #[error("the template has no bucket with {0} in its name")]
    NoBucket(&'static str),
    /// A setting makes no sense.
    #[error(transparent)]
    Settings(#[from] flows::settings::SettingsError),
    /// The installation does not open.
    #[error("the installation does not open: {0}")]
    Open(String),
}

impl Environment {
    /// The environment of the stack at `place`.
    ///
    /// # Errors
    /// When the template lacks a table or the bucket.
    pub fn new(
        place: &LocalStack,
        template: &Template,
        trusted_proxies: &[IpAddr],
    ) -> Result<Self, StackError> {
        let table = |suffix: &'static str| {
            let name = template.table_name(suffix);
            name.map(str::to_owned).ok_or(StackError::NoTable(suffix))
        };
        let bucket = |part: &'static str| {
            let name = template.bucket_name(part);
            name.map(str::to_owned).ok_or(StackError::NoBucket(part))
        };
        let proxies: Vec<String> = trusted_proxies.iter().map(IpAddr::to_string).collect();
        let mut variables = BTreeMap::from([
            ("POSTERN_TABLE", table("-identity")?),
            ("POSTERN_AUDIT_TABLE", table("-audit")?),
            ("POSTERN_PICTURES_BUCKET", bucket(PICTURES)?),
            ("POSTERN_EVENTS_BUCKET", bucket(EVENTS)?),
            ("POSTERN_STACK", NAME.to_owned()),
            ("POSTERN_EVENT_BUS", NAME.to_owned()),
            (
                "POSTERN_KEY_FILE",
                place.wrapping_key().display().to_string(),
            ),
            ("POSTERN_TRUSTED_PROXIES", proxies.join(",")),
            // All functions are one process here, unless they run in the emulator.
            (
                "POSTERN_SECRETS",
                SecretName::ALL.map(SecretName::name).join(","),
            ),
        ]);
        let client_ids = format!("{},{}", social::CLIENT_ID, social::NATIVE_CLIENT_ID);
        let provider = |name: &str| format!("{}/{name}", place.url(Part::Providers));
        for (name, usual) in [
            ("POSTERN_ISSUER", place.url(Part::Api)),
            ("POSTERN_MAIL_FROM", "no-reply@postern.example".to_owned()),
            // Texts end in the inbox, whatever country they are for.
            ("POSTERN_TEXT_CALLING_CODES", "1,2,3,4,5,6,7,8,9".to_owned()),
            ("POSTERN_GITHUB_CLIENT_ID", github::CLIENT_ID.to_owned()),
            ("POSTERN_GITHUB_URL", place.url(Part::Providers)),
            ("POSTERN_GITHUB_API_URL", place.url(Part::Providers)),
            ("POSTERN_CHATBOT_TOPIC", CHATBOT_TOPIC.to_owned()),
            ("POSTERN_PLACES_DATABASE", PLACES.to_owned()),
            ("POSTERN_FIREBASE_PROJECT", firebase::PROJECT.to_owned()),
            ("POSTERN_GOOGLE_CLIENT_IDS", client_ids.clone()),
            ("POSTERN_GOOGLE_URL", provider("google")),
            ("POSTERN_APPLE_CLIENT_IDS", client_ids),
            ("POSTERN_APPLE_TEAM_ID", social::APPLE_TEAM.to_owned()),
            ("POSTERN_APPLE_KEY_ID", social::APPLE_KEY_ID.to_owned()),
            ("POSTERN_APPLE_URL", provider("apple")),
            ("POSTERN_FACEBOOK_CLIENT_ID", social::CLIENT_ID.to_owned()),
            ("POSTERN_FACEBOOK_URL", provider("facebook")),
            // Where tools of such applications serve them.
            (
                "POSTERN_NAUTH_FRONTEND_URL",
                "http://localhost:4200".to_owned(),
            ),
            ("POSTERN_NAUTH_RP_ID", "localhost".to_owned()),
            (
                "POSTERN_FIREBASE_KEYS_URL",
                format!("{}{}", place.url(Part::Providers), firebase::KEYS_PATH),
            ),
            // Off as everywhere; switched on, it asks what stands here.
            (
                "POSTERN_NAUTH_RECAPTCHA_URL",
                format!("{}{}", place.url(Part::Providers), recaptcha::PATH),
            ),
            // The site that signs in through the test GitHub calls the API from its own origin.
            ("POSTERN_ALLOWED_ORIGINS", place.url(Part::Providers)),
            (
                "POSTERN_OAUTH_REDIRECT_URIS",
                format!("{}/callback", place.url(Part::Providers)),
            ),
        ] {
            let own = std::env::var(name).ok().filter(|own| !own.is_empty());
            variables.insert(name, own.unwrap_or(usual));
        }
        Ok(Self(variables))
    }

    /// A variable as a function in this process sees it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        match self.0.get(name) {
            Some(value) => Some(value.clone()),
            None if name == KMS_KEY => None,
            None => std::env::var(name).ok(),
        }
    }

    /// All that a function in a process of its own must be told: the variables,
    /// and where AWS is.
    #[must_use]
    pub fn for_process(&self, place: &LocalStack) -> BTreeMap<&'static str, String> {
        let local = || "local".to_owned();
        let mut variables = self.0.clone();
        variables.extend([
            (KMS_KEY, String::new()),
            ("AWS_ENDPOINT_URL_DYNAMODB", place.url(Part::Engine)),
            ("AWS_ENDPOINT_URL_SES", place.url(Part::Sinks)),
            ("AWS_ENDPOINT_URL_SNS", place.url(Part::Sinks)),
            ("AWS_ENDPOINT_URL_KMS", place.url(Part::Sinks)),
            ("AWS_ENDPOINT_URL_S3", place.url(Part::Sinks)),
            ("AWS_ENDPOINT_URL_EVENTBRIDGE", place.url(Part::Sinks)),
            ("AWS_ACCESS_KEY_ID", local()),
            ("AWS_SECRET_ACCESS_KEY", local()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ]);
        variables
    }
}

/// What stands for AWS in the stack at `place`.
pub async fn aws(place: &LocalStack) -> Aws {
    Aws::local(&place.url(Part::Engine), &place.url(Part::Sinks)).await
}

/// The installation of the stack at `place`, opened as a function opens it, with a key ring
/// that is made if there is none.
///
/// # Errors
/// When a setting makes no sense, or the engine does not answer.
pub async fn open(place: &LocalStack, environment: &Environment) -> Result<Postern, StackError> {
    let settings = Settings::from_vars(|name| environment.get(name))?;
    let aws = aws(place).await;
    let clock = Arc::new(edge::serve::SystemClock);
    let made = Postern::make_key_ring(&settings, &aws, &*clock, &SystemEntropy).await;
    made.map_err(|error| StackError::Open(error.to_string()))?;
    let postern = Postern::open(
        settings,
        KeyParts::ALL,
        &aws,
        clock,
        Arc::new(SystemEntropy),
    )
    .await;
    postern.map_err(|error| StackError::Open(error.to_string()))
}

/// The way of security events out of the stack at `place`.
///
/// # Errors
/// When a setting is missing.
pub async fn outbox(place: &LocalStack, environment: &Environment) -> Result<Outbox, StackError> {
    let settings = OutboxSettings::from_vars(|name| environment.get(name))?;
    let aws = aws(place).await;
    let clock = Arc::new(edge::serve::SystemClock);
    Ok(Outbox::new(&settings, &aws, clock))
}

/// The stream of audit events, which calls the publisher through `invoke`.
///
/// # Errors
/// When the template lacks the table or the bucket.
pub fn event_source(
    place: &LocalStack,
    template: &Template,
    engine: Engine,
    invoke: Invoke,
) -> Result<EventSource, StackError> {
    let table = template.table_name("-audit");
    let table = table.ok_or(StackError::NoTable("-audit"))?;
    let bucket = template.bucket_name(EVENTS);
    let bucket = bucket.ok_or(StackError::NoBucket(EVENTS))?;
    Ok(EventSource::new(
        engine,
        table,
        &place.stream_place(),
        &place.buckets().join(bucket),
        clock::system(),
        invoke,
    ))
}

/// A way to call the publisher in this process.
#[must_use]
pub fn publisher(outbox: Outbox) -> Invoke {
    Arc::new(move |event| {
        let answer = publisher::answer(outbox.clone(), event);
        Box::pin(async { answer.await.map_err(|error| error.to_string()) })
    })
}

/// The origins of applications that are being written on this machine, by the usual ports
/// and schemes of their tools: Angular's, Capacitor's and Ionic's.
#[must_use]
pub fn origins() -> Origins {
    let usual = [
        (OriginKind::Web, "http://localhost:4200"),
        (OriginKind::Native, "capacitor://localhost"),
        (OriginKind::Native, "ionic://localhost"),
        (OriginKind::Native, "http://localhost"),
    ];
    usual
        .iter()
        .fold(Origins::default(), |origins, (kind, text)| {
            let origin = Origin::parse(*kind, text);
            let next = origin.and_then(|origin| origins.with(*kind, origin));
            next.unwrap_or(origins)
        })
}

/// Every function of the stack, in this process.
#[must_use]
pub fn functions(postern: &Postern) -> Vec<Function> {
    let origins = postern.settings().allowed_origins.clone();
    vec![
        Function::new(
            "accounts",
            accounts::function(postern.holding(accounts::KEYS)),
        ),
        Function::new("admin", admin::function(postern.holding(admin::KEYS))),
        Function::new("auth", auth::function(postern.holding(auth::KEYS))),
        Function::new("avatar", avatar::function(postern.holding(avatar::KEYS))),
        Function::new("chatbot", chatbot::function(postern.holding(chatbot::KEYS))),
        Function::new(
            "device-grant",
            device_grant::function(postern.holding(device_grant::KEYS)),
        ),
        Function::new("devices", devices::function(postern.holding(devices::KEYS))),
        Function::new("docs", docs::function(origins)),
        Function::new("oauth", oauth::function(postern.holding(oauth::KEYS))),
        Function::new("oidc", oidc::function(postern.holding(oidc::KEYS))),
        Function::new("pages", pages::function(postern.holding(pages::KEYS))),
        Function::new(
            "realtime",
            realtime::function(postern.holding(realtime::KEYS)),
        ),
        Function::new("tokens", tokens::function(postern.holding(tokens::KEYS))),
        Function::new("totp", totp::function(postern.holding(totp::KEYS))),
        Function::new("nauth", nauth::function(postern.holding(nauth::KEYS))),
        Function::new(
            "nauth-social",
            nauth_social::function(postern.holding(nauth_social::KEYS)),
        ),
        Function::new(
            "nauth-mfa",
            nauth_mfa::function(postern.holding(nauth_mfa::KEYS)),
        ),
        Function::new(
            "nauth-admin",
            nauth_admin::function(postern.holding(nauth_admin::KEYS)),
        ),
        Function::new("vendor", vendor::function(postern.holding(vendor::KEYS))),
    ]
}

/// Makes the wrapping key, unless there is one: 32 random bytes that only
/// their owner may read.
///
/// # Errors
/// When the file cannot be written.
pub fn make_wrapping_key(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    // Renamed when whole: a start that is killed here leaves no half a key.
    let unfinished = path.with_extension("unfinished");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut key = [0; 32];
    SystemEntropy.fill(&mut key);
    options.open(&unfinished)?.write_all(&key)?;
    std::fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests;
