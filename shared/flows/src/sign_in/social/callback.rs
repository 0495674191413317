//! A browser that comes back from a provider.
//!
//! The state is all that ties it to the browser that left, and is spent first. From then on
//! the browser has a place to go to, so whatever is wrong is told there.

use crypto::{CryptoError, derive, seal};
use domain::limit::OAUTH_RETURNS_PER_NETWORK;
use domain::provider::{
    AuthorizationRequest, FederatedExchange, OauthFailure, Provider, SocialRequest, exchange,
};
use domain::session::Delivery;
use domain::{Error, platform};
use providers::{OauthProvider, Vouched};

use super::exchange::exchange_key;
use super::identity;
use crate::sign_in::federated::oauth::Brought;
use crate::{Postern, RequestMeta, SignIn, Tokens, broken};

/// What a browser brings back.
#[derive(Clone, Debug)]
pub struct SocialCallback {
    /// The state that it left with.
    pub state: String,
    /// What the provider says.
    pub answer: ProviderAnswer,
    /// What it says beside that about the user, unsigned (Apple).
    pub user: Option<String>,
}

/// What a provider says.
#[derive(Clone, Debug)]
pub enum ProviderAnswer {
    /// Yes: a code.
    Code(String),
    /// No (RFC 6749 §4.1.2.1).
    Declined {
        /// Why, in a word.
        error: String,
        /// Why, in a sentence.
        description: Option<String>,
    },
}

/// A browser that is sent on.
#[derive(Debug)]
pub struct SocialReturn {
    /// What its client said when it left.
    pub request: SocialRequest,
    /// What came of it.
    pub outcome: Result<SocialOutcome, Error>,
}

/// What came of a sign-in through a provider.
#[derive(Debug)]
pub enum SocialOutcome {
    /// Tokens, which travel in cookies.
    SignedIn(Box<Tokens>),
    /// A token that buys the outcome.
    Exchange(String),
    /// The accounts are linked.
    Linked,
    /// The person or the provider said no.
    Declined {
        /// Why, in a word.
        error: String,
        /// Why, in a sentence.
        description: Option<String>,
    },
}

impl Postern {
    /// Goes on with what a browser brings back from `provider`.
    ///
    /// # Errors
    /// [`OauthFailure::State`], [`OauthFailure::Disabled`], and [`Error::TooMany`] by
    /// network. What is wrong after that is in [`SocialReturn::outcome`].
    pub async fn complete_social(
        &self,
        meta: &RequestMeta,
        provider: Provider,
        back: SocialCallback,
    ) -> Result<SocialReturn, Error> {
        let (client, secret) = self.oauth_provider(provider)?;
        self.limit_by_network(&OAUTH_RETURNS_PER_NETWORK, meta)
            .await?;
        let (departure, request) = self.spend_social_state(meta, provider, &back.state).await?;
        let code = match back.answer {
            ProviderAnswer::Declined { error, description } => {
                let outcome = Ok(SocialOutcome::Declined { error, description });
                return Ok(SocialReturn { request, outcome });
            }
            ProviderAnswer::Code(code) => code,
        };
        let brought = Brought {
            state: &back.state,
            code: &code,
            user: back.user.as_deref(),
        };
        let outcome = self.outcome(meta, client, &secret, &departure, &request, brought);
        let outcome = match outcome.await {
            Ok(outcome) => Ok(outcome),
            Err(error) => Err(self.told(error).await),
        };
        Ok(SocialReturn { request, outcome })
    }

    /// The departure of a state of nauth, for the first who brings it back from where it
    /// was for.
    pub(super) async fn spend_social_state(
        &self,
        meta: &RequestMeta,
        provider: Provider,
        state: &str,
    ) -> Result<(AuthorizationRequest, SocialRequest), Error> {
        let hash = derive::token_hash(state);
        let departure = self
            .store()
            .take_authorization_request(&hash, platform::uuid(self.entropy()), meta.now)
            .await?;
        // A state of another provider would have that one's code brought to this one.
        let mut departure = departure
            .filter(|departure| departure.provider == provider)
            .ok_or(Error::Oauth(OauthFailure::State))?;
        let request = departure.social.take();
        let request = request.ok_or(Error::Oauth(OauthFailure::State))?;
        Ok((departure, request))
    }

    async fn outcome(
        &self,
        meta: &RequestMeta,
        client: &dyn OauthProvider,
        secret: &str,
        departure: &AuthorizationRequest,
        request: &SocialRequest,
        brought: Brought<'_>,
    ) -> Result<SocialOutcome, Error> {
        let provider = client.provider();
        let vouched = self.trade(meta, client, secret, departure, brought).await?;
        if let Some(link) = request.link {
            self.link_to(meta, link, provider, &vouched.profile).await?;
            return Ok(SocialOutcome::Linked);
        }
        let delivery = request.delivery.unwrap_or_default();
        let coming = identity(meta, provider, &vouched, delivery, request.device.clone());
        if delivery == Delivery::Cookies {
            // A challenge that it opens instead is found open by the exchange.
            let arrived = self.sign_in_federated(&coming).await?;
            if let SignIn::Complete(tokens) = arrived.sign_in {
                return Ok(SocialOutcome::SignedIn(tokens));
            }
        } else {
            self.may_arrive(&coming).await?;
        }
        let token = self.keep_exchange(meta, provider, vouched, request);
        Ok(SocialOutcome::Exchange(token.await?))
    }

    /// Keeps whom `provider` vouched for, for whoever has the token that it returns.
    async fn keep_exchange(
        &self,
        meta: &RequestMeta,
        provider: Provider,
        vouched: Vouched,
        request: &SocialRequest,
    ) -> Result<String, Error> {
        let mut random = [0; 32];
        self.entropy().fill(&mut random);
        let token = derive::hex(&random);
        let kept = FederatedExchange {
            provider,
            profile: vouched.profile,
            proven: vouched.proven,
            delivery: request.delivery,
            device: request.device.clone(),
            expires_at: meta.now.plus(exchange::LIFETIME),
        };
        let hash = derive::token_hash(&token);
        let outcome = serde_json::to_vec(&kept);
        let outcome = outcome.map_err(|_| broken(CryptoError::Seal))?;
        let sealed = seal::seal_text(&exchange_key(&token), &hash, &outcome, self.entropy());
        let sealed = sealed.map_err(broken)?;
        self.store()
            .put_federated_exchange(&hash, sealed, kept.expires_at)
            .await?;
        Ok(token)
    }
}
