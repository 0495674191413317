//! `GET /nauth/mfa/status`: how one stands with second factors.

use axum::Json;
use axum::extract::State;
use edge::Reply;
use edge::nauth::{FactorStanding, Member, NotSignedIn};
use flows::Postern;

/// How one stands with second factors, by whichever contract they were set up.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/mfa/status", operation_id = "nauth_mfa_status", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses((status = 200, body = FactorStanding, description = "How the account stands"), NotSignedIn)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Member { signed, .. }: Member,
) -> Reply<FactorStanding> {
    let factors = postern.factors_of(&signed.user).await?;
    Ok(Json(FactorStanding::of(&postern, &signed.user, &factors)))
}
