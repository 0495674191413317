//! Bodies that several families of the cashless contract answer with.

use std::collections::BTreeMap;

use domain::pos::DeviceMac;
use flows::{OfflineToken, PendingTokens, SignIn, Tokens};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Fields, FromFields, Rejected};

/// The tokens of a session, or of a sign-in that waits for its second factor.
#[derive(Serialize, ToSchema)]
pub struct TokenResponse {
    /// The access token. While `mfa_required` a pending one, good for
    /// `/admin/mfa/verify` and `/auth/logout` only.
    access_token: String,
    /// What renews it, and nothing more than it.
    refresh_token: String,
    /// `bearer`.
    #[schema(required = false, default = "bearer")]
    token_type: &'static str,
    /// Seconds for which the access token is good.
    expires_in: u64,
    /// Whether a second factor is still to be shown. The original has no such
    /// field, nor any factor at its logins.
    #[schema(required = false)]
    mfa_required: bool,
}

impl From<Tokens> for TokenResponse {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access,
            refresh_token: tokens.refresh,
            token_type: "bearer",
            expires_in: tokens.expires_in,
            mfa_required: false,
        }
    }
}

impl From<PendingTokens> for TokenResponse {
    fn from(pending: PendingTokens) -> Self {
        Self {
            access_token: pending.access,
            refresh_token: pending.refresh,
            token_type: "bearer",
            expires_in: pending.expires_in,
            mfa_required: true,
        }
    }
}

impl From<SignIn> for TokenResponse {
    fn from(sign_in: SignIn) -> Self {
        match sign_in {
            SignIn::Complete(tokens) => (*tokens).into(),
            SignIn::Waiting(waiting) => waiting.pending.into(),
        }
    }
}

/// What many operations of the contract answer: names and values, all of them
/// texts, numbers and times too.
#[derive(Debug, Serialize, ToSchema)]
pub struct Texts(BTreeMap<&'static str, String>);

impl Texts {
    /// The body that holds these.
    pub fn of<const N: usize>(pairs: [(&'static str, String); N]) -> Self {
        Self(pairs.into())
    }

    /// A body that only says what happened.
    #[must_use]
    pub fn message(text: &str) -> Self {
        Self::of([("message", text.to_owned())])
    }
}

/// The device, and where it is.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceAuthRequest {
    /// What it calls itself, a MAC address as a rule; `None` if no device does.
    #[schema(value_type = String)]
    pub dev_mac: Option<DeviceMac>,
    /// The event that it works at.
    pub event_id: u64,
}

impl FromFields for DeviceAuthRequest {
    fn read(fields: &mut Fields) -> Result<Self, Rejected> {
        let mac = fields.text("dev_mac").may_be_blank().required();
        let event_id = fields.integer("event_id");
        fields.deny_unknown(&["dev_mac", "event_id"]);
        Ok(Self {
            dev_mac: DeviceMac::parse(&mac?),
            event_id: event_id?,
        })
    }
}

/// An offline token with what it is bound to.
#[must_use]
pub fn offline_token(issued: OfflineToken) -> Texts {
    let OfflineToken { token, claims } = issued;
    Texts::of([
        ("offline_token", token),
        ("token_type", "bearer".to_owned()),
        ("expires_at", claims.exp.to_string()),
        ("event_id", claims.event_id.to_string()),
        (
            "device_id",
            claims
                .device_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
        ),
        ("operator_id", claims.user_id.to_string()),
    ])
}
