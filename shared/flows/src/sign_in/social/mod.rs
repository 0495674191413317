//! Signing in through a provider as nauth has it: the browser comes back to us, not to its
//! application, and we send it on.
//!
//! [`start`] sends the browser away with a state, which says where it goes in the end and
//! how its tokens travel. [`callback`] spends the state, trades the code, and looks whose
//! sign-in it is. Tokens that travel in cookies are made at once. Others are not to stand in
//! an address, and a challenge has no other place: the browser takes a token along that
//! buys the outcome once, within a minute, by [`exchange`]. Nothing is written of the
//! account before that, and the session begins with it.
//!
//! [`native`] takes the provider's own tokens, as apps get them; [`link`] links an account
//! at a provider to the account of a user who is signed in.

pub(crate) mod callback;
pub(crate) mod exchange;
pub(crate) mod link;
pub(crate) mod native;
pub(crate) mod start;

use domain::provider::{OauthFailure, Provider};
use domain::session::Delivery;
use domain::sign_in::Amr;
use domain::{Contract, Error};
use providers::Vouched;

use crate::sign_in::Proof;
use crate::sign_in::federated::FederatedIdentity;
use crate::{Postern, RequestMeta};

impl Postern {
    /// Where a provider sends browsers back to.
    fn callback_uri(&self, provider: Provider) -> String {
        let issuer = &self.settings().issuer;
        format!("{issuer}/nauth/social/{}/callback", provider.name())
    }

    /// `error` as it is told to a person whom a provider has vouched for: a closed account
    /// is theirs, so they hear that it is closed.
    async fn told(&self, error: Error) -> Error {
        let Error::Oauth(OauthFailure::Closed(_, sub)) = error else {
            return error;
        };
        match self.store().user(sub).await {
            Ok(user) => user
                .and_then(|user| user.closed())
                .map_or(error, Error::Closed),
            Err(failure) => failure.into(),
        }
    }
}

/// Somebody for whom `provider` has vouched, on the trusted device of this digest if the
/// client says so.
fn identity<'a>(
    meta: &'a RequestMeta,
    provider: Provider,
    vouched: &'a Vouched,
    delivery: Delivery,
    device: Option<String>,
) -> FederatedIdentity<'a> {
    FederatedIdentity {
        proof: Proof {
            proven: vouched.proven,
            provider: Some(provider.name().to_owned()),
            delivery,
            ..Proof::new(meta, Contract::Nauth, vec![Amr::Federated])
        },
        provider,
        source: "",
        profile: &vouched.profile,
        device,
        issued_at: vouched.issued_at,
    }
}
