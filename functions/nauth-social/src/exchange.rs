//! `POST /nauth/social/exchange`: the outcome of a sign-in through a provider.

use axum::extract::State;
use edge::nauth::{
    AuthResponse, BodyRefused, Busy, Channel, Detail, OtherDelivery, SocialSignedIn,
};
use edge::{Body, Fields, FromFields, Meta, Refusal, Rejected};
use flows::{Postern, SignIn};
use utoipa::ToSchema;

/// The token that a browser was sent on with.
#[derive(ToSchema)]
#[schema(as = SocialExchangeDTO, rename_all = "camelCase")]
pub struct Asked {
    /// It is good once, for a minute.
    exchange_token: String,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let exchange_token = fields.text("exchangeToken").min(1).max(500).required()?;
        Ok(Self { exchange_token })
    }
}

/// `sign_in` with all providers that its account is linked to.
pub(crate) async fn shown(postern: &Postern, sign_in: SignIn) -> Result<SocialSignedIn, Refusal> {
    let links = match &sign_in {
        SignIn::Complete(tokens) => postern.links(&tokens.signed.user).await?,
        SignIn::Waiting(_) => Vec::new(),
    };
    let linked = links.iter().map(|link| link.provider).collect();
    Ok(SocialSignedIn { sign_in, linked })
}

/// Fetch the outcome of a sign-in through a provider: tokens, or a challenge.
///
/// # Errors
/// A token that is unknown, used or late, an account that was closed meanwhile, or a limit.
#[utoipa::path(
    post, path = "/nauth/social/exchange", operation_id = "nauth_social_exchange", tags = ["nauth"],
    request_body = Asked, security(()),
    responses(
        (status = 200, body = AuthResponse, description = "Tokens, or a challenge"),
        (status = 403, body = Detail, description = "The account is locked or not in use, or people make no accounts here"),
        BodyRefused, OtherDelivery, Busy,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    channel: Channel,
    Body(asked): Body<Asked>,
) -> Result<SocialSignedIn, Refusal> {
    let delivery = channel.open()?;
    let device = channel.device(delivery);
    let sign_in = postern.exchange_social(&meta, &asked.exchange_token, delivery, device);
    shown(&postern, sign_in.await?).await
}
