//! Vendors: one row each, found by the claim on their address.

use domain::vendor::Vendor;
use uuid::Uuid;

use crate::error::unless_refused;
use crate::item::{number, to_item};
use crate::transaction::{Step, Transaction};
use crate::users::Claim;
use crate::{Store, StoreError, key};

impl Store {
    /// The vendor of that name.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn vendor(&self, id: Uuid) -> Result<Option<Vendor>, StoreError> {
        self.get(&key::vendor(id)).await
    }

    /// Writes a vendor whose password was hashed anew, if nobody changed it since
    /// revision `before` of its credential.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub async fn rehash_vendor(&self, vendor: &Vendor, before: u64) -> Result<(), StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(to_item(&key::vendor(vendor.id), vendor, None)?))
            .condition_expression("credential.rev = :before")
            .expression_attribute_values(":before", number(before));
        unless_refused("PutItem", put.send().await).map(drop)
    }
}

impl Transaction<'_> {
    /// Makes a vendor and claims its address and integer id.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for values that make no item.
    pub fn create_vendor(self, vendor: &Vendor) -> Result<Self, StoreError> {
        let claim = Claim { sub: vendor.id };
        let claims = [
            key::vendor_claim(&vendor.email),
            key::vendor_number_claim(vendor.number),
        ];
        let mut this = self.put_new(
            Step::Create,
            to_item(&key::vendor(vendor.id), vendor, None)?,
        )?;
        for key in claims {
            this = this.put_new(Step::Create, to_item(&key, &claim, None)?)?;
        }
        Ok(this)
    }
}
