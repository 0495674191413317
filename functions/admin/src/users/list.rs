//! `GET /admin/users`: people's accounts, page by page.
//!
//! The original answers all of them at once. Here a page ends after some, and says
//! in a `Link` header (RFC 8288) where the next one is: the body stays the bare list
//! that its clients read.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::auth_service::UserResponse;
use edge::fastapi::{Detail, Invalid, Unavailable};
use edge::{Admin, Fields, FromFields, Query, Refusal, Rejected};
use flows::{MAX_PAGE, Postern};

const PATH: &str = "/admin/users";

/// Accounts on a page if nothing is said.
const PAGE: u64 = 50;

/// Which page to show.
#[derive(Debug)]
pub struct UserPageQuery {
    limit: Option<u64>,
    after: Option<String>,
    matching: Option<String>,
}

impl FromFields for UserPageQuery {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let limit = fields.text("limit").number_if_sent(1..=MAX_PAGE as u64);
        let after = fields.text("after").max(64).optional();
        let matching = fields.text("matching").max(254).optional();
        Ok(Self {
            limit,
            after,
            matching,
        })
    }
}

impl UserPageQuery {
    /// The parameters that the next page is asked for with, too.
    fn kept(&self) -> Vec<(&'static str, String)> {
        let limit = self.limit.map(|limit| ("limit", limit.to_string()));
        let matching = self.matching.clone().map(|part| ("matching", part));
        limit.into_iter().chain(matching).collect()
    }
}

/// List accounts, oldest first. With `matching`, those in whose address, username or
/// phone it occurs; such a page may be short, or empty, and have a next.
///
/// # Errors
/// A caller who is no administrator, or a malformed query.
#[utoipa::path(
    get, path = "/admin/users", operation_id = "list_users_admin_users_get",
    tags = ["auth-service", "admin"], security(("jwtAuth" = [])),
    params(
        ("limit" = Option<u64>, Query, description = "Accounts on the page; 50 if left out", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Where an earlier page ended, as its `Link` says", max_length = 64),
        ("matching" = Option<String>, Query, description = "A part of an address, username or phone", max_length = 254),
    ),
    responses(
        (
            status = 200, body = Vec<UserResponse>, description = "The page",
            headers(("Link" = String, description = "The next page, `rel=\"next\"` (RFC 8288), if there may be one")),
        ),
        (status = 401, body = Detail, description = "No bearer"),
        (status = 403, body = Detail, description = "Not an administrator, or a bearer that is no good"),
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    _: Admin,
    Query(asked): Query<UserPageQuery>,
) -> Result<(HeaderMap, Json<Vec<UserResponse>>), Refusal> {
    let limit = usize::try_from(asked.limit.unwrap_or(PAGE)).unwrap_or(MAX_PAGE);
    let (after, matching) = (asked.after.as_deref(), asked.matching.as_deref());
    let page = postern.browse_users(after, matching, limit).await?;
    let link = edge::next_page(PATH, &asked.kept(), page.next.as_deref());
    let users = page.users.into_iter();
    let users = users.map(UserResponse::with_claimed_email).collect();
    Ok((link, Json(users)))
}
