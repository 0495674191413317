//! What every provider does that users are sent to: the authorization code flow (RFC 6749
//! §4.1), with PKCE (RFC 7636).

use std::fmt;
use std::pin::Pin;

use domain::provider::{Profile, Provider};

use crate::Failure;

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
}

/// Who came back, once the provider has answered.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Profile, Failure>> + Send + 'a>>;

/// A provider that users are sent to, and come back from with a code.
pub trait OauthProvider: fmt::Debug + Send + Sync {
    /// Which one it is.
    fn provider(&self) -> Provider;

    /// Where to send a person to be asked. `None` if the configured URL is none.
    fn authorization_url(&self, redirect_uri: &str, state: &str, challenge: &str)
    -> Option<String>;

    /// Who came back with a code.
    ///
    /// # Errors
    /// [`Failure`], as the provider behaves.
    fn profile<'a>(&'a self, exchange: Exchange<'a>) -> Answer<'a>;
}
