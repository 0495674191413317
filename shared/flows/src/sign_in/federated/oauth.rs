//! Signing in through a provider, and what is linked to it.
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
use domain::account::{User, WayIn};
use domain::audit::EventKind;
use domain::limit::{OAUTH_DEPARTURES_PER_NETWORK, OAUTH_RETURNS_PER_NETWORK};
use domain::provider::{
    AuthorizationRequest, Link, OauthFailure, Provider, STATE_LIFETIME, can_do_without,
};
use domain::session::ProvenWhen;
use domain::sign_in::Amr;
use domain::{Contract, Error};
use providers::{Exchange, Failure, GitHub};

use crate::sign_in::Proof;
use crate::sign_in::federated::{FederatedIdentity, FederatedSignIn};
use crate::{FreshSession, MAX_ROUNDS, Postern, RequestMeta, contended, log};

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
        let on = |one: &Provider| match one {
            Provider::Github => self.0.github.is_some(),
            // Users are not sent there: clients bring its tokens.
            Provider::Firebase => false,
        };
        Provider::ALL.into_iter().filter(on).collect()
    }

    fn github(&self) -> Result<&GitHub, Error> {
        let disabled = Error::Oauth(OauthFailure::Disabled(Provider::Github));
        self.0.github.as_ref().ok_or(disabled)
    }

    /// The redirect URI to come back to: one of the installation's, letter for letter.
    fn redirect_uri(&self, asked: Option<&str>) -> Result<&str, Error> {
        let listed = &self.settings().oauth.redirect_uris;
        let found = match asked {
            None => listed.first(),
            Some(asked) => listed.iter().find(|uri| *uri == asked),
        };
        found
            .map(String::as_str)
            .ok_or(Error::Oauth(OauthFailure::RedirectUri))
    }

    /// Sends a user to GitHub. `source` is the host of the site that asks.
    ///
    /// # Errors
    /// [`OauthFailure::Disabled`], [`OauthFailure::RedirectUri`], and
    /// [`Error::TooMany`] by network.
    pub async fn begin_github(
        &self,
        meta: &RequestMeta,
        redirect_uri: Option<&str>,
        source: &str,
    ) -> Result<AuthorizationRedirect, Error> {
        let github = self.github()?;
        let redirect_uri = self.redirect_uri(redirect_uri)?;
        self.limit_by_network(&OAUTH_DEPARTURES_PER_NETWORK, meta)
            .await?;
        let state = derive::fresh_token(self.entropy());
        let departure = AuthorizationRequest {
            provider: Provider::Github,
            redirect_uri: redirect_uri.to_owned(),
            source: source.to_owned(),
            expires_at: meta.now.plus(STATE_LIFETIME),
        };
        self.store()
            .put_authorization_request(&derive::token_hash(&state), &departure)
            .await?;
        let (_, challenge) = self.ring().pkce(&state);
        let authorization_url = github
            .authorization_url(redirect_uri, &state, &challenge)
            .ok_or_else(|| Error::Internal("GitHub's URL is none".to_owned()))?;
        Ok(AuthorizationRedirect {
            authorization_url,
            state,
        })
    }

    /// Signs in a user who comes back from GitHub.
    ///
    /// # Errors
    /// [`Error::Oauth`] as the state, GitHub and the account have it, and
    /// [`Error::TooMany`] by network.
    pub async fn complete_github(
        &self,
        meta: &RequestMeta,
        contract: Contract,
        back: &AuthorizationResponse,
    ) -> Result<FederatedSignIn, Error> {
        let github = self.github()?;
        self.limit_by_network(&OAUTH_RETURNS_PER_NETWORK, meta)
            .await?;
        let departure = self
            .store()
            .take_authorization_request(&derive::token_hash(&back.state), meta.now)
            .await?;
        let here = self.redirect_uri(back.redirect_uri.as_deref()).ok();
        let departure = departure
            .filter(|departure| here == Some(departure.redirect_uri.as_str()))
            .ok_or(Error::Oauth(OauthFailure::State))?;
        let (verifier, _) = self.ring().pkce(&back.state);
        let exchange = Exchange {
            code: &back.code,
            redirect_uri: &departure.redirect_uri,
            verifier: &verifier,
        };
        let profile = github.profile(exchange).await.map_err(refused)?;
        self.sign_in_federated(&FederatedIdentity {
            proof: Proof {
                meta,
                contract,
                amr: vec![Amr::Federated],
                proven: ProvenWhen::Unsaid,
                provider: Some(departure.provider.name().to_owned()),
                event: None,
            },
            provider: departure.provider,
            source: &departure.source,
            profile: &profile,
        })
        .await
    }

    /// What an account is linked to.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the table does not answer.
    pub async fn links(&self, user: &User) -> Result<Vec<Link>, Error> {
        if !user.ways_in.contains(&WayIn::Provider) {
            return Ok(Vec::new());
        }
        Ok(self.store().links(user.sub).await?)
    }

    /// Removes the signed-in user's link.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is none, and [`OauthFailure::LastWayIn`] if
    /// the account would have no way left to sign in.
    pub async fn disconnect(
        &self,
        meta: &RequestMeta,
        session: FreshSession,
        provider: Provider,
    ) -> Result<(), Error> {
        let signed = session.signed();
        let sub = signed.user.sub;
        let event = self.user_event(
            &signed.user,
            EventKind::ProviderUnlinked,
            Some(signed.session.id),
            meta,
        )?;
        for _ in 0..MAX_ROUNDS {
            let (user, links) = self.store().user_and_links(sub).await?;
            let user = user.ok_or(Error::Missing)?;
            let (gone, others): (Vec<_>, Vec<_>) = links
                .into_iter()
                .partition(|link| link.provider == provider);
            let link = gone.into_iter().next().ok_or(Error::Missing)?;
            if others.is_empty() && !can_do_without(&user) {
                return Err(Error::Oauth(OauthFailure::LastWayIn));
            }
            let mut edited = user.clone();
            edited.rev += 1;
            if others.is_empty() {
                edited = edited.without_provider();
            } else {
                // Whose it was is not stored; the next sign-in through the other brings its own.
                edited.provider_picture.clear();
            }
            let transaction = self
                .store()
                .transaction()
                .edit_user(&edited, &user)?
                .unlink(sub, &link)?
                .audit(&event)?;
            if self.commit(transaction).await?.is_none() {
                return Ok(());
            }
        }
        Err(contended())
    }
}

/// What a provider's failure is to the person; the log knows more.
fn refused(failure: Failure) -> Error {
    log::event("provider_failed", [("reason", failure.to_string().into())]);
    Error::Oauth(match failure {
        Failure::Refused(_) => OauthFailure::Refused(Provider::Github),
        Failure::Unreachable(_) => OauthFailure::Unreachable(Provider::Github),
    })
}
