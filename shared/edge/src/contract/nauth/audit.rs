//! Security events as this contract calls them: the nearest of its 57 types, and how each
//! turned out.
//!
//! Our events are finer in places and coarser in others, so several have one type, and
//! some types have none.

use domain::audit::EventKind;
pub use domain::audit::Outcome;
use domain::sign_in::ChallengeKind;

/// The types of events that the contract knows.
pub const TYPES: [&str; 57] = [
    "LOGIN_ATTEMPT",
    "LOGIN_SUCCESS",
    "LOGIN_FAILED",
    "LOGIN_BLOCKED",
    "SESSION_CREATED",
    "SESSION_REVOKED",
    "GLOBAL_SIGNOUT",
    "PASSWORD_CHANGED",
    "PASSWORD_RESET_REQUESTED",
    "PASSWORD_RESET_COMPLETED",
    "PASSWORD_FORCE_CHANGE_SET",
    "PASSWORD_FORCE_CHANGE_COMPLETED",
    "ADMIN_PASSWORD_RESET_INITIATED",
    "ADMIN_PASSWORD_RESET_COMPLETED",
    "ADMIN_PASSWORD_RESET_FAILED",
    "MFA_ENABLED",
    "MFA_DISABLED",
    "MFA_DEVICE_ADDED",
    "MFA_DEVICE_REMOVED",
    "MFA_DEVICE_UPDATED",
    "MFA_VERIFICATION_SUCCESS",
    "MFA_VERIFICATION_FAILED",
    "MFA_EXEMPTION_GRANTED",
    "MFA_EXEMPTION_REVOKED",
    "MFA_BACKUP_CODES_GENERATED",
    "MFA_BACKUP_CODE_USED",
    "MFA_PREFERRED_METHOD_UPDATED",
    "DEVICE_TRUSTED",
    "DEVICE_UNTRUSTED",
    "ADAPTIVE_MFA_RISK_ASSESSED",
    "ADAPTIVE_MFA_TRIGGERED",
    "ADAPTIVE_MFA_BYPASSED",
    "EMAIL_VERIFIED",
    "EMAIL_VERIFICATION_REQUESTED",
    "EMAIL_VERIFICATION_FAILED",
    "PHONE_VERIFIED",
    "PHONE_VERIFICATION_REQUESTED",
    "PHONE_VERIFICATION_FAILED",
    "ACCOUNT_CREATED",
    "ACCOUNT_ACTIVATED",
    "ACCOUNT_DEACTIVATED",
    "ACCOUNT_LOCKED",
    "ACCOUNT_UNLOCKED",
    "ACCOUNT_DISABLED",
    "ACCOUNT_ENABLED",
    "ACCOUNT_DELETED",
    "PROFILE_UPDATED",
    "EMAIL_CHANGED",
    "PHONE_CHANGED",
    "USERNAME_CHANGED",
    "SOCIAL_LOGIN",
    "SOCIAL_ACCOUNT_LINKED",
    "SOCIAL_ACCOUNT_UNLINKED",
    "CHALLENGE_CREATED",
    "CHALLENGE_COMPLETED",
    "CHALLENGE_ATTEMPT_FAILED",
    "SUSPICIOUS_ACTIVITY",
];

