//! `POST /nauth/social/link`: link what a client has received from a provider itself.

use axum::Json;
use axum::extract::State;
use domain::provider::Provider;
use edge::nauth::{BodyRefused, Busy, Member, NotFresh, fields};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{FreshSession, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// What the provider sent back.
#[derive(ToSchema)]
#[schema(as = LinkSocialAccountDTO)]
pub struct Asked {
    /// The provider.
    #[schema(value_type = String)]
    provider: Provider,
    /// The code.
    code: String,
    /// The state that the caller set out with, by `redirect?action=link`.
    state: String,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let provider = fields::provider(fields);
        let code = fields.text("code").min(1).max(1000).required();
        let state = fields.text("state").min(1).max(500).required();
        Ok(Self {
            provider: provider?,
            code: code?,
            state: state?,
        })
    }
}

/// That it is linked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LinkSocialAccountResponseDTO)]
pub struct Linked {
    /// A sentence.
    message: &'static str,
    /// The provider.
    provider: &'static str,
}

/// Link an account at a provider to one's own.
///
/// # Errors
/// A caller who has not signed in lately, a state that is not of theirs, a code that will
/// not do, an account there that is linked to another one, or a limit.
#[utoipa::path(
    post, path = "/nauth/social/link", operation_id = "nauth_social_link", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Linked, description = "Linked"),
        NotFresh, BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(asked): Body<Asked>,
) -> Reply<Linked> {
    let own = FreshSession::of(signed, meta.now)?;
    postern
        .link_social(&meta, &own, asked.provider, &asked.state, &asked.code)
        .await?;
    Ok(Json(Linked {
        message: "The account is linked",
        provider: asked.provider.name(),
    }))
}
