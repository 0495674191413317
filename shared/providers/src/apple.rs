//! Sign in with Apple.
//!
//! Apple differs in three ways. The browser brings the answer in a form that Apple's page
//! posts, since a name is asked for. The name comes in that form, once, unsigned; the ID
//! token has the rest. And the client secret is a JWT that the key of the developer's
//! account signs, good for a few minutes.

use domain::provider::{Profile, Provider, short_part};
use domain::session::ProvenWhen;
use domain::time::MINUTE;
use domain::{UnixTime, id_token};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::Failure;
use crate::connection::{Connection, post_form};
use crate::id_tokens::Issuer;
use crate::oauth::{Answer, Authorization, Exchange, NativeTokens, OauthProvider, Vouched};

/// Where Apple is, which is also what it calls itself.
pub const APPLE: &str = "https://appleid.apple.com";

/// The applications that are registered with Apple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppleApp {
    /// The Services ID of the web application.
    pub client_id: String,
    /// The bundle ids of applications on phones.
    pub native_client_ids: Vec<String>,
    /// The developer's team.
    pub team_id: String,
    /// The name of the key that the secret is.
    pub key_id: String,
    /// Where Apple is.
    pub url: String,
}

/// Apple, as these applications see it.
#[derive(Debug)]
pub struct Apple {
    app: AppleApp,
    issuer: Issuer,
    connection: Connection,
}

#[derive(Deserialize)]
struct Granted {
    id_token: Zeroizing<String>,
}

/// What Apple posts, or an app is told, at the first consent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    name: Name,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Name {
    first_name: Option<String>,
    last_name: Option<String>,
}

/// `profile` with the name that the user gave Apple for us. It is theirs to choose; what
/// else stands beside it, an address among it, is in the token or nowhere.
fn with_name(profile: Profile, told: Told) -> Profile {
    let part = |part: Option<String>| short_part(&part.unwrap_or_default());
    Profile {
        first_name: part(told.name.first_name),
        last_name: part(told.name.last_name),
        ..profile
    }
}

impl Apple {
    /// Apple for `app`. Nothing is opened yet.
    #[must_use]
    pub fn new(app: AppleApp) -> Self {
        let issuer = Issuer::new(vec![app.url.clone()], format!("{}/auth/keys", app.url));
        Self {
            app,
            issuer,
            connection: Connection::default(),
        }
    }

    fn client_secret(&self, key: &str, now: UnixTime) -> Result<Zeroizing<String>, Failure> {
        let claims = json!({
            "iss": self.app.team_id,
            "sub": self.app.client_id,
            "aud": self.app.url,
            "iat": now,
            "exp": now.plus(5 * MINUTE),
        });
        let made = crypto::client_secret::es256(key, &self.app.key_id, &claims);
        let wrong = || Failure::Refused("the secret apple is no private key in PEM".to_owned());
        made.map(Zeroizing::new).ok_or_else(wrong)
    }

    async fn claims(
        &self,
        token: &str,
        clients: &[String],
        nonce: Option<&str>,
        now: UnixTime,
    ) -> Result<id_token::IdTokenClaims, Failure> {
        self.issuer.claims(token, clients, nonce, now).await
    }

    async fn traded(&self, exchange: Exchange<'_>) -> Result<Vouched, Failure> {
        let secret = self.client_secret(exchange.client_secret, exchange.now)?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", &self.app.client_id)
            .append_pair("client_secret", &secret)
            .append_pair("code", exchange.code)
            .append_pair("redirect_uri", exchange.redirect_uri)
            .finish();
        let request = post_form(&format!("{}/auth/token", self.app.url), form)?;
        let granted: Granted = self.connection.ask(request).await?;
        let clients = [self.app.client_id.clone()];
        let nonce = Some(exchange.nonce);
        let claims = self.claims(&granted.id_token, &clients, nonce, exchange.now);
        let claims = claims.await?;
        let told = exchange
            .user
            .and_then(|user| serde_json::from_str(user).ok());
        Ok(Vouched {
            profile: with_name(claims.profile(false), told.unwrap_or_default()),
            proven: ProvenWhen::At(claims.proven_at()),
            issued_at: None,
        })
    }

    async fn shown(&self, tokens: NativeTokens<'_>) -> Result<Vouched, Failure> {
        let none = || Failure::Refused("there is no ID token".to_owned());
        let token = tokens.id_token.ok_or_else(none)?;
        let mut clients = self.app.native_client_ids.clone();
        clients.push(self.app.client_id.clone());
        let claims = self.claims(token, &clients, tokens.nonce, tokens.now);
        let claims = claims.await?;
        let told = serde_json::from_value(Value::Object(tokens.profile_data.clone()));
        Ok(Vouched {
            profile: with_name(claims.profile(false), told.unwrap_or_default()),
            proven: ProvenWhen::At(claims.proven_at()),
            issued_at: Some(claims.issued_at()),
        })
    }
}

impl OauthProvider for Apple {
    fn provider(&self) -> Provider {
        Provider::Apple
    }

    fn authorization_url(&self, asked: &Authorization<'_>) -> Option<String> {
        let mut url = url::Url::parse(&format!("{}/auth/authorize", self.app.url)).ok()?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            // Apple gives name and address in no other way.
            .append_pair("response_mode", "form_post")
            .append_pair("client_id", &self.app.client_id)
            .append_pair("redirect_uri", asked.redirect_uri)
            .append_pair("scope", "name email")
            .append_pair("state", asked.state)
            .append_pair("nonce", asked.nonce);
        Some(url.into())
    }

    fn exchange<'a>(&'a self, exchange: Exchange<'a>) -> Answer<'a> {
        Box::pin(self.traded(exchange))
    }

    fn verify<'a>(&'a self, tokens: NativeTokens<'a>) -> Answer<'a> {
        Box::pin(self.shown(tokens))
    }
}
