//! Six-digit codes by text message: the rules of [`crate::email_code`] with an
//! arithmetic of their own.
//!
//! The contract (cashless) fixes six characters, so one guess is right once in a
//! million, and a code lives five minutes for five tries. The day's counts are the
//! same as for four digits, since wrong codes of both kinds share them by network:
//!
//! - From networks that an account never signed in from, ten wrong guesses in 24
//!   hours: an attacker with endless addresses has 10 / 1,000,000, 0.001 % a day, on
//!   one account.
//! - One network takes a hundred a day over all numbers that do not know it: one
//!   account in 1,000,000 / 100 = 10,000 days.
//! - Behind the owner's own address twenty, 0.002 % a day.
//!
//! That is a hundredth of what four digits leave. It is still a code alone, sent
//! over a network that others can listen to and whose numbers can be ported away
//! (NIST SP 800-63B §5.1.3.3), so it brings no more than a user's rights either
//! ([`crate::account::User::role_in`]).
//!
//! Unlike a mail, each text costs money, and the owner of a range of expensive numbers
//! earns by having it sent there. So texts go only to the countries on the operator's
//! list, fewer of them go to one number, and the whole stack has a budget for a day
//! ([`crate::limit::texts_per_day`]).

use crate::email_code::CodePolicy;
use crate::time::MINUTE;

/// How many digits a code has (cashless: 6 characters).
pub const DIGITS: u32 = 6;

/// How long a code is good for, in seconds.
pub const LIFETIME: u64 = 5 * MINUTE;

/// The numbers of codes by text message. Per kind of network, as by mail: a caller on a
/// network that the account never signed in from does not use up its owner's.
pub const POLICY: CodePolicy = CodePolicy {
    lifetime: LIFETIME,
    cooldown: 30,
    hourly: 5,
    daily: 10,
    max_tries: 5,
    lockout: 15 * MINUTE,
};
