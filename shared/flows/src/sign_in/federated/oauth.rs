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
use domain::sign_in::Amr;
use domain::{Contract, Error, platform};
use providers::{Authorization, Exchange, Failure, OauthProvider, Vouched};

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

/// What came back from a provider.
#[derive(Clone, Copy)]
pub(crate) struct Brought<'a> {
    /// The state, unhashed.
    pub(crate) state: &'a str,
    /// The code.
    pub(crate) code: &'a str,
    /// What came beside it about the user (Apple).
    pub(crate) user: Option<&'a str>,
}

impl Postern {
    /// The providers that people can sign in through.
    #[must_use]
    pub fn oauth_providers(&self) -> Vec<Provider> {
        let on = |one: &Provider| self.oauth_provider(*one).is_ok();
        Provider::ALL.into_iter().filter(on).collect()
    }

    /// A provider, if the installation has an app there.
    pub(crate) fn oauth_client(&self, provider: Provider) -> Result<&dyn OauthProvider, Error> {
        let mut on = self.0.oauth_providers.iter();
        on.find(|one| one.provider() == provider)
            .map(AsRef::as_ref)
            .ok_or(Error::Oauth(OauthFailure::Disabled(provider)))
    }

    /// The secret of the app at a provider, if it is set.
    pub(crate) fn client_secret(&self, provider: Provider) -> Result<Option<Secret>, Error> {
        match SecretName::of(provider) {
            Some(name) => self.secret(name),
            None => Ok(None),
        }
    }

    /// A provider with its secret: without that it is off, as without an app.
    pub(crate) fn oauth_provider(
        &self,
        provider: Provider,
    ) -> Result<(&dyn OauthProvider, Secret), Error> {
        let client = self.oauth_client(provider)?;
        let secret = self.client_secret(provider)?;
        secret
            .map(|secret| (client, secret))
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
        let departure = AuthorizationRequest {
            provider,
            redirect_uri,
            source: source.to_owned(),
            social: None,
            expires_at: meta.now.plus(STATE_LIFETIME),
        };
        self.depart(client, &departure).await
    }

    /// Keeps a departure under a fresh state, and says where to go with that.
    pub(crate) async fn depart(
        &self,
        client: &dyn OauthProvider,
        departure: &AuthorizationRequest,
    ) -> Result<AuthorizationRedirect, Error> {
        let state = self.ring().oauth_state(self.entropy()).map_err(broken)?;
        self.store()
            .put_authorization_request(&derive::token_hash(&state), departure)
            .await?;
        let (_, challenge) = self.ring().pkce(&state).map_err(broken)?;
        let authorization_url = client
            .authorization_url(&Authorization {
                redirect_uri: &departure.redirect_uri,
                state: &state,
                challenge: &challenge,
                nonce: &nonce(&state),
            })
            .ok_or_else(|| {
                let title = departure.provider.title();
                Error::Internal(format!("{title}'s URL is none"))
            })?;
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
            .take_authorization_request(
                &derive::token_hash(&back.state),
                platform::uuid(self.entropy()),
                meta.now,
            )
            .await?;
        let here = self
            .redirect_uri(provider, back.redirect_uri.as_deref())
            .ok();
        // A state of another provider would have that one's code brought to this one.
        let departure = departure
            .filter(|departure| departure.provider == provider && departure.social.is_none())
            .filter(|departure| here.as_ref() == Some(&departure.redirect_uri))
            .ok_or(Error::Oauth(OauthFailure::State))?;
        let brought = Brought {
            state: &back.state,
            code: &back.code,
            user: None,
        };
        let vouched = self
            .trade(meta, client, &secret, &departure, brought)
            .await?;
        self.sign_in_federated(&FederatedIdentity {
            proof: Proof {
                proven: vouched.proven,
                provider: Some(provider.name().to_owned()),
                ..Proof::new(meta, contract, vec![Amr::Federated])
            },
            provider,
            source: &departure.source,
            profile: &vouched.profile,
            device: None,
            issued_at: vouched.issued_at,
        })
        .await
    }

    /// Trades what came back with a state that was spent just now for whom the provider
    /// vouches for.
    pub(crate) async fn trade(
        &self,
        meta: &RequestMeta,
        client: &dyn OauthProvider,
        secret: &str,
        departure: &AuthorizationRequest,
        brought: Brought<'_>,
    ) -> Result<Vouched, Error> {
        let (verifier, _) = self.ring().pkce(brought.state).map_err(broken)?;
        let exchange = Exchange {
            client_secret: secret,
            code: brought.code,
            redirect_uri: &departure.redirect_uri,
            verifier: &verifier,
            nonce: &nonce(brought.state),
            user: brought.user,
            now: meta.now,
        };
        let vouched = client.exchange(exchange).await;
        vouched.map_err(|failure| refused(client.provider(), failure))
    }
}

/// What an ID token has to repeat. Whoever knows the state may know it.
fn nonce(state: &str) -> String {
    derive::token_hash(&format!("nonce {state}"))
}

/// What a provider's failure is to the person; the log knows more.
pub(crate) fn refused(provider: Provider, failure: Failure) -> Error {
    log::event("provider_failed", [("reason", failure.to_string().into())]);
    Error::Oauth(match failure {
        Failure::Refused(_) => OauthFailure::Refused(provider),
        Failure::Unreachable(_) => OauthFailure::Unreachable(provider),
    })
}
