//! `GET /cfg/accounts/oauth/providers/`: through whom one can sign in.

use axum::Json;
use axum::extract::State;
use edge::Reply;
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use crate::reply::ProviderName;

/// The providers that are switched on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OAuthProvidersResponse)]
pub struct Providers {
    /// Each with what a button needs.
    providers: Vec<Button>,
}

/// A provider, as a button shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OAuthProvider)]
pub struct Button {
    /// Its stable name.
    id: &'static str,
    /// Its name as people know it.
    name: &'static str,
    /// The name of its icon.
    icon: &'static str,
}

/// The providers that people can sign in through; none while none is configured.
///
/// # Errors
/// None.
#[utoipa::path(
    get, path = "/cfg/accounts/oauth/providers/", operation_id = "cfg_accounts_oauth_providers_retrieve",
    tags = ["djangocfg", "cfg_accounts_oauth"], security(()),
    responses((status = 200, body = Providers, description = "The providers"))
)]
pub async fn handle(State(postern): State<Postern>) -> Reply<Providers> {
    let providers = postern.oauth_providers().into_iter();
    // Those that the contract has a name for.
    let providers = providers.filter(|provider| ProviderName::of(*provider).is_some());
    Ok(Json(Providers {
        providers: providers
            .map(|provider| Button {
                id: provider.name(),
                name: provider.title(),
                icon: provider.name(),
            })
            .collect(),
    }))
}
