//! `GET /nauth/admin/users/by-email`: the account that holds an address.

use axum::Json;
use axum::extract::State;
use domain::EmailAddress;
use edge::nauth::{AdminMember, Detail, NotAdmin, UserResponse, fields};
use edge::{Fields, FromFields, Meta, Query, Rejected, Reply};
use flows::Postern;
use utoipa::IntoParams;

/// Which account.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Asked {
    /// The address.
    #[param(value_type = String)]
    email: EmailAddress,
    /// Only if it is proven.
    #[param(value_type = bool, required = false)]
    require_email_verified: bool,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let email = fields::email(fields);
        let proven = fields.flag("requireEmailVerified").unwrap_or_default();
        Ok(Self {
            email: email?,
            require_email_verified: proven,
        })
    }
}

/// Look up the account that holds an address.
///
/// # Errors
/// A caller who is no administrator, a malformed query, or an address that nobody holds.
#[utoipa::path(
    get, path = "/nauth/admin/users/by-email", operation_id = "nauth_admin_user_by_email", tags = ["nauth"],
    params(Asked), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = UserResponse, description = "The account"),
        (status = 400, body = Detail, description = "Malformed"),
        (status = 404, body = Detail, description = "Nobody holds it"),
        NotAdmin,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    AdminMember(admin): AdminMember,
    Query(asked): Query<Asked>,
) -> Reply<UserResponse> {
    let only_proven = asked.require_email_verified;
    let user = postern
        .account_at(&admin, &asked.email, only_proven)
        .await?;
    Ok(Json(UserResponse::shown(&postern, &user, meta.now).await?))
}
