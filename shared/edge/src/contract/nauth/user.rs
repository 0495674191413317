//! The account as its owner, or an administrator, sees it.

use domain::UnixTime;
use domain::account::{Status, User};
use domain::provider::Provider;
use flows::Postern;
use serde::Serialize;
use utoipa::ToSchema;

use super::reply::providers;
use crate::Refusal;
use crate::dialect::nest::millis;

/// An account. An address that it is to move to is shown in place of the proven one, as
/// one that is not proven.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserResponseDto)]
#[serde(rename_all = "camelCase")]
pub struct UserResponse {
    /// The account.
    sub: String,
    /// The address.
    email: String,
    /// The username.
    #[schema(required = false)]
    username: Option<String>,
    /// Given name.
    #[schema(required = false)]
    first_name: Option<String>,
    /// Family name.
    #[schema(required = false)]
    last_name: Option<String>,
    /// The number.
    #[schema(required = false)]
    phone: Option<String>,
    /// Whether the address is proven.
    is_email_verified: bool,
    /// Whether the number is proven.
    is_phone_verified: bool,
    /// Whether it is in use.
    is_active: bool,
    /// Whether it is locked.
    is_locked: bool,
    /// Whether a second factor is asked for.
    mfa_enabled: bool,
    /// Whether it is excused from second factors.
    mfa_exempt: bool,
    /// The providers that it is linked to.
    #[schema(required = false)]
    social_providers: Option<Vec<&'static str>>,
    /// Whether it has a password.
    has_password_hash: bool,
    /// When it came to be.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl UserResponse {
    /// `user` at `now`, with the providers that the tables say it is linked to.
    ///
    /// # Errors
    /// The tables do not answer.
    pub async fn shown(postern: &Postern, user: &User, now: UnixTime) -> Result<Self, Refusal> {
        let links = postern.links(user).await?;
        let linked: Vec<Provider> = links.iter().map(|link| link.provider).collect();
        Ok(Self::of(user, &linked, now))
    }

    /// `user` at `now`, with the providers that it is linked to.
    #[must_use]
    pub fn of(user: &User, linked: &[Provider], now: UnixTime) -> Self {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let pending = user.pending_email(now);
        Self {
            sub: user.sub.to_string(),
            email: pending.map_or_else(|| user.claimed_email(), ToString::to_string),
            username: some(&user.username),
            first_name: some(&user.first_name),
            last_name: some(&user.last_name),
            phone: some(&user.phone),
            is_email_verified: user.email_verified && pending.is_none(),
            is_phone_verified: user.phone_verified,
            is_active: !user.deactivated && user.status != Status::Deleted,
            is_locked: user.status == Status::Locked,
            mfa_enabled: !user.factors.is_empty(),
            mfa_exempt: user.mfa_exempt,
            social_providers: providers(user, linked),
            has_password_hash: user.has_password(),
            created_at: millis(user.created_at),
            updated_at: millis(user.updated_at.unwrap_or(user.created_at)),
        }
    }
}
