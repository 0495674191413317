//! What nauth's sign-ins through a provider keep between their steps.
//!
//! A browser leaves with a state and comes back with it; nothing else ties the two
//! together, since Apple's answer is posted from another site and brings no cookie of
//! ours. A client that keeps tokens itself then gets a token for one exchange in its
//! address, never the session's own: addresses end in histories and logs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Profile, Provider, ReturnTo};
use crate::UnixTime;
use crate::session::{Delivery, ProvenWhen};
use crate::time::MINUTE;

/// States of nauth.
pub mod social_state {
    use super::MINUTE;

    /// Seconds for which one is good.
    pub const LIFETIME: u64 = 10 * MINUTE;

    /// Characters of the client's own state, which it gets back as it is.
    pub const APP_STATE: usize = 2000;

    /// Bytes of the address that a browser is sent back to, before the answer stands in it:
    /// API Gateway drops an answer whose headers exceed 10,240 bytes, and the cookies of a
    /// session may stand beside it.
    pub const ADDRESS: usize = 6 * 1024;
}

/// Tokens that buy the outcome of a sign-in.
pub mod exchange {
    use super::MINUTE;

    /// Seconds for which one is good: a page that has just been loaded asks at once.
    pub const LIFETIME: u64 = MINUTE;
}

/// What a client said when it sent a browser to a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocialRequest {
    /// Where the browser goes in the end.
    pub return_to: ReturnTo,
    /// What the client gets back as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_state: Option<String>,
    /// How the session's tokens are to travel. A navigation need not tell: then whoever
    /// makes the exchange does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// Digest of the token of a trusted device that the browser left with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Whose account the provider's is to be linked to; without it, it is a sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkRequest>,
}

/// A signed-in user who links an account at a provider to their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRequest {
    /// The user.
    pub sub: Uuid,
    /// The session that asked, which has to live until the link is made.
    pub session: Uuid,
}

/// Whom a provider vouched for, until the client fetches the outcome. Stored under the hash
/// of the token that buys it, and sealed by that token: the row names a person who may have
/// no account yet. The session begins with the exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FederatedExchange {
    /// Who vouched.
    pub provider: Provider,
    /// For whom.
    pub profile: Profile,
    /// When the person proved to the provider who they are.
    pub proven: ProvenWhen,
    /// How the session's tokens are to travel, as in [`SocialRequest::delivery`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// As in [`SocialRequest::device`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// When it is too late.
    pub expires_at: UnixTime,
}
