//! `GET /nauth/audit/history`: one's own security events.

use axum::Json;
use axum::extract::State;
use domain::{ProblemKind, UnixTime};
use edge::nauth::audit::{Outcome, TYPES, selected};
use edge::nauth::{Busy, Detail, HistoryRow, Member};
use edge::{Fields, FromFields, ListQuery, Meta, Rejected, Reply};
use flows::{AuditQuery, Postern};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// Which events.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Asked {
    /// The page, from 1.
    #[param(value_type = u64, required = false, default = 1)]
    page: u64,
    /// Events on a page, at most 500.
    #[param(value_type = u64, required = false, default = 50)]
    limit: u64,
    /// Not before.
    #[param(value_type = String, format = DateTime, required = false)]
    start_date: Option<UnixTime>,
    /// Not after.
    #[param(value_type = String, format = DateTime, required = false)]
    end_date: Option<UnixTime>,
    /// Only of these types.
    #[param(value_type = Vec<String>, required = false)]
    event_types: Vec<String>,
    /// Only of these outcomes.
    #[param(value_type = Vec<String>, required = false)]
    event_status: Vec<String>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let page = fields.text("page").number_if_sent(1..=1_000_000_000);
        let limit = fields.text("limit").number_if_sent(1..=500);
        let date = |fields: &mut Fields, name| {
            let text = fields.text(name);
            text.parsed_if_sent(ProblemKind::NotADate, UnixTime::parse_loosely)
        };
        Ok(Self {
            page: page.unwrap_or(1),
            limit: limit.unwrap_or(50),
            start_date: date(fields, "startDate"),
            end_date: date(fields, "endDate"),
            event_types: fields.list("eventTypes", &TYPES),
            event_status: fields.list("eventStatus", &Outcome::ALL.map(Outcome::name)),
        })
    }
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetUserAuthHistoryResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Latest first.
    data: Vec<HistoryRow>,
    /// How many there are on all pages.
    #[schema(value_type = f64)]
    total: u64,
    /// The page.
    #[schema(value_type = f64)]
    page: u64,
    /// Events on a page.
    #[schema(value_type = f64)]
    limit: u64,
    /// How many pages there are.
    #[schema(value_type = f64)]
    total_pages: u64,
}

/// One's own security events, of every contract, latest first, with their exact number.
///
/// # Errors
/// A caller who is not signed in, or a malformed query.
#[utoipa::path(
    get, path = "/nauth/audit/history", operation_id = "nauth_audit_history", tags = ["nauth"],
    params(Asked), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Page, description = "A page; empty behind the last one"),
        (status = 400, body = Detail, description = "Malformed"),
        (status = 401, body = Detail, description = "Not signed in"),
        (status = 403, body = Detail, description = "The account is locked or not in use"),
        Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(_): Meta,
    Member { signed, .. }: Member,
    ListQuery(asked): ListQuery<Asked>,
) -> Reply<Page> {
    let query = AuditQuery {
        kinds: selected(&asked.event_types, &asked.event_status),
        since: asked.start_date,
        until: asked.end_date,
    };
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let limit = whole(asked.limit);
    let offset = whole(asked.page - 1).saturating_mul(limit);
    let found = postern.own_history(&signed, &query, offset, limit).await?;
    let uid = signed.user.uid;
    let rows = found.events.iter().map(|event| HistoryRow::own(event, uid));
    Ok(Json(Page {
        data: rows.collect(),
        total: found.total,
        page: asked.page,
        limit: asked.limit,
        total_pages: found.total.div_ceil(asked.limit),
    }))
}
