//! What stands between a proven identity and its tokens.
//!
//! A sign-in ends in a [`NextStep`], never in a plain yes: the sign-ins of all contracts
//! ask [`next_step`] and do what it says, so a second factor set up through one contract
//! is asked for by every one. What else is asked for before there are tokens is the
//! contract's [`SignInPolicy`].

mod challenge;
mod circumstances;
mod enforcement;

use crate::UnixTime;
use crate::account::{Factor, Role, User};
pub use crate::amr::Amr;
use crate::time::MINUTE;

pub use challenge::{
    Challenge, ChallengeFailure, ChallengeKind, ClientDevice, OpenChallenge, SentCode,
};
pub use circumstances::{Circumstances, FactorDemand};
pub use enforcement::{Enforcement, GRACE_DAYS};

/// What a sign-in has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Answer a challenge of this kind.
    Answer(ChallengeKind),
    /// Nothing: tokens may be made.
    Tokens,
}

/// Which of its addresses an account has to prove before it gets tokens (nauth:
/// `VERIFICATION`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Verification {
    /// None.
    None,
    /// The e-mail address.
    #[default]
    Email,
    /// The telephone number.
    Phone,
    /// Both, the address first.
    Both,
}

impl Verification {
    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::None),
            "email" => Some(Self::Email),
            "phone" => Some(Self::Phone),
            "both" => Some(Self::Both),
            _ => None,
        }
    }

    /// Whether the e-mail address has to be proven.
    #[must_use]
    pub const fn asks_for_email(self) -> bool {
        matches!(self, Self::Email | Self::Both)
    }

    /// Whether the telephone number has to be proven.
    #[must_use]
    pub const fn asks_for_phone(self) -> bool {
        matches!(self, Self::Phone | Self::Both)
    }
}

/// What a contract asks for before there are tokens, and how patiently. A second factor
/// is asked for by each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInPolicy {
    /// Which addresses have to be proven.
    pub verification: Verification,
    /// How hard a second factor is insisted on.
    pub enforcement: Enforcement,
    /// Whether a password that has to be replaced is replaced within the sign-in.
    /// Contracts that have no words for that refuse the sign-in instead.
    pub replaces_passwords: bool,
    /// Whether an open challenge of the same account and kind is used again.
    pub reuses_challenges: bool,
    /// The kinds of factors that its words can ask for. A backup code stands in for any.
    pub factors: &'static [Factor],
    /// Seconds for which a challenge may be answered.
    pub lifetime: u64,
    /// Answers that one challenge takes.
    pub attempts: u32,
}

impl SignInPolicy {
    /// The policy of all contracts but nauth: they ask for a second factor and nothing
    /// else.
    pub const PLAIN: Self = Self {
        verification: Verification::None,
        enforcement: Enforcement::Optional,
        replaces_passwords: false,
        reuses_challenges: false,
        factors: &[Factor::Totp],
        lifetime: 5 * MINUTE,
        attempts: 5,
    };

    /// The policy of our own pages, which can ask for everything but a passkey: that takes a
    /// script. An address that a password is used with is proven on the way.
    pub const PAGES: Self = Self {
        verification: Verification::Email,
        replaces_passwords: true,
        reuses_challenges: true,
        factors: &[Factor::Totp, Factor::Sms, Factor::Email],
        lifetime: 15 * MINUTE,
        ..Self::PLAIN
    };

    /// nauth's policy for an installation that asks for this `verification`, and for a
    /// second factor by this `enforcement`.
    #[must_use]
    pub const fn nauth(verification: Verification, enforcement: Enforcement) -> Self {
        Self {
            verification,
            enforcement,
            replaces_passwords: true,
            reuses_challenges: true,
            factors: &Factor::ALL,
            lifetime: 15 * MINUTE,
            attempts: 3,
        }
    }
}

