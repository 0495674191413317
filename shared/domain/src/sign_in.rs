//! What stands between a proven identity and its tokens.
//!
//! A sign-in ends in a [`NextStep`], never in a plain yes: the sign-ins of all contracts
//! ask [`next_step`] and do what it says, so a second factor set up through one contract
//! is asked for by every one.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{Role, User};
pub use crate::amr::Amr;
use crate::network::NetworkMark;
use crate::session::ProvenWhen;
use crate::{Contract, UnixTime};

/// What a sign-in has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Show a second factor.
    SecondFactor,
    /// Nothing: tokens may be made.
    Tokens,
}

/// The first thing still missing from a sign-in of `user` by `amr`.
#[must_use]
pub fn next_step(user: &User, amr: &[Amr]) -> NextStep {
    let owed = !user.factors.is_empty() && !user.mfa_exempt && !amr.contains(&Amr::Mfa);
    if owed {
        NextStep::SecondFactor
    } else {
        NextStep::Tokens
    }
}

/// How hard an installation pushes people towards a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MfaPolicy {
    /// Not at all.
    #[default]
    Optional,
    /// Clients suggest it to all users.
    Encouraged,
    /// Clients insist on it.
    Required,
    /// Clients suggest it to administrators.
    AdminOnly,
}

impl MfaPolicy {
    /// The policy of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "optional" => Some(Self::Optional),
            "encouraged" => Some(Self::Encouraged),
            "required" => Some(Self::Required),
            "admin_only" => Some(Self::AdminOnly),
            _ => None,
        }
    }

    /// Whether a client should now ask `user` to set one up
    /// (djangocfg: `should_prompt_2fa`).
    #[must_use]
    pub fn prompts(self, user: &User) -> bool {
        let wanted = match self {
            Self::Optional => false,
            Self::Encouraged | Self::Required => true,
            Self::AdminOnly => user.role == Role::Admin,
        };
        wanted && user.factors.is_empty()
    }
}

/// How long a second factor may be shown after the first, in seconds.
pub const CHALLENGE_LIFETIME: u64 = 300;

/// How many second factors may be tried in one sign-in.
pub const MAX_ATTEMPTS: u32 = 5;

/// A sign-in that waits for its second factor (djangocfg: a 2FA session).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Its unguessable name, which the client sends back.
    pub id: Uuid,
    /// Whose sign-in it is.
    pub sub: Uuid,
    /// The account's epoch when it began: a lock in between ends it too.
    #[serde(rename = "epoch")]
    pub session_epoch: u64,
    /// Through which contract.
    pub contract: Contract,
    /// Its integer id, for the contracts that list what waits by number.
    pub number: u64,
    /// What was proven so far.
    pub amr: Vec<Amr>,
    /// When it was.
    #[serde(default)]
    pub proven: ProvenWhen,
    /// The provider that vouched for it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The event that the session is to be bound to (cashless).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// The network that it began at, if its account knew that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_network: Option<NetworkMark>,
    /// When it began.
    pub created_at: UnixTime,
    /// When it ends.
    pub expires_at: UnixTime,
    /// Answers so far.
    pub tries: u32,
    /// When the right one came: a sign-in is completed once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent_at: Option<UnixTime>,
}

impl Challenge {
    /// Whether it still waits, and may be answered.
    #[must_use]
    pub fn is_open(&self, now: UnixTime) -> bool {
        self.spent_at.is_none() && self.expires_at > now && self.tries < MAX_ATTEMPTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Factor;

    fn user(role: Role, factors: Vec<Factor>) -> User {
        let new = crate::account::NewUser {
            sub: Uuid::nil(),
            uid: 1,
            username: "u".into(),
            contact: crate::EmailAddress::parse("a@example.com").map(crate::Contact::Email),
            language: String::new(),
            timezone: String::new(),
            source: String::new(),
            network: String::new(),
            audit_key: String::new(),
        };
        User {
            role,
            factors,
            ..new.into_user(UnixTime(0))
        }
    }

    #[test]
    fn an_active_factor_is_always_owed() {
        let with = user(Role::User, vec![Factor::Totp]);
        assert_eq!(next_step(&with, &[Amr::Otp]), NextStep::SecondFactor);
        assert_eq!(next_step(&with, &[Amr::Otp, Amr::Mfa]), NextStep::Tokens);
        assert_eq!(
            next_step(&user(Role::User, vec![]), &[Amr::Otp]),
            NextStep::Tokens
        );
        let exempt = User {
            mfa_exempt: true,
            ..with
        };
        assert_eq!(next_step(&exempt, &[Amr::Otp]), NextStep::Tokens);
    }

    #[test]
    fn a_short_code_alone_makes_nobody_staff() {
        let admin = user(Role::Admin, vec![]);
        assert_eq!(admin.role_in(&[Amr::Otp]), Role::User);
        assert_eq!(admin.role_in(&[]), Role::User);
        assert_eq!(admin.role_in(&[Amr::Otp, Amr::Otp]), Role::User);
        assert_eq!(admin.role_in(&[Amr::Sms]), Role::User);
        assert_eq!(admin.role_in(&[Amr::Sms, Amr::Otp]), Role::User);
        assert_eq!(admin.role_in(&[Amr::Sms, Amr::Mfa]), Role::Admin);
        assert_eq!(admin.role_in(&[Amr::Otp, Amr::Mfa]), Role::Admin);
        assert_eq!(admin.role_in(&[Amr::Federated]), Role::Admin);
    }

    #[test]
    fn prompts_follow_the_policy() {
        let (person, admin) = (user(Role::User, vec![]), user(Role::Admin, vec![]));
        let asked = |policy: MfaPolicy| (policy.prompts(&person), policy.prompts(&admin));
        assert_eq!(asked(MfaPolicy::Optional), (false, false));
        assert_eq!(asked(MfaPolicy::Encouraged), (true, true));
        assert_eq!(asked(MfaPolicy::Required), (true, true));
        assert_eq!(asked(MfaPolicy::AdminOnly), (false, true));
        assert!(!MfaPolicy::Required.prompts(&user(Role::User, vec![Factor::Totp])));
    }
}
