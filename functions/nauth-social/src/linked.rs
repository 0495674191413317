//! `GET /nauth/social/linked`: what one's account is linked to.

use axum::Json;
use axum::extract::State;
use domain::provider::Link;
use edge::dialect::nest::millis;
use edge::nauth::{Member, NotSignedIn};
use edge::{Meta, Reply};
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

/// The links of an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetLinkedAccountsResponseDTO)]
pub struct Linked {
    /// One for each provider, of every contract.
    #[schema(inline)]
    accounts: Vec<LinkedAccount>,
}

/// A link to a provider.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkedAccount {
    /// To whom.
    provider: &'static str,
    /// The address that is proven there, as it was when it was last used.
    #[schema(required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_email: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    linked_at: String,
    /// When it last signed in.
    #[schema(format = DateTime, required = false)]
    last_used_at: String,
}

impl From<&Link> for LinkedAccount {
    fn from(link: &Link) -> Self {
        Self {
            provider: link.provider.name(),
            provider_email: link.email.as_ref().map(ToString::to_string),
            linked_at: millis(link.connected_at),
            last_used_at: millis(link.last_login_at),
        }
    }
}

/// What one's account is linked to.
///
/// # Errors
/// A caller who is not signed in.
#[utoipa::path(
    get, path = "/nauth/social/linked", operation_id = "nauth_social_linked", tags = ["nauth"],
    security(("jwtAuth" = [])),
    responses((status = 200, body = Linked, description = "The links"), NotSignedIn)
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(_): Meta,
    Member { signed, .. }: Member,
) -> Reply<Linked> {
    let links = postern.links(&signed.user).await?;
    Ok(Json(Linked {
        accounts: links.iter().map(LinkedAccount::from).collect(),
    }))
}
