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
//!
//! **What will not do.** Nobody's account should wait for one field of it: a field
//! that will not do ([`MAY_BE_LEFT_OUT`]) is left out of the account, and counted.
//! Without its username an account gets a coined one; without its password's hash it
//! is signed in to by a code, or by a password that is chosen anew. Whose it is and what
//! it may do is taken as it is or refused, since nothing of that may be guessed; and a
//! field of an unknown name refuses its row, since it is the name of a field that every
//! row means. What was not taken can be written to a file ([`How`]), row by row, with
//! its reasons in a field that tells the next run to fill in what the account still
//! lacks.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Write, stdin};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crypto::password::is_known_form;
use domain::account::{Role, User};
use domain::username::Username;
use domain::{ClaimKind, EmailAddress, Error, profile, time};
use flows::{Import, Imported, Postern};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Failure;
use crate::report::{Report, seen, shown};

/// Accounts read at a time.
const PAGE: usize = 500;
/// The longest line that is read: more than any account takes.
const LONGEST: u64 = 64 * 1024;

/// The fields without which an account is still somebody's account.
const MAY_BE_LEFT_OUT: [&str; 9] = [
    "first_name",
    "last_name",
    "company",
    "position",
    "phone",
    "language",
    "timezone",
    "username",
    "password_hash",
];
/// Those of them that say `null` where there is none.
const OPTIONAL: [&str; 2] = ["username", "password_hash"];
/// The others that may say `null` instead of nothing at all.
const MAY_BE_NULL: [&str; 2] = ["email_verified", "role"];
/// The field in which a report says why.
const NOT_TAKEN: &str = "not_taken";

/// How a file is imported.
#[derive(Default)]
pub struct How {
    /// Whether a row is refused of which anything would be left out.
    pub strict: bool,
    /// Where what was not taken is written.
    pub report: Option<Box<dyn Write>>,
}

/// A field that was left out of an account, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LeftOut {
    field: &'static str,
    reason: String,
}

impl LeftOut {
    fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self {
            field,
            reason: reason.into(),
        }
    }

    fn said(&self) -> String {
        format!("{} {}", self.field, self.reason)
    }
}

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
    /// What an earlier run said of the row.
    #[serde(skip_serializing)]
    not_taken: Option<IgnoredAny>,
}

