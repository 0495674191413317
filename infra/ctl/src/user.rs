//! `cargo ctl user …`: people's accounts.

pub mod confirm;
mod erase;
mod import;
mod list;
mod names;
mod restore;
mod show;

use std::io::stdout;
use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, RangedU64ValueParser, TypedValueParser as _};
use domain::EmailAddress;
use domain::account::{Appointment, Role, Status, User};
use flows::{AccountRef, Postern, RequestMeta};

use crate::Failure;
use crate::report::{Report, word};

/// What can be done to accounts.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Show an account
    Show(Holder),
    /// List accounts, oldest first
    List {
        /// Go on where an earlier page ended
        #[arg(long, value_name = "CURSOR")]
        after: Option<String>,
        /// Only those in whose address, username or phone this occurs
        #[arg(long, value_name = "TEXT")]
        matching: Option<String>,
        /// Accounts on a page
        #[arg(long, value_name = "N", default_value_t = 50,
              value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000))]
        limit: usize,
    },
    /// Lock an account: its sessions end now, and no sign-in to it works
    Lock(Holder),
    /// Unlock an account, and forget the wrong guesses made at it
    Unlock(Holder),
    /// Take an account out of use, apart from any lock: its sessions end now
    Deactivate(Holder),
    /// Put an account back into use; a lock stays
    Activate(Holder),
    /// Have an account replace its password before that opens anything; ends its sessions
    RequirePasswordChange(Holder),
    /// Excuse an account from second factors: no sign-in asks for one, nor for setting one up
    ExemptMfa {
        #[command(flatten)]
        holder: Holder,
        /// Why: its owner can read it
        #[arg(long, value_name = "TEXT", value_parser = reason)]
        reason: Option<String>,
    },
    /// Have the sign-ins of an account ask for second factors again
    RequireMfa(Holder),
    /// Send an account a code that replaces its password, for an hour.
    ///
    /// To its proven address, or its proven number if it has no other. The password stays good until the code is used,
    /// at `/nauth/reset-password/confirm`; `require-password-change` and `lock` are for one that somebody else knows.
    ResetPassword(Holder),
    /// Give an account a role, which ends its sessions.
    ///
    /// Rights go to proven addresses only: at an account that registered itself and whose address is not proven yet,
    /// the role waits for the first proof. The first administrator of an installation signs in by a code, which makes
    /// the account and proves its address, and is then given the role `admin`. It does not come with a mailed code
    /// alone: they sign in by a password (the reset gives one) or with a second factor.
    SetRole {
        #[command(flatten)]
        holder: Holder,
        /// What it may do from now on
        #[arg(long, value_parser = PossibleValuesParser::new(Role::NAMES).try_map(role))]
        role: Role,
    },
    /// Delete an account as its owner could: it is anonymised, its sessions end
    Delete {
        #[command(flatten)]
        holder: Holder,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
    /// Delete an account for good: nothing in the tables names its owner any more, and nothing brings it back.
    ///
    /// What is left of a deleted account goes: the address that `restore` needs, and the key without which what its
    /// history says of devices, networks and places cannot be read. One that is not deleted yet is deleted first. Every
    /// row of the table is read once.
    Erase {
        #[command(flatten)]
        whose: erase::Whose,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
    /// Make accounts that come from another system: JSON lines, one account each.
    ///
    /// Fields: email, email_verified, username, role, first_name, last_name, company, position, phone, language,
    /// timezone, password_hash (argon2, bcrypt, those of Django and passlib, `$fbscrypt$` of Firebase). All but the
    /// address may be missing. An account that exists stays as it is; a line that is refused is told on standard
    /// output. A field that will not do is left out of an account that is made all the same, and the last line says how
    /// many were left out, and why: an account without its username gets a coined one, and one without its password is
    /// signed in to by a code or a reset. Only whose it is and what it may do refuses it.
    Import {
        /// The lines, or `-` for standard input
        file: PathBuf,
        /// Refuse a line if anything of it would be left out
        #[arg(long)]
        strict: bool,
        /// Write what was not taken to a new file, as lines that can be corrected and imported again: they fill in what
        /// an account still lacks (hashes of passwords are among it)
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Write all accounts in the form that `import` reads, without any secret
    Export,
    /// Look through names from before names had one form, and move their claims.
    ///
    /// Writes nothing without --apply. A name that is composed otherwise, or of another width, is respelled. A name
    /// that is another account's in another spelling, or that no account could take today (something in it is
    /// invisible, or turns the direction of writing), stays unless --rename says that its account is given a coined
    /// one: it still signs in by its address. Run it once after an update from a release without one form of names.
    NormalizeNames {
        /// Write what is found to be done
        #[arg(long)]
        apply: bool,
        /// Which accounts are given a coined name
        #[arg(long, value_enum, value_name = "WHICH")]
        rename: Option<names::Rename>,
    },
    /// Bring a deleted account back, while no other account holds its address
    Restore {
        #[command(flatten)]
        holder: Holder,
        /// Its name, where a later account of the address was deleted too
        #[arg(long, value_name = "UUID")]
        sub: Option<uuid::Uuid>,
    },
}

/// Whose account.
#[derive(Clone, Debug, clap::Args)]
pub struct Holder {
    /// The address that holds the account
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    email: EmailAddress,
}

fn role(name: String) -> Result<Role, &'static str> {
    Role::parse(&name).ok_or("not a role")
}

/// A reason as it is typed.
fn reason(typed: &str) -> Result<String, &'static str> {
    let fits = (1..=500).contains(&typed.chars().count());
    fits.then(|| typed.to_owned())
        .ok_or("1 to 500 characters are allowed")
}

