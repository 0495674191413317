//! GitHub's web application flow, as GitHub and GitHub Enterprise speak it.
//!
//! A refused code is answered 200 with an `error` in the body. `/user` may name
//! an address, but says nothing about its proof, so `/user/emails` is always
//! asked, and only the one that is both primary and verified counts.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use domain::EmailAddress;
use domain::provider::Profile;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::Failure;
use crate::connection::Connection;

/// What is asked for: who it is, and the addresses.
const SCOPE: &str = "user:email read:user";

/// The longest first or last name that an account holds.
const NAME_LENGTH: usize = 50;

/// The longest address of a picture, in bytes: it is stored with the account,
/// which every request reads.
const PICTURE_LENGTH: usize = 500;

/// A client secret. Debug output does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An OAuth app as it is registered with GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitHubApp {
    /// Where people go: `https://github.com`, or the host of an Enterprise server.
    pub url: String,
    /// Where the API is: `https://api.github.com`, or `https://HOST/api/v3`.
    pub api_url: String,
    /// The app's public id.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: Secret,
}

/// What is traded for a profile.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The code that came back.
    pub code: &'a str,
    /// Where it came back to.
    pub redirect_uri: &'a str,
    /// The PKCE verifier (RFC 7636).
    pub verifier: &'a str,
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

    /// Where to send a person to be asked. `None` if the configured URL is none.
    #[must_use]
    pub fn authorization_url(
        &self,
        redirect_uri: &str,
        state: &str,
        challenge: &str,
    ) -> Option<String> {
        let url = format!("{}/login/oauth/authorize", self.app.url);
        let mut url = url::Url::parse(&url).ok()?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.app.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", SCOPE)
            .append_pair("state", state)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
        Some(url.into())
    }

    /// Who came back with a code.
    ///
    /// # Errors
    /// [`Failure`], as the provider behaves.
    pub async fn profile(&self, exchange: Exchange<'_>) -> Result<Profile, Failure> {
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
        let name = person.name.unwrap_or_default();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let (first, last) = name.split_once(' ').unwrap_or((&name, ""));
        let short = |text: &str| text.chars().take(NAME_LENGTH).collect();
        Ok(Profile {
            subject: person.id.to_string(),
            username: person.login,
            email,
            first_name: short(first),
            last_name: short(last),
            picture: person
                .avatar_url
                .filter(|url| is_shown(url))
                .unwrap_or_default(),
        })
    }

    async fn token(&self, exchange: Exchange<'_>) -> Result<Zeroizing<String>, Failure> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.app.client_id)
            .append_pair("client_secret", &self.app.client_secret.0)
            .append_pair("code", exchange.code)
            .append_pair("redirect_uri", exchange.redirect_uri)
            .append_pair("code_verifier", exchange.verifier)
            .finish();
        let url = format!("{}/login/oauth/access_token", self.app.url);
        let mut request = request("POST", &url, &[("accept", "application/json")])?;
        let headers = request.headers_mut();
        headers.insert("content-type", "application/x-www-form-urlencoded");
        headers.insert("content-length", form.len().to_string());
        *request.body_mut() = SdkBody::from(form);
        let granted: Granted = self.connection.ask(request).await?;
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
        request("GET", &url, &headers)
    }
}

/// Whether a browser may be told to fetch a picture from `url`: over TLS, or from
/// this machine, which browsers trust as much (W3C Secure Contexts) and where a
/// provider under test is.
fn is_shown(url: &str) -> bool {
    let Ok(parsed) = url::Url::parse(url) else {
        return false;
    };
    let here = match parsed.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => return false,
    };
    let safe = parsed.scheme() == "https" || (parsed.scheme() == "http" && here);
    let bare = parsed.username().is_empty() && parsed.password().is_none();
    safe && bare && url.len() <= PICTURE_LENGTH
}

/// An empty request. GitHub answers none that does not say who asks.
fn request(
    method: &'static str,
    url: &str,
    headers: &[(&'static str, &str)],
) -> Result<HttpRequest, Failure> {
    let refused = |what: &str| Failure::Refused(format!("no request can be made: {what}"));
    let mut request = HttpRequest::empty();
    request.set_method(method).map_err(|_| refused("method"))?;
    request
        .set_uri(url.to_owned())
        .map_err(|_| refused("URL"))?;
    request.headers_mut().insert("user-agent", "Postern");
    for (name, value) in headers {
        let value = (*value).to_owned();
        // A token with a line break in it would be somebody else's header.
        request
            .headers_mut()
            .try_insert(*name, value)
            .map_err(|_| refused("header"))?;
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_over_tls_or_from_this_machine() {
        for shown in [
            "https://avatars.githubusercontent.com/u/7?v=4",
            "http://127.0.0.1:9004/avatar.svg",
            "http://localhost:9004/avatar.svg",
        ] {
            assert!(is_shown(shown), "{shown}");
        }
        for hidden in [
            "",
            "/avatar.svg",
            "http://avatars.example.com/7",
            "http://localhost.example.com/7",
            "javascript:alert(1)",
            "data:image/png;base64,AA==",
            "https://ada:secret@example.com/7",
            &format!("https://example.com/{}", "7".repeat(PICTURE_LENGTH)),
        ] {
            assert!(!is_shown(hidden), "{hidden}");
        }
    }
}
