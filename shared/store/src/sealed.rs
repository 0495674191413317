//! The rows that hold something sealed for as long as they live, page by page: for the
//! command line alone, whose caller may scan.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::account::User;
use domain::factors::Factors;
use domain::vendor::Vendor;
use uuid::Uuid;

use crate::item::{Item, from_item, string};
use crate::key::{self, PK, SK};
use crate::{Store, StoreError};

/// A row that holds something sealed.
#[derive(Debug)]
pub enum SealedRow {
    /// The key of its history, and the address that a deleted one had.
    User(Box<User>),
    /// Secrets of the authenticators of an account.
    Factors(Uuid, Factors),
    /// The key of its history.
    Vendor(Box<Vendor>),
}

/// Where the next page begins.
pub type SealedCursor = HashMap<String, AttributeValue>;

impl Store {
    /// A page of the rows that hold something sealed, and where the next one begins.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer, or a row cannot be read.
    pub async fn sealed_rows(
        &self,
        after: Option<SealedCursor>,
    ) -> Result<(Vec<SealedRow>, Option<SealedCursor>), StoreError> {
        let nobody = Uuid::nil();
        let (user, factors, vendor) =
            (key::user(nobody), key::factors(nobody), key::vendor(nobody));
        let page = self
            .db
            .scan()
            .table_name(&*self.table)
            .set_exclusive_start_key(after)
            .filter_expression("#sk IN (:user, :factors, :vendor)")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":user", string(&user.sk))
            .expression_attribute_values(":factors", string(&factors.sk))
            .expression_attribute_values(":vendor", string(&vendor.sk))
            .send()
            .await
            .map_err(|e| StoreError::call("Scan", &e))?;
        let row = |item: Item| {
            let (pk, sk) = (text(&item, PK), text(&item, SK));
            if sk == vendor.sk {
                return Ok(SealedRow::Vendor(Box::new(from_item(item)?)));
            }
            if sk == user.sk {
                return Ok(SealedRow::User(Box::new(from_item(item)?)));
            }
            let sub = pk.split_once('#').and_then(|(_, sub)| sub.parse().ok());
            let sub = sub.ok_or_else(|| StoreError::Corrupt(format!("{pk} is no account's")))?;
            Ok(SealedRow::Factors(sub, from_item(item)?))
        };
        let rows = page.items.unwrap_or_default().into_iter().map(row);
        Ok((rows.collect::<Result<_, _>>()?, page.last_evaluated_key))
    }
}

fn text(item: &Item, name: &str) -> String {
    let text = item.get(name).and_then(|value| value.as_s().ok());
    text.cloned().unwrap_or_default()
}
