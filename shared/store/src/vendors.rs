//! Vendors: one row each, found by the claim on their address or integer id.

use aws_sdk_dynamodb::types::{ConditionCheck, Put};
use domain::UnixTime;
use domain::password::reset::ResetToken;
use domain::time::DAY;
use domain::vendor::Vendor;
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{number, to_item};
use crate::transaction::{Step, Transaction};
use crate::users::Claim;
use crate::{Store, StoreError, key};

/// That the counter `name` of a vendor's row is still `:before`. A row from before
/// there were such counters counts as 0.
fn still(name: &str, before: u64) -> String {
    match before {
        0 => format!("attribute_exists(pk) AND (attribute_not_exists({name}) OR {name} = :before)"),
        _ => format!("{name} = :before"),
    }
}

impl Store {
    /// The vendor of that name.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn vendor(&self, id: Uuid) -> Result<Option<Vendor>, StoreError> {
        self.get(&key::vendor(id)).await
    }

    /// Which vendor has, or had, the integer id.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn vendor_of_number(&self, number: u64) -> Result<Option<Uuid>, StoreError> {
        let claim: Option<Claim> = self.get(&key::vendor_number_claim(number)).await?;
        Ok(claim.map(|claim| claim.sub))
    }

    /// Writes a vendor whose password was hashed anew, if it was not edited since
    /// revision `before`.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn rehash_vendor(&self, vendor: &Vendor, before: u64) -> Result<(), StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::vendor(vendor.id), vendor, None)?))
            .condition_expression(still("rev", before))
            .expression_attribute_values(":before", number(before));
        unless_refused("PutItem", put.send().await).map(drop)
    }

    /// Puts a one-time token for a vendor's forgotten password, by its hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn put_vendor_reset(
        &self,
        hash: &str,
        token_row: &ResetToken,
    ) -> Result<(), StoreError> {
        let kept = token_row.expires_at.plus(DAY);
        let item = to_item(&key::vendor_reset(hash), token_row, Some(kept))?;
        self.put_token(item).await
    }

    /// What is kept of such a token, by its hash.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn vendor_reset(&self, hash: &str) -> Result<Option<ResetToken>, StoreError> {
        self.get(&key::vendor_reset(hash)).await
    }
}

impl Transaction<'_> {
    /// Makes a vendor and claims its address and integer id.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item, here and below.
    pub fn create_vendor(self, vendor: &Vendor) -> Result<Self, StoreError> {
        let claim = Claim { sub: vendor.id };
        let address = vendor.email.as_ref().map(key::vendor_claim);
        let claims = address
            .into_iter()
            .chain([key::vendor_number_claim(vendor.number)]);
        let mut this = self.put_new(
            Step::Create,
            to_item(&key::vendor(vendor.id), vendor, None)?,
        )?;
        for key in claims {
            this = this.put_new(Step::Create, to_item(&key, &claim, None)?)?;
        }
        Ok(this)
    }

    /// Writes a vendor over the revision `before`.
    ///
    /// # Errors
    /// As [`Transaction::create_vendor`].
    pub fn edit_vendor(self, vendor: &Vendor, before: u64) -> Result<Self, StoreError> {
        let put = Put::builder()
            .set_item(Some(to_item(&key::vendor(vendor.id), vendor, None)?))
            .condition_expression(still("rev", before))
            .expression_attribute_values(":before", number(before));
        self.put(Step::EditRow, put)
    }

    /// Demands that a vendor's epoch is still the one read: a lock, deletion or other
    /// password that came between refuses the whole transaction.
    ///
    /// # Errors
    /// As [`Transaction::create_vendor`].
    pub fn check_vendor(self, vendor: &Vendor) -> Result<Self, StoreError> {
        let check = ConditionCheck::builder()
            .condition_expression(still("epoch", vendor.token_epoch))
            .expression_attribute_values(":before", number(vendor.token_epoch));
        self.check(Step::CheckUser, &key::vendor(vendor.id), check)
    }

    /// Gives back the address of a deleted vendor. Its integer id stays claimed.
    ///
    /// # Errors
    /// As [`Transaction::create_vendor`].
    pub fn release_vendor(self, vendor: &Vendor) -> Result<Self, StoreError> {
        match &vendor.email {
            Some(address) => {
                let key = key::vendor_claim(address);
                self.delete_if(Step::Release, &key, "sub", &vendor.id.to_string())
            }
            None => Ok(self),
        }
    }

    /// Spends the one-time token of a vendor's forgotten password.
    ///
    /// # Errors
    /// As [`Transaction::create_vendor`].
    pub fn spend_vendor_reset(self, hash: &str, now: UnixTime) -> Result<Self, StoreError> {
        self.spend_token(&key::vendor_reset(hash), now)
    }
}
