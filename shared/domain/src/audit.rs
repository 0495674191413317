//! Security events: what an operator must be able to answer for later
//! (OWASP ASVS 16.3).

use serde::{Deserialize, Serialize};

use crate::risk::{Risk, RiskFactor};
use crate::sign_in::ChallengeKind;

/// What happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventKind {
    /// The account came to be, with its first proof of an address.
    AccountCreated,
    /// A first factor was right, whatever is still asked for (nauth).
    FirstFactorPassed,
    /// A user signed in.
    SignIn,
    /// A user signed in through a provider.
    FederatedSignIn,
    /// A first factor was right; the second is awaited.
    SecondFactorRequired,
    /// A password was right, but has to be replaced before there are tokens (nauth).
    PasswordChangeAsked,
    /// A sign-in waits until the address is proven (nauth).
    EmailProofAsked,
    /// A sign-in waits until a number is proven (nauth).
    PhoneProofAsked,
    /// An operator excused it from second factors.
    MfaExemptionGranted,
    /// An operator took that back.
    MfaExemptionRevoked,
    /// A sign-in waits until a second factor is set up (nauth).
    FactorSetupAsked,
    /// A code was wrong.
    SignInFailed,
    /// A second factor was right.
    SecondFactorPassed,
    /// A second factor was wrong.
    SecondFactorFailed,
    /// A backup code stood in for the second factor, and is used up.
    BackupCodeUsed,
    /// All backup codes were replaced.
    BackupCodesRegenerated,
    /// A second factor was confirmed.
    FactorAdded,
    /// The account has a second factor from now on, and had none before.
    SecondFactorEnabled,
    /// Another kind of second factor is asked for first (nauth).
    PreferredFactorChanged,
    /// One of the second factors was removed.
    FactorRemoved,
    /// The last second factor went: the account is without one.
    SecondFactorDisabled,
    /// A refresh token was shown again after it had been replaced.
    SuspiciousRefresh,
    /// Its owner trusts a device (nauth).
    DeviceTrusted,
    /// Its owner trusts a device, or all of them, no longer (nauth).
    DeviceUntrusted,
    /// A sign-in showed the token of a device that another account trusts (nauth).
    ForeignDeviceToken,
    /// The risk of a sign-in was weighed (nauth).
    RiskAssessed,
    /// The same, and it looks like an attack.
    RiskSuspected,
    /// The risk had a second factor asked for (nauth).
    RiskFactorAsked,
    /// No second factor was asked for, because the device is trusted or the account exempt
    /// (nauth).
    RiskFactorSpared,
    /// The risk had a sign-in with the right password blocked (nauth).
    SignInBlocked,
    /// An account at a provider was linked to it.
    ProviderLinked,
    /// Such a link was taken away.
    ProviderUnlinked,
    /// An operator locked the account.
    AccountLocked,
    /// An operator unlocked the account.
    AccountUnlocked,
    /// An administrator took the account out of use.
    AccountDeactivated,
    /// An administrator put the account back into use.
    AccountActivated,
    /// An operator let its owner back in while an attacker guessed at it.
    GuessesForgotten,
    /// An operator changed its role.
    RoleChanged,
    /// Its owner or an operator deleted it.
    AccountDeleted,
    /// An operator brought it back.
    AccountRestored,
    /// An operator destroyed what was left of it after its deletion.
    AccountErased,
    /// A password was wrong.
    PasswordFailed,
    /// A password was right, but the sign-in was refused.
    SignInRefused,
    /// Too many wrong passwords came from one network, which takes no more for a while
    /// (nauth).
    NetworkLockedOut,
    /// A sign-in came from such a network meanwhile; nothing was compared.
    LockedOutSignIn,
    /// A challenge was answered as it had to be (nauth).
    ChallengeCompleted,
    /// An answer to a challenge was wrong (nauth).
    ChallengeAnswerWrong,
    /// An operator demanded that its password be replaced.
    PasswordChangeRequired,
    /// A reset of a forgotten password was asked for.
    PasswordResetRequested,
    /// A forgotten password was replaced.
    PasswordReset,
    /// An administrator sent a code that replaces its password (nauth).
    AdminResetInitiated,
    /// Its password was replaced by such a code.
    AdminResetCompleted,
    /// Such a code was wrong.
    AdminResetFailed,
    /// Its owner chose another password.
    PasswordChanged,
    /// Its password was replaced as it had to be (nauth).
    PasswordReplaced,
    /// Its address was proven to be its own.
    EmailProven,
    /// A code that proves an address was sent (nauth).
    EmailVerificationRequested,
    /// Such a code was wrong.
    EmailVerificationFailed,
    /// A code that proves a number was sent (nauth).
    PhoneVerificationRequested,
    /// Such a code was wrong.
    PhoneVerificationFailed,
    /// Its number was proven to be its own.
    PhoneProven,
    /// Its owner changed what it says of them (nauth).
    ProfileUpdated,
    /// Its owner asked to move it to another address, which waits for its proof (nauth).
    EmailChangeRequested,
    /// It has another number, unproven.
    PhoneChanged,
    /// It has another username.
    UsernameChanged,
    /// Its owner ended all of its sessions (nauth).
    SignedOutEverywhere,
    /// It has another address.
    EmailChanged,
    /// It no longer signs in by its telephone number.
    PhoneGivenUp,
    /// Its owner ended a session.
    SessionEnded,
    /// Its first API key was made.
    ApiKeyCreated,
    /// Its API key was replaced.
    ApiKeyReissued,
    /// As an administrator it made an API key for a service.
    ServiceKeyCreated,
    /// As an administrator it revoked one; or the holder revoked one that it had made.
    ServiceKeyRevoked,
    /// A session was ended by a holder of one of its tokens (RFC 7009).
    TokenRevoked,
    /// A device asked to be let in.
    DeviceRequested,
    /// The user let a device in.
    DeviceApproved,
    /// The user refused a device.
    DeviceDenied,
    /// A device that was let in got its keys.
    DeviceExchanged,
    /// A client got tokens for a code that the user's browser brought it.
    ClientSignedIn,
    /// A code was shown again after it had bought tokens, which ended.
    SuspiciousCode,
    /// The user agreed that a client may know them.
    ConsentGiven,
    /// The user, or an operator, took that back.
    ConsentWithdrawn,
    /// As an administrator it made an event.
    EventCreated,
    /// It renamed, ended or reopened one.
    EventChanged,
    /// It registered a device.
    DeviceRegistered,
    /// It renamed a device, took it out of use or into use again.
    DeviceChanged,
    /// A device was given into an operator's hands: in the operator's trail.
    DeviceAssociated,
    /// A device in an operator's hands got an offline token by itself.
    DeviceSignedIn,
    /// An offline token was made for a user who is signed in.
    OfflineTokenIssued,
    /// An administrator made it an operator, or moved it to another event or mode.
    OperatorAppointed,
    /// An administrator took that back.
    OperatorDismissed,
    /// It signed in on a device as an operator.
    OperatorSignedIn,
    /// It gave that session back.
    OperatorSignedOut,
    /// An identity was added to the account.
    IdentityCreated,
    /// A key was made for a program of the account.
    AgentKeyCreated,
    /// Such a key was revoked.
    AgentKeyRevoked,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 96] = [
        Self::AccountCreated,
        Self::FirstFactorPassed,
        Self::SignIn,
        Self::FederatedSignIn,
        Self::SecondFactorRequired,
        Self::PasswordChangeAsked,
        Self::EmailProofAsked,
        Self::PhoneProofAsked,
        Self::MfaExemptionGranted,
        Self::MfaExemptionRevoked,
        Self::FactorSetupAsked,
        Self::SignInFailed,
        Self::SecondFactorPassed,
        Self::SecondFactorFailed,
        Self::BackupCodeUsed,
        Self::BackupCodesRegenerated,
        Self::FactorAdded,
        Self::SecondFactorEnabled,
        Self::PreferredFactorChanged,
        Self::FactorRemoved,
        Self::SecondFactorDisabled,
        Self::SuspiciousRefresh,
        Self::DeviceTrusted,
        Self::DeviceUntrusted,
        Self::ForeignDeviceToken,
        Self::RiskAssessed,
        Self::RiskSuspected,
        Self::RiskFactorAsked,
        Self::RiskFactorSpared,
        Self::SignInBlocked,
        Self::ProviderLinked,
        Self::ProviderUnlinked,
        Self::AccountLocked,
        Self::AccountUnlocked,
        Self::AccountDeactivated,
        Self::AccountActivated,
        Self::GuessesForgotten,
        Self::RoleChanged,
        Self::AccountDeleted,
        Self::AccountRestored,
        Self::AccountErased,
        Self::PasswordFailed,
        Self::SignInRefused,
        Self::NetworkLockedOut,
        Self::LockedOutSignIn,
        Self::ChallengeCompleted,
        Self::ChallengeAnswerWrong,
        Self::PasswordChangeRequired,
        Self::PasswordResetRequested,
        Self::PasswordReset,
        Self::AdminResetInitiated,
        Self::AdminResetCompleted,
        Self::AdminResetFailed,
        Self::PasswordChanged,
        Self::PasswordReplaced,
        Self::EmailProven,
        Self::EmailVerificationRequested,
        Self::EmailVerificationFailed,
        Self::PhoneVerificationRequested,
        Self::PhoneVerificationFailed,
        Self::PhoneProven,
        Self::ProfileUpdated,
        Self::EmailChangeRequested,
        Self::PhoneChanged,
        Self::UsernameChanged,
        Self::SignedOutEverywhere,
        Self::EmailChanged,
        Self::PhoneGivenUp,
        Self::SessionEnded,
        Self::ApiKeyCreated,
        Self::ApiKeyReissued,
        Self::ServiceKeyCreated,
        Self::ServiceKeyRevoked,
        Self::TokenRevoked,
        Self::DeviceRequested,
        Self::DeviceApproved,
        Self::DeviceDenied,
        Self::DeviceExchanged,
        Self::ClientSignedIn,
        Self::SuspiciousCode,
        Self::ConsentGiven,
        Self::ConsentWithdrawn,
        Self::EventCreated,
        Self::EventChanged,
        Self::DeviceRegistered,
        Self::DeviceChanged,
        Self::DeviceAssociated,
        Self::DeviceSignedIn,
        Self::OfflineTokenIssued,
        Self::OperatorAppointed,
        Self::OperatorDismissed,
        Self::OperatorSignedIn,
        Self::OperatorSignedOut,
        Self::IdentityCreated,
        Self::AgentKeyCreated,
        Self::AgentKeyRevoked,
    ];

    /// Those that make the next sign-in suspicious, and of which each is enough.
    pub const SUSPICIOUS: [Self; 4] = [
        Self::SuspiciousRefresh,
        Self::SuspiciousCode,
        Self::ForeignDeviceToken,
        Self::RiskSuspected,
    ];

    /// Those of which several make it so: a wrong password or code.
    pub const FAILED_SIGN_INS: [Self; 2] = [Self::SignInFailed, Self::PasswordFailed];

    /// The moments of nauth-toolkit's lifecycle hooks that this event is, by the contract's
    /// names. That contract has its host's code called in the request; here the event leaves
    /// by the outbox, so nothing outside holds up or refuses a request.
    #[must_use]
    pub const fn hooks(self) -> &'static [&'static str] {
        match self {
            Self::AccountCreated => &["postSignup"],
            Self::ProfileUpdated => &["userProfileUpdated"],
            Self::PasswordChanged
            | Self::PasswordReset
            | Self::PasswordReplaced
            | Self::AdminResetCompleted => &["passwordChanged"],
            Self::FactorAdded => &["mfaMethodAdded"],
            Self::SecondFactorEnabled => &["mfaFirstEnabled"],
            Self::FactorRemoved | Self::SecondFactorDisabled => &["mfaDeviceRemoved"],
            Self::AccountLocked => &["accountLocked", "accountStatusChanged"],
            Self::AccountUnlocked | Self::AccountActivated | Self::AccountDeactivated => {
                &["accountStatusChanged"]
            }
            Self::EmailChanged => &["emailChanged"],
            Self::SignedOutEverywhere => &["sessionsRevoked"],
            Self::RiskFactorAsked | Self::SignInBlocked => &["adaptiveMfaRiskDetected"],
            _ => &[],
        }
    }

    /// How it turned out for whoever asked for it.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::SignInFailed
            | Self::PasswordFailed
            | Self::SignInRefused
            | Self::LockedOutSignIn
            | Self::SecondFactorFailed
            | Self::ChallengeAnswerWrong
            | Self::SignInBlocked
            | Self::AdminResetFailed
            | Self::EmailVerificationFailed
            | Self::PhoneVerificationFailed => Outcome::Failure,
            Self::FirstFactorPassed
            | Self::SecondFactorRequired
            | Self::PasswordChangeAsked
            | Self::EmailProofAsked
            | Self::PhoneProofAsked
            | Self::FactorSetupAsked
            | Self::RiskAssessed
            | Self::EmailVerificationRequested
            | Self::PhoneVerificationRequested => Outcome::Info,
            Self::SuspiciousRefresh
            | Self::SuspiciousCode
            | Self::ForeignDeviceToken
            | Self::RiskSuspected => Outcome::Suspicious,
            Self::AccountCreated
            | Self::SignIn
            | Self::FederatedSignIn
            | Self::SecondFactorPassed
            | Self::BackupCodeUsed
            | Self::BackupCodesRegenerated
            | Self::MfaExemptionGranted
            | Self::MfaExemptionRevoked
            | Self::FactorAdded
            | Self::SecondFactorEnabled
            | Self::PreferredFactorChanged
            | Self::FactorRemoved
            | Self::SecondFactorDisabled
            | Self::DeviceTrusted
            | Self::DeviceUntrusted
            | Self::RiskFactorAsked
            | Self::RiskFactorSpared
            | Self::ProviderLinked
            | Self::ProviderUnlinked
            | Self::AccountLocked
            | Self::AccountUnlocked
            | Self::AccountDeactivated
            | Self::AccountActivated
            | Self::GuessesForgotten
            | Self::RoleChanged
            | Self::AccountDeleted
            | Self::AccountRestored
            | Self::AccountErased
            | Self::NetworkLockedOut
            | Self::ChallengeCompleted
            | Self::PasswordChangeRequired
            | Self::PasswordResetRequested
            | Self::PasswordReset
            | Self::AdminResetInitiated
            | Self::AdminResetCompleted
            | Self::PasswordChanged
            | Self::PasswordReplaced
            | Self::EmailProven
            | Self::PhoneProven
            | Self::ProfileUpdated
            | Self::EmailChangeRequested
            | Self::PhoneChanged
            | Self::UsernameChanged
            | Self::SignedOutEverywhere
            | Self::EmailChanged
            | Self::PhoneGivenUp
            | Self::SessionEnded
            | Self::ApiKeyCreated
            | Self::ApiKeyReissued
            | Self::ServiceKeyCreated
            | Self::ServiceKeyRevoked
            | Self::TokenRevoked
            | Self::DeviceRequested
            | Self::DeviceApproved
            | Self::DeviceDenied
            | Self::DeviceExchanged
            | Self::ClientSignedIn
            | Self::ConsentGiven
            | Self::ConsentWithdrawn
            | Self::EventCreated
            | Self::EventChanged
            | Self::DeviceRegistered
            | Self::DeviceChanged
            | Self::DeviceAssociated
            | Self::DeviceSignedIn
            | Self::OfflineTokenIssued
            | Self::OperatorAppointed
            | Self::OperatorDismissed
            | Self::OperatorSignedIn
            | Self::OperatorSignedOut
            | Self::IdentityCreated
            | Self::AgentKeyCreated
            | Self::AgentKeyRevoked => Outcome::Success,
        }
    }

    /// The event of a sign-in that waits for an answer of this kind.
    #[must_use]
    pub const fn of_challenge(kind: ChallengeKind) -> Self {
        match kind {
            ChallengeKind::ChangePassword => Self::PasswordChangeAsked,
            ChallengeKind::VerifyEmail => Self::EmailProofAsked,
            ChallengeKind::VerifyPhone => Self::PhoneProofAsked,
            ChallengeKind::SetUpFactor => Self::FactorSetupAsked,
            ChallengeKind::SecondFactor => Self::SecondFactorRequired,
        }
    }
}

