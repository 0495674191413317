//! `GET /admin/sensitive/ping`: whether the caller may do what asks for a second factor
//! that was shown lately.

use axum::Json;
use edge::cashless::Texts;
use edge::fastapi::{Detail, NotSignedIn, Unavailable};
use edge::{Reply, VerifiedAdmin};

/// Learn whether this session may do what asks for a second factor shown within the
/// last hours (8 by default); `POST /admin/mfa/verify` shows it.
///
/// # Errors
/// A caller who is no administrator, or whose factor was not shown lately.
#[utoipa::path(
    get, path = "/admin/sensitive/ping", operation_id = "sensitive_ping_admin_sensitive_ping_get",
    tags = ["cashless", "admin"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Texts, description = "It may"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator, or no second factor lately"),
        Unavailable,
    )
)]
pub async fn handle(VerifiedAdmin(admin): VerifiedAdmin) -> Reply<Texts> {
    let shown = admin.signed().session.mfa_at.map(|at| at.to_string());
    Ok(Json(Texts::of([
        ("status", "ok".to_owned()),
        ("mfa_verified_at", shown.unwrap_or_default()),
    ])))
}
