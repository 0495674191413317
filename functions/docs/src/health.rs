//! `GET /health`: a sign of life.

use std::collections::BTreeMap;

use axum::Json;

/// A sign of life.
///
/// The gateway answers, and a function behind it. Nothing else is asked: a probe
/// that read a table would take the whole service out for a slow one.
#[utoipa::path(
    get, path = "/health", operation_id = "health_health_get",
    tags = ["cashless"], security(()),
    responses((status = 200, body = BTreeMap<String, String>, description = "Alive"))
)]
pub async fn handle() -> Json<BTreeMap<&'static str, &'static str>> {
    Json(BTreeMap::from([("status", "ok")]))
}
