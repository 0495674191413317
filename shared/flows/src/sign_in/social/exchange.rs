//! The outcome of a sign-in, for the token that buys it.

use crypto::seal::Secret;
use crypto::{derive, seal};
use domain::limit::nauth::SOCIAL_EXCHANGES_PER_NETWORK;
use domain::provider::{FederatedExchange, OauthFailure};
use domain::session::Delivery;
use domain::trusted_device::DeviceToken;
use domain::{Error, platform};
use providers::Vouched;

use super::identity;
use crate::{Postern, RequestMeta, SignIn};

/// What the outcome that `token` buys is sealed under: only who has the token opens it.
pub(super) fn exchange_key(token: &str) -> Secret {
    let unkeyed = Secret::new([0; 32]);
    Secret::new(derive::derive(
        &unkeyed,
        "federated exchange",
        &[token.as_bytes()],
    ))
}

impl Postern {
    /// Signs in whoever `token` stands for, whose tokens travel by `delivery` unless the
    /// sign-in began by saying how. `device` is the token of a trusted device that the
    /// client shows, where it showed none when it began.
    ///
    /// # Errors
    /// [`OauthFailure::ExchangeToken`] for one that is unknown, used or late;
    /// [`Error::Closed`], or another [`OauthFailure`], where the account was changed
    /// meanwhile; [`Error::TooMany`] by network.
    pub async fn exchange_social(
        &self,
        meta: &RequestMeta,
        token: &str,
        delivery: Delivery,
        device: Option<DeviceToken>,
    ) -> Result<SignIn, Error> {
        self.limit_by_network(&SOCIAL_EXCHANGES_PER_NETWORK, meta)
            .await?;
        let hash = derive::token_hash(token);
        let by = platform::uuid(self.entropy());
        let kept = self.store().take_federated_exchange(&hash, by, meta.now);
        let kept = kept.await?.ok_or(OauthFailure::ExchangeToken)?;
        let opened = seal::open_text(&exchange_key(token), &hash, &kept);
        let opened = opened.map_err(|_| OauthFailure::ExchangeToken)?;
        let opened = serde_json::from_slice(&opened);
        let FederatedExchange {
            provider,
            profile,
            proven,
            delivery: said,
            device: shown,
            ..
        } = opened.map_err(|_| OauthFailure::ExchangeToken)?;
        let vouched = Vouched {
            profile,
            proven,
            // The provider's word came for a code, minutes ago at most.
            issued_at: None,
        };
        let delivery = said.unwrap_or(delivery);
        let device = shown.or_else(|| device.map(|token| self.device_digest(token)));
        let coming = identity(meta, provider, &vouched, delivery, device);
        // A row that cannot be deleted goes when its time is over: the sign-in is none the worse.
        let (arrived, _) = tokio::join!(
            self.sign_in_federated(&coming),
            self.store().drop_federated_exchange(&hash)
        );
        match arrived {
            Ok(arrived) => Ok(arrived.sign_in),
            Err(error) => Err(self.told(error).await),
        }
    }
}
