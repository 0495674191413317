//! The limits that the cashless contract names, each per network and minute; and,
//! below them, those of the endpoints beside it that OAuth's documents leave to us.

use super::{Limit, Quota};
use crate::time::{DAY, HOUR, MINUTE};

const fn a_minute(name: &'static str, budget: u32) -> Limit {
    Limit {
        name,
        window: MINUTE,
        budget,
        quota: Quota::Network,
    }
}

/// Refresh tokens exchanged, leased in blocks: each is a request of its own already.
pub const REFRESHES: Limit = a_minute("refresh", 30);

/// Sessions given back.
pub const LOG_OUTS: Limit = a_minute("logout", 30);

/// Devices that sign in by themselves.
pub const DEVICE_SIGN_INS: Limit = a_minute("device-sign-in", 60);

/// Devices looked up by what they call themselves.
pub const DEVICE_LOOKUPS: Limit = a_minute("device-lookup", 60);

/// Devices associated with an operator.
pub const DEVICE_TOKENS: Limit = a_minute("device-token", 30);

/// Offline tokens asked for by people.
pub const OFFLINE_TOKENS: Limit = a_minute("offline-token", 30);

/// Requests for a code by text message.
pub const PHONE_CODES: Limit = a_minute("phone-code", 30);

/// The same per network and day, which the contract leaves to us: no network shall use
/// up what the whole stack may send.
pub const PHONE_CODES_A_DAY: Limit = Limit {
    name: "phone-code-day",
    window: DAY,
    budget: 200,
    quota: Quota::Network,
};

/// Tries of a code by text message.
pub const PHONE_VERIFICATIONS: Limit = a_minute("phone-verify", 30);

/// Firebase ID tokens.
pub const FIREBASE_SIGN_INS: Limit = a_minute("firebase", 30);

/// New API keys of services, by administrators. Other callers are refused before.
pub const SERVICE_KEYS: Limit = a_minute("service-key", 10);

/// Revocations of such keys, by administrators.
pub const SERVICE_KEY_REVOCATIONS: Limit = a_minute("service-key-revoke", 30);

/// Looks at one's own profile, by administrators.
pub const ADMIN_PROFILES: Limit = a_minute("admin-me", 60);

/// Authenticators set up, by administrators. Their codes (10 a minute) share the
/// row of all routes that take one, [`super::SECOND_FACTORS_PER_NETWORK`].
pub const MFA_SETUPS: Limit = a_minute("mfa-setup", 30);

/// Passwords replaced by a token that came by letter.
pub const RESET_CONFIRMATIONS: Limit = a_minute("reset-confirm", 30);

/// Requests for such a token, per address, known or unknown: beyond it the caller is
/// told, which would otherwise give known addresses away.
pub const RESETS_PER_ADDRESS: Limit = Limit {
    name: "reset-asked",
    window: HOUR,
    budget: 3,
    quota: Quota::Hourly,
};

/// What a network may verify, or a service's key introspect, in a minute where the
/// installation does not say: ten a second.
pub const LOOKS_A_MINUTE: u32 = 600;

/// Tokens verified, per network. Services do this for every request of their own, so the
/// budget is wide, and leased in blocks. How wide is a setting.
#[must_use]
pub const fn token_verifications(budget: u32) -> Limit {
    a_minute("token-verify", budget)
}

/// Tokens introspected (RFC 7662), per key of a service: many services may share an
/// address. How many is a setting.
#[must_use]
pub const fn introspections(budget: u32) -> Limit {
    a_minute("token-introspect", budget)
}

/// Tokens sent to be revoked (RFC 7009) that were not ours. One that is good is
/// never counted: there is only so much to revoke.
pub const BAD_REVOCATIONS: Limit = a_minute("bad-revocation", 10);
