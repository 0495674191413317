//! Which installation is meant, and how it is opened.

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

use crate::Failure;

/// More than a listener on this machine ever takes.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where the operator works.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Installation")]
pub struct Installation {
    /// Work on this stack on AWS instead of the local one.
    ///
    /// Region and credentials are those of the environment, tables and key those
    /// that the template names after the stack. A parameter that decides what is
    /// written (POSTERN_AUDIT_DAYS, POSTERN_SIGNING_ALGORITHM) and is not its
    /// default in the stack must be set here too, and so must POSTERN_MAIL_FROM for
    /// commands that send mails.
    #[arg(long, global = true, value_name = "NAME", value_parser = stack_name)]
    stack: Option<String>,

    /// Port of the local stack's API, as given to `cargo dev`
    #[arg(long, global = true, value_name = "PORT", default_value_t = USUAL_BASE,
          value_parser = RangedU64ValueParser::<u16>::new().range(1024..=65_500), conflicts_with = "stack")]
    port_base: u16,
}

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
            Some(stack) => (
                settings_of(stack)?,
                Aws::of_operator().await.map_err(Failure::refused)?,
            ),
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
        let settings = OutboxSettings {
            stack: stack.clone(),
            // The template names it after the stack.
            bus: stack.clone(),
            // What a replay cannot send stays in the table: it puts nothing aside.
            bucket: String::new(),
        };
        let aws = Aws::of_operator().await.map_err(Failure::refused)?;
        Ok(Outbox::new(&settings, &aws, Arc::new(SystemClock)))
    }

    async fn open_with(&self, ring: KeyRing) -> Result<Postern, Failure> {
        match &self.stack {
            Some(stack) => on_aws(stack, ring).await,
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

fn settings_of(stack: &str) -> Result<Settings, Failure> {
    Settings::from_vars(|name| variable(stack, name)).map_err(Failure::refused)
}

async fn on_aws(stack: &str, ring: KeyRing) -> Result<Postern, Failure> {
    let mut settings = settings_of(stack)?;
    let aws = Aws::of_operator().await.map_err(Failure::refused)?;
    if settings.pictures_bucket.is_none() {
        // The bucket's name holds the account's number, which only AWS knows, and the region.
        let whoever = aws_sdk_sts::Client::new(&aws.s3).get_caller_identity();
        let account = whoever.send().await.ok().and_then(|found| found.account);
        let names = account.zip(aws.s3.region());
        settings.pictures_bucket =
            names.map(|(account, region)| format!("{stack}-pictures-{account}-{region}"));
    }
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

/// A setting of the stack, as far as its name tells. The name tells neither issuer nor
/// sender: unless they are set, they are names that cannot exist (RFC 2606 §2), so a
/// command that sends a letter needs the sender set.
fn variable(stack: &str, name: &str) -> Option<String> {
    let own = || std::env::var(name).ok().filter(|value| !value.is_empty());
    match name {
        "POSTERN_TABLE" => Some(format!("{stack}-identity")),
        "POSTERN_AUDIT_TABLE" => Some(format!("{stack}-audit")),
        "POSTERN_KMS_KEY" => Some(format!("alias/{stack}")),
        "POSTERN_KEY_FILE" => None,
        // The only one that a command reads: `keys realtime-secret`.
        "POSTERN_SECRETS" => Some("centrifugo".to_owned()),
        "POSTERN_ISSUER" => own().or_else(|| Some(format!("https://{stack}.invalid"))),
        "POSTERN_MAIL_FROM" => own().or_else(|| Some(format!("ctl@{stack}.invalid"))),
        _ => own(),
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
mod tests {
    use super::*;
    use flows::settings::Wrapping;

    #[test]
    fn a_stack_needs_no_look_up() {
        let settings = Settings::from_vars(|name| variable("prod", name)).unwrap();
        assert_eq!(settings.table, "prod-identity");
        assert_eq!(settings.audit_table, "prod-audit");
        assert_eq!(settings.wrapping, Wrapping::Kms("alias/prod".to_owned()));
    }

    #[tokio::test]
    async fn a_stack_that_does_not_run_is_said_to() {
        // Nothing listens there: it was free a moment ago, and is given back.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let Err(failure) = here(&LocalStack::new(port - 1)).await else {
            panic!("opened")
        };
        assert!(
            failure.to_string().contains("start one with `cargo dev`"),
            "{failure}"
        );
    }
}
