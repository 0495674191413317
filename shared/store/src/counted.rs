//! A conditional update of one row that says how the row stands, whether or not it was
//! made: counting a try before anything is compared, or the next turn of a session.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use serde::de::DeserializeOwned;

use crate::StoreError;
use crate::item::from_item;

/// What came of such an update, such as of counting a try.
#[derive(Clone, Debug)]
pub enum Counted<T> {
    /// It was made: the try counts; the row with it.
    Taken(T),
    /// Its condition does not hold: the row takes no more tries, or is over; as it is, if
    /// there is one.
    Refused(Option<T>),
}

impl<T: DeserializeOwned> Counted<T> {
    /// Makes an update whose condition says whether the row takes it.
    ///
    /// # Errors
    /// [`StoreError`] if the table does not answer.
    pub(crate) async fn by(update: UpdateItemFluentBuilder) -> Result<Self, StoreError> {
        let update = update
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match update.send().await {
            Ok(counted) => match counted.attributes {
                Some(row) => Ok(Self::Taken(from_item(row)?)),
                None => Ok(Self::Refused(None)),
            },
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    let row = refused.item.clone().filter(|row| !row.is_empty());
                    Ok(Self::Refused(row.map(from_item).transpose()?))
                }
                _ => Err(StoreError::call("UpdateItem", &error)),
            },
        }
    }
}
