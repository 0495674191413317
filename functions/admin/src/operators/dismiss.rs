//! `DELETE /admin/operators/{user_id}`: dismiss an operator or network manager. Of no
//! contract.

use axum::Json;
use axum::extract::State;
use edge::fastapi::{Detail, Invalid, NotSignedIn, Unavailable};
use edge::{FreshAdmin, Meta, Number, Reply};
use flows::{ActedByFresh, Postern};

use crate::provisioned::OperatorResponse;

/// Take an operator's appointment away: they keep their account, as a user. Wants an
/// administrator who signed in within ten minutes.
///
/// # Errors
/// A caller that may not, or a user who is no operator.
#[utoipa::path(
    delete, path = "/admin/operators/{user_id}", operation_id = "dismiss_operator", tags = ["cashless", "admin"],
    security(("jwtAuth" = [])),
    params(("user_id" = i64, Path, description = "Their integer id")),
    responses(
        (status = 200, body = OperatorResponse, description = "As they are now"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator, or signed in too long ago"),
        (status = 404, body = Detail, description = "No such operator"),
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdmin(admin): FreshAdmin,
    Number(id): Number,
) -> Reply<OperatorResponse> {
    let by = ActedByFresh::Administrator {
        admin: &admin,
        meta: &meta,
    };
    let dismissed = postern.dismiss_operator(by, id).await?;
    Ok(Json(dismissed.into()))
}