/// The first thing still missing at `now` from a sign-in of `user` by `amr`, of which a
/// second factor is demanded as `demand` says. The order is nauth's: a proof of the address
/// comes before the factor, so that no factor is asked of a stranger's account.
#[must_use]
pub fn next_step(
    user: &User,
    amr: &[Amr],
    demand: FactorDemand,
    policy: &SignInPolicy,
    now: UnixTime,
) -> NextStep {
    let verification = policy.verification;
    let sets_up = policy.enforcement.demands_setup(user, now) || demand.asks_for_setup(user);
    let sets_up = sets_up && !amr.contains(&Amr::Mfa);
    // A factor is set up by accounts that have proven something, so that is asked for first.
    let asks_for_email = verification.asks_for_email() || (sets_up && !user.is_proven());
    let unproven_address = asks_for_email && user.email.is_some() && !user.email_verified;
    // A provider's word opens the account whatever becomes of its address (nauth).
    let by_provider = amr.contains(&Amr::Federated);
    let kinds = [
        (
            ChallengeKind::ChangePassword,
            policy.replaces_passwords && user.must_change_password && amr.contains(&Amr::Pwd),
        ),
        (
            ChallengeKind::VerifyEmail,
            // An address that the account is to move to is asked for wherever challenges are.
            !by_provider
                && (unproven_address
                    || (policy.replaces_passwords && user.pending_email(now).is_some())),
        ),
        (
            ChallengeKind::VerifyPhone,
            verification.asks_for_phone() && !user.phone_verified,
        ),
        (ChallengeKind::SetUpFactor, sets_up && user.is_proven()),
        (
            ChallengeKind::SecondFactor,
            demand.asks(user) && !amr.contains(&Amr::Mfa),
        ),
    ];
    let missing = kinds.into_iter().find(|(_, missing)| *missing);
    missing.map_or(NextStep::Tokens, |(kind, _)| NextStep::Answer(kind))
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::account::PendingEmail;
    use crate::time::DAY;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn plainly(user: &User, amr: &[Amr]) -> NextStep {
        next_step(user, amr, FactorDemand::IfSetUp, &SignInPolicy::PLAIN, NOW)
    }

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
        let owed = NextStep::Answer(ChallengeKind::SecondFactor);
        assert_eq!(plainly(&with, &[Amr::Otp]), owed);
        assert_eq!(plainly(&with, &[Amr::Otp, Amr::Mfa]), NextStep::Tokens);
        let without = user(Role::User, vec![]);
        assert_eq!(plainly(&without, &[Amr::Otp]), NextStep::Tokens);
        let exempt = User {
            mfa_exempt: true,
            ..with
        };
        assert_eq!(plainly(&exempt, &[Amr::Otp]), NextStep::Tokens);
    }

    #[test]
    fn a_trusted_device_is_not_asked_for_a_factor_that_there_is() {
        let with = user(Role::User, vec![Factor::Totp]);
        let policy = SignInPolicy::nauth(Verification::None, Enforcement::Optional);
        let next = |demand| next_step(&with, &[Amr::Pwd], demand, &policy, NOW);
        let owed = NextStep::Answer(ChallengeKind::SecondFactor);
        assert_eq!(next(FactorDemand::Waived), NextStep::Tokens);
        assert_eq!(next(FactorDemand::IfSetUp), owed);
        assert_eq!(next(FactorDemand::Always), owed);
        let without = user(Role::User, vec![]);
        assert!(FactorDemand::Always.asks_for_setup(&without));
        assert!(!FactorDemand::Always.asks_for_setup(&with));
        assert!(!FactorDemand::IfSetUp.asks_for_setup(&without));
    }

    #[test]
    fn challenges_come_in_nauths_order_and_each_once() {
        let mut person = User {
            must_change_password: true,
            email_verified: false,
            ..user(Role::User, vec![Factor::Totp])
        };
        let policy = SignInPolicy::nauth(Verification::Both, Enforcement::Optional);
        let next =
            |user: &User, amr: &[Amr]| next_step(user, amr, FactorDemand::IfSetUp, &policy, NOW);
        let kind = NextStep::Answer;
        assert_eq!(
            next(&person, &[Amr::Pwd]),
            kind(ChallengeKind::ChangePassword)
        );
        // A provider's sign-in has no password to replace, and needs no address.
        assert_eq!(
            next(&person, &[Amr::Federated]),
            kind(ChallengeKind::VerifyPhone)
        );
        person.must_change_password = false;
        assert_eq!(next(&person, &[Amr::Pwd]), kind(ChallengeKind::VerifyEmail));
        person.email_verified = true;
        assert_eq!(next(&person, &[Amr::Pwd]), kind(ChallengeKind::VerifyPhone));
        person.phone_verified = true;
        assert_eq!(
            next(&person, &[Amr::Pwd]),
            kind(ChallengeKind::SecondFactor)
        );
        assert_eq!(next(&person, &[Amr::Pwd, Amr::Mfa]), NextStep::Tokens);
        assert_eq!(
            plainly(
                &User {
                    email_verified: false,
                    ..person.clone()
                },
                &[Amr::Pwd, Amr::Mfa]
            ),
            NextStep::Tokens
        );
    }

    #[test]
    fn a_factor_is_set_up_after_a_proof_and_once() {
        let mut person = User {
            email_verified: false,
            email_proven_at: None,
            ..user(Role::User, vec![])
        };
        let enforcement = Enforcement::Required { grace: DAY };
        let policy = SignInPolicy::nauth(Verification::None, enforcement);
        let demand = FactorDemand::IfSetUp;
        let next = |user: &User, amr: &[Amr], now| next_step(user, amr, demand, &policy, now);
        let kind = NextStep::Answer;
        assert_eq!(next(&person, &[Amr::Pwd], UnixTime(60)), NextStep::Tokens);
        assert_eq!(
            next(&person, &[Amr::Pwd], NOW),
            kind(ChallengeKind::VerifyEmail)
        );
        person.email_verified = true;
        assert_eq!(
            next(&person, &[Amr::Pwd], NOW),
            kind(ChallengeKind::SetUpFactor)
        );
        person.factors = vec![Factor::Email];
        assert_eq!(next(&person, &[Amr::Pwd, Amr::Mfa], NOW), NextStep::Tokens);
        assert_eq!(
            next(&person, &[Amr::Pwd], NOW),
            kind(ChallengeKind::SecondFactor)
        );
        // No other contract has words for that.
        person.factors.clear();
        // Nor does the risk ask for it there; here it does.
        let adaptive = SignInPolicy::nauth(Verification::None, Enforcement::Adaptive);
        let weighed = |demand| next_step(&person, &[Amr::Pwd], demand, &adaptive, NOW);
        assert_eq!(
            weighed(FactorDemand::Always),
            kind(ChallengeKind::SetUpFactor)
        );
        assert_eq!(weighed(FactorDemand::IfSetUp), NextStep::Tokens);
        assert_eq!(plainly(&person, &[Amr::Pwd]), NextStep::Tokens);
    }

    #[test]
    fn a_move_is_asked_for_until_it_lapses() {
        let moving = User {
            pending_email: crate::EmailAddress::parse("b@example.com").map(|address| {
                PendingEmail {
                    address,
                    since: NOW,
                }
            }),
            ..user(Role::User, vec![])
        };
        let policy = SignInPolicy::nauth(Verification::None, Enforcement::Optional);
        let demand = FactorDemand::IfSetUp;
        let next = |now| next_step(&moving, &[Amr::Pwd], demand, &policy, now);
        assert_eq!(next(NOW), NextStep::Answer(ChallengeKind::VerifyEmail));
        assert_eq!(next(NOW.plus(7 * DAY)), NextStep::Tokens);
        assert_eq!(plainly(&moving, &[Amr::Pwd]), NextStep::Tokens);
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
