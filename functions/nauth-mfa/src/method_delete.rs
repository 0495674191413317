//! `DELETE /nauth/mfa/method/{method}`: take a kind of factor out of force.

use axum::Json;
use axum::extract::State;
use domain::{Error, Problem, ProblemKind};
use edge::nauth::{CutPath, factors::factor_named};
use edge::nauth::{Detail, FactorsRemoved, Member, NotSignedIn};
use edge::{Meta, Reply, Segment};
use flows::{FreshSession, Postern};
use utoipa::IntoParams;

/// Which kind of factor.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "for the document")]
pub struct Which {
    /// `totp`, `sms`, `email` or `passkey`.
    method: String,
}

/// Take all factors of a kind out of force, within ten minutes of signing in with one. All
/// other sessions end. With the last kind, backup codes go, too.
///
/// # Errors
/// A kind that there is not, or a sign-in that is too old.
#[utoipa::path(
    delete, path = "/nauth/mfa/method/{method}", operation_id = "nauth_mfa_method_delete", tags = ["nauth"],
    params(Which), security(("jwtAuth" = [])),
    responses(
        (status = 200, body = FactorsRemoved, description = "Out of force"),
        (status = 400, body = Detail, description = "No such kind, or none of it is set up"),
        NotSignedIn, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Segment(method): Segment,
) -> Reply<FactorsRemoved> {
    let kind = factor_named(&method.trim().to_lowercase());
    let unknown = || {
        let problem = Problem::of_path("method", ProblemKind::NotAChoice);
        Error::Invalid(vec![problem])
    };
    let kind = kind.ok_or_else(unknown)?;
    let session = FreshSession::of(signed, meta.now)?;
    let removed = postern.remove_factor(&meta, session, kind).await?;
    Ok(Json(removed.into()))
}
