//! Sessions and security events as lists have them.

use domain::audit::Actor;
use domain::platform::integer_of;
use flows::{HistoryClient, HistoryEvent, OwnSession};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::audit::{described, noted_risk, opened, reason};
use super::reply::{challenge_name, list_method};
use crate::dialect::nest::millis;
use crate::openapi::Record;

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserSessionInfo, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct ListedSession {
    /// Its number.
    session_id: String,
    /// The device, if its owner trusts it.
    #[schema(required = true)]
    device_id: Option<String>,
    /// What the device is called.
    #[schema(required = true)]
    device_name: Option<String>,
    /// `mobile`, `desktop` or `tablet`.
    #[schema(required = true)]
    device_type: Option<String>,
    /// What the client runs on.
    #[schema(required = true)]
    platform: Option<String>,
    /// The browser.
    #[schema(required = true)]
    browser: Option<String>,
    /// From where it began.
    #[schema(required = true)]
    ip_address: Option<String>,
    /// The country of that.
    #[schema(required = true)]
    ip_country: Option<String>,
    /// The city of that.
    #[schema(required = true)]
    ip_city: Option<String>,
    /// When it was last refreshed.
    #[schema(format = DateTime)]
    last_activity_at: String,
    /// When it began.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends unless it is refreshed.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Whether the device was trusted.
    is_remembered: bool,
    /// Whether it is the one that asks.
    is_current: bool,
    /// `password` or `social`.
    #[schema(required = true)]
    auth_method: Option<String>,
    /// The provider that vouched.
    #[schema(required = true)]
    auth_provider: Option<String>,
}

impl ListedSession {
    /// A session, for the one named `current`.
    #[must_use]
    pub fn of(own: &OwnSession, current: Uuid) -> Self {
        let OwnSession { session, client } = own;
        let (platform, browser) = told(client.as_ref());
        let (country, city) = located(client.as_ref());
        Self {
            session_id: session.number.to_string(),
            device_id: None,
            device_name: client
                .as_ref()
                .and_then(|client| client.device.name.clone()),
            device_type: client
                .as_ref()
                .and_then(|client| client.device.kind.clone()),
            platform,
            browser,
            ip_address: client.as_ref().map(|client| client.ip.clone()),
            ip_country: country,
            ip_city: city,
            last_activity_at: millis(session.rotated_at),
            created_at: millis(session.auth_time),
            expires_at: millis(session.expires_at),
            is_remembered: session.remembered,
            is_current: session.id == current,
            auth_method: Some(list_method(session).to_owned()),
            auth_provider: session.provider.clone(),
        }
    }
}

/// Country and city of a client's address, as far as they were known.
fn located(client: Option<&HistoryClient>) -> (Option<String>, Option<String>) {
    let place = client.and_then(|client| client.place.clone());
    place.map_or((None, None), |place| (Some(place.country), place.city))
}

/// Platform and browser of a client, as far as its user agent tells.
fn told(client: Option<&HistoryClient>) -> (Option<String>, Option<String>) {
    let (system, program) = client
        .map(HistoryClient::system_and_program)
        .unwrap_or_default();
    (system.map(str::to_owned), program.map(str::to_owned))
}

