//! From nothing to ready, and back.

use std::error::Error;
use std::future::Future;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use domain::secret::SecretName;
use http::{Request, StatusCode};
use local::engine::Engine;
use local::event_source::{EventSource, Invoke};
use local::gateway::{Function, Gateway};
use local::inbox::{self, Inbox};
use local::local_stack::{LocalStack, Part};
use local::sinks::Buckets;
use local::stack::{self, Environment};
use local::template::Template;
use local::{clock, firebase, github, recaptcha, server, sinks, social};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::args::Args;
use crate::emulator::Emulator;

/// How often expired items are swept away.
const SWEEP: Duration = Duration::from_secs(5);

/// How long requests that are under way may take at the end.
const FAREWELL: Duration = Duration::from_secs(3);

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Runs the stack until it is told to end.
pub async fn run(args: &Args) -> Outcome<()> {
    let place = LocalStack::new(args.port_base);
    let template = Template::read(&place.template(), stack::NAME)?;
    if args.print_router {
        print!("{}", template.watch_router());
        return Ok(());
    }
    let mut farewell = Farewell::listen()?;
    let mut stack = tokio::select! {
        () = farewell.said() => return Ok(()),
        stack = Stack::start(args, &place, &template) => stack?,
    };
    let outcome = tokio::select! {
        () = farewell.said() => Ok(()),
        outcome = stack.run(&place) => outcome,
    };
    stack.stop().await;
    outcome
}

/// Builds `cargo ctl` while the developer reads the start text, so that the first use of
/// it does not wait. Only where cargo started us; ends with us.
///
/// The binary is asked for, not its package: cargo settles features for the packages that
/// are named, and would compile the dependencies again.
fn build_ctl() -> Option<tokio::process::Child> {
    let cargo = std::env::var_os("CARGO")?;
    tokio::process::Command::new(cargo)
        .args(["build", "--quiet", "--bin", "ctl"])
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()
}

/// Sets the secrets of the test providers, unless the developer has set those of others.
async fn set_secrets(postern: &flows::Postern) -> Result<(), domain::Error> {
    let secrets = postern.secrets().await?;
    for (name, value) in [
        (SecretName::GitHub, github::CLIENT_SECRET),
        (SecretName::Google, social::GOOGLE_SECRET),
        (SecretName::Apple, social::APPLE_KEY),
        (SecretName::Facebook, social::FACEBOOK_SECRET),
        (SecretName::Recaptcha, recaptcha::SECRET),
    ] {
        let is_set = |secret: &flows::ListedSecret| secret.name == name && secret.set_at.is_some();
        if !secrets.iter().any(is_set) {
            postern.set_secret(name, value).await?;
        }
    }
    Ok(())
}

/// Everything that runs.
struct Stack {
    gateway: Arc<Gateway>,
    servers: JoinSet<std::io::Result<()>>,
    emulator: Option<Emulator>,
    background: Vec<JoinHandle<()>>,
    stop: watch::Sender<()>,
}

impl Stack {
    async fn start(args: &Args, place: &LocalStack, template: &Template) -> Outcome<Self> {
        let ports = Ports::take(place, args.lambda).await?;
        let engine = open_engine(place, template, args.fresh)?;
        let environment = Environment::new(place, template, &args.trusted_proxy)?;

        let (stop, stopped) = watch::channel(());
        let inbox = Inbox::new(clock::system());
        let page = inbox::page::router(inbox.clone());
        let mut servers = JoinSet::new();
        servers.spawn(server::serve(
            ports.sinks,
            sinks::with_buckets(inbox, open_buckets(place, template, args.fresh)?),
            until(&stopped),
        ));
        servers.spawn(server::serve(ports.inbox, page, until(&stopped)));
        let provider = github::GitHub::new(clock::system());
        let provider = github::page::router(provider, &place.url(Part::Api));
        let provider = provider.merge(firebase::router(firebase::Firebase::new(clock::system())));
        let social = social::Social::new(clock::system(), &place.url(Part::Providers));
        let provider = provider.merge(social::page::router(social));
        let provider = provider.merge(recaptcha::router());
        servers.spawn(server::serve(ports.providers, provider, until(&stopped)));
        let database = engine.clone().serve(ports.engine, until(&stopped));
        servers.spawn(async move { database.await.map_err(std::io::Error::other) });

        // Before any function starts, since each reads them then. Later starts find what
        // the developer has made of them.
        let postern = stack::open(place, &environment).await?;
        let created = postern.create_origins(stack::origins()).await;
        created.map_err(|error| format!("the origins cannot be listed: {error}"))?;
        let set = set_secrets(&postern).await;
        set.map_err(|error| format!("the secrets of the test providers cannot be set: {error}"))?;

        let (functions, emulator) = if args.lambda {
            let names = template.functions();
            let all = [names.as_slice(), &[stack::PUBLISHER]].concat();
            let emulator = Emulator::start(place, &environment, &all).await?;
            let url = place.url(Part::Emulator);
            let functions = names.iter().map(|name| Function::emulated(name, &url));
            (functions.collect(), Some(emulator))
        } else {
            (stack::functions(&postern), None)
        };
        let publisher: Invoke = if args.lambda {
            let function = Function::emulated(stack::PUBLISHER, &place.url(Part::Emulator));
            Arc::new(move |event| {
                let function = function.clone();
                Box::pin(async move { function.call(event).await })
            })
        } else {
            stack::publisher(stack::outbox(place, &environment).await?)
        };
        let source = stack::event_source(place, template, engine.clone(), publisher.clone())?;
        let gateway = Arc::new(Gateway::new(template, functions)?);
        let api = server::router(gateway.clone());
        servers.spawn(server::serve(ports.api, api, until(&stopped)));
        Ok(Self {
            gateway,
            servers,
            emulator,
            background: vec![
                tokio::spawn(engine.sweep(SWEEP)),
                tokio::spawn(source.run()),
                tokio::spawn(EventSource::schedule(publisher)),
            ],
            stop,
        })
    }

