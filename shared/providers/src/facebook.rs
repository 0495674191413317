//! Facebook Login.
//!
//! In a browser it is OAuth: the code buys an access token, by which the Graph API says who
//! it is of. Each such request shows that we know the app's secret (`appsecret_proof`), so a
//! token that was stolen from us opens nothing for others. An app on a phone brings such a
//! token, which may have been made for another app, or an ID token (Limited Login).
//!
//! The Graph API names an address only once Facebook has confirmed it.

use aws_lc_rs::hmac;
use domain::provider::{Profile, Provider, picture, short_part};
use domain::session::ProvenWhen;
use domain::{EmailAddress, UnixTime};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::Failure;
use crate::connection::{Connection, get, post_form};
use crate::id_tokens::Issuer;
use crate::oauth::{Answer, Authorization, Exchange, NativeTokens, OauthProvider, Vouched};

/// The version of the Graph API that is spoken.
const VERSION: &str = "v23.0";

/// Where Facebook is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacebookAddresses {
    /// The site, whose dialog asks people.
    pub site: String,
    /// The Graph API.
    pub graph: String,
    /// Where the keys of ID tokens are published.
    pub keys: String,
    /// What it calls itself in tokens.
    pub issuers: Vec<String>,
}

impl FacebookAddresses {
    /// Facebook itself.
    #[must_use]
    pub fn public() -> Self {
        let issuers = ["https://www.facebook.com", "https://limited.facebook.com"];
        Self {
            site: "https://www.facebook.com".to_owned(),
            graph: "https://graph.facebook.com".to_owned(),
            keys: "https://limited.facebook.com/.well-known/oauth/openid/jwks/".to_owned(),
            issuers: issuers.map(str::to_owned).to_vec(),
        }
    }

    /// What stands for it at `url`.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self {
            site: url.to_owned(),
            graph: url.to_owned(),
            keys: format!("{url}/.well-known/oauth/openid/jwks/"),
            issuers: vec![url.to_owned()],
        }
    }
}

/// The application that is registered with Facebook: one, on the web and on phones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacebookApp {
    /// Its id.
    pub client_id: String,
    /// Where Facebook is.
    pub addresses: FacebookAddresses,
}

/// Facebook, as the application sees it.
#[derive(Debug)]
pub struct Facebook {
    app: FacebookApp,
    issuer: Issuer,
    connection: Connection,
}

#[derive(Deserialize)]
struct Granted {
    access_token: Zeroizing<String>,
}

#[derive(Deserialize)]
struct Debugged {
    data: TokenData,
}

/// Seconds for which a token lives at most that does not say when it was issued.
const SHORT_LIFE: i64 = 2 * 3600;

/// What Facebook says of a token.
#[derive(Deserialize)]
struct TokenData {
    #[serde(default)]
    app_id: String,
    #[serde(default)]
    is_valid: bool,
    #[serde(default)]
    user_id: String,
    issued_at: Option<UnixTime>,
    expires_at: Option<UnixTime>,
}

#[derive(Deserialize)]
struct Person {
    id: String,
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    picture: Option<Picture>,
}

#[derive(Deserialize)]
struct Picture {
    data: PictureData,
}

#[derive(Deserialize)]
struct PictureData {
    url: Option<String>,
}

impl From<Person> for Profile {
    fn from(person: Person) -> Self {
        let part = |part: Option<String>| short_part(&part.unwrap_or_default());
        Self {
            subject: person.id,
            username: person.name.unwrap_or_default().chars().take(100).collect(),
            email: person.email.as_deref().and_then(EmailAddress::parse),
            phone: None,
            first_name: part(person.first_name),
            last_name: part(person.last_name),
            picture: picture::shown(person.picture.and_then(|picture| picture.data.url)),
        }
    }
}

/// When a token was issued at the earliest that says only when it expires, as short-lived ones
/// do: whether it is from before the account's tokens ended must not be left open.
fn not_before(expires_at: Option<UnixTime>) -> UnixTime {
    // Those live for an hour or two. What never expires says zero.
    UnixTime(
        expires_at
            .map_or(0, |end| end.0.saturating_sub(SHORT_LIFE))
            .max(0),
    )
}

/// What shows that whoever uses `token` knows the app's secret.
fn appsecret_proof(secret: &str, token: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    crypto::derive::hex(hmac::sign(&key, token.as_bytes()).as_ref())
}

impl Facebook {
    /// Facebook for `app`. Nothing is opened yet.
    #[must_use]
    pub fn new(app: FacebookApp) -> Self {
        let FacebookAddresses { issuers, keys, .. } = app.addresses.clone();
        Self {
            app,
            issuer: Issuer::new(issuers, keys),
            connection: Connection::default(),
        }
    }

    fn graph(&self, path: &str, query: &[(&str, &str)]) -> Result<String, Failure> {
        let url = format!("{}/{VERSION}/{path}", self.app.addresses.graph);
        let url = url::Url::parse_with_params(&url, query);
        let url = url.map_err(|_| Failure::Refused("its URL is none".to_owned()))?;
        Ok(url.into())
    }

