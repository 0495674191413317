//! Accounts from another system, and to one: JSON lines, one account each.
//!
//! ```json
//! {"email": "ada@example.com", "email_verified": true, "username": "ada", "role": "user",
//!  "first_name": "Ada", "last_name": "Lovelace", "company": "", "position": "", "phone": "+441234567890",
//!  "language": "en", "timezone": "Europe/London", "password_hash": "$2b$12$…"}
//! ```
//!
//! All but the address may be missing. What is exported has no hashes: they never leave
//! an installation.
//!
//! **What will not do.** An account should not wait for one field of it: a field that
//! will not do ([`MAY_BE_LEFT_OUT`]) is left out of the account, and counted. Without its
//! username an account gets a coined one; without its password's hash it is signed in to
//! by a code, or by a password that is chosen anew. Whose it is and what it may do is
//! taken as it is or refused, since nothing of that may be guessed; and a field of an
//! unknown name refuses its row, since every row would lose that field. What was not
//! taken can be written to a file ([`How`]), row by row, with its reasons in a field that
//! tells the next run to fill in what the account still lacks.

mod row;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Write, stdin};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use domain::{ClaimKind, Error};
use flows::{Import, Imported, Postern};
use serde_json::{Value, json};

use crate::Failure;
use crate::report::{Report, seen, shown};

use row::{Account, LONGEST, LeftOut, Row, account, described, object, text, with_reasons};

/// Accounts read at a time.
const PAGE: usize = 500;

/// How a file is imported.
#[derive(Default)]
pub struct How {
    /// Whether a row is refused if anything of it would be left out.
    pub strict: bool,
    /// Where what was not taken is written.
    pub report: Option<Box<dyn Write>>,
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

/// A new file for what is not taken, which only its owner can read: there are hashes in
/// it.
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
        let line = text(line);
        let line = line.as_bytes();
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
                // A line that is no JSON object cannot be written as one; its number is all there is to say.
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

/// What became of a row.
enum Became {
    Made,
    Completed,
    Nothing,
}

/// Takes a row, if need be without its username, since only here it shows that another
/// account has it. Returns what else is left out: nothing of an account that stays as it
/// is.
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
