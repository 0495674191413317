//! Accounts from another system, and to one: JSON lines, one account each.
//!
//! ```json
//! {"email": "ada@example.com", "email_verified": true, "username": "ada", "role": "user",
//!  "first_name": "Ada", "last_name": "Lovelace", "company": "", "position": "", "phone": "+441234567890",
//!  "language": "en", "timezone": "Europe/London", "password_hash": "$2b$12$…"}
//! ```
//!
//! All but the address may be missing. What is exported has no hash: those leave
//! an installation with nobody.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Write, stdin};
use std::path::Path;

use domain::account::{Role, User};
use domain::username::Username;
use domain::{EmailAddress, Error, profile, time};
use flows::{Import, Imported, Postern};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Failure;
use crate::report::{Report, shown};

/// Accounts read at a time.
const PAGE: usize = 500;
/// The longest line that is read: more than any account takes.
const LONGEST: u64 = 64 * 1024;

/// An account as a line says it.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Row {
    email: String,
    email_verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    role: String,
    first_name: String,
    last_name: String,
    company: String,
    position: String,
    phone: String,
    language: String,
    timezone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<String>,
}

impl Row {
    /// The account, or everything that is wrong with it. No value is repeated.
    fn account(self) -> Result<Import, String> {
        let mut wrong = Vec::new();
        let mut short = |name: &str, text: &str, max: usize| {
            let text = profile::collapse_spaces(text);
            if text.chars().count() > max {
                wrong.push(format!("{name} has more than {max} characters"));
            }
            text
        };
        let (first_name, last_name) = (
            short("first_name", &self.first_name, 50),
            short("last_name", &self.last_name, 50),
        );
        let (company, position) = (
            short("company", &self.company, 100),
            short("position", &self.position, 100),
        );
        let language = short("language", &self.language, 10);
        let phone = profile::tidy_phone(&self.phone).unwrap_or_else(|| {
            wrong.push("phone has fewer than ten digits".to_owned());
            String::new()
        });
        if phone.len() > 20 {
            wrong.push("phone has more than 20 characters".to_owned());
        }
        let timezone = match self.timezone.as_str() {
            "" => String::new(),
            zone => time::time_zone(zone).unwrap_or_else(|| {
                wrong.push("timezone is no name of the IANA database".to_owned());
                String::new()
            }),
        };
        let role = match self.role.as_str() {
            "" => Some(Role::User),
            role => Role::parse(role),
        };
        let username = self.username.as_deref().map(Username::parse);
        let email = EmailAddress::parse(&self.email);
        for (problem, is_so) in [
            ("email is no address", email.is_none()),
            ("role is none", role.is_none()),
            ("username is none", username == Some(None)),
        ] {
            if is_so {
                wrong.push(problem.to_owned());
            }
        }
        match (email, role) {
            (Some(email), Some(role)) if wrong.is_empty() => Ok(Import {
                email,
                email_verified: self.email_verified,
                username: username.flatten(),
                role,
                first_name,
                last_name,
                company,
                position,
                phone,
                language,
                timezone,
                password_hash: self.password_hash,
            }),
            _ => Err(wrong.join(", ")),
        }
    }

    fn of(user: &User) -> Self {
        Self {
            email: user
                .email
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            email_verified: user.email_verified,
            username: Some(user.username.clone()),
            role: user.role.name().to_owned(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            company: user.company.clone(),
            position: user.position.clone(),
            phone: user.phone.clone(),
            language: user.language.clone(),
            timezone: user.timezone.clone(),
            password_hash: None,
        }
    }
}

/// The lines of a file, or of standard input for `-`.
///
/// # Errors
/// If there is no such file.
pub fn open(file: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(stdin())));
    }
    let opened = File::open(file);
    let opened =
        opened.map_err(|error| Failure::refused(format!("{}: {error}", file.display())))?;
    Ok(Box::new(BufReader::new(opened)))
}

/// Reads accounts and makes them. Says on `out` why it refuses a line, as it goes
/// along.
///
/// # Errors
/// If any line was refused, or nothing can be read or written any more.
pub async fn run(
    postern: &Postern,
    mut lines: impl BufRead,
    out: &mut impl Write,
) -> Result<Report, Failure> {
    let (mut made, mut existing, mut refused) = (0_u64, 0_u64, 0_u64);
    for number in 1_u64.. {
        let mut line = Vec::new();
        let read = std::io::Read::take(&mut lines, LONGEST).read_until(b'\n', &mut line);
        if read.map_err(Failure::refused)? == 0 {
            break;
        }
        let is_whole = line.ends_with(b"\n") || (line.len() as u64) < LONGEST;
        if !is_whole {
            lines.skip_until(b'\n').map_err(Failure::refused)?;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let outcome = match account(&line, is_whole) {
            Ok(account) => postern.import_user(&account).await.map_err(reason),
            Err(reason) => Err(reason),
        };
        match outcome {
            Ok(Imported::Made(_)) => made += 1,
            Ok(Imported::Exists) => existing += 1,
            Err(reason) => {
                refused += 1;
                writeln!(out, "line {number}: {}", shown(&reason)).map_err(Failure::refused)?;
            }
        }
    }
    let text = format!("{made} made, {existing} there already, {refused} refused");
    if refused > 0 {
        return Err(Failure::refused(text));
    }
    Ok(Report {
        text,
        json: json!({ "made": made, "existing": existing }),
    })
}

fn account(line: &[u8], is_whole: bool) -> Result<Import, String> {
    if !is_whole {
        return Err(format!("more than {LONGEST} bytes"));
    }
    let row: Row = serde_json::from_slice(line.trim_ascii()).map_err(|error| {
        let text = error.to_string();
        // serde quotes what it did not expect. A name of a field is welcome; a text may be a hash.
        let what = text.split(": string \"").next().unwrap_or_default();
        let what = what.split(" at line ").next().unwrap_or_default();
        format!("{what}, at column {}", error.column())
    })?;
    row.account()
}

fn reason(error: Error) -> String {
    match error {
        Error::Taken(_) => "another account has that username".to_owned(),
        Error::Invalid(_) => "password_hash has no form that is known".to_owned(),
        other => other.to_string(),
    }
}

/// Writes every account that is not deleted, in the form that [`run`] reads.
///
/// # Errors
/// If nothing can be read or written any more.
pub async fn export(postern: &Postern, out: &mut impl Write) -> Result<(), Failure> {
    let mut after: Option<String> = None;
    loop {
        let (users, next) = postern.export_users(after.as_deref(), PAGE).await?;
        for user in &users {
            let line = serde_json::to_string(&Row::of(user)).map_err(Failure::refused)?;
            match writeln!(out, "{line}") {
                // A reader that has read enough is no error.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                written => written.map_err(Failure::refused)?,
            }
        }
        if next.is_none() {
            return Ok(());
        }
        after = next;
    }
}

#[cfg(test)]
mod tests;
