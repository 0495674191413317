//! Names from before names had one form.

use std::io::Write;

use clap::ValueEnum;
use flows::{FormsToCome, NameFinding, Postern, ReviewedName};
use serde_json::{Value, json};

use crate::Failure;
use crate::report::{Report, columns, shown};

/// Accounts read at a time.
const PAGE: usize = 500;

/// Which accounts are given a coined name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rename {
    /// Those whose name is another account's in another spelling
    Conflicts,
    /// Those, and those whose name no account could take today
    All,
}

/// What is done about a name.
enum Deed {
    Respell(String),
    Replace(&'static str),
    Leave(&'static str),
}

/// Looks all names through, and with `apply` does what is to be done about them.
/// Says on `out` what that was, if a conflict is left.
///
/// # Errors
/// If a conflict is left, or nothing can be read or written any more.
pub async fn run(
    postern: &Postern,
    apply: bool,
    rename: Option<Rename>,
    out: &mut impl Write,
) -> Result<Report, Failure> {
    let heads = ["NAME", "WHAT", "EMAIL", "SUB"].map(str::to_owned);
    let (mut rows, mut found) = (vec![heads], Vec::new());
    let (mut respelled, mut replaced, mut left, mut conflicts) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut to_come = FormsToCome::default();
    let mut after: Option<String> = None;
    loop {
        let (names, next) = postern
            .review_names(after.as_deref(), PAGE, &mut to_come)
            .await?;
        for reviewed in &names {
            let deed = deed(reviewed, rename);
            let what = match &deed {
                Deed::Respell(_) | Deed::Replace(_) if apply => {
                    done(postern, reviewed, &deed).await?
                }
                Deed::Respell(name) => Some(format!("becomes {}", shown(name))),
                Deed::Replace(why) => Some(format!("{why}: gets another")),
                Deed::Leave(why) => Some(format!("{why}: stays")),
            };
            match (&what, deed) {
                (Some(_), Deed::Respell(_)) => respelled += 1,
                (Some(_), Deed::Replace(_)) => replaced += 1,
                (_, Deed::Leave(_)) | (None, _) => {
                    left += 1;
                    let is_conflict = matches!(reviewed.finding, NameFinding::Conflict { .. });
                    conflicts += u64::from(is_conflict || what.is_none());
                }
            }
            let what = what.unwrap_or_else(|| "was edited meanwhile: run this again".to_owned());
            let user = &reviewed.user;
            let email = user.email.as_ref().map(ToString::to_string);
            found.push(json!({
                "sub": user.sub, "username": user.username, "email": email, "what": what,
                "holder": holder(reviewed),
            }));
            rows.push([
                shown(&user.username),
                what,
                shown(email.as_deref().unwrap_or("-")),
                user.sub.to_string(),
            ]);
        }
        if next.is_none() {
            break;
        }
        after = next;
    }
    let did = match apply {
        true => format!("{respelled} respelled, {replaced} replaced, {left} left"),
        false => format!(
            "{respelled} to respell, {replaced} to replace, {left} to leave; nothing was written: say --apply"
        ),
    };
    if apply && conflicts > 0 {
        writeln!(out, "{}", columns(&rows)).map_err(Failure::refused)?;
        return Err(Failure::refused(did));
    }
    let text = match rows.len() {
        1 => "every name has the form of today".to_owned(),
        _ => format!("{}\n{did}", columns(&rows)),
    };
    Ok(Report {
        text,
        json: json!({ "names": found, "applied": apply }),
    })
}

fn holder(reviewed: &ReviewedName) -> Value {
    match reviewed.finding {
        NameFinding::Conflict { holder } => json!(holder),
        NameFinding::Outdated { .. } | NameFinding::Disallowed => Value::Null,
    }
}

fn deed(reviewed: &ReviewedName, rename: Option<Rename>) -> Deed {
    match (&reviewed.finding, rename) {
        (NameFinding::Outdated { spelled }, _) => Deed::Respell(spelled.clone()),
        (NameFinding::Conflict { .. }, Some(_)) => Deed::Replace("another account has it"),
        (NameFinding::Conflict { .. }, None) => Deed::Leave("another account has it"),
        (NameFinding::Disallowed, Some(Rename::All)) => Deed::Replace("nobody could take it today"),
        (NameFinding::Disallowed, _) => Deed::Leave("nobody could take it today"),
    }
}

/// Does it, and says what was done; nothing, if the account was edited meanwhile.
async fn done(
    postern: &Postern,
    reviewed: &ReviewedName,
    deed: &Deed,
) -> Result<Option<String>, Failure> {
    let after = match deed {
        Deed::Respell(_) => postern.respell_name(&reviewed.user).await?,
        Deed::Replace(_) => postern.replace_name(reviewed).await?,
        Deed::Leave(_) => None,
    };
    Ok(after.map(|user| format!("is {}", shown(&user.username))))
}
