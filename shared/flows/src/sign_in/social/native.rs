//! Signing in by the tokens that a provider's own software gives to an app.

use domain::Error;
use domain::limit::nauth::SOCIAL_TOKENS_PER_NETWORK;
use domain::provider::Provider;
use domain::session::Delivery;
use domain::trusted_device::DeviceToken;
use providers::NativeTokens;
use serde_json::{Map, Value};

use super::identity;
use crate::sign_in::federated::oauth::refused;
use crate::{Postern, RequestMeta, SignIn};

/// What an app got from a provider.
#[derive(Clone, Default)]
pub struct AppTokens {
    /// An ID token.
    pub id_token: Option<String>,
    /// An access token.
    pub access_token: Option<String>,
    /// What the app was told about the user, unsigned. A `nonce` in it is what the ID token
    /// has to repeat.
    pub profile_data: Map<String, Value>,
}

impl Postern {
    /// Signs in the user whom `provider` names in the tokens of an app, which may show the
    /// token of a trusted device beside them.
    ///
    /// # Errors
    /// [`OauthFailure::Disabled`](domain::provider::OauthFailure); what the provider or the
    /// account has against it; [`Error::TooMany`] by network.
    pub async fn sign_in_by_app_tokens(
        &self,
        meta: &RequestMeta,
        provider: Provider,
        tokens: &AppTokens,
        delivery: Delivery,
        device: Option<DeviceToken>,
    ) -> Result<SignIn, Error> {
        let client = self.oauth_client(provider)?;
        let secret = self.client_secret(provider)?;
        self.limit_by_network(&SOCIAL_TOKENS_PER_NETWORK, meta)
            .await?;
        let shown = NativeTokens {
            client_secret: secret.as_ref().map(|secret| secret.as_str()),
            id_token: tokens.id_token.as_deref(),
            access_token: tokens.access_token.as_deref(),
            nonce: tokens.profile_data.get("nonce").and_then(Value::as_str),
            profile_data: &tokens.profile_data,
            now: meta.now,
        };
        let vouched = client.verify(shown).await;
        let vouched = vouched.map_err(|failure| refused(provider, failure))?;
        let device = device.map(|token| self.device_digest(token));
        let coming = identity(meta, provider, &vouched, delivery, device);
        match self.sign_in_federated(&coming).await {
            Ok(arrived) => Ok(arrived.sign_in),
            Err(error) => Err(self.told(error).await),
        }
    }
}
