//! Sending a browser to a provider.

use domain::limit::OAUTH_DEPARTURES_PER_NETWORK;
use domain::provider::{
    AuthorizationRequest, LinkRequest, OauthFailure, Provider, ReturnTo, SocialRequest,
    social_state,
};
use domain::session::Delivery;
use domain::trusted_device::DeviceToken;
use domain::{Error, Problem, ProblemKind};

use crate::{FreshSession, Postern, RequestMeta};

/// Where a browser goes in the end, if its client does not say.
const RETURN_TO: &str = "/auth/callback";

/// What a client says of a sign-in that begins.
#[derive(Clone, Debug)]
pub struct SocialStart {
    /// Where the browser goes in the end: a path of the frontend, or a page of a listed
    /// origin.
    pub return_to: Option<String>,
    /// What the client gets back as it is.
    pub app_state: Option<String>,
    /// How the tokens are to travel, as far as the request says.
    pub delivery: Option<Delivery>,
    /// The token of a trusted device, if the browser brought one. It does not come back
    /// with it: cookies of ours stay at home when another site sends a browser here.
    pub device: Option<DeviceToken>,
    /// Who links the provider's account to their own; nobody, to sign in.
    pub link: Option<FreshSession>,
}

impl Postern {
    /// The page of `provider` that a browser is sent to.
    ///
    /// # Errors
    /// [`OauthFailure::Disabled`]; [`Error::Invalid`] for a page that is not of the
    /// installation's applications; [`Error::TooMany`] by network.
    pub async fn begin_social(
        &self,
        meta: &RequestMeta,
        provider: Provider,
        start: &SocialStart,
    ) -> Result<String, Error> {
        let (client, _) = self.oauth_provider(provider)?;
        let frontend = self.settings().nauth.frontend.as_deref();
        let frontend = frontend.ok_or(Error::Oauth(OauthFailure::Disabled(provider)))?;
        let return_to = start.return_to.as_deref().unwrap_or(RETURN_TO);
        let listed = |origin: &str| self.origin_kind(origin).is_some();
        let return_to = ReturnTo::parse(return_to, frontend, listed).ok_or_else(|| {
            let problem = Problem::of_query("returnTo", ProblemKind::NotAChoice);
            Error::Invalid(vec![problem])
        })?;
        let app_state = start.app_state.as_deref().unwrap_or_default();
        if return_to.with(&[("appState", app_state)]).len() > social_state::ADDRESS {
            let max = social_state::APP_STATE;
            let problem = Problem::of_query("appState", ProblemKind::TooLong { max });
            return Err(Error::Invalid(vec![problem]));
        }
        self.limit_by_network(&OAUTH_DEPARTURES_PER_NETWORK, meta)
            .await?;
        let link = start.link.as_ref().map(|session| LinkRequest {
            sub: session.user().sub,
            session: session.session().id,
        });
        let departure = AuthorizationRequest {
            provider,
            redirect_uri: self.callback_uri(provider),
            source: String::new(),
            social: Some(SocialRequest {
                return_to,
                app_state: start.app_state.clone(),
                delivery: start.delivery,
                device: start.device.map(|token| self.device_digest(token)),
                link,
            }),
            expires_at: meta.now.plus(social_state::LIFETIME),
        };
        Ok(self.depart(client, &departure).await?.authorization_url)
    }
}
