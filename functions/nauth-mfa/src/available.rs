//! `GET /nauth/mfa/available-methods`: the kinds of factors that may be set up.

use axum::Json;
use axum::extract::State;
use edge::Reply;
use edge::nauth::factors::factor_name;
use edge::nauth::{Member, NotSignedIn};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// The kinds of factors that may be set up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetAvailableMethodsResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Available {
    /// By their names.
    available_methods: Vec<&'static str>,
}

/// The kinds of factors that may be set up.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/mfa/available-methods", operation_id = "nauth_mfa_available_methods", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses((status = 200, body = Available, description = "By their names"), NotSignedIn)
)]
pub async fn handle(State(postern): State<Postern>, _: Member) -> Reply<Available> {
    let available = postern.available_factors().into_iter().map(factor_name);
    Ok(Json(Available {
        available_methods: available.collect(),
    }))
}