    async fn traded(&self, exchange: Exchange<'_>) -> Result<Vouched, Failure> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.app.client_id)
            .append_pair("client_secret", exchange.client_secret)
            .append_pair("code", exchange.code)
            .append_pair("redirect_uri", exchange.redirect_uri)
            .finish();
        let request = post_form(&self.graph("oauth/access_token", &[])?, form)?;
        let granted: Granted = self.connection.ask(request).await?;
        let person = self.person(&granted.access_token, exchange.client_secret);
        Ok(Vouched {
            profile: person.await?.into(),
            // The code was made as the person said yes.
            proven: ProvenWhen::AtSignIn,
            issued_at: None,
        })
    }

    async fn person(&self, token: &str, secret: &str) -> Result<Person, Failure> {
        let proof = appsecret_proof(secret, token);
        let url = self.graph(
            "me",
            &[
                ("fields", "id,name,first_name,last_name,email,picture"),
                ("appsecret_proof", &proof),
            ],
        )?;
        let authorization = format!("Bearer {token}");
        let headers = [
            ("accept", "application/json"),
            ("authorization", authorization.as_str()),
        ];
        self.connection.ask(get(&url, &headers)?).await
    }

    /// Who a token is of, if it was made for this app.
    async fn by_access_token(&self, token: &str, secret: &str) -> Result<Vouched, Failure> {
        let url = self.graph("debug_token", &[("input_token", token)])?;
        let authorization = format!("Bearer {}|{secret}", self.app.client_id);
        let headers = [
            ("accept", "application/json"),
            ("authorization", authorization.as_str()),
        ];
        let debugged: Debugged = self.connection.ask(get(&url, &headers)?).await?;
        let TokenData {
            app_id,
            is_valid,
            user_id,
            issued_at,
            expires_at,
        } = debugged.data;
        let person = match is_valid && app_id == self.app.client_id {
            true => self.person(token, secret).await?,
            false => return Err(Failure::Refused("the token is of another app".to_owned())),
        };
        if person.id != user_id {
            return Err(Failure::Refused("the token is of another user".to_owned()));
        }
        Ok(Vouched {
            profile: person.into(),
            proven: issued_at.map_or(ProvenWhen::Unsaid, ProvenWhen::At),
            issued_at: Some(issued_at.unwrap_or_else(|| not_before(expires_at))),
        })
    }

    async fn shown(&self, tokens: NativeTokens<'_>) -> Result<Vouched, Failure> {
        if let Some(token) = tokens.id_token {
            let clients = [self.app.client_id.clone()];
            let claims = self
                .issuer
                .claims(token, &clients, tokens.nonce, tokens.now);
            let claims = claims.await?;
            return Ok(Vouched {
                profile: claims.profile(true),
                proven: ProvenWhen::At(claims.proven_at()),
                issued_at: Some(claims.issued_at()),
            });
        }
        let refused = |what: &str| Failure::Refused(format!("there is no {what}"));
        let token = tokens.access_token.ok_or_else(|| refused("token"))?;
        let secret = tokens.client_secret.ok_or_else(|| refused("secret"))?;
        self.by_access_token(token, secret).await
    }
}

impl OauthProvider for Facebook {
    fn provider(&self) -> Provider {
        Provider::Facebook
    }

    fn authorization_url(&self, asked: &Authorization<'_>) -> Option<String> {
        let url = format!("{}/{VERSION}/dialog/oauth", self.app.addresses.site);
        let mut url = url::Url::parse(&url).ok()?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.app.client_id)
            .append_pair("redirect_uri", asked.redirect_uri)
            .append_pair("scope", "email,public_profile")
            .append_pair("state", asked.state)
            // Else a browser that is signed in there may come back unasked.
            .append_pair("auth_type", "reauthenticate");
        Some(url.into())
    }

    fn exchange<'a>(&'a self, exchange: Exchange<'a>) -> Answer<'a> {
        Box::pin(self.traded(exchange))
    }

    fn verify<'a>(&'a self, tokens: NativeTokens<'a>) -> Answer<'a> {
        Box::pin(self.shown(tokens))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // printf token | openssl dgst -sha256 -hmac secret
    const PROOF: &str = "e941110e3d2bfe82621f0e3e1434730d7305d106c5f68c87165d0b27a4611a4a";

    #[test]
    fn a_token_that_does_not_say_when_it_was_issued_counts_as_old() {
        let issued = |expires_at: Option<i64>| not_before(expires_at.map(UnixTime)).0;
        assert_eq!(issued(Some(1_800_007_200)), 1_800_000_000);
        assert_eq!([issued(Some(0)), issued(None)], [0, 0]);
    }

    #[test]
    fn the_proof_is_of_the_secret_and_the_token() {
        assert_eq!(appsecret_proof("secret", "token"), PROOF);
        assert_ne!(appsecret_proof("secret", "other"), PROOF);
        assert_ne!(appsecret_proof("other", "token"), PROOF);
    }
}
