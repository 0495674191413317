//! `GET /nauth/audit/history`: one's own security events.

use axum::Json;
use axum::extract::State;
use edge::nauth::{Busy, Detail, HistoryPage, HistoryQuery, HistoryRow, Member};
use edge::{ListQuery, Meta, Reply};
use flows::Postern;

/// One's own security events, of every contract, latest first, with their exact number.
///
/// # Errors
/// A caller who is not signed in, or a malformed query.
#[utoipa::path(
    get, path = "/nauth/audit/history", operation_id = "nauth_audit_history", tags = ["nauth"],
    params(HistoryQuery), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = HistoryPage, description = "A page; empty behind the last one"),
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
    ListQuery(asked): ListQuery<HistoryQuery>,
) -> Reply<HistoryPage> {
    let (offset, limit) = asked.paging().place();
    let found = postern
        .own_history(&signed, &asked.selected(), offset, limit)
        .await?;
    let uid = signed.user.uid;
    let rows = found.events.iter().map(|event| HistoryRow::own(event, uid));
    Ok(Json(asked.page(rows.collect(), found.total)))
}
