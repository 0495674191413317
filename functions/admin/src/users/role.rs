//! `PUT /admin/user/role`: give an account a role.

use axum::Json;
use axum::extract::State;
use domain::ProblemKind;
use domain::account::Role;
use edge::auth_service::Message;
use edge::fastapi::{BodyRefused, Detail, Invalid, Unavailable};
use edge::{Body, Fields, FreshAdmin, FromFields, Meta, Rejected, Reply};
use flows::{AccountRef, FreshAdminAction, Postern};
use utoipa::ToSchema;

/// Who may do what from now on.
#[derive(Debug, ToSchema)]
pub struct RoleUpdate {
    /// The username.
    username: String,
    /// `user`, `operator`, `network_manager` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

impl FromFields for RoleUpdate {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let username = fields.text("username").required();
        let role = fields
            .text("role")
            .parsed(ProblemKind::NotAChoice, Role::parse);
        Ok(Self {
            username: username?,
            role: role?,
        })
    }
}

/// Give an account a role. Its sessions end: what they may do was decided by the old
/// one. Nobody takes their own. Wants a sign-in of the last ten minutes.
///
/// # Errors
/// A caller who may not, a malformed body, or a name that nobody has.
#[utoipa::path(
    put, path = "/admin/user/role", operation_id = "update_role_admin_user_role_put",
    tags = ["auth-service", "admin"], request_body = RoleUpdate, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Message, description = "Done, or so already"),
        (status = 400, body = Detail, description = "The caller's own account"),
        (status = 401, body = Detail, description = "No bearer"),
        (status = 403, body = Detail, description = "Not an administrator, one who signed in too long ago, or a bearer that is no good"),
        (status = 404, body = Detail, description = "Nobody has the name"),
        BodyRefused,
        (status = 422, body = Invalid, description = "Malformed"),
        Unavailable,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    FreshAdmin(admin): FreshAdmin,
    Body(asked): Body<RoleUpdate>,
) -> Reply<Message> {
    let whose = AccountRef::Username(asked.username);
    let act = FreshAdminAction::SetRole(asked.role);
    let changed = postern.administer_freshly(&meta, &admin, &whose, act);
    changed.await?;
    Ok(Json(Message {
        message: "User role updated successfully",
    }))
}