/// An address as it is typed.
///
/// # Errors
/// What is wrong with it.
pub fn address(typed: &str) -> Result<EmailAddress, &'static str> {
    EmailAddress::parse(typed).ok_or("not an e-mail address")
}

impl Command {
    /// Whether it can be done at all, before anything is opened for it.
    ///
    /// # Errors
    /// [`Failure::Usage`] if it has to be confirmed and there is no terminal to ask at.
    pub fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Delete { yes: false, .. } | Self::Erase { yes: false, .. } => confirm::possible(),
            _ => Ok(()),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// Whatever the flow says.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        match self {
            Self::Show(Holder { email }) => Ok(show::report(&postern.find_user(email).await?)),
            Self::List {
                after,
                matching,
                limit,
            } => {
                let (after, matching) = (after.as_deref(), matching.as_deref());
                let page = postern.list_users(after, matching, *limit).await?;
                Ok(list::report(&page))
            }
            Self::Lock(Holder { email }) => Ok(stands(email, &postern.lock_user(email).await?)),
            Self::Unlock(Holder { email }) => Ok(stands(email, &postern.unlock_user(email).await?)),
            Self::Deactivate(Holder { email }) => {
                Ok(stands(email, &postern.deactivate_user(email).await?))
            }
            Self::Activate(Holder { email }) => {
                Ok(stands(email, &postern.activate_user(email).await?))
            }
            Self::RequirePasswordChange(Holder { email }) => Ok(stands(
                email,
                &postern.require_password_change(email).await?,
            )),
            Self::ExemptMfa { holder, reason } => {
                exempt_mfa(postern, &holder.email, true, reason.as_deref()).await
            }
            Self::RequireMfa(Holder { email }) => exempt_mfa(postern, email, false, None).await,
            Self::ResetPassword(Holder { email }) => reset_password(postern, email).await,
            Self::SetRole { holder, role } => {
                let user = postern.set_role(&holder.email, *role).await?;
                Ok(stands(&holder.email, &user))
            }
            Self::Restore { holder, sub } => restore::run(postern, &holder.email, *sub).await,
            Self::Delete { holder, yes } => delete(postern, &holder.email, *yes).await,
            Self::Erase { whose, yes } => erase::run(postern, whose, *yes).await,
            Self::Import {
                file,
                strict,
                report,
            } => {
                let lines = import::open(file)?;
                let report = report.as_deref().map(import::create).transpose()?;
                let how = import::How {
                    strict: *strict,
                    report,
                };
                import::run(postern, lines, how, &mut stdout()).await
            }
            Self::NormalizeNames { apply, rename } => {
                names::run(postern, *apply, *rename, &mut stdout()).await
            }
            Self::Export => {
                import::export(postern, &mut stdout()).await?;
                Ok(Report::said())
            }
        }
    }
}

/// How an account stands after a change, or because it already stood so.
fn stands(email: &EmailAddress, user: &User) -> Report {
    let role = user.role.name();
    let status = standing(user.status, user.deactivated);
    let owes = match user.must_change_password {
        true => ", has to replace its password",
        false => "",
    };
    let waits = waiting(user);
    Report {
        text: format!("{email} is {status}, role {role}{owes}{waits}"),
        json: show::json(user),
    }
}

/// The rights that an account is to have with its first proof, if any wait.
pub(crate) fn waiting(user: &User) -> String {
    let waits = |appointment: Appointment| {
        let role = appointment.role.name();
        format!(
            "; nobody has proven the address yet, so the role {role} waits until its owner does: by signing in with a \
             code, or by the letter that registration sent"
        )
    };
    user.appointment.map(waits).unwrap_or_default()
}

/// Whether an account is in use, and if not, why: both reasons, where there are both.
fn standing(status: Status, deactivated: bool) -> String {
    match (status, deactivated) {
        (Status::Active, true) => "deactivated".to_owned(),
        (status, true) => format!("{}, deactivated", word(status)),
        (status, false) => word(status),
    }
}

async fn exempt_mfa(
    postern: &Postern,
    email: &EmailAddress,
    exempt: bool,
    reason: Option<&str>,
) -> Result<Report, Failure> {
    let user = postern.set_mfa_exemption(email, exempt, reason).await?;
    let asked = match user.mfa_exempt {
        true => "is excused from second factors",
        false => "is asked for second factors",
    };
    Ok(Report {
        text: format!("{email} {asked}"),
        json: show::json(&user),
    })
}

async fn reset_password(postern: &Postern, email: &EmailAddress) -> Result<Report, Failure> {
    let meta = RequestMeta::of_command_line(postern.now());
    let whose = AccountRef::Address(email.clone());
    let to = postern.send_admin_reset_code(&meta, &whose).await?;
    let to = to.as_str();
    Ok(Report {
        text: format!("a code that replaces the password of {email} is sent to {to}"),
        json: serde_json::json!({ "sent_to": to }),
    })
}

async fn delete(postern: &Postern, email: &EmailAddress, yes: bool) -> Result<Report, Failure> {
    if !yes {
        confirm::deletion(&postern.find_user(email).await?)?;
    }
    postern.delete_user(email).await?;
    Ok(Report {
        text: format!("the account of {email} is deleted"),
        json: serde_json::json!({ "deleted": email }),
    })
}

#[cfg(test)]
mod tests;
