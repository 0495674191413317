//! Limits that nauth's contract names.

use super::{Limit, Quota};
use crate::time::{DAY, HOUR, MINUTE};

/// Codes that are mailed to one address for one network, whichever account asks. Each
/// network has its own, so that a stranger does not use up what the address's owner needs.
pub const CODES_PER_ADDRESS_AND_NETWORK: Limit = Limit {
    name: "nauth-codes-here",
    window: HOUR,
    budget: 3,
    quota: Quota::Hourly,
};

/// Codes that are mailed to one address for all networks together that its account does
/// not know: what a stranger with many of them can send there. More than
/// [`SIGN_UPS_PER_ADDRESS`], so that the last of those has its code.
pub const CODES_PER_ADDRESS: Limit = Limit {
    name: "nauth-codes-mailed",
    window: HOUR,
    budget: 9,
    quota: Quota::Hourly,
};

/// The same in a day, for all unknown networks together and for each known one by itself.
pub const CODES_PER_ADDRESS_A_DAY: Limit = Limit {
    name: "nauth-codes-a-day",
    window: DAY,
    budget: 20,
    quota: Quota::Hourly,
};

/// Codes that are texted to one number, whichever account asks. Each costs money, so
/// networks that no proven account knows share them.
pub const CODES_PER_NUMBER: Limit = Limit {
    name: "nauth-codes",
    window: HOUR,
    budget: 3,
    quota: Quota::Hourly,
};

/// Texts that one account's sign-ins send, whatever their numbers: whoever has an account
/// could have strangers texted.
pub const TEXTS_PER_ACCOUNT: Limit = Limit {
    name: "nauth-texts",
    window: DAY,
    budget: 10,
    quota: Quota::Texts,
};

/// Numbers that are named in answer to one challenge: a slip of the finger or two.
pub const NUMBERS_PER_CHALLENGE: Limit = Limit {
    name: "nauth-numbers",
    window: HOUR,
    budget: 3,
    quota: Quota::Texts,
};

/// Letters about unusual sign-ins of one account from one network: signing in again does not
/// fill its owner's mailbox.
pub const RISK_NOTICES: Limit = Limit {
    name: "nauth-risk-notices",
    window: HOUR,
    budget: 1,
    quota: Quota::Hourly,
};

/// Sign-ups for one address: each answer says whether it has an account, and each may
/// replace the account of the one before.
pub const SIGN_UPS_PER_ADDRESS: Limit = Limit {
    name: "nauth-signup",
    window: HOUR,
    budget: 6,
    quota: Quota::Hourly,
};

/// The same from one network, which leaves some of them to others.
pub const SIGN_UPS_PER_ADDRESS_AND_NETWORK: Limit = Limit {
    name: "nauth-signup-here",
    window: HOUR,
    budget: 3,
    quota: Quota::Hourly,
};

/// Tries of the codes that prove an account's addresses.
pub const VERIFICATIONS_PER_ACCOUNT: Limit = Limit {
    name: "nauth-verify",
    window: HOUR,
    budget: 10,
    quota: Quota::Hourly,
};

/// The same, per network and over all accounts.
pub const VERIFICATIONS_PER_NETWORK: Limit = Limit {
    name: "nauth-verify-network",
    window: HOUR,
    budget: 20,
    quota: Quota::Network,
};

/// Wrong passwords for one name from one network before [`LOCKOUT`]. One for an account
/// counts at each of its names.
pub const FAILED_SIGN_INS: Limit = Limit {
    name: "nauth-failed",
    window: HOUR,
    budget: 5,
    quota: Quota::Cooldown,
};

/// Set by the last of [`FAILED_SIGN_INS`]: while its window is open, that name takes no
/// password from that network.
pub const LOCKOUT: Limit = Limit {
    name: "nauth-lockout",
    window: 15 * MINUTE,
    budget: 1,
    quota: Quota::Cooldown,
};

/// Events of sign-ins that one lock-out turned away: the first says it all, and a stranger
/// is not to bury the others.
pub const LOCKOUT_EVENTS: Limit = Limit {
    name: "nauth-lockout-events",
    window: LOCKOUT.window,
    budget: 1,
    quota: Quota::Cooldown,
};

/// Set where an operator lets a user back in: what [`FAILED_SIGN_INS`] and [`LOCKOUT`] counted
/// at that name before its window opened counts no more. As long as the longest of those.
pub const FORGIVENESS: Limit = Limit {
    name: "nauth-forgiven",
    window: HOUR,
    budget: 1,
    quota: Quota::Cooldown,
};

/// Requests for a code that replaces a forgotten password, per name that was typed,
/// whether or not an account has it, and per kind of network.
pub const RESETS_PER_NAME: Limit = Limit {
    name: "nauth-reset",
    window: HOUR,
    budget: 3,
    quota: Quota::Hourly,
};

/// Changes of one's own profile: each answer says whether a username is taken, and each
/// move writes to an address.
pub const PROFILE_EDITS_PER_ACCOUNT: Limit = Limit {
    name: "nauth-profile",
    window: HOUR,
    budget: 60,
    quota: Quota::Hourly,
};

/// Exchanges of the tokens that sign-ins through providers end in, per network. A page makes
/// one; a guess at 256 bits is none, but costs a read.
pub const SOCIAL_EXCHANGES_PER_NETWORK: Limit = Limit {
    name: "nauth-social-exchange",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};

/// Tokens of providers that apps bring, per network: each costs a signature, and some a
/// request to the provider.
pub const SOCIAL_TOKENS_PER_NETWORK: Limit = Limit {
    name: "nauth-social-verify",
    window: MINUTE,
    budget: 10,
    quota: Quota::Network,
};
