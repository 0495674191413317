//! Which installation is meant, and how it is opened.
//!
//! What a command on AWS writes has to be what the functions there write. So it is told
//! what they are told: the environment of those functions that know all that a command
//! needs ([`TOLD`]), which the template fills. The operator's own environment comes before
//! it only where it names the same variable, and the command says so.

mod functions;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use crypto::SystemEntropy;
use domain::Clock as _;
use domain::key_ring::KeyParts;
use edge::serve::SystemClock;
use flows::settings::OutboxSettings;
use flows::{Aws, Outbox, Postern, Settings, Split};
use local::local_stack::{LocalStack, Part, USUAL_BASE};
use local::stack::{self, Environment};
use local::template::Template;
use transport::Connector;

use crate::Failure;
use crate::aws::Questions;

/// More than a listener on this machine ever takes.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where the operator works.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Installation")]
pub struct Installation {
    /// Work on this stack on AWS instead of the local one.
    ///
    /// Region and credentials are those of the environment. Everything else is read from
    /// the stack's functions (lambda:GetFunctionConfiguration), so that what is written here
    /// is what they would write. A variable of this environment that has the name of one
    /// of theirs (POSTERN_MAIL_FROM, POSTERN_AUDIT_DAYS, …) takes its place; the command
    /// then says which on standard error.
    #[arg(long, global = true, value_name = "NAME", value_parser = stack_name)]
    stack: Option<String>,

    /// Port of the local stack's API, as given to `cargo dev`
    #[arg(long, global = true, value_name = "PORT", default_value_t = USUAL_BASE,
          value_parser = RangedU64ValueParser::<u16>::new().range(1024..=65_500), conflicts_with = "stack")]
    port_base: u16,
}

/// The functions of a stack that between them are told all that a command needs.
const TOLD: [&str; 4] = ["admin", "nauth", "nauth-admin", "keys"];

/// The function that is told where security events go.
const PUBLISHER: [&str; 1] = ["publisher"];

/// What is to become of the key ring of a stack.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyRing {
    /// It is there.
    Read,
    /// It is made if it is not.
    Make,
}

impl Installation {
    /// Opens it.
    ///
    /// # Errors
    /// If it cannot be reached, in words that say what to do.
    pub async fn open(&self) -> Result<Postern, Failure> {
        self.open_with(KeyRing::Read).await
    }

    /// The same, with a key ring that is made if there is none.
    ///
    /// # Errors
    /// As [`Installation::open`].
    pub async fn open_with_new_keys(&self) -> Result<Postern, Failure> {
        self.open_with(KeyRing::Make).await
    }

    /// Splits its key ring into parts, or, to `finish`, drops what it was before.
    ///
    /// # Errors
    /// If it cannot be reached, in words that say what to do.
    pub async fn split_key_ring(&self, finish: bool) -> Result<Split, Failure> {
        let (settings, aws) = match &self.stack {
            Some(stack) => on_aws(stack).await?,
            None => {
                let place = LocalStack::new(self.port_base);
                let environment = environment_of(&place)?;
                let settings = Settings::from_vars(|name| environment.get(name));
                (
                    settings.map_err(Failure::refused)?,
                    stack::aws(&place).await,
                )
            }
        };
        let now = SystemClock.now();
        let split = Postern::split_key_ring(&settings, &aws, finish, now, &SystemEntropy);
        Ok(split.await?)
    }

    /// The way of its security events out.
    ///
    /// # Errors
    /// If the local template or the environment cannot be used.
    pub async fn outbox(&self) -> Result<Outbox, Failure> {
        let Some(stack) = &self.stack else {
            let place = LocalStack::new(self.port_base);
            let outbox = stack::outbox(&place, &environment_of(&place)?).await;
            return outbox.map_err(Failure::refused);
        };
        let aws = Aws::of_operator().await.map_err(Failure::refused)?;
        let told = Told::of(&lambda(&aws)?, stack, &PUBLISHER).await?;
        let mut settings =
            OutboxSettings::from_vars(|name| told.variable(name)).map_err(Failure::refused)?;
        // What a replay cannot send stays in the table: it puts nothing aside.
        settings.bucket = String::new();
        Ok(Outbox::new(&settings, &aws, Arc::new(SystemClock)))
    }

    async fn open_with(&self, ring: KeyRing) -> Result<Postern, Failure> {
        match &self.stack {
            Some(stack) => there(stack, ring).await,
            None => here(&LocalStack::new(self.port_base)).await,
        }
    }
}

