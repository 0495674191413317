//! `cargo ctl audit`: the security events of an account, a vendor or an event.

use clap::builder::RangedU64ValueParser;
use domain::audit::EventKind;
use domain::{EmailAddress, UnixTime};
use flows::{AuditQuery, History, HistoryOf, Postern};
use serde_json::json;

use crate::Failure;
use crate::report::{Report, columns, shown, word};

/// Which events to show.
#[derive(Clone, Debug, clap::Args)]
pub struct Command {
    #[command(flatten)]
    of: Of,
    /// Only of this kind, such as SIGN_IN_FAILED
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<EventKind>,
    /// Not before this instant, such as 2026-11-22T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    since: Option<UnixTime>,
    /// Not after this instant
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    until: Option<UnixTime>,
    /// Go on where an earlier page ended
    #[arg(long, value_name = "CURSOR")]
    before: Option<String>,
    /// Events on a page
    #[arg(long, value_name = "N", default_value_t = 50,
          value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000))]
    limit: usize,
}

/// Whose events.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Of {
    /// The address that holds the account
    #[arg(long, value_name = "ADDRESS", value_parser = crate::user::address)]
    email: Option<EmailAddress>,
    /// The account's or vendor's name, also once it is deleted
    #[arg(long, value_name = "UUID")]
    sub: Option<uuid::Uuid>,
    /// The address of a vendor
    #[arg(long, value_name = "ADDRESS", value_parser = crate::user::address)]
    vendor: Option<EmailAddress>,
    /// An event's integer id: what the command line did to it
    #[arg(long, value_name = "ID")]
    event: Option<u64>,
}

impl Of {
    fn named(&self) -> Result<HistoryOf, Failure> {
        let account = self.sub.map(HistoryOf::Account);
        let holder = || self.email.clone().map(HistoryOf::Holder);
        let vendor = || self.vendor.clone().map(HistoryOf::Vendor);
        let event = || self.event.map(HistoryOf::Event);
        account
            .or_else(holder)
            .or_else(vendor)
            .or_else(event)
            .ok_or_else(|| Failure::Usage("whose events?".to_owned()))
    }
}

fn kind(name: &str) -> Result<EventKind, &'static str> {
    serde_json::from_value(json!(name)).map_err(|_| "no kind of event")
}

/// An instant as it is typed.
///
/// # Errors
/// Text that is none.
pub fn instant(text: &str) -> Result<UnixTime, &'static str> {
    UnixTime::parse(text).ok_or("not an instant such as 2026-11-22T00:00:00Z")
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// Whatever the flow says.
    pub async fn run(&self, postern: &Postern) -> Result<Report, Failure> {
        let of = self.of.named()?;
        let asked = AuditQuery {
            kinds: self.kind.map(|kind| vec![kind]),
            since: self.since,
            until: self.until,
        };
        let before = self.before.as_deref();
        let history = postern
            .audit_history(&of, &asked, before, self.limit)
            .await?;
        Ok(report(&history))
    }
}

/// The page as a table, with the command's way to the next one.
fn report(history: &History) -> Report {
    let heads = ["AT", "KIND", "BY", "FROM", "SESSION", "CLIENT"].map(str::to_owned);
    let rows = history.events.iter().map(|event| {
        let client = event.client.as_ref();
        let session = event.session.map(|session| session.to_string());
        [
            event.at.to_string(),
            event.role.map_or_else(
                || word(event.kind),
                |role| format!("{} to {}", word(event.kind), word(role)),
            ),
            event.by.map_or_else(
                || word(event.actor),
                |by| format!("{} {by}", word(event.actor)),
            ),
            client.map_or_else(String::new, |client| shown(&client.ip)),
            session.unwrap_or_default(),
            client.map_or_else(String::new, |client| shown(&client.user_agent)),
        ]
    });
    let rows: Vec<_> = std::iter::once(heads).chain(rows).collect();
    let mut text = match history.events.len() {
        0 => "no events".to_owned(),
        shown => format!("{}\n{shown} of {}", columns(&rows), history.total),
    };
    if let Some(next) = &history.next {
        text.push_str(&format!("\nmore: --before '{next}'"));
    }
    let events = history.events.iter().map(|event| {
        json!({
            "id": event.id,
            "number": event.number,
            "kind": event.kind,
            "actor": event.actor,
            "by": event.by,
            "at": event.at.to_string(),
            "session": event.session,
            "role": event.role,
            "ip": event.client.as_ref().map(|client| &client.ip),
            "user_agent": event.client.as_ref().map(|client| &client.user_agent),
        })
    });
    Report {
        text,
        json: json!({
            "events": events.collect::<Vec<_>>(),
            "total": history.total,
            "next": history.next,
        }),
    }
}

#[cfg(test)]
mod tests;
