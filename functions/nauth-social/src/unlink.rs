//! `POST /nauth/social/unlink`: take a link to a provider away.

use axum::Json;
use axum::extract::State;
use domain::provider::{OauthFailure, Provider, can_do_without_codes};
use edge::nauth::{BodyRefused, Busy, Member, NotFresh};
use edge::{Body, Fields, FromFields, Meta, Rejected, Reply};
use flows::{FreshSession, Postern};
use serde::Serialize;
use utoipa::ToSchema;

/// Which one.
#[derive(Debug, ToSchema)]
#[schema(as = UnlinkSocialAccountDTO)]
pub struct Asked {
    /// The provider, as the list of links names it.
    provider: String,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let provider = fields.text("provider").lower().min(1).max(50).required();
        Ok(Self {
            provider: provider?,
        })
    }
}

/// That it is gone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnlinkSocialAccountResponseDTO)]
pub struct Unlinked {
    /// A sentence.
    message: &'static str,
}

/// Take a link to a provider away from one's account: not the only way in, since a code
/// alone signs nobody in here.
///
/// # Errors
/// A caller who has not signed in lately, or a link that is not there or the only way in.
#[utoipa::path(
    post, path = "/nauth/social/unlink", operation_id = "nauth_social_unlink", tags = ["nauth"],
    request_body = Asked, security(("jwtAuth" = [])),
    responses(
        (status = 200, body = Unlinked, description = "Gone"),
        NotFresh, BodyRefused, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Member { signed, .. }: Member,
    Body(asked): Body<Asked>,
) -> Reply<Unlinked> {
    let own = FreshSession::of(signed, meta.now)?;
    // A provider that there is not is one that nobody is linked to.
    let provider = Provider::parse(&asked.provider).ok_or(OauthFailure::NotLinked);
    let provider = provider.map_err(domain::Error::from)?;
    postern
        .disconnect(&meta, own, provider, can_do_without_codes)
        .await?;
    Ok(Json(Unlinked {
        message: "The account is unlinked",
    }))
}
