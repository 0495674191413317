//! GitHub's web application flow, as GitHub and GitHub Enterprise speak it.
//!
//! A refused code is answered 200 with an `error` in the body. `/user` may name
//! an address, but says nothing about its proof, so `/user/emails` is always
//! asked, and only the one that is both primary and verified counts.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use domain::EmailAddress;
use domain::provider::picture;
use domain::provider::{Profile, Provider, short_name};
use domain::session::ProvenWhen;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::Failure;
use crate::connection::{Connection, get, post_form};
use crate::oauth::{Answer, Authorization, Exchange, NativeTokens, OauthProvider, Vouched};

/// What is asked for: who it is, and the addresses.
const SCOPE: &str = "user:email read:user";

/// An OAuth app as it is registered with GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitHubApp {
    /// Where people go: `https://github.com`, or the host of an Enterprise server.
    pub url: String,
    /// Where the API is: `https://api.github.com`, or `https://HOST/api/v3`.
    pub api_url: String,
    /// The app's public id.
    pub client_id: String,
}

/// GitHub, as one app sees it.
#[derive(Debug)]
pub struct GitHub {
    app: GitHubApp,
    connection: Connection,
}

#[derive(Deserialize)]
struct Granted {
    access_token: Option<Zeroizing<String>>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    id: u64,
    login: String,
    name: Option<String>,
    avatar_url: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl GitHub {
    /// GitHub for `app`. Nothing is opened yet.
    #[must_use]
    pub fn new(app: GitHubApp) -> Self {
        Self {
            app,
            connection: Connection::default(),
        }
    }

    async fn who(&self, exchange: Exchange<'_>) -> Result<Vouched, Failure> {
        let token = self.token(exchange).await?;
        let (person, addresses) = tokio::try_join!(
            self.connection.ask::<Person>(self.get("/user", &token)?),
            self.connection
                .ask::<Vec<Address>>(self.get("/user/emails", &token)?),
        )?;
        let email = addresses
            .iter()
            .find(|address| address.primary && address.verified)
            .and_then(|address| EmailAddress::parse(&address.email));
        let (first_name, last_name) = short_name(&person.name.unwrap_or_default());
        let profile = Profile {
            subject: person.id.to_string(),
            username: person.login,
            email,
            phone: None,
            first_name,
            last_name,
            picture: picture::shown(person.avatar_url),
        };
        // GitHub does not say how long ago it asked for a password.
        let proven = ProvenWhen::Unsaid;
        Ok(Vouched {
            profile,
            proven,
            issued_at: None,
        })
    }

    async fn token(&self, exchange: Exchange<'_>) -> Result<Zeroizing<String>, Failure> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.app.client_id)
            .append_pair("client_secret", exchange.client_secret)
            .append_pair("code", exchange.code)
            .append_pair("redirect_uri", exchange.redirect_uri)
            .append_pair("code_verifier", exchange.verifier)
            .finish();
        let url = format!("{}/login/oauth/access_token", self.app.url);
        let granted: Granted = self.connection.ask(post_form(&url, form)?).await?;
        granted.access_token.ok_or_else(|| {
            let error = granted.error.unwrap_or_default();
            // GitHub's own names of errors; anything longer is not one.
            Failure::Refused(error.chars().take(64).collect())
        })
    }

    fn get(&self, path: &str, token: &str) -> Result<HttpRequest, Failure> {
        let url = format!("{}{path}", self.app.api_url);
        let authorization = format!("Bearer {token}");
        let headers = [
            ("accept", "application/vnd.github+json"),
            ("authorization", authorization.as_str()),
            ("x-github-api-version", "2022-11-28"),
        ];
        get(&url, &headers)
    }
}

impl OauthProvider for GitHub {
    fn provider(&self) -> Provider {
        Provider::Github
    }

    fn authorization_url(&self, asked: &Authorization<'_>) -> Option<String> {
        let url = format!("{}/login/oauth/authorize", self.app.url);
        let mut url = url::Url::parse(&url).ok()?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.app.client_id)
            .append_pair("redirect_uri", asked.redirect_uri)
            .append_pair("scope", SCOPE)
            .append_pair("state", asked.state)
            .append_pair("code_challenge", asked.challenge)
            .append_pair("code_challenge_method", "S256")
            // Else a browser that is signed in there may come back unasked.
            .append_pair("prompt", "select_account");
        Some(url.into())
    }

    fn exchange<'a>(&'a self, exchange: Exchange<'a>) -> Answer<'a> {
        Box::pin(self.who(exchange))
    }

    fn verify<'a>(&'a self, _: NativeTokens<'a>) -> Answer<'a> {
        // Its access tokens name no app that they were made for, so one of any other app
        // would do.
        let refused = Failure::Refused("GitHub has no tokens for apps".to_owned());
        Box::pin(async { Err(refused) })
    }
}
