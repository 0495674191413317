//! How often something may happen: the table of limits, and what a caller
//! learns when one is used up.
//!
//! A limit is counted per key (a network, an account, the whole stack) in windows
//! that start at the key's first hit. The counters live in the store, since a
//! function's memory is not shared.

pub mod cashless;
pub mod nauth;

use crate::time::{DAY, HOUR, MINUTE};

/// A rule: at most `budget` hits per key in `window` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Names the rule in the counter's key: never reuse one for another meaning.
    pub name: &'static str,
    /// Length of a window in seconds.
    pub window: u64,
    /// Hits that a window admits.
    pub budget: u32,
    /// What a refused caller is told.
    pub quota: Quota,
}

/// Requests for a sign-in code, per network (djangocfg: 10 a minute per IP).
pub const OTP_REQUESTS_PER_NETWORK: Limit = Limit {
    name: "otp-request",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Tries of a sign-in code, per network (djangocfg: 20 a minute per IP).
pub const OTP_VERIFIES_PER_NETWORK: Limit = Limit {
    name: "otp-verify",
    window: MINUTE,
    budget: 20,
    quota: Quota::Network,
};

/// Wrong four-digit codes, per network and over all accounts that do not know the
/// network. See [`crate::email_code`] for the arithmetic.
pub const GUESSES_PER_NETWORK: Limit = Limit {
    name: "guesses",
    window: DAY,
    budget: 100,
    quota: Quota::Network,
};

/// Wrong four-digit codes, per network and over all accounts that know the network:
/// an office behind one address makes honest mistakes, too.
pub const KNOWN_GUESSES_PER_NETWORK: Limit = Limit {
    name: "known-guesses",
    window: DAY,
    budget: 200,
    quota: Quota::Network,
};

/// Refresh tokens that were refused, per network. The contract names no limit. A
/// token that is good is never counted: its signature is no guess, and an
/// office behind one address refreshes at one moment.
pub const BAD_REFRESHES_PER_NETWORK: Limit = Limit {
    name: "bad-refresh",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Keys of users and of their programs that were refused, per network. No contract names a
/// limit. A key that is good is never counted: programs call as often as they like.
pub const BAD_KEYS_PER_NETWORK: Limit = Limit {
    name: "bad-key",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Departures to a provider, per network (djangocfg: 20 a minute per IP).
pub const OAUTH_DEPARTURES_PER_NETWORK: Limit = Limit {
    name: "oauth-authorize",
    window: MINUTE,
    budget: 20,
    quota: Quota::Network,
};

/// Returns from a provider, per network (djangocfg: 10 a minute).
pub const OAUTH_RETURNS_PER_NETWORK: Limit = Limit {
    name: "oauth-callback",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Requests for a sign-in code, per network and day: each is a letter, and no network
/// shall use up what the whole stack may send.
pub const OTP_REQUESTS_PER_NETWORK_A_DAY: Limit = Limit {
    name: "otp-request-day",
    window: DAY,
    budget: 500,
    quota: Quota::Network,
};

/// Tries of an API key, per network.
pub const API_KEY_TESTS_PER_NETWORK: Limit = Limit {
    name: "api-key-test",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// New accounts with a password, per network and day: each sends a letter to an
/// address that the caller has not proven.
pub const REGISTRATIONS_PER_NETWORK: Limit = Limit {
    name: "register",
    window: DAY,
    budget: 100,
    quota: Quota::Network,
};

/// New API keys, per account: each sends a letter, and all accounts share that budget.
pub const API_KEYS_PER_ACCOUNT: Limit = Limit {
    name: "api-key-reissue",
    window: DAY,
    budget: 30,
    quota: Quota::Daily,
};

/// Tries of a second factor or its backup codes, on any route that takes one,
/// per network.
pub const SECOND_FACTORS_PER_NETWORK: Limit = Limit {
    name: "second-factor",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Tries of a second factor by one session that is signed in. An attacker with a stolen
/// session guesses within it, and slows down only that session. A right one clears it.
pub const SECOND_FACTORS_PER_SESSION: Limit = Limit {
    name: "second-factor-session",
    window: DAY,
    budget: 10,
    quota: Quota::Daily,
};

/// Other usernames asked for, per account: each answer says whether a name is taken.
pub const USERNAME_CHANGES_PER_ACCOUNT: Limit = Limit {
    name: "username-change",
    window: DAY,
    budget: 10,
    quota: Quota::Daily,
};

/// Profile pictures sent, per account: direct uploads, permissions to upload past the
/// API, and their confirmations each count. A picture of the largest size costs a
/// second of CPU to decode; a person who cannot decide needs ten.
pub const PICTURES_PER_ACCOUNT: Limit = Limit {
    name: "picture",
    window: HOUR,
    budget: 30,
    quota: Quota::Hourly,
};

/// Device authorizations begun, per network: each is two rows. Neither Ravi's
/// contract nor RFC 8628 names a limit.
pub const DEVICE_REQUESTS_PER_NETWORK: Limit = Limit {
    name: "device-request",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Authorization requests that wait for a sign-in, per network: each is a row, and costs no
/// more than a page does.
pub const AUTHORIZATIONS_PER_NETWORK: Limit = Limit {
    name: "authorization",
    window: MINUTE,
    budget: 60,
    quota: Quota::Network,
};

/// Codes that buy nothing, per network. One that is good is never counted.
pub const BAD_CODES_PER_NETWORK: Limit = Limit {
    name: "bad-authorization-code",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Clients that do not show who they are, per network.
pub const BAD_CLIENTS_PER_NETWORK: Limit = Limit {
    name: "bad-client",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Device codes that name no grant, per network. A code that is good is never
/// counted: polling is what it is for.
pub const BAD_DEVICE_CODES_PER_NETWORK: Limit = Limit {
    name: "bad-device-code",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Polls that wait, per network and half a minute: a waiting poll holds a whole
/// instance of its function.
pub const WAITS_PER_NETWORK: Limit = Limit {
    name: "device-wait",
    window: 30,
    budget: 5,
    quota: Quota::Network,
};

/// Polls that wait, over all networks, where `instances` of their function are reserved. At
/// most twice as many wait at one moment, those of two windows that meet: two thirds, so
/// that there is always room for those that do not wait.
#[must_use]
pub const fn waits(instances: u32) -> Limit {
    Limit {
        name: "device-waits",
        window: 30,
        budget: instances / 3,
        quota: Quota::Stack,
    }
}

/// Wrong user codes, per account. See [`crate::device_grant`] for the arithmetic.
pub const USER_CODES_PER_ACCOUNT: Limit = Limit {
    name: "user-code",
    window: HOUR,
    budget: 10,
    quota: Quota::Hourly,
};

/// Wrong user codes, per network.
pub const USER_CODES_PER_NETWORK: Limit = Limit {
    name: "user-code-network",
    window: HOUR,
    budget: 50,
    quota: Quota::Network,
};

/// Wrong user codes that an account has left where its network has none.
pub const OWN_USER_CODES_PER_ACCOUNT: Limit = Limit {
    name: "user-code-own",
    window: HOUR,
    budget: 3,
    quota: Quota::Hourly,
};

/// Identities and keys made through an account's management keys.
pub const AGENT_EDITS_PER_ACCOUNT: Limit = Limit {
    name: "agent-edit",
    window: DAY,
    budget: 200,
    quota: Quota::Daily,
};

/// Letters of the whole stack: what a flood of requests can cost at most.
#[must_use]
pub const fn mails_per_day(budget: u32) -> Limit {
    Limit {
        name: "mails",
        window: DAY,
        budget,
        quota: Quota::Stack,
    }
}

/// Text messages of the whole stack: each costs its operator money.
#[must_use]
pub const fn texts_per_day(budget: u32) -> Limit {
    Limit {
        name: "texts",
        window: DAY,
        budget,
        quota: Quota::Stack,
    }
}

/// Which quota was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// The pause between two codes for one address, or after wrong passwords.
    Cooldown,
    /// Codes for one address in an hour.
    Hourly,
    /// Codes for one address in a day.
    Daily,
    /// Requests from one network.
    Network,
    /// What the whole stack may send in a day.
    Stack,
    /// Texts, by whatever they are counted, where a contract tells them from letters (nauth).
    Texts,
}

/// A quota is used up, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// Which one.
    pub quota: Quota,
    /// Seconds until trying again can help; at least one.
    pub retry_after: u64,
}
