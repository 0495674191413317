//! What every provider does that users are sent to: the authorization code flow (RFC 6749
//! §4.1), with PKCE (RFC 7636) and a nonce (OpenID Connect Core §3.1.2.1) where the
//! provider takes them.

use std::fmt;
use std::pin::Pin;

use domain::UnixTime;
use domain::provider::{Profile, Provider};
use domain::session::ProvenWhen;
use serde_json::{Map, Value};

use crate::Failure;

/// What a user takes along to a provider.
#[derive(Clone, Copy, Debug)]
pub struct Authorization<'a> {
    /// Where to come back to.
    pub redirect_uri: &'a str,
    /// What to bring back.
    pub state: &'a str,
    /// The PKCE challenge (S256).
    pub challenge: &'a str,
    /// What an ID token has to repeat.
    pub nonce: &'a str,
}

/// What is traded for a profile. It has no `Debug`: nothing of it may be seen in a log.
#[derive(Clone, Copy)]
pub struct Exchange<'a> {
    /// The secret of the app.
    pub client_secret: &'a str,
    /// The code that came back.
    pub code: &'a str,
    /// Where it came back to.
    pub redirect_uri: &'a str,
    /// The PKCE verifier (RFC 7636).
    pub verifier: &'a str,
    /// What an ID token has to repeat.
    pub nonce: &'a str,
    /// What came back beside the code about the user, unsigned (Apple).
    pub user: Option<&'a str>,
    /// The instant.
    pub now: UnixTime,
}

/// What an app got from the provider's own software on a phone. No `Debug` either.
#[derive(Clone, Copy)]
pub struct NativeTokens<'a> {
    /// The secret of the app, if it is set.
    pub client_secret: Option<&'a str>,
    /// An ID token.
    pub id_token: Option<&'a str>,
    /// An access token.
    pub access_token: Option<&'a str>,
    /// What the ID token has to repeat, if the app asked for that.
    pub nonce: Option<&'a str>,
    /// What the app was told about the user, unsigned.
    pub profile_data: &'a Map<String, Value>,
    /// The instant.
    pub now: UnixTime,
}

/// A person whom a provider vouches for.
#[derive(Clone, Debug)]
pub struct Vouched {
    /// What it says of them.
    pub profile: Profile,
    /// When they proved to it who they are.
    pub proven: ProvenWhen,
    /// When the token was issued that a client has shown, as far as the provider says.
    /// `None` for what was traded for a code just now.
    pub issued_at: Option<UnixTime>,
}

/// Who it is, once the provider has answered.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vouched, Failure>> + Send + 'a>>;

/// A provider that users are sent to, and come back from with a code.
pub trait OauthProvider: fmt::Debug + Send + Sync {
    /// Which one it is.
    fn provider(&self) -> Provider;

    /// Where to send a person to be asked. `None` if the configured URL is none.
    fn authorization_url(&self, asked: &Authorization<'_>) -> Option<String>;

    /// Who came back with a code.
    ///
    /// # Errors
    /// [`Failure`], as the provider behaves.
    fn exchange<'a>(&'a self, exchange: Exchange<'a>) -> Answer<'a>;

    /// Who an app's tokens are of.
    ///
    /// # Errors
    /// [`Failure`], as the provider behaves, and for what is no token of it.
    fn verify<'a>(&'a self, tokens: NativeTokens<'a>) -> Answer<'a>;
}
