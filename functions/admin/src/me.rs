//! `GET /admin/me`: the administrator's own account.

use axum::Json;
use axum::extract::State;
use domain::account::User;
use domain::session::Session;
use edge::fastapi::{Detail, Limited, NotSignedIn, Unavailable};
use edge::{Admin, Meta, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// An administrator.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminProfile)]
pub struct Answer {
    /// The integer id.
    id: u64,
    /// The account, as the `sub` of its tokens names it.
    sub: String,
    /// The username.
    username: String,
    /// The address, proven or not.
    email: Option<String>,
    /// First and last name, or the address.
    name: String,
    /// `admin`.
    role: &'static str,
    /// The event that this session is for, if it is for one.
    event_id: Option<u64>,
    /// Whether a second factor is in force.
    mfa_enabled: bool,
    /// When this session last showed it (RFC 3339).
    #[schema(format = DateTime)]
    mfa_verified_at: Option<String>,
}

impl Answer {
    fn of(user: User, session: &Session) -> Self {
        Self {
            id: user.uid,
            sub: user.sub.to_string(),
            name: user.full_name(),
            email: user.proven_email().map(ToString::to_string),
            role: user.role.name(),
            mfa_enabled: !user.factors.is_empty(),
            event_id: session.event,
            mfa_verified_at: session.mfa_at.map(|at| at.to_string()),
            username: user.username,
        }
    }
}

/// Look at one's own account, as an administrator.
///
/// # Errors
/// A caller who is none, or a limit.
#[utoipa::path(
    get, path = "/admin/me", operation_id = "get_me_admin_me_get",
    tags = ["cashless", "admin"], security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Answer, description = "The account"),
        NotSignedIn,
        (status = 403, body = Detail, description = "Not an administrator"),
        (status = 429, body = Limited, description = "Over 60 a minute from one network"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Admin(admin): Admin,
) -> Reply<Answer> {
    let user = postern.own_admin_profile(&meta, &admin).await?;
    Ok(Json(Answer::of(user, &admin.signed().session)))
}
