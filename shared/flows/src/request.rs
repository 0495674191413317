//! What a request tells about itself, beside what it asks for.

use std::net::{IpAddr, Ipv6Addr};

use domain::account::User;
use domain::{ClientNetwork, UnixTime};

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
    /// The circumstances of a command that an administrator types.
    #[must_use]
    pub fn of_command_line(now: UnixTime) -> Self {
        Self {
            now,
            ip: IpAddr::V6(Ipv6Addr::LOCALHOST),
            user_agent: "cargo ctl".to_owned(),
            language: None,
            time_zone: None,
        }
    }

    /// Whether the command line acts: no request comes from there, since the gateway is no
    /// part of the machine that a function runs on.
    #[must_use]
    pub fn is_of_command_line(&self) -> bool {
        self.ip == IpAddr::V6(Ipv6Addr::LOCALHOST)
    }

    /// What the client calls itself, as far as it is worth keeping.
    #[must_use]
    pub fn short_user_agent(&self) -> String {
        self.user_agent.chars().take(USER_AGENT_LENGTH).collect()
    }

    /// The language to write to `user` in: their own, or what the client asks for.
    #[must_use]
    pub fn language_for<'a>(&'a self, user: Option<&'a User>) -> &'a str {
        let own = user.map(|user| user.language.as_str());
        let own = own.filter(|tag| !tag.is_empty());
        own.or(self.language.as_deref()).unwrap_or_default()
    }

    /// The address prefix that limits count by.
    #[must_use]
    pub fn network(&self) -> ClientNetwork {
        ClientNetwork::of(self.ip)
    }
}
