//! The settings of the identity providers, one function for each.

use std::borrow::Cow;

use domain::provider::Provider;
#[cfg(doc)]
use domain::secret::SecretName;
use providers::{
    APPLE, Apple, AppleApp, Facebook, FacebookAddresses, FacebookApp, FirebaseProject, GitHub,
    GitHubApp, Google, GoogleAddresses, GoogleApp, OauthProvider,
};

use super::vars::Vars;

/// Where Google publishes the keys of Firebase Authentication.
const FIREBASE_KEYS: &str =
    "https://www.googleapis.com/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com";

/// Sign-in through providers.
#[derive(Clone, Debug)]
pub struct OauthSettings {
    /// `POSTERN_GITHUB_CLIENT_ID`, `POSTERN_GITHUB_URL`, `POSTERN_GITHUB_API_URL`: the app
    /// at GitHub. Without an id, no GitHub, nor without the secret ([`SecretName::GitHub`]).
    pub github: Option<GitHubApp>,
    /// `POSTERN_GOOGLE_CLIENT_IDS`, `POSTERN_GOOGLE_URL`: the applications at Google, that of
    /// the web first. Without an id, no Google.
    pub google: Option<GoogleApp>,
    /// `POSTERN_APPLE_CLIENT_IDS`, `POSTERN_APPLE_TEAM_ID`, `POSTERN_APPLE_KEY_ID`,
    /// `POSTERN_APPLE_URL`: the applications at Apple, that of the web first. Without an id,
    /// no Apple.
    pub apple: Option<AppleApp>,
    /// `POSTERN_FACEBOOK_CLIENT_ID`, `POSTERN_FACEBOOK_URL`: the application at Facebook.
    /// Without an id, no Facebook.
    pub facebook: Option<FacebookApp>,
    /// `POSTERN_FIREBASE_PROJECT`, `POSTERN_FIREBASE_KEYS_URL`: the Firebase project
    /// whose ID tokens sign in. Without an id, none do.
    pub firebase: Option<FirebaseProject>,
    /// `POSTERN_OAUTH_REDIRECT_URIS`: where people may come back to.
    pub redirect_uris: RedirectUris,
}

impl OauthSettings {
    /// The providers that users are sent to, as far as they are configured.
    pub(crate) fn providers(&self) -> Vec<Box<dyn OauthProvider>> {
        fn boxed<P: OauthProvider + 'static>(provider: P) -> Box<dyn OauthProvider> {
            Box::new(provider)
        }
        let all = [
            self.github.clone().map(GitHub::new).map(boxed),
            self.google.clone().map(Google::new).map(boxed),
            self.apple.clone().map(Apple::new).map(boxed),
            self.facebook.clone().map(Facebook::new).map(boxed),
        ];
        all.into_iter().flatten().collect()
    }
}

/// Where people may come back to, letter for letter. The first is used if a client names
/// none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectUris {
    /// These, from whichever provider.
    Listed(Vec<String>),
    /// The page of this site that the contract's clients expect, one for each provider.
    OfSite(String),
}

impl RedirectUris {
    /// Where people may come back to from `provider`.
    #[must_use]
    pub fn of(&self, provider: Provider) -> Cow<'_, [String]> {
        match self {
            Self::Listed(uris) => Cow::Borrowed(uris),
            Self::OfSite(site) => {
                Cow::Owned(vec![format!("{site}/auth?provider={}", provider.name())])
            }
        }
    }

    /// Whether each is absolute, without a fragment (RFC 6749 §3.1.2).
    fn are_sound(&self) -> bool {
        let sound = |uri: &String| {
            let url = url::Url::parse(uri).ok();
            url.is_some_and(|url| {
                matches!(url.scheme(), "http" | "https") && url.fragment().is_none()
            })
        };
        let mut providers = Provider::ALL.into_iter();
        providers.all(|provider| self.of(provider).iter().all(sound))
    }
}

impl<F: Fn(&str) -> Option<String>> Vars<F> {
    pub(super) fn oauth(&mut self) -> OauthSettings {
        OauthSettings {
            github: self.github(),
            google: self.google(),
            apple: self.apple(),
            facebook: self.facebook(),
            firebase: self.firebase(),
            redirect_uris: self.redirect_uris("POSTERN_OAUTH_REDIRECT_URIS"),
        }
    }

    fn github(&mut self) -> Option<GitHubApp> {
        let id = self.get("POSTERN_GITHUB_CLIENT_ID");
        let url = self.url("POSTERN_GITHUB_URL", "https://github.com");
        let api_url = self.url("POSTERN_GITHUB_API_URL", "https://api.github.com");
        id.map(|client_id| GitHubApp {
            url,
            api_url,
            client_id,
        })
    }

    fn google(&mut self) -> Option<GoogleApp> {
        let addresses = self.stand_in("POSTERN_GOOGLE_URL", GoogleAddresses::at);
        let (client_id, native_client_ids) = self.client_ids("POSTERN_GOOGLE_CLIENT_IDS")?;
        Some(GoogleApp {
            client_id,
            native_client_ids,
            addresses: addresses.unwrap_or_else(GoogleAddresses::public),
        })
    }

    fn apple(&mut self) -> Option<AppleApp> {
        let url = self.url("POSTERN_APPLE_URL", APPLE);
        let (client_id, native_client_ids) = self.client_ids("POSTERN_APPLE_CLIENT_IDS")?;
        Some(AppleApp {
            client_id,
            native_client_ids,
            team_id: self.required("POSTERN_APPLE_TEAM_ID"),
            key_id: self.required("POSTERN_APPLE_KEY_ID"),
            url,
        })
    }

    fn facebook(&mut self) -> Option<FacebookApp> {
        let addresses = self.stand_in("POSTERN_FACEBOOK_URL", FacebookAddresses::at);
        let client_id = self.get("POSTERN_FACEBOOK_CLIENT_ID")?;
        Some(FacebookApp {
            client_id,
            addresses: addresses.unwrap_or_else(FacebookAddresses::public),
        })
    }

    /// Where something stands for a provider, if it does.
    fn stand_in<T>(&mut self, name: &str, at: impl Fn(&str) -> T) -> Option<T> {
        self.get(name)?;
        let url = self.url(name, "");
        Some(at(&url))
    }

    /// The client ids of a list: the first, and the others.
    fn client_ids(&mut self, name: &str) -> Option<(String, Vec<String>)> {
        let text = self.get(name)?;
        let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
        let mut ids = ids.map(str::to_owned);
        Some((ids.next()?, ids.collect()))
    }

    fn firebase(&mut self) -> Option<FirebaseProject> {
        let keys_url = self.web_address("POSTERN_FIREBASE_KEYS_URL");
        let project = self.get("POSTERN_FIREBASE_PROJECT");
        project.map(|id| FirebaseProject {
            id,
            keys_url: keys_url.unwrap_or_else(|| FIREBASE_KEYS.to_owned()),
        })
    }

    fn redirect_uris(&mut self, name: &str) -> RedirectUris {
        let uris = match self.get(name) {
            Some(text) => {
                RedirectUris::Listed(text.split(',').map(|uri| uri.trim().to_owned()).collect())
            }
            None => RedirectUris::OfSite(self.get("POSTERN_ISSUER").unwrap_or_default()),
        };
        if !uris.are_sound() {
            self.problems
                .push(format!("{name} must be a list of URLs without a fragment"));
        }
        uris
    }
}
