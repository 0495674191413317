//! Answers that users get about themselves and administrators about others.

use domain::Contact;
use domain::account::User;
use domain::factors::Factors;
use flows::{OwnSession, Postern, RemovedFactors};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ListedSession;
use super::factors::{MfaDeviceMethod, factor_name};
use crate::dialect::nest::millis;

/// The sessions of an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetUserSessionsResponseDTO)]
pub struct SessionList {
    /// Oldest first.
    sessions: Vec<ListedSession>,
}

impl SessionList {
    /// These, for a caller whose own session `current` may be among them.
    #[must_use]
    pub fn of(sessions: &[OwnSession], current: Uuid) -> Self {
        let listed = sessions.iter();
        Self {
            sessions: listed.map(|one| ListedSession::of(one, current)).collect(),
        }
    }
}

/// Whether it was the session that asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogoutSessionResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct SessionEnded {
    /// Always true.
    success: bool,
    /// Whether the caller has signed themselves out.
    was_current_session: bool,
}

impl SessionEnded {
    /// One that is the caller's own, or is not.
    #[must_use]
    pub const fn own(was_current_session: bool) -> Self {
        Self {
            success: true,
            was_current_session,
        }
    }
}

/// How many sessions have ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogoutAllResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct LoggedOutEverywhere {
    /// Those that were alive.
    #[schema(value_type = f64)]
    pub revoked_count: usize,
}

/// That the password has to be changed.
#[derive(ToSchema)]
#[schema(as = SetMustChangePasswordResponseDTO)]
#[allow(dead_code, reason = "for the document")]
pub struct PasswordChangeRequired {
    /// Always true.
    success: bool,
}

/// What went of the factors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RemoveDevicesResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct FactorsRemoved {
    /// How many factors went.
    #[schema(value_type = f64)]
    deleted_count: usize,
    /// Whether that was the last factor.
    mfa_disabled: bool,
}

impl From<RemovedFactors> for FactorsRemoved {
    fn from(removed: RemovedFactors) -> Self {
        Self {
            deleted_count: removed.devices,
            mfa_disabled: removed.was_last,
        }
    }
}

/// That a kind of factor is asked for first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SetPreferredMethodResponseDTO)]
pub struct PreferredFactor {
    /// A sentence.
    message: &'static str,
}

impl PreferredFactor {
    /// That it is done.
    pub const SET: Self = Self {
        message: "Sign-ins ask for this factor first",
    };
}

/// How an account stands with second factors.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GetMFAStatusResponseDTO, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct FactorStanding {
    /// Whether a factor is set up and asked for.
    enabled: bool,
    /// The same: a factor that is set up is asked for.
    required: bool,
    /// The kinds of factor that are set up.
    #[schema(value_type = Vec<MfaDeviceMethod>)]
    configured_methods: Vec<&'static str>,
    /// The kinds of factor that may be set up.
    available_methods: Vec<&'static str>,
    /// Whether there are backup codes left.
    has_backup_codes: bool,
    /// The kind that is asked for first.
    #[schema(value_type = MfaDeviceMethod, required = false, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_method: Option<&'static str>,
    /// Whether the account is excused from second factors.
    mfa_exempt: bool,
    /// Why.
    #[schema(required = true)]
    mfa_exempt_reason: Option<String>,
    /// Since when.
    #[schema(required = true, format = DateTime)]
    mfa_exempt_granted_at: Option<String>,
}

impl FactorStanding {
    /// That of `user`, with these factors.
    #[must_use]
    pub fn of(postern: &Postern, user: &User, factors: &Factors) -> Self {
        let enabled = factors.any_active();
        let exemption = user.mfa_exemption.as_ref();
        let configured = factors.kinds_in_force().into_iter().map(factor_name);
        let available = postern.available_factors().into_iter().map(factor_name);
        Self {
            enabled,
            required: enabled,
            configured_methods: configured.collect(),
            available_methods: available.collect(),
            has_backup_codes: enabled && !factors.backup_codes.is_empty(),
            preferred_method: factors.preferred().map(factor_name),
            mfa_exempt: user.mfa_exempt,
            mfa_exempt_reason: exemption.and_then(|exemption| exemption.reason.clone()),
            mfa_exempt_granted_at: exemption.map(|exemption| millis(exemption.at)),
        }
    }
}

/// By which way a code goes.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "they are named as what they are")]
pub enum DeliveryMedium {
    Email,
    Sms,
}

impl DeliveryMedium {
    /// The way to there.
    #[must_use]
    pub const fn to(contact: &Contact) -> Self {
        match contact {
            Contact::Email(_) => Self::Email,
            Contact::Phone(_) => Self::Sms,
        }
    }
}
