//! Signing in through a provider that users are sent to, and come back from with a code.
//!
//! A user departs with a state, which is stored as a hash, and a PKCE
//! challenge, whose verifier is derived from the state and not stored. They come
//! back with a code. The state is spent before anything else is done with it: it
//! buys one exchange with the provider, which no transaction can hold, so of any
//! number of callers with one state only one gets it. Whether the user came back by the
//! redirect URI that it was made for is compared after that.
//!
//! Then it is a sign-in like any other ([`crate::sign_in::federated`]).

use crypto::derive;
use domain::limit::{OAUTH_DEPARTURES_PER_NETWORK, OAUTH_RETURNS_PER_NETWORK};
use domain::provider::{AuthorizationRequest, OauthFailure, Provider, STATE_LIFETIME};
use domain::secret::SecretName;
use domain::session::ProvenWhen;
use domain::sign_in::Amr;
use domain::{Contract, Error};
use providers::{Exchange, Failure, OauthProvider};

use crate::secrets::Secret;
use crate::sign_in::Proof;
use crate::sign_in::federated::{FederatedIdentity, FederatedSignIn};
use crate::{Postern, RequestMeta, broken, log};

/// Where to send a user, and what they must bring back.
#[derive(Clone, Debug)]
pub struct AuthorizationRedirect {
    /// The provider's page that asks them.
    pub authorization_url: String,
    /// What comes back with the code, if it is the same browser.
    pub state: String,
}

/// What a user brings back from a provider.
#[derive(Clone, Debug)]
pub struct AuthorizationResponse {
    /// The provider's code.
    pub code: String,
    /// The state that they departed with.
    pub state: String,
    /// The redirect URI they came back to, unless it is the first listed.
    pub redirect_uri: Option<String>,
}

impl Postern {
    /// The providers that people can sign in through.
    #[must_use]
    pub fn oauth_providers(&self) -> Vec<Provider> {
        let on = |one: &Provider| self.oauth_provider(*one).is_ok();
        Provider::ALL.into_iter().filter(on).collect()
    }

    /// A provider with its secret: without that it is off, as without an app.
    fn oauth_provider(&self, provider: Provider) -> Result<(&dyn OauthProvider, Secret), Error> {
        let secret = match SecretName::of(provider) {
            Some(name) => self.secret(name)?,
            None => None,
        };
        let mut on = self.0.oauth_providers.iter();
        on.find(|one| one.provider() == provider)
            .map(AsRef::as_ref)
            .zip(secret)
            .ok_or(Error::Oauth(OauthFailure::Disabled(provider)))
    }

    /// The redirect URI to come back to: one of the installation's, letter for letter.
    fn redirect_uri(&self, provider: Provider, asked: Option<&str>) -> Result<String, Error> {
        let listed = self.settings().oauth.redirect_uris.of(provider);
        let found = match asked {
            None => listed.first(),
            Some(asked) => listed.iter().find(|uri| *uri == asked),
        };
        found
            .cloned()
            .ok_or(Error::Oauth(OauthFailure::RedirectUri))
    }

    /// Sends a user to `provider`. `source` is the host of the site that asks.
    ///
    /// # Errors
    /// [`OauthFailure::Disabled`], [`OauthFailure::RedirectUri`], and
    /// [`Error::TooMany`] by network.
    pub async fn begin_oauth(
        &self,
        meta: &RequestMeta,
        provider: Provider,
        redirect_uri: Option<&str>,
        source: &str,
    ) -> Result<AuthorizationRedirect, Error> {
        let (client, _) = self.oauth_provider(provider)?;
        let redirect_uri = self.redirect_uri(provider, redirect_uri)?;
        self.limit_by_network(&OAUTH_DEPARTURES_PER_NETWORK, meta)
            .await?;
        let state = self.ring().oauth_state(self.entropy()).map_err(broken)?;
        let departure = AuthorizationRequest {
            provider,
            redirect_uri: redirect_uri.clone(),
            source: source.to_owned(),
            expires_at: meta.now.plus(STATE_LIFETIME),
        };
        self.store()
            .put_authorization_request(&derive::token_hash(&state), &departure)
            .await?;
        let (_, challenge) = self.ring().pkce(&state).map_err(broken)?;
        let authorization_url = client
            .authorization_url(&redirect_uri, &state, &challenge)
            .ok_or_else(|| Error::Internal(format!("{}'s URL is none", provider.title())))?;
        Ok(AuthorizationRedirect {
            authorization_url,
            state,
        })
    }

    /// Signs in a user who comes back from `provider`.
    ///
    /// # Errors
    /// [`Error::Oauth`] as the state, the provider and the account have it, and
    /// [`Error::TooMany`] by network.
    pub async fn complete_oauth(
        &self,
        meta: &RequestMeta,
        provider: Provider,
        contract: Contract,
        back: &AuthorizationResponse,
    ) -> Result<FederatedSignIn, Error> {
        let (client, secret) = self.oauth_provider(provider)?;
        self.limit_by_network(&OAUTH_RETURNS_PER_NETWORK, meta)
            .await?;
        let departure = self
            .store()
            .take_authorization_request(&derive::token_hash(&back.state), meta.now)
            .await?;
        let here = self
            .redirect_uri(provider, back.redirect_uri.as_deref())
            .ok();
        // A state of another provider would have that one's code brought to this one.
        let departure = departure
            .filter(|departure| departure.provider == provider)
            .filter(|departure| here.as_ref() == Some(&departure.redirect_uri))
            .ok_or(Error::Oauth(OauthFailure::State))?;
        let (verifier, _) = self.ring().pkce(&back.state).map_err(broken)?;
        let exchange = Exchange {
            client_secret: &secret,
            code: &back.code,
            redirect_uri: &departure.redirect_uri,
            verifier: &verifier,
        };
        let profile = client.profile(exchange).await;
        let profile = profile.map_err(|failure| refused(provider, failure))?;
        self.sign_in_federated(&FederatedIdentity {
            proof: Proof {
                proven: ProvenWhen::Unsaid,
                provider: Some(provider.name().to_owned()),
                ..Proof::new(meta, contract, vec![Amr::Federated])
            },
            provider,
            source: &departure.source,
            profile: &profile,
        })
        .await
    }
}

/// What a provider's failure is to the person; the log knows more.
fn refused(provider: Provider, failure: Failure) -> Error {
    log::event("provider_failed", [("reason", failure.to_string().into())]);
    Error::Oauth(match failure {
        Failure::Refused(_) => OauthFailure::Refused(provider),
        Failure::Unreachable(_) => OauthFailure::Unreachable(provider),
    })
}
