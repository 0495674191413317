//! An account, as an operator may see it: never its keys, nor where its owner
//! signed in from.

use domain::account::User;
use serde_json::{Map, Value, json};

use crate::report::{Report, columns, shown, text};

/// The account, a line for each thing known.
pub fn report(user: &User) -> Report {
    let lines: Vec<[String; 2]> = facts(user)
        .into_iter()
        .filter_map(|(name, value)| Some([name.to_owned(), shown(&text(&value)?)]))
        .collect();
    Report {
        text: columns(&lines),
        json: json(user),
    }
}

/// The account for machines.
pub fn json(user: &User) -> Value {
    let facts = facts(user).into_iter();
    Value::Object(
        facts
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<Map<_, _>>(),
    )
}

fn facts(user: &User) -> Vec<(&'static str, Value)> {
    vec![
        ("email", json!(user.email)),
        ("email_verified", json!(user.email_verified)),
        ("sub", json!(user.sub)),
        ("id", json!(user.uid)),
        ("username", json!(user.username)),
        ("role", json!(user.role)),
        (
            "waiting_role",
            json!(user.appointment.map(|waits| waits.role)),
        ),
        ("status", json!(user.status)),
        ("deactivated", json!(user.deactivated)),
        ("first_name", json!(user.first_name)),
        ("last_name", json!(user.last_name)),
        ("company", json!(user.company)),
        ("position", json!(user.position)),
        ("phone", json!(user.phone)),
        ("phone_verified", json!(user.phone_verified)),
        ("language", json!(user.language)),
        ("timezone", json!(user.timezone)),
        ("source", json!(user.source)),
        ("created_at", json!(user.created_at.to_string())),
        (
            "last_login_at",
            json!(user.last_login_at.map(|at| at.to_string())),
        ),
        ("factors", json!(user.factors)),
        ("ways_in", json!(user.ways_in)),
        ("mfa_exempt", json!(user.mfa_exempt)),
        ("must_change_password", json!(user.must_change_password)),
    ]
}