/// A security event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IAuthAudit, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct HistoryRow {
    /// Its number.
    #[schema(value_type = f64)]
    id: u64,
    /// The account's.
    #[schema(value_type = f64)]
    user_id: u64,
    /// What happened.
    event_type: String,
    /// How it turned out.
    #[schema(inline, value_type = Outcome)]
    event_status: &'static str,
    /// The risk that was seen in it.
    #[schema(required = false, value_type = Option<f64>)]
    risk_factor: Option<u32>,
    /// What made that up.
    #[schema(required = false)]
    risk_factors: Option<Vec<String>>,
    /// Whether it had a second factor asked for.
    #[schema(required = false)]
    adaptive_mfa_triggered: Option<bool>,
    /// From where.
    #[schema(required = false)]
    ip_address: Option<String>,
    /// The country of that.
    #[schema(required = false)]
    ip_country: Option<String>,
    /// The city of that.
    #[schema(required = false)]
    ip_city: Option<String>,
    /// What the client called itself.
    #[schema(required = false)]
    user_agent: Option<String>,
    /// What the client runs on.
    #[schema(required = false)]
    platform: Option<String>,
    /// The browser.
    #[schema(required = false)]
    browser: Option<String>,
    /// The device, if its owner trusts it.
    #[schema(required = false)]
    device_id: Option<String>,
    /// What the device is called.
    #[schema(required = false)]
    device_name: Option<String>,
    /// `mobile`, `desktop` or `tablet`.
    #[schema(required = false)]
    device_type: Option<String>,
    /// The session that it made or ended.
    #[schema(required = false, value_type = Option<f64>)]
    session_id: Option<u64>,
    /// The challenge that it opened or answered.
    #[schema(required = false, value_type = Option<f64>)]
    challenge_session_id: Option<u64>,
    /// How the user signed in.
    #[schema(required = false)]
    auth_method: Option<String>,
    /// The administrator who did it: their `sub` for administrators, `admin` for others.
    #[schema(required = false)]
    performed_by: Option<String>,
    /// Why.
    #[schema(required = false)]
    reason: Option<String>,
    /// A sentence.
    #[schema(required = false)]
    description: Option<String>,
    /// What else there is to know.
    #[schema(required = false)]
    metadata: Option<Record>,
    /// When.
    #[schema(format = DateTime)]
    created_at: String,
}

/// How an event turned out.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
#[allow(dead_code, reason = "for the document")]
enum Outcome {
    Success,
    Failure,
    Info,
    Suspicious,
}

impl HistoryRow {
    /// An event for the owner of the account, who learns only that an administrator did
    /// it, and not which.
    #[must_use]
    pub fn own(event: &HistoryEvent, user_id: u64) -> Self {
        Self::of(event, user_id, None)
    }

    /// An event for an administrator, who learns which of them did it.
    #[must_use]
    pub fn for_administrators(event: &HistoryEvent, user_id: u64) -> Self {
        Self::of(event, user_id, event.by)
    }

    fn of(event: &HistoryEvent, user_id: u64, by: Option<Uuid>) -> Self {
        let (event_type, outcome) = described(event.kind);
        let client = event.client.as_ref();
        let (platform, browser) = told(client);
        let (country, city) = located(client);
        let risk = event.risk.as_ref();
        let weighed = risk.map(|risk| {
            let names = risk.factors.iter().map(|factor| factor.name().to_owned());
            names.collect::<Vec<_>>()
        });
        let noted = noted_risk(event.kind).map(|name| vec![name.to_owned()]);
        Self {
            id: event.number,
            user_id,
            event_type: event_type.to_owned(),
            event_status: outcome.name(),
            risk_factor: risk.map(|risk| risk.score),
            risk_factors: weighed.or(noted),
            adaptive_mfa_triggered: risk.map(|risk| risk.triggered),
            ip_address: client.map(|client| client.ip.clone()),
            ip_country: country,
            ip_city: city,
            user_agent: client.map(|client| client.user_agent.clone()),
            platform,
            browser,
            device_id: None,
            device_name: client.and_then(|client| client.device.name.clone()),
            device_type: client.and_then(|client| client.device.kind.clone()),
            session_id: event.session.map(integer_of),
            challenge_session_id: event.challenge.map(integer_of),
            auth_method: None,
            performed_by: match event.actor {
                Actor::Caller => None,
                Actor::CommandLine | Actor::Administrator => {
                    Some(by.map_or_else(|| "admin".to_owned(), |by| by.to_string()))
                }
            },
            reason: client
                .and_then(|client| client.reason.clone())
                .or_else(|| reason(event.kind).map(str::to_owned)),
            description: None,
            metadata: metadata(event),
            created_at: millis(event.at),
        }
    }
}

/// Of a challenge that was opened or found open: what it asks for.
fn metadata(event: &HistoryEvent) -> Option<Record> {
    let challenge = challenge_name(opened(event.kind)?);
    let told = [
        ("challengeName", Value::from(challenge)),
        ("reused", Value::from(event.again)),
    ];
    let told = told.into_iter();
    Some(Record(
        told.map(|(name, value)| (name.to_owned(), value)).collect(),
    ))
}
