//! A row of an import: what a line says of an account, and what is left out of it.

use crypto::password::is_known_form;
use domain::account::{Role, User};
use domain::username::Username;
use domain::{EmailAddress, profile, time};
use flows::Import;
use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

/// The longest line that is read: more than any account takes.
pub(super) const LONGEST: u64 = 64 * 1024;

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

/// A field that was left out of an account, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LeftOut {
    pub(super) field: &'static str,
    pub(super) reason: String,
}

impl LeftOut {
    pub(super) fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self {
            field,
            reason: reason.into(),
        }
    }

    pub(super) fn said(&self) -> String {
        format!("{} {}", self.field, self.reason)
    }
}

/// An account as a line says it.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Row {
    email: String,
    #[serde(deserialize_with = "flag")]
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
        let password_hash = self.password_hash.map(|hash| hash.trim().to_owned());
        let password_hash = password_hash.filter(is_there).filter(|hash| {
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
                    ..Import::nobody(email)
                };
                Ok((import, left))
            }
            _ => {
                let left: Vec<String> = left.iter().map(LeftOut::said).collect();
                Err([left, wrong].concat().join(", "))
            }
        }
    }

    pub(super) fn of(user: &User) -> Self {
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

/// An account as a row has it, and what is left out of it.
pub(super) struct Account {
    pub(super) import: Import,
    pub(super) left: Vec<LeftOut>,
    /// Whether an earlier run took the row without some fields, which it brings now.
    pub(super) completes: bool,
}

pub(super) fn account(line: &[u8], is_whole: bool, strict: bool) -> Result<Account, String> {
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
    let is_garbled = line.windows(3).any(|bytes| bytes == "\u{fffd}".as_bytes());
    let error = match serde_json::from_slice::<Row>(line) {
        Ok(row) if !is_garbled => return Ok((row, Vec::new())),
        Ok(_) => serde_json::Error::custom("a text that is no UTF-8"),
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
            None => continue,
            Some(Value::Null) if OPTIONAL.contains(&field) => continue,
            Some(Value::String(text)) if text.contains('\u{fffd}') => "is no UTF-8",
            Some(Value::String(_)) => continue,
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

/// A flag as exports write it: also as a number or a text.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let said = Value::deserialize(deserializer)?;
    let text = match &said {
        Value::String(text) => text.to_ascii_lowercase(),
        other => other.to_string(),
    };
    match text.as_str() {
        "true" | "t" | "1" | "yes" => Ok(true),
        "false" | "f" | "0" | "no" | "" => Ok(false),
        _ => Err(D::Error::custom("email_verified is neither true nor false")),
    }
}

/// A line as text. A byte that is no UTF-8, and half of a pair of surrogates, become
/// U+FFFD: they cost the field that they are in, and not the account.
pub(super) fn text(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let mut mended = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find("\\u") {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let is_escaped = before.ends_with('\\');
        let unit = |from: usize| {
            let digits = escape.get(from + 2..from + 6)?;
            escape.get(from..from + 2).filter(|mark| *mark == "\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let (taken, with) = match (unit(0), unit(6)) {
            _ if is_escaped => (2, None),
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, None),
            (Some(0xD800..=0xDFFF), _) => (6, Some("\u{fffd}")),
            _ => (2, None),
        };
        let (escape, after) = escape.split_at(taken);
        mended.push_str(with.unwrap_or(escape));
        rest = after;
    }
    mended.push_str(rest);
    mended
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
pub(super) fn object(line: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(line).ok()
}

/// What a report says of a row that was taken without some fields: those, and
/// whose they are. Nothing, if they said nothing.
pub(super) fn described(line: &[u8], left: &[LeftOut]) -> Option<Map<String, Value>> {
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

pub(super) fn with_reasons(mut row: Map<String, Value>, reasons: &[String]) -> Map<String, Value> {
    row.insert(NOT_TAKEN.to_owned(), json!(reasons));
    row
}
