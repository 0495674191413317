//! `GET /nauth/admin/users/{sub}/mfa/status`: how an account stands with second factors.

use axum::Json;
use axum::extract::State;
use edge::Reply;
use edge::nauth::{AdminMember, CutPath, Detail, FactorStanding, NotAdmin, OneUser, UserPath};
use flows::Postern;

/// How an account stands with second factors, by whichever contract they were set up.
///
/// # Errors
/// A caller who is no administrator, or an account that there is not.
#[utoipa::path(
    get, path = "/nauth/admin/users/{sub}/mfa/status", operation_id = "nauth_admin_user_mfa_status", tags = ["nauth"],
    params(UserPath), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = FactorStanding, description = "How the account stands"),
        (status = 400, body = Detail, description = "No such account"),
        NotAdmin, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    AdminMember(admin): AdminMember,
    OneUser(sub): OneUser,
) -> Reply<FactorStanding> {
    let (user, factors) = postern.account_and_factors(&admin, sub).await?;
    Ok(Json(FactorStanding::of(&postern, &user, &factors)))
}