impl Row {
    /// The account, and what else has to be left out of it than `left` already is;
    /// or everything that is wrong with it. No value is repeated.
    fn account(
        self,
        mut left: Vec<LeftOut>,
        strict: bool,
    ) -> Result<(Import, Vec<LeftOut>), String> {
        let mut short = |name: &'static str, text: &str, max: usize| {
            let text = profile::collapse_spaces(text);
            if text.chars().count() > max {
                left.push(LeftOut::new(
                    name,
                    format!("has more than {max} characters"),
                ));
                return String::new();
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
        let mut phone = profile::tidy_phone(&self.phone).unwrap_or_else(|| {
            left.push(LeftOut::new("phone", "has too few digits"));
            String::new()
        });
        if phone.len() > 20 {
            left.push(LeftOut::new("phone", "has more than 20 characters"));
            phone.clear();
        }
        let timezone = match self.timezone.as_str() {
            "" => String::new(),
            zone => time::time_zone(zone).unwrap_or_else(|| {
                left.push(LeftOut::new("timezone", "is no name of the IANA database"));
                String::new()
            }),
        };
        let role = match self.role.as_str() {
            "" => Some(Role::User),
            role => Role::parse(role),
        };
        // An empty text says that there is none, as in the other fields.
        let is_there = |text: &String| !text.is_empty();
        let username = self.username.filter(is_there).and_then(|username| {
            let parsed = Username::parse(&username);
            if parsed.is_none() {
                left.push(LeftOut::new("username", "is no name that can be taken"));
            }
            parsed
        });
        let password_hash = self.password_hash.filter(is_there).filter(|hash| {
            let known = is_known_form(hash);
            if !known {
                left.push(LeftOut::new("password_hash", "has no form that is known"));
            }
            known
        });
        let email = EmailAddress::parse(&self.email);
        let mut wrong = Vec::new();
        for (problem, is_so) in [
            ("email is no address", email.is_none()),
            ("role is none", role.is_none()),
        ] {
            if is_so {
                wrong.push(problem.to_owned());
            }
        }
        match (email, role) {
            (Some(email), Some(role)) if wrong.is_empty() && (!strict || left.is_empty()) => {
                let import = Import {
                    email,
                    email_verified: self.email_verified,
                    username,
                    role,
                    first_name,
                    last_name,
                    company,
                    position,
                    phone,
                    language,
                    timezone,
                    password_hash,
                };
                Ok((import, left))
            }
            _ => {
                let left: Vec<String> = left.iter().map(LeftOut::said).collect();
                Err([left, wrong].concat().join(", "))
            }
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
            ..Self::default()
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

/// A new file for what is not taken, which nobody else can read: there are hashes
/// in it.
///
/// # Errors
/// If there is such a file, which may be the one that is read.
pub fn create(file: &Path) -> Result<Box<dyn Write>, Failure> {
    let mut options = OpenOptions::new();
    let created = options.write(true).create_new(true).mode(0o600).open(file);
    let created =
        created.map_err(|error| Failure::refused(format!("{}: {error}", file.display())))?;
    Ok(Box::new(created))
}

/// What has become of the rows so far.
#[derive(Default)]
struct Counts {
    made: u64,
    completed: u64,
    existing: u64,
    refused: u64,
    left_out: BTreeMap<LeftOut, u64>,
}

impl Counts {
    fn text(&self) -> String {
        let Self {
            made,
            completed,
            existing,
            refused,
            left_out,
        } = self;
        let mut text = format!("{made} made, {existing} there already, {refused} refused");
        if *completed > 0 {
            text.push_str(&format!(", {completed} completed"));
        }
        if !left_out.is_empty() {
            let counts = left_out.iter();
            let counts = counts.map(|(left, rows)| format!("{} ({rows})", left.said()));
            let counts: Vec<String> = counts.collect();
            text.push_str(&format!("; left out: {}", counts.join(", ")));
        }
        text
    }

    fn json(&self) -> Value {
        let left_out = self.left_out.iter();
        let left_out = left_out.map(
            |(left, rows)| json!({ "field": left.field, "reason": left.reason, "rows": rows }),
        );
        json!({
            "made": self.made,
            "completed": self.completed,
            "existing": self.existing,
            "left_out": left_out.collect::<Vec<_>>(),
        })
    }
}

/// Reads accounts and makes them. Says on `out` why it refuses a line, as it goes
/// along.
///
/// # Errors
/// If any line was refused, or nothing can be read or written any more.
pub async fn run(
    postern: &Postern,
    mut lines: impl BufRead,
    mut how: How,
    out: &mut impl Write,
) -> Result<Report, Failure> {
    let mut counts = Counts::default();
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
        // Some editors mark a file as UTF-8, which is no part of its first account.
        let marked = line.strip_prefix("\u{feff}".as_bytes());
        let line = marked.unwrap_or(&line).trim_ascii();
        if line.is_empty() {
            continue;
        }
        let outcome = match account(line, is_whole, how.strict) {
            Ok(account) => take(postern, account, how.strict).await.map_err(reason),
            Err(reason) => Err(reason),
        };
        let remains = match outcome {
            Ok((became, left)) => {
                match became {
                    Became::Made => counts.made += 1,
                    Became::Completed => counts.completed += 1,
                    Became::Nothing => counts.existing += 1,
                }
                let remains = described(line, &left);
                for one in left {
                    *counts.left_out.entry(one).or_default() += 1;
                }
                remains
            }
            Err(reason) => {
                counts.refused += 1;
                writeln!(out, "line {number}: {}", shown(&reason)).map_err(Failure::refused)?;
                // What is no JSON object cannot be written as one; the line's number is all there is to say.
                object(line).map(|row| with_reasons(row, &[reason]))
            }
        };
        if let (Some(report), Some(remains)) = (&mut how.report, remains) {
            writeln!(report, "{}", Value::Object(remains)).map_err(Failure::refused)?;
        }
    }
    if let Some(report) = &mut how.report {
        report.flush().map_err(Failure::refused)?;
    }
    if counts.refused > 0 {
        return Err(Failure::refused(counts.text()));
    }
    Ok(Report {
        text: counts.text(),
        json: counts.json(),
    })
}

/// An account as a row has it, and what is left out of it.
struct Account {
    import: Import,
    left: Vec<LeftOut>,
    /// Whether an earlier run took the row without some fields, which it brings now.
    completes: bool,
}

/// What became of a row.
enum Became {
    Made,
    Completed,
    Nothing,
}

/// Takes a row, if need be without its username: that another account has it is seen
/// only here. Says what else is left out: nothing of an account that stays as it is.
async fn take(
    postern: &Postern,
    account: Account,
    strict: bool,
) -> Result<(Became, Vec<LeftOut>), Error> {
    let Account {
        mut import,
        mut left,
        completes,
    } = account;
    let became = match taken(postern, &import, completes).await {
        Err(Error::Taken(ClaimKind::Username)) if !strict => {
            import.username = None;
            left.push(LeftOut::new("username", "is another account's"));
            taken(postern, &import, completes).await?
        }
        became => became?,
    };
    if matches!(became, Became::Nothing) && !completes {
        left.clear();
    }
    Ok((became, left))
}

async fn taken(postern: &Postern, import: &Import, completes: bool) -> Result<Became, Error> {
    match postern.import_user(import).await? {
        Imported::Made(_) => Ok(Became::Made),
        Imported::Exists if !completes => Ok(Became::Nothing),
        Imported::Exists => match postern.complete_user(import).await?.is_empty() {
            true => Ok(Became::Nothing),
            false => Ok(Became::Completed),
        },
    }
}

fn account(line: &[u8], is_whole: bool, strict: bool) -> Result<Account, String> {
    if !is_whole {
        return Err(format!("more than {LONGEST} bytes"));
    }
    let (row, left) = read(line, strict)?;
    let completes = row.not_taken.is_some();
    let (import, left) = row.account(left, strict)?;
    Ok(Account {
        import,
        left,
        completes,
    })
}

/// The row, and which of its fields were of no use because they hold no text.
fn read(line: &[u8], strict: bool) -> Result<(Row, Vec<LeftOut>), String> {
    let error = match serde_json::from_slice::<Row>(line) {
        Ok(row) => return Ok((row, Vec::new())),
        Err(error) => error,
    };
    let fields = object(line).filter(|_| !strict);
    let Some(mut fields) = fields else {
        return Err(unread(&error));
    };
    let before = fields.len();
    let mut left = Vec::new();
    for field in MAY_BE_LEFT_OUT {
        let reason = match fields.get(field) {
            None | Some(Value::String(_)) => continue,
            Some(Value::Null) if OPTIONAL.contains(&field) => continue,
            Some(Value::Null) => "is null",
            Some(_) => "is no text",
        };
        fields.remove(field);
        left.push(LeftOut::new(field, reason));
    }
    for field in MAY_BE_NULL {
        if fields.get(field) == Some(&Value::Null) {
            fields.remove(field);
        }
    }
    if fields.len() == before {
        return Err(unread(&error));
    }
    let row = serde_json::from_value(Value::Object(fields)).map_err(|error| unread(&error))?;
    Ok((row, left))
}

/// Why serde could not read a row.
fn unread(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // serde quotes what it did not expect. A name of a field is welcome; a text may be a hash.
    let what = text.split(": string \"").next().unwrap_or_default();
    let what = what.split(" at line ").next().unwrap_or_default();
    match error.column() {
        0 => what.to_owned(),
        column => format!("{what}, at column {column}"),
    }
}

/// The fields of a line, if it is one JSON object.
fn object(line: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(line).ok()
}

/// What a report says of a row that was taken without some fields: those, and
/// whose they are. Nothing, if they said nothing.
fn described(line: &[u8], left: &[LeftOut]) -> Option<Map<String, Value>> {
    let row = object(line)?;
    let told: Vec<&LeftOut> = left
        .iter()
        .filter(|left| row.get(left.field).is_some_and(|value| !value.is_null()))
        .collect();
    let reasons: Vec<String> = told.iter().map(|left| left.said()).collect();
    let fields = ["email"]
        .into_iter()
        .chain(told.iter().map(|left| left.field));
    let fields: Map<String, Value> = fields
        .filter_map(|field| Some((field.to_owned(), row.get(field)?.clone())))
        .collect();
    (!told.is_empty()).then(|| with_reasons(fields, &reasons))
}

fn with_reasons(mut row: Map<String, Value>, reasons: &[String]) -> Map<String, Value> {
    row.insert(NOT_TAKEN.to_owned(), json!(reasons));
    row
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
            match writeln!(out, "{}", seen(&line)) {
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
