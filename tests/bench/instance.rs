//! One instance of a function: a process, its Runtime API, and the gateway
//! that turns requests into its events.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode};
use futures_util::{StreamExt as _, stream};
use local::gateway::{Function, Gateway};
use local::template::Template;
use serde_json::Value;

use crate::Failure;
use crate::meter::Call;
use crate::outside::Outside;
use crate::process::{Memory, Process};
use crate::runtime_api::RuntimeApi;

/// How long a process gets to fall asleep in its poll before its CPU is read.
const SETTLE: Duration = Duration::from_millis(2);

/// How many requests of a crowd are under way.
const AHEAD: usize = 3;

/// A running instance.
pub struct Instance {
    process: Process,
    api: RuntimeApi,
    gateway: Gateway,
    outside: Arc<Outside>,
    start: Start,
    log: PathBuf,
}

/// From nothing to the first poll.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// All of it.
    pub wall: Duration,
    /// Without the time in which it waited for another service.
    pub own: Duration,
    /// CPU.
    pub cpu: Duration,
    /// Memory then.
    pub memory: Memory,
}

/// One request to the instance.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The answer's status.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The answer's body, if it is JSON.
    pub body: Value,
    /// The answer's body, if it is text.
    pub text: String,
    /// How long the event was with the process.
    pub wall: Duration,
    /// CPU, until it polled again.
    pub cpu: Duration,
    /// How much of that it waited for others.
    pub waited: Duration,
    /// Its calls to others.
    pub calls: Vec<Call>,
    /// What it printed.
    pub logged: Logged,
}

/// What a request leaves in the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct Logged {
    /// All bytes of its lines.
    pub bytes: u64,
    /// Those of the longest.
    pub longest: u64,
}

impl Invocation {
    /// The time without that in which it waited for others.
    pub fn own(&self) -> Duration {
        self.wall.saturating_sub(self.waited)
    }
}

impl Instance {
    /// Starts one and waits for its first poll.
    pub async fn start(
        binary: &Path,
        algorithm: &str,
        template: &Template,
        outside: &Arc<Outside>,
        log: &Path,
    ) -> Result<Self, Failure> {
        let api = RuntimeApi::open().await?;
        let emulator = format!("http://{}", api.authority());
        let functions = template
            .functions()
            .into_iter()
            .map(|name| Function::emulated(name, &emulator));
        let gateway = Gateway::new(template, functions.collect())?;
        let mut environment = outside.environment().clone();
        environment.extend([
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_SESSION_TOKEN", "bench".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_LAMBDA_FUNCTION_NAME", "bench".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_RUNTIME_API", api.authority().to_owned()),
            ("POSTERN_ISSUER", "https://id.example.com".to_owned()),
            ("POSTERN_MAIL_FROM", "no-reply@id.example.com".to_owned()),
            ("POSTERN_SIGNING_ALGORITHM", algorithm.to_owned()),
            // The same account asks again at once, and the stack sends all day.
            ("POSTERN_OTP_RESEND_COOLDOWN_SECONDS", "0".to_owned()),
            ("POSTERN_MAIL_DAILY_BUDGET", "1000000".to_owned()),
            (
                "POSTERN_CENTRIFUGO_URL",
                "wss://live.example.com/connection/websocket".to_owned(),
            ),
        ]);
        outside.meter.take_waited();
        let process = Process::start(binary, &environment, log)?;
        if let Err(failure) = api.polled_beyond(0).await {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            return Err(format!("{failure}\n{said}").into());
        }
        let first_poll = api.first_poll().ok_or("no first poll")?;
        let wall = first_poll.saturating_duration_since(process.started());
        let own = wall.saturating_sub(outside.meter.take_waited());
        tokio::time::sleep(SETTLE).await;
        let start = Start {
            wall,
            own,
            cpu: process.cpu()?,
            memory: process.memory()?,
        };
        Ok(Self {
            process,
            api,
            gateway,
            outside: Arc::clone(outside),
            start,
            log: log.to_owned(),
        })
    }

    /// How it started.
    pub fn started(&self) -> Start {
        self.start
    }

    /// Its memory now.
    pub fn memory(&self) -> Result<Memory, Failure> {
        self.process.memory()
    }

    /// Sends it a request that comes from `peer`, and waits until it polls again.
    pub async fn call(&self, request: Request<Bytes>, peer: IpAddr) -> Result<Invocation, Failure> {
        let polls = self.api.polls();
        self.outside.meter.take();
        self.outside.meter.take_waited();
        let printed = std::fs::metadata(&self.log)?.len();
        let before = self.process.cpu()?;
        let response = self.gateway.handle(request, peer).await;
        self.api.polled_beyond(polls).await?;
        tokio::time::sleep(SETTLE).await;
        Ok(Invocation {
            status: response.status(),
            headers: response.headers().clone(),
            text: String::from_utf8_lossy(response.body()).into_owned(),
            body: serde_json::from_slice(response.body()).unwrap_or_default(),
            wall: self.api.last().ok_or("no event was answered")?,
            cpu: self.process.cpu()?.saturating_sub(before),
            waited: self.outside.meter.take_waited(),
            calls: self.outside.meter.take(),
            logged: self.logged_since(printed)?,
        })
    }

    /// What it has printed beyond so many bytes.
    fn logged_since(&self, printed: u64) -> Result<Logged, Failure> {
        let mut file = std::fs::File::open(&self.log)?;
        file.seek(SeekFrom::Start(printed))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let size = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        let lines = text.split(|byte| *byte == b'\n');
        Ok(Logged {
            bytes: size(text.len()),
            longest: lines.map(|line| size(line.len())).max().unwrap_or_default(),
        })
    }

    /// Sends it one request so often that the next always waits already, and says
    /// what CPU that took and how each was answered.
    pub async fn crowd(
        &self,
        request: &Request<Bytes>,
        peer: IpAddr,
        times: u32,
    ) -> Result<(Duration, Vec<StatusCode>), Failure> {
        let polls = self.api.polls();
        let before = self.process.cpu()?;
        let send = |_| async { self.gateway.handle(request.clone(), peer).await.status() };
        let answers = stream::iter(0..times).map(send).buffer_unordered(AHEAD);
        let answers = answers.collect().await;
        self.api.polled_beyond(polls + u64::from(times) - 1).await?;
        tokio::time::sleep(SETTLE).await;
        let cpu = self.process.cpu()?.saturating_sub(before);
        self.outside.meter.take();
        Ok((cpu, answers))
    }
}
