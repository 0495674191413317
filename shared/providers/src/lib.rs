//! Asking identity providers who a user is.
//!
//! An [`OauthProvider`] is one that users are sent to. [`GitHub`] trades the code that they
//! bring back for an access token, asks with it who came back and which addresses are
//! proven, and forgets the token: Postern keeps none, so there is none to steal. [`Google`]
//! and [`Apple`] say it in an ID token, which apps bring as well; [`Facebook`] does both.
//!
//! [`Firebase`] is asked for its keys alone: what it says of people comes to us signed.
//!
//! [`PwnedPasswords`] is asked whether a password is known from breaches, and not told
//! which.
//!
//! [`Recaptcha`] is asked whether a person made a request.
//!
//! Requests go out through the SDK's own HTTP connector: its hyper, rustls and
//! aws-lc are in every binary anyway, so a second client would be a second HTTP
//! and TLS stack for three small requests. It follows no redirects, which is as
//! it must be for requests that carry a secret.

mod apple;
mod connection;
mod facebook;
mod firebase;
mod github;
mod google;
mod id_tokens;
mod oauth;
mod published_keys;
mod pwned;
mod recaptcha;

pub use apple::{APPLE, Apple, AppleApp};
pub use connection::Failure;
pub use facebook::{Facebook, FacebookAddresses, FacebookApp};
pub use firebase::{Firebase, FirebaseProject};
pub use github::{GitHub, GitHubApp};
pub use google::{Google, GoogleAddresses, GoogleApp};
pub use oauth::{Answer, Authorization, Exchange, NativeTokens, OauthProvider, Vouched};
pub use pwned::PwnedPasswords;
pub use recaptcha::Recaptcha;