/// The type and the outcome of an event.
#[must_use]
pub const fn described(kind: EventKind) -> (&'static str, Outcome) {
    use EventKind as K;
    let name = match kind {
        K::AccountCreated | K::AccountRestored => "ACCOUNT_CREATED",
        K::FirstFactorPassed => "LOGIN_ATTEMPT",
        K::SignIn | K::OperatorSignedIn | K::DeviceSignedIn | K::ClientSignedIn => "LOGIN_SUCCESS",
        K::FederatedSignIn => "SOCIAL_LOGIN",
        K::SecondFactorRequired
        | K::PasswordChangeAsked
        | K::EmailProofAsked
        | K::PhoneProofAsked
        | K::FactorSetupAsked => "CHALLENGE_CREATED",
        K::SignInFailed | K::PasswordFailed => "LOGIN_FAILED",
        K::SignInRefused | K::LockedOutSignIn | K::SignInBlocked => "LOGIN_BLOCKED",
        K::ChallengeCompleted => "CHALLENGE_COMPLETED",
        K::ChallengeAnswerWrong => "CHALLENGE_ATTEMPT_FAILED",
        K::SecondFactorPassed => "MFA_VERIFICATION_SUCCESS",
        K::SecondFactorFailed => "MFA_VERIFICATION_FAILED",
        K::BackupCodeUsed => "MFA_BACKUP_CODE_USED",
        K::MfaExemptionGranted => "MFA_EXEMPTION_GRANTED",
        K::MfaExemptionRevoked => "MFA_EXEMPTION_REVOKED",
        K::BackupCodesRegenerated => "MFA_BACKUP_CODES_GENERATED",
        K::FactorAdded => "MFA_DEVICE_ADDED",
        K::SecondFactorEnabled => "MFA_ENABLED",
        K::PreferredFactorChanged => "MFA_PREFERRED_METHOD_UPDATED",
        K::FactorRemoved => "MFA_DEVICE_REMOVED",
        K::SecondFactorDisabled => "MFA_DISABLED",
        K::SuspiciousRefresh | K::SuspiciousCode | K::ForeignDeviceToken => "SUSPICIOUS_ACTIVITY",
        K::RiskAssessed | K::RiskSuspected => "ADAPTIVE_MFA_RISK_ASSESSED",
        K::RiskFactorAsked => "ADAPTIVE_MFA_TRIGGERED",
        K::RiskFactorSpared => "ADAPTIVE_MFA_BYPASSED",
        K::DeviceTrusted => "DEVICE_TRUSTED",
        K::DeviceUntrusted => "DEVICE_UNTRUSTED",
        K::ProviderLinked => "SOCIAL_ACCOUNT_LINKED",
        K::ProviderUnlinked => "SOCIAL_ACCOUNT_UNLINKED",
        K::NetworkLockedOut => "ACCOUNT_LOCKED",
        K::GuessesForgotten => "ACCOUNT_UNLOCKED",
        K::AccountLocked | K::AccountDeactivated => "ACCOUNT_DISABLED",
        K::AccountUnlocked | K::AccountActivated => "ACCOUNT_ENABLED",
        K::AccountDeleted | K::AccountErased => "ACCOUNT_DELETED",
        K::PasswordChangeRequired => "PASSWORD_FORCE_CHANGE_SET",
        K::PasswordReplaced => "PASSWORD_FORCE_CHANGE_COMPLETED",
        K::PasswordResetRequested => "PASSWORD_RESET_REQUESTED",
        K::PasswordReset => "PASSWORD_RESET_COMPLETED",
        K::AdminResetInitiated => "ADMIN_PASSWORD_RESET_INITIATED",
        K::AdminResetCompleted => "ADMIN_PASSWORD_RESET_COMPLETED",
        K::AdminResetFailed => "ADMIN_PASSWORD_RESET_FAILED",
        K::PasswordChanged => "PASSWORD_CHANGED",
        K::EmailProven => "EMAIL_VERIFIED",
        K::EmailVerificationRequested => "EMAIL_VERIFICATION_REQUESTED",
        K::EmailVerificationFailed => "EMAIL_VERIFICATION_FAILED",
        K::PhoneVerificationRequested => "PHONE_VERIFICATION_REQUESTED",
        K::PhoneVerificationFailed => "PHONE_VERIFICATION_FAILED",
        K::PhoneProven => "PHONE_VERIFIED",
        K::EmailChanged | K::EmailChangeRequested => "EMAIL_CHANGED",
        K::PhoneChanged | K::PhoneGivenUp => "PHONE_CHANGED",
        K::UsernameChanged => "USERNAME_CHANGED",
        K::SignedOutEverywhere => "GLOBAL_SIGNOUT",
        K::SessionEnded | K::TokenRevoked | K::OperatorSignedOut => "SESSION_REVOKED",
        K::ProfileUpdated
        | K::RoleChanged
        | K::ApiKeyCreated
        | K::ApiKeyReissued
        | K::ServiceKeyCreated
        | K::ServiceKeyRevoked
        | K::DeviceRequested
        | K::DeviceApproved
        | K::DeviceDenied
        | K::DeviceExchanged
        | K::ConsentGiven
        | K::ConsentWithdrawn
        | K::EventCreated
        | K::EventChanged
        | K::DeviceRegistered
        | K::DeviceChanged
        | K::DeviceAssociated
        | K::OfflineTokenIssued
        | K::OperatorAppointed
        | K::OperatorDismissed
        | K::IdentityCreated
        | K::AgentKeyCreated
        | K::AgentKeyRevoked => "PROFILE_UPDATED",
    };
    (name, kind.outcome())
}

/// Why an event happened, where its type leaves that open.
#[must_use]
pub const fn reason(kind: EventKind) -> Option<&'static str> {
    match kind {
        EventKind::SignInRefused => Some("account_locked"),
        EventKind::SignInBlocked => Some("risk"),
        EventKind::LockedOutSignIn | EventKind::NetworkLockedOut => Some("ip_locked"),
        _ => None,
    }
}

/// What an event shows as a risk by itself, without one having been weighed.
#[must_use]
pub const fn noted_risk(kind: EventKind) -> Option<&'static str> {
    match kind {
        EventKind::SuspiciousRefresh => Some("refresh_token_reuse_different_session"),
        EventKind::ForeignDeviceToken => Some("tampered_device_token"),
        _ => None,
    }
}

/// What a challenge that an event opened is called here.
#[must_use]
pub fn opened(kind: EventKind) -> Option<ChallengeKind> {
    let opens = |challenge: &ChallengeKind| EventKind::of_challenge(*challenge) == kind;
    ChallengeKind::ALL.into_iter().find(opens)
}

/// The events that have one of these types and one of these outcomes; an empty list of
/// either lets all through.
#[must_use]
pub fn selected(types: &[String], outcomes: &[String]) -> Option<Vec<EventKind>> {
    if types.is_empty() && outcomes.is_empty() {
        return None;
    }
    let fits = |kind: &EventKind| {
        let (name, outcome) = described(*kind);
        (types.is_empty() || types.iter().any(|one| one == name))
            && (outcomes.is_empty() || outcomes.iter().any(|one| one == outcome.name()))
    };
    Some(EventKind::ALL.into_iter().filter(fits).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_type_of_the_contract() {
        for kind in EventKind::ALL {
            assert!(TYPES.contains(&described(kind).0), "{kind:?}");
        }
    }

    #[test]
    fn filters_let_through_what_fits_both() {
        let text =
            |list: &[&str]| -> Vec<String> { list.iter().map(ToString::to_string).collect() };
        assert_eq!(selected(&[], &[]), None);
        let failed = selected(
            &text(&["LOGIN_FAILED", "LOGIN_SUCCESS"]),
            &text(&["FAILURE"]),
        );
        assert_eq!(
            failed,
            Some(vec![EventKind::SignInFailed, EventKind::PasswordFailed])
        );
        assert_eq!(selected(&text(&["SESSION_CREATED"]), &[]), Some(vec![]));
    }
}
