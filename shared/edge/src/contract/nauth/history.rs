//! A page of security events: what is asked of it, and what it is.

use domain::{ProblemKind, UnixTime};
use flows::AuditQuery;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::audit::{Outcome, TYPES, selected};
use super::{HistoryRow, Paging};
use crate::{Fields, FromFields, Rejected};

/// Which events.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct HistoryQuery {
    /// The page, from 1.
    #[param(value_type = u64, required = false, default = 1, minimum = 1)]
    page: u64,
    /// Events on a page, at most 500.
    #[param(value_type = u64, required = false, default = 50, minimum = 1, maximum = 500)]
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

impl FromFields for HistoryQuery {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let paging = Paging::read(fields, 50, 500);
        let date = |fields: &mut Fields, name| {
            let text = fields.text(name);
            text.parsed_if_sent(ProblemKind::NotADate, UnixTime::parse_loosely)
        };
        Ok(Self {
            page: paging.page,
            limit: paging.limit,
            start_date: date(fields, "startDate"),
            end_date: date(fields, "endDate"),
            event_types: fields.list("eventTypes", &TYPES),
            event_status: fields.list("eventStatus", &Outcome::ALL.map(Outcome::name)),
        })
    }
}

impl HistoryQuery {
    /// Which events these are.
    #[must_use]
    pub fn selected(&self) -> AuditQuery {
        AuditQuery {
            kinds: selected(&self.event_types, &self.event_status),
            since: self.start_date,
            until: self.end_date,
        }
    }

    /// Which page of which size.
    #[must_use]
    pub const fn paging(&self) -> Paging {
        Paging {
            page: self.page,
            limit: self.limit,
        }
    }

    /// The page that was asked for.
    #[must_use]
    pub fn page(&self, data: Vec<HistoryRow>, total: u64) -> HistoryPage {
        HistoryPage {
            data,
            total,
            page: self.page,
            limit: self.limit,
            total_pages: self.paging().pages(total),
        }
    }
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetUserAuthHistoryResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
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
