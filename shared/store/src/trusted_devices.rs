//! Devices that accounts trust, and whose each is.
//!
//! A device stands beside its account, found by the digest of its token. A second row says
//! whose the digest is, so that a token that is shown at another account is told from one
//! that has ended.

use aws_sdk_dynamodb::types::Update;
use domain::UnixTime;
use domain::account::User;
use domain::session::Session;
use domain::trusted_device::{DeviceSession, TrustedDevice};
use uuid::Uuid;

use crate::item::{attribute, from_item, number, string, to_item};
use crate::key;
use crate::users::Claim;
use crate::{Step, Store, StoreError, Transaction};

/// What is known of a device token that was shown at an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownDevice {
    /// The account's device, which may have ended.
    pub device: Option<TrustedDevice>,
    /// Whether the token is another account's.
    pub is_foreign: bool,
}

impl Store {
    /// What is known of the token with this digest at the account `sub`, in one round trip.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn shown_device(&self, sub: Uuid, digest: &str) -> Result<ShownDevice, StoreError> {
        let (device, owner) = (
            key::trusted_device(sub, digest),
            key::device_token_claim(digest),
        );
        let [device, owner] = self.get_all([&device, &owner]).await?;
        let owner: Option<Claim> = owner.map(from_item).transpose()?;
        Ok(ShownDevice {
            device: device.map(from_item).transpose()?,
            is_foreign: owner.is_some_and(|owner| owner.sub != sub),
        })
    }

    /// The device of this digest, if the account has it.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn trusted_device(
        &self,
        sub: Uuid,
        digest: &str,
    ) -> Result<Option<TrustedDevice>, StoreError> {
        self.get(&key::trusted_device(sub, digest)).await
    }

    /// A device, and the session that it is signed in with: `None` where there is no device.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn device_and_session(
        &self,
        sub: Uuid,
        digest: &str,
    ) -> Result<Option<(TrustedDevice, Option<Session>)>, StoreError> {
        let Some(device) = self.trusted_device(sub, digest).await? else {
            return Ok(None);
        };
        let session = match device.session {
            Some(held) => self.get(&key::session(sub, held.id)).await?,
            None => None,
        };
        Ok(Some((device, session)))
    }
}

impl Transaction<'_> {
    /// Has the account trust a device whose token has this digest.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn trust_device(
        self,
        sub: Uuid,
        digest: &str,
        device: &TrustedDevice,
    ) -> Result<Self, StoreError> {
        let ends = Some(device.expires_at);
        let row = to_item(&key::trusted_device(sub, digest), device, ends)?;
        let owner = to_item(&key::device_token_claim(digest), &Claim { sub }, ends)?;
        self.put_new(Step::TrustDevice, row)?
            .put_new(Step::TrustDevice, owner)
    }

    /// Has a device, signed in with the session `before`, be signed in with `next`, as long
    /// as it is trusted.
    ///
    /// # Errors
    /// As [`Transaction::trust_device`].
    pub fn sign_in_device(
        self,
        sub: Uuid,
        digest: &str,
        before: &TrustedDevice,
        next: DeviceSession,
    ) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET #session = :next")
            .expression_attribute_names("#session", "session")
            .expression_attribute_values(":next", attribute(&next)?)
            .expression_attribute_values(":epoch", number(before.trust_epoch));
        let update = match before.session {
            Some(held) => update
                .condition_expression("trust_epoch = :epoch AND #session.id = :before")
                .expression_attribute_values(":before", string(held.id)),
            None => update
                .condition_expression("trust_epoch = :epoch AND attribute_not_exists(#session)"),
        };
        let key = key::trusted_device(sub, digest);
        self.update(Step::TrustDevice, &key, update)
    }

    /// Writes that `session` has been signed out of on its device, if it is that one's.
    ///
    /// # Errors
    /// As [`Transaction::trust_device`].
    pub fn sign_out_device(self, session: &Session, digest: &str) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("REMOVE #session")
            .condition_expression("#session.id = :before")
            .expression_attribute_names("#session", "session")
            .expression_attribute_values(":before", string(session.id));
        let key = key::trusted_device(session.sub, digest);
        self.update(Step::TrustDevice, &key, update)
    }

    /// Has a live session hold a device that is trusted from now on, in place of the one
    /// that it held when it was read.
    ///
    /// # Errors
    /// As [`Transaction::trust_device`].
    pub fn hold_device(self, session: &Session, digest: &str) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET device = :device")
            .expression_attribute_values(":device", string(digest))
            .expression_attribute_values(":epoch", number(session.session_epoch));
        let update = match &session.device {
            Some(before) => update
                .condition_expression(
                    "epoch = :epoch AND attribute_not_exists(ended) AND device = :before",
                )
                .expression_attribute_values(":before", string(before)),
            None => update.condition_expression(
                "epoch = :epoch AND attribute_not_exists(ended) AND attribute_not_exists(device)",
            ),
        };
        let key = key::session(session.sub, session.id);
        self.update(Step::TrustDevice, &key, update)
    }

    /// Ends the trust in a device, if it is trusted. Whose its token was stays known until
    /// it would have ended.
    ///
    /// # Errors
    /// As [`Transaction::trust_device`].
    pub fn forget_device(self, sub: Uuid, digest: &str) -> Result<Self, StoreError> {
        self.delete(Step::Remove, &key::trusted_device(sub, digest))
    }

    /// Ends the sign-ins of `user` that wait for an answer, and the trust in every device.
    /// Touches nothing else of the row, and moves its revision on, so that no edit undoes it.
    ///
    /// # Errors
    /// As [`Transaction::trust_device`].
    pub fn forget_devices(self, user: &User) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("ADD sign_in_epoch :one, trust_epoch :one, rev :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", number(1));
        self.update(Step::CheckUser, &key::user(user.sub), update)
    }

    /// As [`Transaction::touch_user`], if the account also trusts its devices still.
    ///
    /// # Errors
    /// As [`Transaction::trust_device`].
    pub fn touch_trusting_user(self, user: &User, now: UnixTime) -> Result<Self, StoreError> {
        let update = Update::builder()
            .update_expression("SET last_login_at = :now, rev = rev + :one")
            .condition_expression(
                "epoch = :epoch AND (trust_epoch = :trust \
                 OR (attribute_not_exists(trust_epoch) AND :trust = :none))",
            )
            .expression_attribute_values(":now", number(now.0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":trust", number(user.trust_epoch))
            .expression_attribute_values(":epoch", number(user.session_epoch));
        self.update(Step::CheckUser, &key::user(user.sub), update)
    }
}
