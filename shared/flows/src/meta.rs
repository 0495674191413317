//! What a request tells about itself, beside what it asks for.

use std::net::IpAddr;

use domain::{Place, UnixTime};

/// The longest user agent worth keeping.
const USER_AGENT_LENGTH: usize = 256;

/// The circumstances of one request.
#[derive(Clone, Debug)]
pub struct RequestMeta {
    /// The one instant at which it happens.
    pub now: UnixTime,
    /// Where it comes from: the gateway's word, never a client's.
    pub ip: IpAddr,
    /// What the client calls itself.
    pub user_agent: String,
    /// The two-letter language that the client asks for first.
    pub language: Option<String>,
    /// The client's IANA time zone, if it named one that exists.
    pub time_zone: Option<String>,
}

impl RequestMeta {
    /// What the client calls itself, as far as it is worth keeping.
    #[must_use]
    pub fn short_user_agent(&self) -> String {
        self.user_agent.chars().take(USER_AGENT_LENGTH).collect()
    }

    /// The address prefix that limits count by.
    #[must_use]
    pub fn place(&self) -> Place {
        Place::of(self.ip)
    }
}