/// How an event turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// What was asked for happened.
    Success,
    /// It did not.
    Failure,
    /// Nothing was asked for yet.
    Info,
    /// Somebody may have been up to something.
    Suspicious,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Success, Self::Failure, Self::Info, Self::Suspicious];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
            Self::Info => "INFO",
            Self::Suspicious => "SUSPICIOUS",
        }
    }
}

/// What a security event says of the risk of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditedRisk {
    /// How high it was, of [`crate::risk::HIGHEST`].
    pub score: u32,
    /// What made it up.
    pub factors: Vec<RiskFactor>,
    /// Whether it had a second factor asked for.
    pub triggered: bool,
}

impl AuditedRisk {
    /// What there is to say of `risk`.
    #[must_use]
    pub fn new(risk: &Risk, triggered: bool) -> Self {
        Self {
            score: risk.score(),
            factors: risk.factors.clone(),
            triggered,
        }
    }
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The sender of the request.
    Caller,
    /// An operator at the command line.
    #[serde(rename = "operator")]
    CommandLine,
    /// An administrator, who is named beside this.
    Administrator,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        let mut names: Vec<String> = EventKind::ALL
            .iter()
            .map(|kind| format!("{kind:?}"))
            .collect();
        names.sort();
        names.dedup();
        // The last one, so that an event that is added shows up here.
        assert_eq!(EventKind::AgentKeyRevoked as usize + 1, names.len());
    }
}
