//! `GET /admin/events`: the events. Of no contract.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::fastapi::{Detail, Invalid, NotSignedIn, Unavailable};
use edge::{Admin, Fields, FromFields, Query, Refusal, Rejected, next_page};
use flows::Postern;
use utoipa::IntoParams;

use crate::provisioned::EventResponse;

/// Events on a page unless a client asks for fewer.
const PAGE: u64 = 50;

/// Which page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the document")]
pub struct EventListQuery {
    /// Where the page before ended, from its `Link` header.
    after: Option<String>,
    /// At most so many, 50 unless fewer are wanted.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u64>,
}

impl FromFields for EventListQuery {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let after = fields.text("after").max(64).optional();
        let limit = fields.text("limit").number_if_sent(1..=PAGE);
        Ok(Self { after, limit })
    }
}

/// List events, oldest first. The next page, if there is one, is in the `Link` header
/// (RFC 8288).
///
/// # Errors
/// A caller that may not.
#[utoipa::path(
    get, path = "/admin/events", operation_id = "list_events", tags = ["cashless", "admin"],
    params(EventListQuery), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Vec<EventResponse>, description = "A page of events"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator"),
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Admin(_): Admin,
    Query(asked): Query<EventListQuery>,
) -> Result<(HeaderMap, Json<Vec<EventResponse>>), Refusal> {
    let limit = asked.limit.unwrap_or(PAGE);
    let most = usize::try_from(limit).unwrap_or(1);
    let page = postern.events(asked.after.as_deref(), most).await?;
    let asked = [("limit", limit.to_string())];
    let headers = next_page("/admin/events", &asked, page.next.as_deref());
    let events = page.events.into_iter().map(EventResponse::from);
    Ok((headers, Json(events.collect())))
}
