//! A page of the directory.

use flows::Page;
use serde_json::json;

use super::standing;
use crate::report::{Report, columns, shown};

/// What stands in for an address that is gone with its account.
const NONE: &str = "-";

/// The page as a table, with the command's way to the next one.
pub fn report(page: &Page) -> Report {
    let heads = ["EMAIL", "ROLE", "STATUS", "CREATED", "SUB"].map(str::to_owned);
    let rows = page.entries.iter().map(|entry| {
        [
            shown(entry.email.as_deref().unwrap_or(NONE)),
            entry.role.name().to_owned(),
            standing(entry.status, entry.deactivated),
            entry.created_at.to_string(),
            entry.sub.to_string(),
        ]
    });
    let rows: Vec<_> = std::iter::once(heads).chain(rows).collect();
    let mut text = match page.entries.len() {
        0 => "no accounts".to_owned(),
        _ => columns(&rows),
    };
    if let Some(next) = &page.next {
        text.push_str(&format!("\nmore: --after '{next}'"));
    }
    let users = page.entries.iter().map(|entry| {
        json!({
            "email": entry.email,
            "sub": entry.sub,
            "id": entry.uid,
            "username": entry.username,
            "role": entry.role,
            "status": entry.status,
            "deactivated": entry.deactivated,
            "email_verified": entry.email_verified,
            "phone": entry.phone,
            "phone_verified": entry.phone_verified,
            "mfa_exempt": entry.mfa_exempt,
            "must_change_password": entry.must_change_password,
            "created_at": entry.created_at.to_string(),
        })
    });
    Report {
        text,
        json: json!({ "users": users.collect::<Vec<_>>(), "next": page.next }),
    }
}