    /// Says when it is ready; comes back only if a part ends by itself.
    async fn run(&mut self, place: &LocalStack) -> Outcome<()> {
        let health = Request::get("/health").body(Bytes::new())?;
        let answer = self
            .gateway
            .handle(health, Ipv4Addr::LOCALHOST.into())
            .await;
        if answer.status() != StatusCode::OK {
            return Err(format!("GET /health answers {}", answer.status()).into());
        }
        println!("inbox     {}", place.url(Part::Inbox));
        println!("GitHub    {} (a test one)", place.url(Part::Providers));
        println!("Google, Apple, Facebook: test ones, by /nauth/social/google/redirect and so on");
        println!("DynamoDB  {}", place.url(Part::Engine));
        println!("events    {}/events", place.url(Part::Inbox));
        println!("SES, SNS  {}", place.url(Part::Sinks));
        println!("S3        {}", place.url(Part::Sinks));
        println!("Operator's work: cargo ctl --help. An empty start: cargo dev --fresh.");
        println!("postern is ready on {}", place.url(Part::Api));
        // Under the emulator it is built with the functions: cargo builds one thing at a
        // time, and a function's first request would wait for it longer than it may.
        let _building = self.emulator.is_none().then(build_ctl).flatten();
        tokio::select! {
            ended = self.servers.join_next() => Err(format!("a server ended: {ended:?}").into()),
            ended = emulator_ended(&mut self.emulator) => Err(ended.into()),
        }
    }

    /// Lets go of everything in turn, requests under way first.
    async fn stop(mut self) {
        self.background.iter().for_each(JoinHandle::abort);
        drop(self.stop);
        let all = async { while self.servers.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(FAREWELL, all).await;
        if let Some(emulator) = self.emulator {
            emulator.stop().await;
        }
    }
}

/// The ports, taken before anything else is touched.
struct Ports {
    api: TcpListener,
    engine: TcpListener,
    sinks: TcpListener,
    inbox: TcpListener,
    providers: TcpListener,
}

impl Ports {
    async fn take(place: &LocalStack, with_emulator: bool) -> Outcome<Self> {
        let take = async |part: Part| server::bind(place.port(part), part.name()).await;
        if with_emulator {
            // Given back at once: the emulator takes it itself.
            drop(take(Part::Emulator).await?);
        }
        Ok(Self {
            api: take(Part::Api).await?,
            engine: take(Part::Engine).await?,
            sinks: take(Part::Sinks).await?,
            inbox: take(Part::Inbox).await?,
            providers: take(Part::Providers).await?,
        })
    }
}

fn open_engine(place: &LocalStack, template: &Template, fresh: bool) -> Outcome<Engine> {
    std::fs::create_dir_all(place.data())?;
    stack::make_wrapping_key(&place.wrapping_key())?;
    if fresh {
        Engine::erase(&place.database())?;
        forget(&place.stream_place())?;
    }
    let engine = Engine::open(&place.database())?;
    engine.create_tables(template.tables())?;
    Ok(engine)
}

/// Removes a file, if it is there.
fn forget(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn open_buckets(place: &LocalStack, template: &Template, fresh: bool) -> std::io::Result<Buckets> {
    if fresh && place.buckets().exists() {
        std::fs::remove_dir_all(place.buckets())?;
    }
    let names = template.buckets().iter().map(String::as_str);
    Buckets::open(&place.buckets(), names)
}

/// Resolves when the sender is gone.
fn until(stopped: &watch::Receiver<()>) -> impl Future<Output = ()> + Send + 'static {
    let mut stopped = stopped.clone();
    async move { while stopped.changed().await.is_ok() {} }
}

async fn emulator_ended(emulator: &mut Option<Emulator>) -> String {
    match emulator {
        None => std::future::pending().await,
        Some(emulator) => format!("cargo lambda ended: {:?}", emulator.ended().await),
    }
}

/// Ctrl-C, or a polite request to end.
struct Farewell {
    interrupt: Signal,
    terminate: Signal,
}

impl Farewell {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn said(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
