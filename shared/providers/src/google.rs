//! Google, by OpenID Connect: what it says of a person is in the ID token alone.

use domain::provider::Provider;
use domain::session::ProvenWhen;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::Failure;
use crate::connection::{Connection, post_form};
use crate::id_tokens::Issuer;
use crate::oauth::{Answer, Authorization, Exchange, NativeTokens, OauthProvider, Vouched};

/// Where Google is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoogleAddresses {
    /// The page that asks people.
    pub authorization: String,
    /// Where codes are traded.
    pub token: String,
    /// Where keys are published.
    pub keys: String,
    /// What it calls itself in tokens.
    pub issuers: Vec<String>,
}

impl GoogleAddresses {
    /// Google itself.
    #[must_use]
    pub fn public() -> Self {
        let issuers = ["https://accounts.google.com", "accounts.google.com"];
        Self {
            authorization: "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
            token: "https://oauth2.googleapis.com/token".to_owned(),
            keys: "https://www.googleapis.com/oauth2/v3/certs".to_owned(),
            issuers: issuers.map(str::to_owned).to_vec(),
        }
    }

    /// What stands for it at `url`.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self {
            authorization: format!("{url}/o/oauth2/v2/auth"),
            token: format!("{url}/token"),
            keys: format!("{url}/oauth2/v3/certs"),
            issuers: vec![url.to_owned()],
        }
    }
}

/// The applications that are registered with Google.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoogleApp {
    /// The client id of the web application, which has the secret.
    pub client_id: String,
    /// Those of the applications on phones. Their tokens are for any of all these, as their
    /// software is told.
    pub native_client_ids: Vec<String>,
    /// Where Google is.
    pub addresses: GoogleAddresses,
}

/// Google, as these applications see it.
#[derive(Debug)]
pub struct Google {
    app: GoogleApp,
    issuer: Issuer,
    connection: Connection,
}

#[derive(Deserialize)]
struct Granted {
    id_token: Zeroizing<String>,
}

impl Google {
    /// Google for `app`. Nothing is opened yet.
    #[must_use]
    pub fn new(app: GoogleApp) -> Self {
        let GoogleAddresses { issuers, keys, .. } = app.addresses.clone();
        Self {
            app,
            issuer: Issuer::new(issuers, keys),
            connection: Connection::default(),
        }
    }

    async fn vouched(
        &self,
        token: &str,
        clients: &[String],
        nonce: Option<&str>,
        now: domain::UnixTime,
    ) -> Result<Vouched, Failure> {
        let claims = self.issuer.claims(token, clients, nonce, now).await?;
        Ok(Vouched {
            profile: claims.profile(false),
            proven: ProvenWhen::At(claims.proven_at()),
            issued_at: Some(claims.issued_at()),
        })
    }

    async fn traded(&self, exchange: Exchange<'_>) -> Result<Vouched, Failure> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", &self.app.client_id)
            .append_pair("client_secret", exchange.client_secret)
            .append_pair("code", exchange.code)
            .append_pair("redirect_uri", exchange.redirect_uri)
            .append_pair("code_verifier", exchange.verifier)
            .finish();
        let request = post_form(&self.app.addresses.token, form)?;
        let granted: Granted = self.connection.ask(request).await?;
        let clients = [self.app.client_id.clone()];
        let nonce = Some(exchange.nonce);
        let traded = self
            .vouched(&granted.id_token, &clients, nonce, exchange.now)
            .await?;
        Ok(Vouched {
            issued_at: None,
            ..traded
        })
    }

    async fn shown(&self, tokens: NativeTokens<'_>) -> Result<Vouched, Failure> {
        let none = || Failure::Refused("there is no ID token".to_owned());
        let token = tokens.id_token.ok_or_else(none)?;
        let mut clients = self.app.native_client_ids.clone();
        clients.push(self.app.client_id.clone());
        self.vouched(token, &clients, tokens.nonce, tokens.now)
            .await
    }
}

impl OauthProvider for Google {
    fn provider(&self) -> Provider {
        Provider::Google
    }

    fn authorization_url(&self, asked: &Authorization<'_>) -> Option<String> {
        let mut url = url::Url::parse(&self.app.addresses.authorization).ok()?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.app.client_id)
            .append_pair("redirect_uri", asked.redirect_uri)
            .append_pair("scope", "openid email profile")
            .append_pair("state", asked.state)
            .append_pair("nonce", asked.nonce)
            .append_pair("code_challenge", asked.challenge)
            .append_pair("code_challenge_method", "S256")
            // Otherwise a browser that is signed in there comes back without a person
            // having done anything.
            .append_pair("prompt", "select_account");
        Some(url.into())
    }

    fn exchange<'a>(&'a self, exchange: Exchange<'a>) -> Answer<'a> {
        Box::pin(self.traded(exchange))
    }

    fn verify<'a>(&'a self, tokens: NativeTokens<'a>) -> Answer<'a> {
        Box::pin(self.shown(tokens))
    }
}
