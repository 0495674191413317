//! `POST /nauth/social/{provider}/verify`: sign in by the tokens of an app.

use axum::extract::State;
use domain::{Error, Problem, ProblemKind};
use edge::nauth::{
    AuthResponse, BodyRefused, Busy, Channel, CutPath, Detail, OtherDelivery, SocialSignedIn,
};
use edge::{Body, Fields, FromFields, Meta, Refusal, Rejected};
use flows::{AppTokens, Postern};
use utoipa::ToSchema;

use crate::exchange::shown;
use crate::provider::Named;

/// What the provider's own software gave the app.
#[derive(ToSchema)]
#[schema(as = VerifyTokenDTO, rename_all = "camelCase")]
pub struct Asked {
    /// The provider. The one in the path counts.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    provider: Option<String>,
    /// An ID token; for Facebook, an access token will do.
    #[schema(rename = "idToken", value_type = String, required = false)]
    tokens: AppTokens,
    /// An access token.
    #[schema(value_type = String, required = false)]
    #[allow(dead_code, reason = "for the document")]
    access_token: Option<String>,
    /// What the app was told about the user: a name at the first consent (Apple), and the
    /// `nonce` that the ID token has to repeat, if the app asked for one.
    #[schema(value_type = edge::openapi::Record, required = false)]
    #[allow(dead_code, reason = "for the document")]
    profile_data: Option<()>,
}

impl FromFields for Asked {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let provider = fields.text_or_null("provider").max(50).optional();
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        let id_token = some(fields.text_or_null("idToken").max(10_000).optional());
        let access_token = some(fields.text_or_null("accessToken").max(2000).optional());
        let profile_data = fields.object_if_sent("profileData", |told| Ok(told.clone()));
        Ok(Self {
            provider,
            tokens: AppTokens {
                id_token,
                access_token,
                profile_data: profile_data.unwrap_or_default(),
            },
            access_token: None,
            profile_data: None,
        })
    }
}

/// Sign in by the tokens that a provider's own software gave to an app.
///
/// # Errors
/// A provider that is not set up, a malformed body, a token that will not do, an account
/// that is closed, or a limit.
#[utoipa::path(
    post, path = "/nauth/social/{provider}/verify", operation_id = "nauth_social_verify",
    tags = ["nauth"], params(Named), request_body = Asked, security(()),
    responses(
        (status = 200, body = AuthResponse, description = "Tokens, or a challenge"),
        (status = 403, body = Detail, description = "The account is locked or not in use, or people make no accounts here"),
        BodyRefused, OtherDelivery, Busy, CutPath,
    )
)]
pub async fn handle(
    State(postern): State<Postern>,
    Meta(meta): Meta,
    Named(provider): Named,
    channel: Channel,
    Body(asked): Body<Asked>,
) -> Result<SocialSignedIn, Refusal> {
    let delivery = channel.open()?;
    let AppTokens {
        id_token,
        access_token,
        ..
    } = &asked.tokens;
    let by_access_token = provider.tells_whose_access_token() && access_token.is_some();
    if id_token.is_none() && !by_access_token {
        let problem = Problem::of("idToken", ProblemKind::Required);
        return Err(Error::Invalid(vec![problem]).into());
    }
    let device = channel.device(delivery);
    let sign_in = postern.sign_in_by_app_tokens(&meta, provider, &asked.tokens, delivery, device);
    shown(&postern, sign_in.await?).await
}
