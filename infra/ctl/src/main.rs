//! `cargo ctl`: the operator's work, through the flows that the functions call.
//!
//! | commands | file |
//! |---|---|
//! | `user show`, `list`, `lock`, `unlock`, `activate`, `deactivate`, `require-password-change`, `reset-password`, `set-role`, `delete`, `restore`, `import`, `export`, `normalize-names` | [`user`] |
//! | `vendor show`, `lock`, `unlock`, `require-password-change`, `reset`, `delete` | [`vendor`] |
//! | `keys init`, `list`, `rotate`, `revoke`, `renew`, `retire`, `split`, `realtime-secret` | [`keys`] |
//! | `sessions end-all` | [`sessions`] |
//! | `secret set`, `list`, `remove` | [`secret`] |
//! | `client add`, `list`, `remove` | [`client`] |
//! | `origin add`, `list`, `remove` | [`origin`] |
//! | `events replay` | [`events`] |
//! | `event create`, `list`, `rename`, `end`, `reopen` | [`event`] |
//! | `device register`, `list`, `give`, `archive`, `restore` | [`device`] |
//! | `operator appoint`, `list`, `move`, `dismiss` | [`operator`] |
//! | `audit` | [`audit`] |
//! | `doctor` | [`doctor`] |
//! | `restore` | [`restore`] |
//!
//! Every command opens an [`installation`], calls the flows and makes a
//! [`report`]: text for people, or JSON with `--json`. What goes wrong is one
//! line on standard error and the exit code 1, or 2 where the command line
//! itself makes no sense. No command prints a secret but `keys realtime-secret`,
//! which exists for that.

mod audit;
mod aws;
mod client;
mod device;
mod doctor;
mod event;
mod events;
mod failure;
mod installation;
mod keys;
mod operator;
mod origin;
mod report;
mod restore;
mod secret;
mod sessions;
mod user;
mod vendor;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use installation::Installation;

/// Operator's work on a Postern installation: the local stack that `cargo dev`
/// runs, or a stack on AWS.
#[derive(Debug, Parser)]
#[command(name = "cargo ctl", bin_name = "cargo ctl", version)]
struct Args {
    /// Answer with JSON
    #[arg(long, global = true)]
    json: bool,

    #[command(flatten)]
    installation: Installation,

    #[command(subcommand)]
    group: Group,
}

#[derive(Debug, Subcommand)]
enum Group {
    /// People's accounts
    #[command(subcommand)]
    User(user::Command),
    /// Vendors (Auth Service)
    #[command(subcommand)]
    Vendor(vendor::Command),
    /// The key ring
    #[command(subcommand)]
    Keys(keys::Command),
    /// Secrets that are shared with others
    #[command(subcommand)]
    Secret(secret::Command),
    /// All sessions
    #[command(subcommand)]
    Sessions(sessions::Command),
    /// Programs that may ask by RFC 8628
    #[command(subcommand)]
    Client(client::Command),
    /// Origins from which browsers and apps may call
    #[command(subcommand)]
    Origin(origin::Command),
    /// Security events that leave the installation
    #[command(subcommand)]
    Events(events::Command),
    /// Events, for which operators and devices work (cashless)
    #[command(subcommand)]
    Event(event::Command),
    /// Devices at events
    #[command(subcommand)]
    Device(device::Command),
    /// Those who work at events
    #[command(subcommand)]
    Operator(operator::Command),
    /// The security events of an account, latest first
    Audit(audit::Command),
    /// Find out what keeps the installation from working, and what to do about it
    Doctor,
    Restore(restore::Command),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    flows::log::to_standard_error();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => {
            // It repeats what was typed, which may have been pasted.
            for line in error.to_string().lines() {
                eprintln!("{}", report::shown(line));
            }
            return ExitCode::from(2);
        }
    };
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cargo ctl: {failure}");
            failure.exit_code()
        }
    }
}

async fn run(args: &Args) -> Result<(), Failure> {
    let report = match &args.group {
        Group::User(command) => {
            command.check()?;
            command.run(&args.installation.open().await?).await?
        }
        Group::Vendor(command) => {
            command.check()?;
            command.run(&args.installation.open().await?).await?
        }
        Group::Keys(command @ keys::Command::Init) => {
            let installation = args.installation.open_with_new_keys();
            command.run(&installation.await?).await?
        }
        Group::Keys(keys::Command::Split { finish }) => {
            keys::split(args.installation.split_key_ring(*finish).await?)
        }
        Group::Keys(command) => command.run(&args.installation.open().await?).await?,
        Group::Secret(command) => command.run(&args.installation.open().await?).await?,
        Group::Sessions(command) => {
            command.check()?;
            command.run(&args.installation.open().await?).await?
        }
        Group::Client(command) => command.run(&args.installation.open().await?).await?,
        Group::Origin(command) => {
            command.check()?;
            command.run(&args.installation.open().await?).await?
        }
        Group::Events(command) => {
            let outbox = args.installation.outbox().await?;
            command
                .run(&args.installation.open().await?, &outbox)
                .await?
        }
        Group::Event(command) => command.run(&args.installation.open().await?).await?,
        Group::Device(command) => command.run(&args.installation.open().await?).await?,
        Group::Operator(command) => command.run(&args.installation.open().await?).await?,
        Group::Audit(command) => command.run(&args.installation.open().await?).await?,
        Group::Doctor => return doctor::run(&args.installation, args.json).await,
        Group::Restore(command) => {
            command.check()?;
            command.run(&args.installation.open().await?).await?
        }
    };
    report.print(args.json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn nonsense_is_refused_before_anything_is_opened() {
        for line in [
            "user show",
            "user show --email ada",
            "user set-role --email ada@example.com --role root",
            "user list --limit 0",
            "vendor lock --email shop",
            "user import",
            "client add --id a#b --name TV",
            "origin add https://app.example.com/path",
            "origin add *",
            "origin remove app.example.com",
            "keys init --stack s --port-base 9100",
            "keys revoke a-kid",
            "secret set password",
            "restore --yes",
            "restore --from a --yes",
            "restore --from postern-then --in-place --yes",
            "event create --name ",
            "device give --id x --operator 7",
            "operator appoint --email ada@example.com --event 7 --role admin",
            "events replay --from 2026-11-22T00:00:00Z",
            "events replay --from yesterday --to 2026-11-22T00:00:00Z",
            "audit",
            "audit --email ada@example.com --kind NOTHING",
            "audit --email ada@example.com --since yesterday",
            "keys init --stack s/../t",
        ] {
            let words = ["ctl"].into_iter().chain(line.split(' '));
            let refused = Args::try_parse_from(words).expect_err(line);
            assert_eq!(refused.exit_code(), 2, "{line}");
        }
    }
}