/// The environment of the local stack at `place`, if that runs.
fn environment_of(place: &LocalStack) -> Result<Environment, Failure> {
    let engine = SocketAddr::from((Ipv4Addr::LOCALHOST, place.port(Part::Engine)));
    // The SDK would try for seconds, and then tell of sockets.
    if TcpStream::connect_timeout(&engine, PATIENCE).is_err() {
        return Err(Failure::Refused(format!(
            "no local stack answers on {}: start one with `cargo dev`, or name one on AWS with --stack",
            place.url(Part::Engine),
        )));
    }
    let template =
        Template::read(&place.template(), local::stack::NAME).map_err(Failure::refused)?;
    Environment::new(place, &template, &[]).map_err(Failure::refused)
}

async fn here(place: &LocalStack) -> Result<Postern, Failure> {
    let opened = stack::open(place, &environment_of(place)?).await;
    opened.map_err(Failure::refused)
}

/// Lambda, as `aws` reaches everything else.
fn lambda(aws: &Aws) -> Result<Questions, Failure> {
    let connector = Connector::new().map_err(Failure::refused)?;
    let mut config = aws.s3.to_builder();
    if let Some(stands_in) = own("AWS_ENDPOINT_URL_LAMBDA") {
        config.set_endpoint_url(Some(stands_in));
    }
    Ok(Questions::new(config.build(), connector))
}

async fn on_aws(stack: &str) -> Result<(Settings, Aws), Failure> {
    let aws = Aws::of_operator().await.map_err(Failure::refused)?;
    let told = Told::of(&lambda(&aws)?, stack, &TOLD).await?;
    let settings = Settings::from_vars(|name| told.variable(name));
    Ok((settings.map_err(Failure::refused)?, aws))
}

async fn there(stack: &str, ring: KeyRing) -> Result<Postern, Failure> {
    let (settings, aws) = on_aws(stack).await?;
    let closed = |error: domain::Error| {
        Failure::Refused(format!("the stack {stack} does not open: {error}"))
    };
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    if ring == KeyRing::Make {
        let made = Postern::make_key_ring(&settings, &aws, &*clock, &*entropy);
        made.await.map_err(closed)?;
    }
    let opened = Postern::open(settings, KeyParts::ALL, &aws, clock, entropy);
    opened.await.map_err(closed)
}

/// A variable of this process's own environment.
fn own(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What functions of a stack are told, and what comes before it.
struct Told {
    theirs: BTreeMap<String, String>,
    own: fn(&str) -> Option<String>,
}

impl Told {
    /// What these functions of the stack are told; says what comes before it.
    async fn of(lambda: &Questions, stack: &str, functions: &[&str]) -> Result<Self, Failure> {
        let theirs = Self::read(lambda, stack, functions).await?;
        let told = Self { theirs, own };
        for name in told.replaced() {
            eprintln!("cargo ctl: {name} is this environment's, not the stack's");
        }
        Ok(told)
    }

    async fn read(
        lambda: &Questions,
        stack: &str,
        functions: &[&str],
    ) -> Result<BTreeMap<String, String>, Failure> {
        let mut theirs = BTreeMap::new();
        for function in functions {
            let name = format!("{stack}-{function}");
            let variables = functions::variables(lambda, &name).await?;
            theirs.extend(variables.into_iter().filter(|(_, value)| !value.is_empty()));
        }
        Ok(theirs)
    }

    /// A variable as a command is to see it.
    fn variable(&self, name: &str) -> Option<String> {
        match name {
            // Each function is told its own; this is the only one that a command reads
            // (`keys realtime-secret`).
            "POSTERN_SECRETS" => Some("centrifugo".to_owned()),
            // What wraps a stack's keys is in KMS.
            "POSTERN_KEY_FILE" => None,
            // Theirs is a file in a layer. No command asks where an address is.
            "POSTERN_PLACES_DATABASE" => None,
            _ => (self.own)(name).or_else(|| self.theirs.get(name).cloned()),
        }
    }

    /// The variables of theirs that this environment has otherwise.
    fn replaced(&self) -> impl Iterator<Item = &str> {
        let names = self.theirs.keys().map(String::as_str);
        names.filter(|name| {
            let own = (self.own)(name);
            own.is_some() && own.as_ref() != self.theirs.get(*name)
        })
    }
}

/// A name that CloudFormation would take: a letter, then letters, digits and
/// hyphens.
fn stack_name(typed: &str) -> Result<String, &'static str> {
    let sound = typed.starts_with(|c: char| c.is_ascii_alphabetic())
        && typed.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && typed.len() <= 128;
    if sound {
        Ok(typed.to_owned())
    } else {
        Err("not a stack's name")
    }
}

impl Installation {
    /// The name of the stack on AWS, if it is one.
    pub fn stack(&self) -> Option<&str> {
        self.stack.as_deref()
    }

    /// What stands for AWS in the local stack.
    pub async fn local_aws(&self) -> Aws {
        stack::aws(&LocalStack::new(self.port_base)).await
    }
}

#[cfg(test)]
mod tests;
